"""The state of the world as tables: one structured array per kind of entity, one row per entity.

A table is a NumPy structured array (an array of records), so a compiled rule takes a row and reads
``row.trust``; rows lie together in memory and a candidate costs one or two cache lines. Each column is declared
once, here, with unit and meaning; the state-variable tables of the documentation are printed from it.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

__all__ = [
    "AGE_LIMIT", "ALLIANCES", "ALLIANCES_OF_ONE", "CLASSES", "Column", "CURVES", "EVENTS", "FIELDS",
    "GOVERNMENT", "INSTRUMENT_SLOTS", "MEMBERS", "ORGANISATIONS", "PANEL", "PARTNERS",
    "PLATFORMS", "SEATS", "SEATS_OF_ONE", "SECTORS", "SEGMENTS",
    "World", "table_type",
]

CLASSES = 12           # technology classes that expertise and fields are described in
SEGMENTS = 4           # segments of an industry chain
PARTNERS = 8           # recent partners an organisation remembers
ALLIANCES_OF_ONE = 12  # alliances a university or institute can be in (firms: parameter firm_alliances)
SEATS_OF_ONE = 32      # members an alliance can have
DIMENSIONS = 6         # of the status diagnosis (E1)
INSTRUMENT_SLOTS = 48  # purses of instruments a government can keep
AGE_LIMIT = 120        # quarters of age followed in the age curves; older ones count in the last


class Column(NamedTuple):
    """One column of a table: name, NumPy type, unit, meaning."""

    name: str
    type: object
    unit: str
    description: str


@cache
def table_type(columns: tuple[Column, ...]) -> np.dtype:
    """Record type of a table, aligned, with attribute access in Python and in compiled code."""
    fields = [(c.name, *c.type) if isinstance(c.type, tuple) else (c.name, c.type) for c in columns]
    return np.dtype((np.record, np.dtype(fields, align=True)))


_vector = (np.float64, (CLASSES,))

ORGANISATIONS = (
    Column("key", np.uint64, "-", "identity: kind, sector, place and generation packed; never reused"),
    Column("kind", np.int32, "Kind", "firm, university, institute or service agency"),
    Column("sector", np.int32, "-", "sector it works in"),
    Column("segment", np.int32, "-", "segment of the sector's industry chain"),
    Column("region", np.int32, "-", "region it sits in"),
    Column("active", np.bool_, "-", "exists now; a failed firm's row waits for a newborn with a new key"),
    Column("born", np.int32, "quarter", "quarter of birth; negative for those there at the start"),
    Column("stage", np.int32, "FirmStage", "seed, start-up, growth or mature"),
    Column("alliance_count", np.int32, "alliances", "alliances it belongs to now"),
    Column("joined_count", np.int32, "alliances", "alliances it ever joined"),
    Column("size", np.float64, "million yuan a quarter", "firm: revenue; others: R&D budget"),
    Column("funds", np.float64, "million yuan", "its purse"),
    Column("given", np.float64, "million yuan", "given to alliances since its last own R&D"),
    Column("need", np.float64, "[0, 1]", "latent need for innovation it cannot produce alone"),
    Column("stated_need", np.float64, "[0, 1]", "the part of the need it has put into words and acts on"),
    Column("taste", np.float64, "logit", "lasting inclination to need outside technology"),
    Column("opportunism", np.float64, "[0, 1]", "readiness to take without giving"),
    Column("reputation", np.float64, "[0, 1]", "standing as a partner in others' eyes"),
    Column("credit", np.float64, "[0, 1]", "record of honest use of money"),
    Column("method_skill", np.float64, "[0, 1]", "command of systematic innovation methods"),
    Column("productivity", np.float64, "quality", "technology in use, in units of the first vintage"),
    Column("expertise", _vector, "[0, 1]", "command of each technology class"),
    Column("alliances", (np.int32, (ALLIANCES_OF_ONE,)), "row", "rows of its alliances; first alliance_count count"),
    Column("partner_next", np.int32, "-", "place in the memory to be overwritten next"),
    Column("partner_rows", (np.int32, (PARTNERS,)), "row", "recent partners, -1 where empty"),
    Column("partner_keys", (np.uint64, (PARTNERS,)), "-", "their identities, to notice that a row changed hands"),
)

SECTORS = (
    Column("market", np.float64, "million yuan a quarter", "revenue of the sector's firms at the start, grown"),
    Column("growth", np.float64, "per year", "trend growth of the market"),
    Column("base", np.float64, "[0, 1]", "industrial base (layout principle 1)"),
    Column("potential", np.float64, "[0, 1]", "innovation potential (layout principle 2)"),
    Column("pull", np.float64, "[0, 1]", "pull on other industries (layout principle 3)"),
    Column("fusion", np.float64, "[0, 1]", "fusion with other industries (layout principle 4)"),
    Column("priority", np.float64, "0 or 1", "high on the four layout principles together"),
    Column("plan", np.float64, "[0, 1]", "how firmly a layout plan is in force"),
    Column("home", np.int32, "region", "region that the plan seats the sector in"),
    Column("meetings", np.float64, "[0, 1]", "meetings of science and industry held this quarter"),
    Column("enforcement", np.float64, "[0, 1]", "enforcement of property rights"),
    Column("antitrust", np.float64, "[0, 1]", "control of technology monopolies"),
    Column("ip_services", np.float64, "[0, 1]", "services on the market for intellectual property"),
    Column("shown", np.float64, "[0, 1]", "demonstration by exemplars this quarter"),
    Column("shown_governance", np.float64, "[0, 1]", "governance of those that are shown"),
    Column("first_firm", np.int32, "row", "first row of its firms"),
    Column("firm_rows", np.int32, "rows", "rows for firms, vacant ones included"),
    Column("first_research", np.int32, "row", "first row of its universities, institutes after them"),
    Column("research_rows", np.int32, "rows", "universities and institutes"),
    Column("first_agency", np.int32, "row", "first row of its service agencies"),
    Column("agency_rows", np.int32, "rows", "service agencies"),
    Column("field_count", np.int32, "fields", "fields that have arrived so far"),
    Column("firm_count", np.int32, "firms", "active firms"),
    Column("best_practice", np.float64, "quality", "market-weighted quality of the fields' world frontiers"),
    Column("world_frontier", np.float64, "quality", "best quality that the world outside masters in any field"),
    Column("best_quality", np.float64, "quality", "best quality on offer: alliances and the world outside"),
    Column("mean_productivity", np.float64, "quality", "mean technology in use over active firms"),
    Column("mean_log_size", np.float64, "-", "mean log size over active firms"),
    Column("public_belief", np.float64, "[0, 1]", "share of alliances known to have had public money"),
    Column("attention", np.float64, "[0, 1]", "attention that pilots have drawn"),
    Column("living", np.int32, "alliances", "living alliances at the last count by the government"),
    Column("funded", np.int32, "alliances", "those of them that ever got public money"),
    Column("pilots", np.int32, "alliances", "pilots among them"),
    Column("pilot_governance", np.float64, "[0, 1]", "mean governance of the pilots"),
    Column("teaching", np.float64, "[0, 1]", "strength at which their experience is passed on"),
    Column("demand", _vector, "share", "market-weighted requirement over technology classes"),
)

FIELDS = (
    Column("born", np.int32, "quarter", "quarter of arrival"),
    Column("vintage", np.float64, "quality", "quality at full technology; the first field's is 1"),
    Column("frontier", np.float64, "[0, 1]", "world frontier, saturating in age"),
    Column("share", np.float64, "[0, 1]", "share of the sector's market"),
    Column("outlook", np.float64, "[0, 1]", "share expected at the planning horizon"),
    Column("guide", np.float64, "[0, 1]", "weight of the field in the programme guide"),
    Column("places", np.float64, "alliances", "alliances that the layout plan has places for"),
    Column("genericness", np.float64, "[0, 1]", "how much of its knowledge is common to the industry"),
    Column("alliances", np.int32, "alliances", "alliances working on it now"),
    Column("rivalry", np.float64, "-", "sum over its alliances of squared quality used"),
    Column("imitation", np.float64, "-", "sum over its alliances of diffused squared quality"),
    Column("weights", _vector, "share", "requirement weights over technology classes, sum 1"),
)

ALLIANCES = (
    Column("key", np.uint64, "-", "founder's key and quarter mixed: the same alliance in two scenarios"),
    Column("founder", np.uint64, "-", "key of the firm that started it"),
    Column("sector", np.int32, "-", "sector"),
    Column("field", np.int32, "-", "field it works on now"),
    Column("second_field", np.int32, "-", "younger field it also sells to after a business transformation, -1 if none"),
    Column("founded", np.int32, "quarter", "quarter of the contract"),
    Column("ended", np.int32, "quarter", "quarter of dissolution, -1 while alive"),
    Column("reason", np.int32, "Reason", "why it ended"),
    Column("block", np.int32, "row", "row of its seats"),
    Column("size", np.int32, "members", "members now"),
    Column("founding_size", np.int32, "members", "members that signed the contract"),
    Column("firms", np.int32, "members", "firms among them"),
    Column("research", np.int32, "members", "universities and institutes among them"),
    Column("mixed", np.bool_, "-", "founded by firms together with a university or institute"),
    Column("planned", np.int32, "quarters", "planned length of the first contract"),
    Column("term_end", np.int32, "quarter", "quarter in which the contract has to be renewed"),
    Column("motive", np.float64, "[0, 1]", "mean stated need of the founders"),
    Column("technology", np.float64, "[0, 1]", "level reached, relative to the field's ceiling"),
    Column("conversion", np.float64, "[0, 1]", "share of results turned into products"),
    Column("diffusion", np.float64, "[0, 1]", "share of the sector's outsiders using its results"),
    Column("adopters", np.float64, "organisations", "outsiders that adopted its results"),
    Column("core_patents", np.float64, "patents", "own intellectual property, core"),
    Column("generic_patents", np.float64, "patents", "own intellectual property, generic"),
    Column("standards", np.float64, "standards", "standards set"),
    Column("products", np.float64, "products", "products brought to market"),
    Column("trust", np.float64, "[0, 1]", "trust among members"),
    Column("governance", np.float64, "[0, 1]", "managing body, rules and funds rules"),
    Column("clarity", np.float64, "[0, 1]", "clarity of innovation goals"),
    Column("openness", np.float64, "[0, 1]", "openness to new members"),
    Column("funds", np.float64, "million yuan", "its purse"),
    Column("public_funds", np.float64, "million yuan", "the part of the purse that is unspent public money"),
    Column("effort", np.float64, "million yuan a quarter", "effective joint R&D spending"),
    Column("progress", np.float64, "per quarter", "gain in technology this quarter"),
    Column("coverage", np.float64, "[0, 1]", "how well members' best expertise covers the field"),
    Column("quality", np.float64, "quality", "technology times conversion times vintage: what is in use"),
    Column("revenue", np.float64, "million yuan a quarter", "sales margin earned together"),
    Column("market_share", np.float64, "[0, 1]", "share of its field's market"),
    Column("benefit", np.float64, "million yuan a quarter", "benefit to members"),
    Column("cost", np.float64, "million yuan a quarter", "members' contributions"),
    Column("satisfaction", np.float64, "[0, 1]", "mean over members"),
    Column("inequality", np.float64, "[0, 1]", "how unequal benefit over cost is among members"),
    Column("risk_spread", np.float64, "[0, 1]", "one minus the concentration of contributions: shared risk"),
    Column("turnover", np.float64, "per quarter", "exits over members, exponential average"),
    Column("exits", np.int32, "members", "exits this quarter"),
    Column("disputes", np.int32, "disputes", "disputes since founding"),
    Column("dimensions", (np.float64, (DIMENSIONS,)), "[0, 1]",
           "technology, economics, standing, stability, governance, clarity"),
    Column("vitality", np.float64, "[0, 1]", "weighted mean of the six dimensions"),
    Column("fast", np.float64, "[0, 1]", "vitality, fast exponential average"),
    Column("slow", np.float64, "[0, 1]", "vitality, slow exponential average"),
    Column("peak", np.float64, "[0, 1]", "highest fast average since founding or re-growth"),
    Column("trough", np.float64, "[0, 1]", "lowest fast average since the peak"),
    Column("start", np.float64, "[0, 1]", "lowest fast average since founding or re-growth"),
    Column("stage", np.int32, "Stage", "read off the trajectory"),
    Column("stage_since", np.int32, "quarter", "quarter of the last change of stage"),
    Column("low_quarters", np.int32, "quarters", "quarters in a row with vitality below the floor"),
    Column("door", np.int32, "Door", "the last renewal it went through"),
    Column("door_quarter", np.int32, "quarter", "when"),
    Column("regrowths", np.int32, "re-growths", "times it entered re-growth"),
    Column("hedge", np.float64, "[0, 1]", "technology built up in a younger field as a hedge"),
    Column("renewal", np.float64, "[0, 1]", "progress of absorbing a newer vintage by steady research"),
    Column("pilot", np.int32, "quarter", "quarter it was named a pilot, -1 if never"),
    Column("label", np.float64, "0 or 1", "carries the label of a pilot now"),
    Column("verdict", np.int32, "Verdict", "last assessment as a pilot"),
    Column("approved", np.float64, "[0, 1]", "share of the start-up subsidy that the layout plan left it"),
    Column("supported", np.int32, "quarters", "quarters of special support received"),
    Column("training", np.float64, "[0, 1]", "method training this quarter"),
    Column("platform", np.float64, "alliances", "capacity of the platform it hosts: alliances served fully"),
    Column("access", np.float64, "[0, 1]", "access to platforms, its own or others'"),
    Column("trials", np.float64, "million yuan a quarter", "grant money spent on trial production"),
    Column("launch", np.float64, "million yuan a quarter", "grant money spent on entering the market"),
    Column("order", np.float64, "million yuan a quarter", "public procurement running now"),
    Column("order_until", np.int32, "quarter", "its end"),
    Column("shown", np.float64, "[0, 1]", "shown to others this quarter"),
    Column("confined", np.float64, "[0, 1]", "how far its results are kept within its region"),
    Column("rewarded", np.float64, "[0, 1]", "share of the cost of diffusion that is subsidised"),
    Column("licences", np.float64, "licences", "licences sold so far"),
    Column("loan", np.float64, "million yuan", "loan on pledged property outstanding"),
    Column("guarantee", np.float64, "[0, 1]", "share of the loan that the government guarantees"),
    Column("start_subsidy", np.float64, "million yuan", "start-up subsidy received"),
    Column("deadweight", np.float64, "[0, 1]", "chance that the founder would have started unsubsidised, relative"),
    Column("grant", np.float64, "million yuan a quarter", "programme grant running now"),
    Column("grant_until", np.int32, "quarter", "end of the grant"),
    Column("grant_since", np.int32, "quarter", "its first quarter"),
    Column("grants", np.int32, "grants", "grants received so far"),
    Column("grant_mark", np.float64, "[0, 2]", "technology plus conversion when the grant was last reviewed"),
    Column("supervision", np.float64, "[0, 1]", "supervision it is under"),
    Column("public_total", np.float64, "million yuan", "public money received"),
    Column("private_total", np.float64, "million yuan", "members' contributions so far"),
    Column("misused", np.float64, "million yuan", "public money diverted"),
    Column("found", np.float64, "million yuan", "misuse found and clawed back"),
    Column("mandate", np.float64, "[0, 1]", "diffusion mandate it is under"),
    Column("path", np.int32, "Path", "re-engineering path under way or last bought"),
    Column("path_until", np.int32, "quarter", "when the path takes effect, -1 if none is under way"),
    Column("rescue_quarter", np.int32, "quarter", "when the last one was bought"),
    Column("rescues", np.int32, "paths", "re-engineering paths bought"),
    Column("suspected", np.bool_, "-", "believed declining by the government at its last diagnosis"),
)

SEATS = (
    Column("row", np.int32, "row", "the member"),
    Column("key", np.uint64, "-", "its key"),
    Column("joined", np.int32, "quarter", "when it joined"),
    Column("spell", np.int32, "row", "its row in the members record, -1 if not recorded"),
    Column("engagement", np.float64, "[0, 1]", "share of its alliance budget it really gives"),
    Column("contribution", np.float64, "million yuan a quarter", "what it gave"),
    Column("benefit", np.float64, "million yuan a quarter", "what it got"),
    Column("rebate", np.float64, "million yuan a quarter", "tax it saved by contributing"),
    Column("learning", np.float64, "-", "expertise gained from partners"),
    Column("satisfaction", np.float64, "[0, 1]", "exponential average"),
)

GOVERNMENT = (
    Column("funds", np.float64, "million yuan", "its purse"),
    Column("spent", (np.float64, (INSTRUMENT_SLOTS,)), "million yuan", "outlay this year, by instrument"),
    Column("spent_before", (np.float64, (INSTRUMENT_SLOTS,)), "million yuan", "outlay last year, by instrument"),
    Column("weight", (np.float64, (INSTRUMENT_SLOTS,)), "ratio", "weight of each budget, moved by correction"),
    Column("named", np.float64, "pilots", "pilots to be named so far, fractions included"),
    Column("pilots", np.float64, "pilots", "pilots named so far"),
    Column("platforms", np.float64, "platforms", "platforms to be built so far, fractions included"),
    Column("founded", np.float64, "alliances", "foundings in the year so far"),
)

PLATFORMS = (
    Column("capacity", np.float64, "alliances", "alliances that platforms of a sector in a region serve fully"),
)

# --- what is recorded ---------------------------------------------------------------------------------------------

CURVES = (
    Column("alliances", np.int32, "alliances", "alive at the end of the quarter"),
    Column("founded", np.int32, "alliances", "founded in the quarter"),
    Column("ended", np.int32, "alliances", "ended in the quarter"),
    Column("formation", np.int32, "alliances", "in formation"),
    Column("growth", np.int32, "alliances", "in growth"),
    Column("maturity", np.int32, "alliances", "in maturity"),
    Column("decline", np.int32, "alliances", "in decline"),
    Column("regrowth", np.int32, "alliances", "in re-growth"),
    Column("seats", np.int32, "seats", "memberships"),
    Column("participants", np.int32, "organisations", "organisations in at least one alliance"),
    Column("firms", np.int32, "firms", "active firms"),
    Column("vitality", np.float64, "[0, 1]", "mean over alliances"),
    Column("trust", np.float64, "[0, 1]", "mean over alliances"),
    Column("technology", np.float64, "[0, 1]", "mean over alliances"),
    Column("duplication", np.float64, "[0, 1]", "share of alliances beyond the first of their field"),
    Column("diffused", np.float64, "-",
           "sum over alliances of quality, relative to the world's, times outsiders using it"),
    Column("strong_firms", np.int32, "firms", "active firms with a standing of at least three quarters"),
    Column("strong_participants", np.int32, "firms", "those of them in at least one alliance"),
    Column("productivity", np.float64, "quality", "mean technology in use over active firms"),
    Column("relative_productivity", np.float64, "-", "productivity over best practice"),
    Column("effort", np.float64, "million yuan a quarter", "effective joint R&D"),
    Column("revenue", np.float64, "million yuan a quarter", "sales margin of alliances"),
    Column("patents", np.float64, "patents", "in the quarter"),
    Column("standards", np.float64, "standards", "in the quarter"),
    Column("products", np.float64, "products", "in the quarter"),
    Column("adoptions", np.float64, "adoptions", "outsiders that adopted in the quarter"),
    Column("disputes", np.int32, "disputes", "in the quarter"),
    Column("pilots", np.int32, "alliances", "pilots alive"),
    Column("outlay", np.float64, "million yuan a quarter", "government spending on instruments"),
    Column("misused", np.float64, "million yuan a quarter", "public money diverted"),
)

PANEL = (
    Column("quarter", np.int32, "quarter", "quarter of the run"),
    Column("alliance", np.int32, "row", "row in the alliances table"),
    Column("age", np.int32, "quarters", "quarters since founding"),
    Column("stage", np.int32, "Stage", "stage"),
    Column("field", np.int32, "-", "field"),
    Column("size", np.int32, "members", "members"),
    Column("vitality", np.float64, "[0, 1]", "vitality"),
    Column("technology_dimension", np.float64, "[0, 1]", "E1 technology"),
    Column("economics", np.float64, "[0, 1]", "E1 economics"),
    Column("standing", np.float64, "[0, 1]", "E1 industry standing"),
    Column("stability", np.float64, "[0, 1]", "E1 structural stability"),
    Column("governance", np.float64, "[0, 1]", "E1 management and operation"),
    Column("clarity", np.float64, "[0, 1]", "E1 clarity of goals"),
    Column("technology", np.float64, "[0, 1]", "level relative to the field's ceiling"),
    Column("conversion", np.float64, "[0, 1]", "share of results turned into products"),
    Column("diffusion", np.float64, "[0, 1]", "share of outsiders using its results"),
    Column("trust", np.float64, "[0, 1]", "trust"),
    Column("satisfaction", np.float64, "[0, 1]", "mean over members"),
    Column("coverage", np.float64, "[0, 1]", "complementary strengths"),
    Column("risk_spread", np.float64, "[0, 1]", "shared risk"),
    Column("inequality", np.float64, "[0, 1]", "inequality of benefit"),
    Column("turnover", np.float64, "per quarter", "exits over members"),
    Column("funds", np.float64, "million yuan", "purse"),
    Column("effort", np.float64, "million yuan a quarter", "effective joint R&D"),
    Column("revenue", np.float64, "million yuan a quarter", "sales margin"),
    Column("benefit", np.float64, "million yuan a quarter", "benefit to members"),
    Column("cost", np.float64, "million yuan a quarter", "members' contributions"),
    Column("patents", np.float64, "patents", "stock of own intellectual property"),
    Column("disputes", np.int32, "disputes", "disputes so far"),
    Column("public_total", np.float64, "million yuan", "public money received so far"),
    Column("label", np.float64, "0 or 1", "carries the label of a pilot"),
)

EVENTS = (
    Column("quarter", np.int32, "quarter", "when"),
    Column("event", np.int32, "Event", "what"),
    Column("alliance", np.int32, "row", "row in the alliances table, -1 if none"),
    Column("organisation", np.uint64, "key", "organisation concerned, 0 if none"),
    Column("before", np.int32, "Stage", "stage before a change of stage, -1 for other events"),
    Column("value", np.float64, "as the event says", "amount, stage, door, path or reason"),
)

MEMBERS = (
    Column("alliance", np.int32, "row", "row in the alliances table"),
    Column("organisation", np.uint64, "key", "the member"),
    Column("kind", np.int32, "Kind", "its kind"),
    Column("joined", np.int32, "quarter", "first quarter"),
    Column("left", np.int32, "quarter", "last quarter, -1 while a member"),
    Column("size", np.float64, "million yuan a quarter", "its size when it joined"),
    Column("stated_need", np.float64, "[0, 1]", "its stated need when it joined"),
)

AGES = (
    Column("alliances", np.float64, "alliances", "alive at this age"),
    Column("vitality", np.float64, "-", "sum of vitality"),
    Column("technology", np.float64, "-", "sum of technology"),
    Column("trust", np.float64, "-", "sum of trust"),
    Column("benefit", np.float64, "million yuan a quarter", "sum of benefit"),
)


class World(NamedTuple):
    """All state of one run: arrays only, so that it can be saved, copied and handed to compiled code as it is.

    Attributes
    ----------
    seed : ndarray of uint64, shape (1,)
    parameters : ndarray of record, shape (1,)
        Uncertainties and constants.
    levers : ndarray of record, shape (quarters,)
    organisations, sectors, alliances : ndarray of record, one row per entity
    fields : ndarray of record, shape (sectors, most fields a sector can see)
    platforms : ndarray of record, shape (sectors, regions)
    budgets : ndarray of float64, shape (quarters, INSTRUMENT_SLOTS)
        Million yuan a year, by instrument.
    seats : ndarray of record, shape (blocks, SEATS_OF_ONE)
        Members of an alliance are the first `size` seats of its block.
    live : ndarray of int32
        Rows of living alliances in order of founding; `counts` says how many.
    blocks : ndarray of int32
        Stack of free seat blocks.
    government : ndarray of record, shape (1,)
    counts : ndarray of int64, see `Count`
    ledger : ndarray of float64, shape (quarters, flows)
        Million yuan a quarter, by flow of `accounts.FLOWS`.
    curves, ages : ndarray of record, per quarter and per quarter of age
    panel, events, members : ndarray of record, append-only
    """

    seed: np.ndarray
    parameters: np.ndarray
    levers: np.ndarray
    organisations: np.ndarray
    sectors: np.ndarray
    fields: np.ndarray
    platforms: np.ndarray
    budgets: np.ndarray
    alliances: np.ndarray
    seats: np.ndarray
    live: np.ndarray
    blocks: np.ndarray
    government: np.ndarray
    counts: np.ndarray
    ledger: np.ndarray
    curves: np.ndarray
    ages: np.ndarray
    panel: np.ndarray
    events: np.ndarray
    members: np.ndarray

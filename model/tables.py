"""The state of the world as tables: one structured array per kind of entity, one row per entity.

A table is a NumPy structured array (an array of records), so a compiled rule takes a row and reads
``row.trust``; rows lie together in memory and a candidate costs one or two cache lines. Each column is declared
once, here, with unit and meaning; the state-variable tables of the documentation are printed from it.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "AGES", "AGE_LIMIT", "ALLIANCES", "CLASSES", "CURVES", "DIMENSIONS", "EVENTS", "FIELDS", "GOVERNMENT",
    "INSTRUMENT_SLOTS", "LINES", "LINES_OF_ONE", "MEMBERS", "ORGANISATIONS", "PANEL", "PARTICIPATIONS", "PARTNERS",
    "PLATFORMS", "PROJECTS", "PROJECT_MEMBERS", "SEATS", "SECTORS", "SEGMENTS", "TEAM_LIMIT", "Column", "Row",
    "table_type",
]

CLASSES = 8            # technology classes that expertise and fields are described in
SEGMENTS = 4           # segments of an industry chain
PARTNERS = 8           # recent partners an organisation remembers
LINES_OF_ONE = 5       # lines of work (fields) on an alliance's agenda
TEAM_LIMIT = 48        # organisations that can start a project or sign a founding contract together
DIMENSIONS = 6         # of the status diagnosis (E1)
INSTRUMENT_SLOTS = 48  # purses of instruments a government can keep
AGE_LIMIT = 120        # quarters of age followed in the age curves; older ones count in the last


class Column(NamedTuple):
    """One column of a table: name, NumPy type, unit, meaning."""

    name: str
    type: object
    unit: str
    description: str


class Row(np.record):  # type: ignore[misc]  # NumPy's stubs call its scalars final
    """A row of a table in plain Python: every column is an attribute, also those that NumPy's records hide (`size`)."""

    def __getattribute__(self, name: str) -> Any:
        fields = np.record.__getattribute__(self, "dtype").fields
        if fields is not None and name in fields:
            return self[name]
        return np.record.__getattribute__(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value


@cache
def table_type(columns: tuple[Column, ...]) -> np.dtype:
    """Record type of a table, aligned, with attribute access in Python and in compiled code."""
    fields = [(c.name, *c.type) if isinstance(c.type, tuple) else (c.name, c.type) for c in columns]
    return np.dtype((Row, np.dtype(fields, align=True)))


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
    Column("first_seat", np.int32, "row", "first of its seats in alliances, -1 if none"),
    Column("alliance_count", np.int32, "alliances", "alliances it belongs to now"),
    Column("joined_count", np.int32, "alliances", "alliances it ever joined"),
    Column("project_count", np.int32, "projects", "projects it takes part in or has promised to"),
    Column("project_total", np.int32, "projects", "projects it ever took part in"),
    Column("size", np.float64, "million yuan a quarter", "firm: revenue; others: R&D budget"),
    Column("funds", np.float64, "million yuan", "its purse"),
    Column("given", np.float64, "million yuan", "given to alliances since its last own R&D"),
    Column("promised", np.float64, "million yuan a quarter", "its planned parts of the cost of running projects"),
    Column("capacity", np.float64, "projects", "projects it can take part in at once"),
    Column("need", np.float64, "[0, 1]", "latent need for innovation it cannot produce alone"),
    Column("stated_need", np.float64, "[0, 1]", "the part of the need it has put into words and acts on"),
    Column("taste", np.float64, "logit", "lasting inclination to need outside technology"),
    Column("opportunism", np.float64, "[0, 1]", "readiness to take without giving"),
    Column("caution", np.float64, "[0, 1]", "aversion to risking much of its R&D budget on one project"),
    Column("reputation", np.float64, "[0, 1]", "standing as a partner in others' eyes"),
    Column("credit", np.float64, "[0, 1]", "record of honest use of money"),
    Column("method_skill", np.float64, "[0, 1]", "command of systematic innovation methods"),
    Column("productivity", np.float64, "quality", "technology in use, in units of the first vintage"),
    Column("expertise", _vector, "[0, 1]", "command of each technology class"),
    Column("partner_next", np.int32, "-", "place in the memory to be overwritten next"),
    Column("partner_rows", (np.int32, (PARTNERS,)), "row", "recent partners, -1 where empty"),
    Column("partner_keys", (np.uint64, (PARTNERS,)), "-", "their identities, to notice that a row changed hands"),
)

SECTORS = (
    Column("market", np.float64, "million yuan a quarter", "revenue of the sector's firms at the start, grown"),
    Column("growth", np.float64, "per year", "trend growth of the market"),
    Column("dynamism", np.float64, "ratio", "how fast fields arrive, relative to the mean sector"),
    Column("focus", np.float64, "exponent", "how much its fields ask of few classes of technology rather than of all"),
    Column("base", np.float64, "[0, 1]",
           "industrial base (layout principle 1): revenue, relative to the largest sector"),
    Column("potential", np.float64, "[0, 1]", "innovation potential (2): market that young fields are about to take"),
    Column("pull", np.float64, "[0, 1]", "pull on other industries (3): requirements shared with them"),
    Column("fusion", np.float64, "[0, 1]",
           "fusion with other industries (4): seats of its alliances held by other sectors' organisations"),
    Column("priority", np.float64, "0 or 1", "high on the four layout principles together"),
    Column("plan", np.float64, "[0, 1]", "how firmly a layout plan is in force"),
    Column("home", np.int32, "region", "region that the plan seats the sector in"),
    Column("meetings", np.float64, "[0, 1]", "meetings of science and industry held this quarter"),
    Column("enforcement", np.float64, "[0, 1]", "enforcement of property rights"),
    Column("antitrust", np.float64, "[0, 1]", "control of technology monopolies"),
    Column("promotion", np.float64, "[0, 1]", "promotion of industry standards"),
    Column("mandate", np.float64, "[0, 1]", "diffusion mandate that visits enforced this quarter, as firms expect it"),
    Column("analysis", np.float64, "[0, 1]", "services that find partners for property deals"),
    Column("valuation", np.float64, "[0, 1]", "services that value property"),
    Column("litigation", np.float64, "[0, 1]", "services that settle property disputes"),
    Column("warning", np.float64, "[0, 1]", "services that warn of imitators"),
    Column("shown", np.float64, "[0, 1]", "demonstration by exemplars this quarter"),
    Column("shown_governance", np.float64, "[0, 1]", "governance of those that are shown"),
    Column("lessons", np.float64, "[0, 1]", "lessons drawn from failures and passed on"),
    Column("served", np.float64, "[0, 1]", "firms that service centres reach"),
    Column("first_firm", np.int32, "row", "first row of its firms"),
    Column("firm_rows", np.int32, "rows", "rows for firms, vacant ones included"),
    Column("first_research", np.int32, "row", "first row of its universities, institutes after them"),
    Column("research_rows", np.int32, "rows", "universities and institutes"),
    Column("first_agency", np.int32, "row", "first row of its service agencies"),
    Column("agency_rows", np.int32, "rows", "service agencies"),
    Column("field_count", np.int32, "fields", "fields that have arrived so far"),
    Column("first_field", np.int32, "-", "oldest field that still has a market"),
    Column("firm_count", np.int32, "firms", "active firms"),
    Column("best_practice", np.float64, "quality", "market-weighted quality of what the fields offer customers"),
    Column("world_frontier", np.float64, "quality",
           "best quality that the world outside masters in a field with a market"),
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
    Column("trajectory", np.int32, "-", "number of the trajectory that the field is a vintage of"),
    Column("alive", np.bool_, "-", "still has a market"),
    Column("vintage", np.float64, "quality", "quality at full technology; the first field's is 1"),
    Column("frontier", np.float64, "[0, 1]", "world frontier, saturating in age"),
    Column("share", np.float64, "[0, 1]", "share of the sector's market"),
    Column("outlook", np.float64, "[0, 1]", "share expected at the planning horizon"),
    Column("guide", np.float64, "[0, 1]", "weight of the field in the programme guide"),
    Column("places", np.float64, "alliances", "alliances that the layout plan has places for"),
    Column("genericness", np.float64, "[0, 1]", "how much of its knowledge is common to the industry"),
    Column("alliances", np.int32, "alliances", "alliances with a line in it now"),
    Column("rivalry", np.float64, "-", "sum over its alliances of squared quality used"),
    Column("imitation", np.float64, "-", "sum over its alliances of diffused squared quality"),
    Column("weights", _vector, "share", "requirement weights over technology classes, sum 1"),
)

ALLIANCES = (
    Column("key", np.uint64, "-", "founder's key and quarter mixed: the same alliance in two scenarios"),
    Column("founder", np.uint64, "-", "key of the firm that started it"),
    Column("sector", np.int32, "-", "sector of its fields"),
    Column("region", np.int32, "-", "region of its host, the founder"),
    Column("host", np.int32, "row", "row of the member that hosts it"),
    Column("founded", np.int32, "quarter", "quarter in which the founders agreed to negotiate"),
    Column("signed", np.int32, "quarter", "quarter of the contract and the first project, -1 before"),
    Column("ended", np.int32, "quarter", "quarter of dissolution, -1 while alive"),
    Column("reason", np.int32, "Reason", "why it ended"),
    Column("first_seat", np.int32, "row", "first of its seats, -1 if none"),
    Column("size", np.int32, "members", "members now"),
    Column("founding_size", np.int32, "members", "members that founded it"),
    Column("largest", np.int32, "members", "most members it ever had"),
    Column("firms", np.int32, "members", "firms among the members"),
    Column("research", np.int32, "members", "universities and institutes among them"),
    Column("active", np.int32, "members", "members that take part in one of its projects"),
    Column("mixed", np.bool_, "-", "founded by firms together with a university or institute"),
    Column("readiness", np.float64, "[0, 1]", "how far the contract is negotiated"),
    Column("evenness", np.float64, "[0, 1]", "contract: how evenly a project's cost is shared"),
    Column("binding", np.float64, "[0, 1]", "contract: how hard it binds, against opportunism and leaving"),
    Column("fund_rules", np.float64, "[0, 1]", "contract: rules for the use of funds"),
    Column("term_end", np.int32, "quarter", "quarter in which the contract has to be renewed, -1 before it is signed"),
    Column("votes", np.int32, "votes", "votes on renewal so far"),
    Column("motive", np.float64, "[0, 1]", "mean stated need of the founders"),
    Column("trust", np.float64, "[0, 1]", "trust among members"),
    Column("governance", np.float64, "[0, 1]", "managing body and its practice"),
    Column("clarity", np.float64, "[0, 1]", "clarity of innovation goals"),
    Column("openness", np.float64, "[0, 1]", "openness to new members"),
    Column("lines", np.int32, "lines", "lines on its agenda"),
    Column("seen", np.uint64, "-", "bit f mod 64 is set when it has noticed field f"),
    Column("first_project", np.int32, "row", "first of its running projects, -1 if none"),
    Column("last_project", np.int32, "row", "its latest project, -1 if none"),
    Column("running", np.int32, "projects", "projects running now"),
    Column("project_count", np.int32, "projects", "projects started so far"),
    Column("done", np.int32, "projects", "projects done"),
    Column("failed", np.int32, "projects", "projects that failed, were abandoned, stopped or superseded"),
    Column("failed_studied", np.int32, "projects", "of them those on record for the lessons they teach"),
    Column("prospect", np.float64, "[0, 1]", "worth of the best idea it sees, relative to what is worth a project"),
    Column("idea_line", np.int32, "-", "line of its best idea, -1 for a new line"),
    Column("idea_field", np.int32, "-", "field of its best idea, -1 if it has none"),
    Column("idea_kind", np.int32, "ProjectKind", "kind of its best idea"),
    Column("idea_worth", np.float64, "-", "what it expects of it"),
    Column("award", np.float64, "million yuan a quarter",
           "grant that its idea has won in a call, until the project starts"),
    Column("award_quarters", np.int32, "quarters", "term of that grant"),
    Column("awards", np.int32, "awards", "grants won so far"),
    Column("field", np.int32, "-", "field of its main line"),
    Column("technology", np.float64, "[0, 1]", "knowledge in its main line, relative to the field's ceiling"),
    Column("conversion", np.float64, "[0, 1]", "part of it that has been launched on the market"),
    Column("diffusion", np.float64, "[0, 1]", "share of the sector's outsiders using its results"),
    Column("adopters", np.float64, "organisations", "outsiders that adopted its results"),
    Column("quality", np.float64, "quality", "best quality that its lines have in use"),
    Column("coverage", np.float64, "[0, 1]", "how well the partners of its projects cover their fields, mean"),
    Column("market_share", np.float64, "[0, 1]", "largest share that one of its lines has of a field's market"),
    Column("power", np.float64, "[0, 1]", "share of its sector's market"),
    Column("core_patents", np.float64, "patents", "own intellectual property, core"),
    Column("generic_patents", np.float64, "patents", "own intellectual property, generic"),
    Column("standards", np.float64, "standards", "standards set"),
    Column("products", np.float64, "products", "products brought to market"),
    Column("funds", np.float64, "million yuan", "its purse"),
    Column("public_funds", np.float64, "million yuan", "the part of the purse that is unspent public money"),
    Column("effort", np.float64, "million yuan a quarter", "effective spending on its projects"),
    Column("managed", np.float64, "[0, 1]", "part of the cost of managing it that was paid"),
    Column("revenue", np.float64, "million yuan a quarter", "sales margin earned together"),
    Column("benefit", np.float64, "million yuan a quarter", "benefit to members, average"),
    Column("cost", np.float64, "million yuan a quarter", "members' contributions, written off over years"),
    Column("satisfaction", np.float64, "[0, 1]", "mean over members"),
    Column("inequality", np.float64, "[0, 1]", "how unequal benefit over cost is among members"),
    Column("risk_spread", np.float64, "[0, 1]",
           "one minus the concentration of what members risk in projects: shared risk"),
    Column("loss", np.float64, "[0, 1]", "pain of failed projects, mean over members"),
    Column("turnover", np.float64, "per quarter", "exits over members, exponential average"),
    Column("exits", np.int32, "members", "exits this quarter"),
    Column("disputes", np.int32, "disputes", "disputes since founding"),
    Column("dimensions", (np.float64, (DIMENSIONS,)), "[0, 1]",
           "technology, economics, standing, stability, governance, clarity"),
    Column("vitality", np.float64, "[0, 1]", "weighted mean of the six dimensions"),
    Column("smoothed", np.float64, "[0, 1]", "vitality, exponential average"),
    Column("past_year", (np.float64, (4,)), "[0, 1]", "smoothed vitality in the four quarters before, oldest first"),
    Column("peak", np.float64, "[0, 1]", "highest smoothed vitality, fading; what decline is measured from"),
    Column("highest", np.float64, "[0, 1]", "highest smoothed vitality ever"),
    Column("trough", np.float64, "[0, 1]", "lowest smoothed vitality since growth or re-growth last ended"),
    Column("start", np.float64, "[0, 1]", "smoothed vitality when growth began, or the trough before re-growth"),
    Column("stage", np.int32, "Stage", "read off the trajectory"),
    Column("stage_since", np.int32, "quarter", "quarter of the last change of stage"),
    Column("low_quarters", np.int32, "quarters", "quarters in a row with vitality low and not rising"),
    Column("declines", np.int32, "declines", "times it entered decline"),
    Column("regrowths", np.int32, "re-growths", "times it entered re-growth"),
    Column("door", np.int32, "Door", "what carried the last re-growth"),
    Column("renewed", np.int32, "quarter", "quarter in which it first opened a second line, -1 if never"),
    Column("pilot", np.int32, "quarter", "quarter it was named a pilot, -1 if never"),
    Column("label", np.float64, "0 or 1", "carries the label of a pilot now"),
    Column("verdict", np.int32, "Verdict", "last assessment as a pilot"),
    Column("warned", np.int32, "assessments", "bad assessments in a row"),
    Column("approved", np.float64, "[0, 1]", "share of the start-up subsidy that the layout plan left it"),
    Column("wanting", np.float64, "[0, 1]", "special support on offer to those it lacks"),
    Column("supported", np.int32, "quarters", "quarters of special support received"),
    Column("training", np.float64, "[0, 1]", "method training this quarter"),
    Column("access", np.float64, "[0, 1]", "access to laboratories, its own or others'"),
    Column("parks", np.float64, "[0, 1]", "access to parks"),
    Column("tests", np.float64, "[0, 1]", "access to public platforms"),
    Column("hosted", (np.float64, (4,)), "alliances", "capacity of the platforms it hosts, by kind"),
    Column("order", np.float64, "million yuan a quarter", "public procurement running now"),
    Column("order_until", np.int32, "quarter", "its end"),
    Column("entry", np.float64, "[0, 1]", "help with entering markets at home and abroad"),
    Column("helped", np.float64, "[0, 1]", "help with conversion and exchange"),
    Column("shown", np.float64, "[0, 1]", "shown to others this quarter"),
    Column("confined", np.float64, "[0, 1]", "how far its results are kept within its region"),
    Column("kept_home", np.float64, "[0, 1]", "how far they are kept within the nation"),
    Column("rewarded", np.float64, "[0, 1]", "share of the cost of diffusion that is subsidised"),
    Column("leaked", np.float64, "[0, 1]", "how far competitors abroad have what it found"),
    Column("licences", np.float64, "licences", "licences sold so far"),
    Column("sold", np.float64, "patents", "property sold so far"),
    Column("loan", np.float64, "million yuan", "loan on pledged property outstanding"),
    Column("guarantee", np.float64, "[0, 1]", "share of the loan that the government guarantees"),
    Column("start_subsidy", np.float64, "million yuan", "start-up subsidy received"),
    Column("deadweight", np.float64, "[0, 1]", "chance that the founder would have started unsubsidised, relative"),
    Column("public_total", np.float64, "million yuan", "public money received, by what merged into it, too"),
    Column("private_total", np.float64, "million yuan", "members' contributions so far, to what merged into it, too"),
    Column("misused", np.float64, "million yuan", "public money diverted"),
    Column("found", np.float64, "million yuan", "misuse found and clawed back"),
    Column("mandate", np.float64, "[0, 1]", "diffusion mandate it is under"),
    Column("path", np.int32, "Path", "re-engineering path under way or last bought"),
    Column("path_until", np.int32, "quarter", "when the path takes effect, -1 if none is under way"),
    Column("rescue_quarter", np.int32, "quarter", "when the last one was bought or refused, -1 if never"),
    Column("rescues", np.int32, "paths", "re-engineering paths bought"),
)

LINES = (
    Column("field", np.int32, "-", "field that the line works in"),
    Column("opened", np.int32, "quarter", "quarter in which it was opened"),
    Column("door", np.int32, "Door",
           "how it was opened: a hedge, a new field, the next vintage, a public project; none for the first"),
    Column("knowledge", np.float64, "[0, 1]", "what research has reached, relative to the field's ceiling"),
    Column("industrialised", np.float64, "[0, 1]", "what of it can be produced"),
    Column("launched", np.float64, "[0, 1]", "what of that is on the market"),
    Column("running", (np.int32, (3,)), "projects", "running projects by kind"),
    Column("market_share", np.float64, "[0, 1]", "share of the field's market"),
    Column("diffusion", np.float64, "[0, 1]", "share of the sector's outsiders using its results"),
    Column("adopters", np.float64, "organisations", "outsiders that adopted its results"),
    Column("adopters_elsewhere", np.float64, "organisations", "those of them that work in another sector"),
    Column("core_patents", np.float64, "patents", "own intellectual property, core"),
    Column("generic_patents", np.float64, "patents", "own intellectual property, generic"),
    Column("standards", np.float64, "standards", "standards set"),
    Column("products", np.float64, "products", "products brought to market"),
    Column("public", np.float64, "million yuan", "public money spent on its projects"),
    Column("private", np.float64, "million yuan", "members' money spent on its projects"),
)

SEATS = (
    Column("row", np.int32, "row", "the member"),
    Column("alliance", np.int32, "row", "the alliance"),
    Column("key", np.uint64, "-", "the member's key"),
    Column("next", np.int32, "row", "next seat of the alliance, -1 for the last"),
    Column("before", np.int32, "row", "the one before, -1 for the first"),
    Column("own_next", np.int32, "row", "next seat of the member in another alliance, -1 for the last"),
    Column("own_before", np.int32, "row", "the one before, -1 for the first"),
    Column("joined", np.int32, "quarter", "when it joined"),
    Column("spell", np.int32, "row", "its row in the members record, -1 if not recorded"),
    Column("projects", np.int32, "projects", "projects of the alliance it takes part in"),
    Column("idle", np.int32, "quarters", "quarters in a row without one"),
    Column("contribution", np.float64, "million yuan a quarter", "what it gave"),
    Column("cost", np.float64, "million yuan a quarter", "what it gave, written off over years"),
    Column("benefit", np.float64, "million yuan a quarter", "what it got, average"),
    Column("rebate", np.float64, "million yuan a quarter", "tax it saved by contributing"),
    Column("learning", np.float64, "[0, 1]", "expertise gained from partners lately, fading"),
    Column("loss", np.float64, "[0, 1]", "pain of projects that failed, fading"),
    Column("satisfaction", np.float64, "[0, 1]", "exponential average"),
)

PROJECTS = (
    Column("key", np.uint64, "-", "alliance's key, quarter and place mixed: the same project in two scenarios"),
    Column("alliance", np.int32, "row", "the alliance that runs it"),
    Column("line", np.int32, "-", "line of the alliance"),
    Column("field", np.int32, "-", "field"),
    Column("kind", np.int32, "ProjectKind", "research, industrialisation or launch"),
    Column("door", np.int32, "Door", "how its line was opened"),
    Column("state", np.int32, "ProjectState", "running, or how it ended"),
    Column("started", np.int32, "quarter", "quarter of its start"),
    Column("planned", np.int32, "quarters", "planned length"),
    Column("ended", np.int32, "quarter", "quarter of its end, -1 while it runs"),
    Column("next", np.int32, "row", "next running project of the alliance, -1 for the last"),
    Column("earlier", np.int32, "row", "the alliance's project before, -1 for the first"),
    Column("first_part", np.int32, "row", "first of its participations, -1 if none"),
    Column("size", np.int32, "partners", "partners now"),
    Column("size_start", np.int32, "partners", "partners at the start"),
    Column("coordinator", np.uint64, "-", "key of the coordinator"),
    Column("proposed_in", np.int32, "Stage", "stage of the alliance when it was proposed"),
    Column("vitality", np.float64, "[0, 1]", "vitality of the alliance when it was proposed"),
    Column("outlook", np.float64, "[0, 1]", "market share that its field was expected to take, when it started"),
    Column("ambition", np.float64, "[0, 1]", "how much it dares"),
    Column("cost", np.float64, "million yuan a quarter", "planned cost"),
    Column("progress", np.float64, "-", "work done; 1 is the goal"),
    Column("coverage", np.float64, "[0, 1]", "how well partners' best expertise covers the field"),
    Column("skill", np.float64, "[0, 1]", "partners' mean command of innovation methods"),
    Column("effort", np.float64, "million yuan a quarter", "effective spending"),
    Column("paid", np.float64, "ratio", "effort over plan"),
    Column("starved", np.int32, "quarters", "quarters in a row with far too little money"),
    Column("lift", np.float64, "-", "recent gain of its line times the field's promise"),
    Column("private_total", np.float64, "million yuan", "partners' money so far"),
    Column("public_total", np.float64, "million yuan", "public money so far"),
    Column("purse_total", np.float64, "million yuan", "money of the alliance's own purse so far"),
    Column("compliance", np.float64, "million yuan", "of public money, what complying with its rules took so far"),
    Column("grant", np.float64, "million yuan a quarter", "programme grant running now, 0 once the project has ended"),
    Column("grant_paid", np.float64, "million yuan a quarter", "what was paid of it and waits to be spent"),
    Column("grant_until", np.int32, "quarter", "its end"),
    Column("supervision", np.float64, "[0, 1]", "supervision it is under"),
    Column("held", np.float64, "[0, 1]", "how far leaving it needs the supervisor's consent"),
    Column("rolled", np.bool_, "-", "its grant follows an earlier success"),
    Column("misused", np.float64, "million yuan", "public money diverted"),
)

PARTICIPATIONS = (
    Column("row", np.int32, "row", "the partner"),
    Column("key", np.uint64, "-", "its key"),
    Column("project", np.int32, "row", "the project"),
    Column("seat", np.int32, "row", "its seat in the alliance"),
    Column("next", np.int32, "row", "next partner of the project, -1 for the last"),
    Column("before", np.int32, "row", "the one before, -1 for the first"),
    Column("spell", np.int32, "row", "its row in the record of project members, -1 if not recorded"),
    Column("part", np.float64, "million yuan a quarter", "its planned part of the cost"),
    Column("engagement", np.float64, "[0, 1]", "share of it that it really gives"),
    Column("given", np.float64, "million yuan", "what it gave so far"),
)

GOVERNMENT = (
    Column("funds", np.float64, "million yuan", "its purse"),
    Column("spent", (np.float64, (INSTRUMENT_SLOTS,)), "million yuan", "outlay this year, by instrument"),
    Column("spent_before", (np.float64, (INSTRUMENT_SLOTS,)), "million yuan", "outlay last year, by instrument"),
    Column("weight", (np.float64, (INSTRUMENT_SLOTS,)), "ratio", "weight of each budget, moved by correction"),
    Column("named", np.float64, "pilots", "pilots to be named so far, fractions included"),
    Column("pilots", np.float64, "pilots", "pilots named so far"),
    Column("platforms", (np.float64, (4,)), "platforms", "platforms to be built so far by kind, fractions included"),
    Column("founded", np.float64, "alliances", "foundings in the year so far"),
    Column("failures", np.float64, "projects", "failed projects of assessed pilots on record"),
)

PLATFORMS = (
    Column("capacity", (np.float64, (4,)), "alliances",
           "alliances that platforms of a sector in a region serve fully, by kind"),
)

# --- what is recorded -------------------------------------------------------------------------------------------------

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
    Column("projects", np.int32, "projects", "running at the end of the quarter"),
    Column("projects_started", np.int32, "projects", "started in the quarter"),
    Column("projects_done", np.int32, "projects", "done in the quarter"),
    Column("projects_failed", np.int32, "projects", "failed, stopped, abandoned or superseded in the quarter"),
    Column("vitality", np.float64, "[0, 1]", "mean over alliances"),
    Column("trust", np.float64, "[0, 1]", "mean over alliances"),
    Column("technology", np.float64, "[0, 1]", "mean over alliances"),
    Column("duplication", np.float64, "[0, 1]", "share of lines beyond the first of their field"),
    Column("diffused", np.float64, "-",
           "sum over alliances of quality, relative to the world's, times outsiders using it"),
    Column("strong_firms", np.int32, "firms", "active firms with a standing of at least three quarters"),
    Column("strong_participants", np.int32, "firms", "those of them in at least one alliance"),
    Column("productivity", np.float64, "quality", "mean technology in use over active firms"),
    Column("relative_productivity", np.float64, "-", "productivity over best practice"),
    Column("effort", np.float64, "million yuan a quarter", "effective spending on projects"),
    Column("revenue", np.float64, "million yuan a quarter", "sales margin of alliances"),
    Column("patents", np.float64, "patents", "in the quarter"),
    Column("standards", np.float64, "standards", "in the quarter"),
    Column("products", np.float64, "products", "in the quarter"),
    Column("adoptions", np.float64, "adoptions", "outsiders that adopted in the quarter"),
    Column("licences", np.float64, "licences", "sold in the quarter"),
    Column("disputes", np.int32, "disputes", "in the quarter"),
    Column("pilots", np.int32, "alliances", "carrying the label of a pilot"),
    Column("outlay", np.float64, "million yuan a quarter", "government spending on instruments"),
    Column("misused", np.float64, "million yuan a quarter", "public money diverted"),
)

PANEL = (
    Column("quarter", np.int32, "quarter", "quarter of the run"),
    Column("alliance", np.int32, "row", "row in the alliances table"),
    Column("age", np.int32, "quarters", "quarters since founding"),
    Column("stage", np.int32, "Stage", "stage"),
    Column("field", np.int32, "-", "field of the main line"),
    Column("lines", np.int32, "lines", "lines on the agenda"),
    Column("size", np.int32, "members", "members"),
    Column("active", np.int32, "members", "members in projects"),
    Column("projects", np.int32, "projects", "running projects"),
    Column("vitality", np.float64, "[0, 1]", "vitality"),
    Column("technology_dimension", np.float64, "[0, 1]", "E1 technology"),
    Column("economics", np.float64, "[0, 1]", "E1 economics"),
    Column("standing", np.float64, "[0, 1]", "E1 industry standing"),
    Column("stability", np.float64, "[0, 1]", "E1 structural stability"),
    Column("governance", np.float64, "[0, 1]", "E1 management and operation"),
    Column("clarity", np.float64, "[0, 1]", "E1 clarity of goals"),
    Column("technology", np.float64, "[0, 1]", "knowledge in the main line relative to the field's ceiling"),
    Column("conversion", np.float64, "[0, 1]", "part of it launched on the market"),
    Column("diffusion", np.float64, "[0, 1]", "share of outsiders using its results"),
    Column("trust", np.float64, "[0, 1]", "trust"),
    Column("satisfaction", np.float64, "[0, 1]", "mean over members"),
    Column("coverage", np.float64, "[0, 1]", "complementary strengths"),
    Column("risk_spread", np.float64, "[0, 1]", "shared risk"),
    Column("inequality", np.float64, "[0, 1]", "inequality of benefit"),
    Column("loss", np.float64, "[0, 1]", "pain of failed projects, mean over members"),
    Column("turnover", np.float64, "per quarter", "exits over members"),
    Column("prospect", np.float64, "[0, 1]", "worth of the best idea"),
    Column("funds", np.float64, "million yuan", "purse"),
    Column("effort", np.float64, "million yuan a quarter", "effective spending on projects"),
    Column("revenue", np.float64, "million yuan a quarter", "sales margin"),
    Column("benefit", np.float64, "million yuan a quarter", "benefit to members"),
    Column("cost", np.float64, "million yuan a quarter", "members' contributions, written off"),
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
    Column("value", np.float64, "as the event says", "amount or code"),
)

MEMBERS = (
    Column("alliance", np.int32, "row", "row in the alliances table"),
    Column("organisation", np.uint64, "key", "the member"),
    Column("kind", np.int32, "Kind", "its kind"),
    Column("sector", np.int32, "-", "its sector"),
    Column("joined", np.int32, "quarter", "first quarter"),
    Column("left", np.int32, "quarter", "last quarter, -1 while a member"),
    Column("size", np.float64, "million yuan a quarter", "its size when it joined"),
    Column("stated_need", np.float64, "[0, 1]", "its stated need when it joined"),
)

PROJECT_MEMBERS = (
    Column("project", np.int32, "row", "row in the projects table"),
    Column("organisation", np.uint64, "key", "the partner"),
    Column("kind", np.int32, "Kind", "its kind"),
    Column("sector", np.int32, "-", "its sector"),
    Column("joined", np.int32, "quarter", "first quarter"),
    Column("left", np.int32, "quarter", "last quarter, -1 while it takes part"),
    Column("part", np.float64, "million yuan a quarter", "its planned part of the cost at the start"),
    Column("given", np.float64, "million yuan", "what it gave, or has given so far"),
    Column("newcomer", np.bool_, "-", "joined the alliance with the project"),
)

AGES = (
    Column("alliances", np.float64, "alliances", "alive at this age"),
    Column("vitality", np.float64, "-", "sum of vitality"),
    Column("technology", np.float64, "-", "sum of technology"),
    Column("trust", np.float64, "-", "sum of trust"),
    Column("benefit", np.float64, "million yuan a quarter", "sum of benefit"),
)

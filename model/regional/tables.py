"""State of the regional systems as tables, beside those of the world, for runs that have a region."""

from typing import NamedTuple

import numpy as np

from alliancelab.model.regional.codes import Carrier, Fund, Grade, Level, Programme, Service
from alliancelab.model.tables import CLASSES, Column

__all__ = [
    "CARRIERS", "CLIENTS", "DEPARTMENTS", "INDICATORS", "INDUSTRIES", "KINDS", "LAGS", "LEVELS", "PARTNERS", "PROJECTS",
    "Region", "STATE", "TOWNSHIPS",
]

LAGS = 13  # quarters of patents filed that are remembered; parameter patent_lag stays below

_services = (np.float64, (len(Service),))
_grades = (np.int32, (len(Grade),))
_kinds = (np.int32, (len(Carrier),))
_levels = (np.int32, (len(Level),))
_programmes = (np.int32, (len(Programme),))

CARRIERS = (
    Column("active", np.bool_, "-", "exists now"),
    Column("kind", np.int32, "Carrier", "kind"),
    Column("rank", np.int32, "Rank", "local, provincial or national"),
    Column("service", np.int32, "Service", "what it offers"),
    Column("region", np.int32, "region", "where it sits"),
    Column("host", np.int32, "row", "organisation that hosts it, -1 if it stands alone"),
    Column("host_key", np.uint64, "-", "its key, to notice that it failed"),
    Column("purse", np.int32, "purse", "instrument that built it and keeps it up, -1 if it keeps itself"),
    Column("since", np.int32, "quarter", "quarter in which it began; negative for those there at the start"),
    Column("capacity", np.float64, "clients a quarter", "clients that it can serve"),
    Column("places", np.float64, "clients", "clients that it can serve this quarter"),
    Column("quality", np.float64, "[0, 1]", "quality of its service"),
    Column("area", np.float64, "m2", "area for firms under incubation"),
    Column("users", np.float64, "clients", "clients served this quarter"),
    Column("queue", np.float64, "clients", "clients turned away at its door this quarter"),
    Column("load", np.float64, "[0, 1]", "users over capacity, exponential average"),
)

CLIENTS = (
    Column("key", np.uint64, "-", "organisation in this row, to notice that the row changed hands"),
    Column("aware", np.float64, "[0, 1]", "knowledge of services"),
    Column("financed", np.int32, "quarter", "quarter in which a finance service last looked at it, -1 if never"),
    Column("served", _services, "[0, 1]", "what each service has brought, fading"),
    Column("visits", np.float64, "visits a year", "visits lately"),
    Column("collected", np.int32, "quarter", "quarter in which its need was last noted down, -1 if never"),
    Column("waiting", np.bool_, "-", "its need waits for a matching event"),
    Column("contacted", np.int32, "quarter", "research partners: quarter of the last contact by the bureau"),
    Column("place", np.int32, "row", "carrier that incubates it, -1 if none"),
    Column("invested", np.float64, "million yuan", "investment not spent yet"),
    Column("fit", np.float64, "[0, 1]", "how well the form of it suits the firm's stage"),
    Column("converting", np.float64, "million yuan", "money for bringing results to market, not spent yet"),
    Column("stake", np.float64, "million yuan", "public stake"),
    Column("private", np.float64, "million yuan", "stake of private investors beside it"),
    Column("covered", np.float64, "[0, 1]", "part of that stake which the government makes good if it is lost"),
    Column("stake_size", np.float64, "million yuan a quarter", "size of the firm when it was bought"),
    Column("loan", np.float64, "million yuan", "guaranteed loan outstanding"),
    Column("guaranteed", np.float64, "[0, 1]", "guaranteed share of it"),
    Column("talent", _grades, "people", "people of talent programmes, by grade"),
    Column("used", np.float64, "[0, 1]", "how well they are used"),
    Column("reach", np.float64, "[0, 1]", "foreign market open to it"),
    Column("exports", np.float64, "million yuan a quarter", "foreign orders in its revenue"),
    Column("grade", np.int32, "grades", "certified as high-tech: 0 no, 1 city, 2 province, 3 nation"),
    Column("certified", np.int32, "quarter", "when"),
    Column("products", np.int32, "products", "certified high-tech products"),
    Column("high_tech", np.float64, "[0, 1]", "part of its revenue that certified products bring"),
    Column("agreements", np.float64, "agreements", "agreements in force, fading"),
    Column("hosts", _kinds, "carriers", "carriers of each kind that it hosts, one at most"),
    Column("refused", np.int32, "quarter", "quarter in which it was last refused as a host, -1 if never"),
    Column("projects", np.int32, "projects", "projects running"),
    Column("project_money", np.float64, "million yuan a quarter", "money that they spend"),
    Column("record", np.float64, "[0, 1]", "record of completed projects, fading"),
    Column("rung", np.int32, "Level", "highest level of a project that it completed lately, -1 if none"),
    Column("climbed", np.int32, "quarter", "when it completed that project"),
)

PROJECTS = (
    Column("state", np.int32, "State", "free, filed or running"),
    Column("level", np.int32, "Level", "county, city, province or nation"),
    Column("programme", np.int32, "Programme", "kind of project"),
    Column("row", np.int32, "row", "applicant"),
    Column("key", np.uint64, "-", "its key"),
    Column("weak", np.bool_, "-", "filed for the count"),
    Column("quality", np.float64, "[0, 1]", "quality as panels would see it without noise"),
    Column("due", np.int32, "quarter", "quarter of decision or of review"),
    Column("money", np.float64, "million yuan", "grant and own money"),
)

TOWNSHIPS = (
    Column("effort", np.float64, "[0, 1]", "effort for science and technology"),
    Column("padding", np.float64, "[0, 1]", "readiness to file what is weak, for the count"),
    Column("result", np.float64, "points", "filings, patents and certificates of this year"),
    Column("before", np.float64, "points", "those of last year"),
    Column("target", np.float64, "points", "target of this year, 0 if none"),
)

DEPARTMENTS = TOWNSHIPS
"""Departments sign the same contracts; there is one for each sector."""

INDUSTRIES = (
    Column("open", np.bool_, "-", "the service system serves this sector"),
    Column("fit", np.float64, "[0, 1]", "how well services suit it"),
    Column("segments", (np.float64, (4,)), "quality", "mean technology in use by segment of the chain"),
    Column("before", np.float64, "quality", "mean technology in use of the quarter before"),
    Column("gained", np.float64, "quality", "quarterly change of the mean technology in the warm-up's last years"),
    Column("gaps", np.float64, "quality", "gap to best practice that there was to take up then"),
    Column("outside", np.float64, "quality", "mean technology in use of the sector's firms elsewhere"),
    Column("left", np.float64, "per quarter", "market that its firms elsewhere leave unserved, as those here then"),
    Column("launching", np.float64, "million yuan a quarter", "revenue that new products add in the quarter"),
    Column("products", np.float64, "per quarter", "growth of its firms elsewhere by new products, as of those here"),
    Column("demand", np.float64, "million yuan a quarter", "foreign demand that exhibitions can reach"),
)

PARTNERS = (
    Column("sector", np.int32, "sector", "its sector"),
    Column("expertise", (np.float64, (CLASSES,)), "[0, 1]", "what it knows, by class of knowledge"),
    Column("contacts", np.float64, "firms", "firms from here that it has worked with"),
)

STATE = (
    Column("opening", np.float64, "sectors", "sectors to be opened so far, fractions included"),
    Column("prepared", np.float64, "million yuan", "spent so far on opening the next sector"),
    Column("building", (np.float64, (len(Carrier),)), "carriers", "carriers to be built so far, fractions included"),
    Column("upgrading", (np.float64, (2,)), "carriers",
           "carriers of research, and agencies, to be raised so far, fractions included"),
    Column("posting", (np.float64, (len(Grade),)), "people", "posts to be filled so far, fractions included"),
    Column("pots", (np.float64, (len(Fund),)), "million yuan", "money of each fund that waits for a firm"),
    Column("coordination", np.float64, "[0, 1]", "coordination of carriers at work"),
    Column("coaching", np.float64, "[0, 1]", "coaching of an application"),
    Column("pilot", np.bool_, "-", "accepted as a pilot of intellectual property this year"),
    Column("trust", np.float64, "[0, 1]", "trust of panels in applications from here"),
    Column("experts", np.float64, "experts", "pool of experts"),
    Column("row", np.int32, "row", "row of the project that was filed last"),
    Column("filed", np.float64, "projects", "filed in the quarter before"),
    Column("due", np.float64, "events", "matching events to be held so far, fractions included"),
    Column("calling", np.float64, "projects", "own projects to be approved so far, fractions included"),
    Column("waiting", (np.float64, (2, LAGS)), "patents", "good and weak ones filed, by quarter modulo LAGS"),
)

KINDS = (
    Column("service", np.int32, "Service", "main service; agencies differ"),
    Column("capacity", np.float64, "clients a quarter", "of a local one"),
    Column("price", np.float64, "million yuan", "public part of building it"),
    Column("area", np.float64, "m2", "area"),
)

LEVELS = (
    Column("rate", np.float64, "per quarter", "filing"),
    Column("able", np.float64, "[0, 1]", "capability at which half files"),
    Column("bar", np.float64, "[0, 1]", "quality at which half is approved"),
    Column("grant", np.float64, "million yuan", "mean grant"),
)

INDICATORS = (
    Column("firms", np.int32, "firms", "firms of the first sector"),
    Column("above_scale", np.int32, "firms", "those above scale"),
    Column("revenue", np.float64, "million yuan a quarter", "revenue of firms above scale, first sector"),
    Column("all_firms", np.int32, "firms", "firms of all sectors"),
    Column("all_revenue", np.float64, "million yuan a quarter", "revenue of firms above scale, all sectors"),
    Column("turnover", np.float64, "million yuan a quarter", "revenue of firms of all sectors"),
    Column("national", np.float64, "million yuan a quarter", "output of the first sector in the nation"),
    Column("certified_output", np.float64, "million yuan a quarter", "revenue of certified high-tech products"),
    Column("hollow_output", np.float64, "million yuan a quarter", "of those that would not pass again"),
    Column("research", np.float64, "million yuan a quarter", "R&D that firms carry out, projects included"),
    Column("certified", np.int32, "firms", "certified high-tech firms"),
    Column("carriers", _kinds, "carriers", "carriers by kind"),
    Column("provincial", _kinds, "carriers", "those of provincial rank"),
    Column("nationals", _kinds, "carriers", "those of national rank"),
    Column("built", _kinds, "carriers", "carriers built in the quarter, by kind"),
    Column("raised", _kinds, "carriers", "carriers raised to national rank in the quarter, by kind"),
    Column("agencies", np.int32, "carriers", "service agencies and agencies of a kind"),
    Column("backbone", np.int32, "carriers", "backbone agencies: busy and of quality"),
    Column("national_agencies", np.int32, "carriers", "backbone agencies of national rank"),
    Column("incubated", np.int32, "firms", "firms under incubation"),
    Column("incubator_area", np.float64, "m2", "area of incubators"),
    Column("accelerator_area", np.float64, "m2", "area of accelerators"),
    Column("people", _grades, "people", "people of talent programmes, by grade"),
    Column("arrived", _grades, "people", "those who came in the quarter"),
    Column("left", _grades, "people", "those who left"),
    Column("idle", np.float64, "people", "people that are not used"),
    Column("need", np.float64, "[0, 1]", "mean latent need of firms served by the system"),
    Column("stated", np.float64, "[0, 1]", "mean stated need of them"),
    Column("requests", np.float64, "requests", "requests for services"),
    Column("served", np.float64, "requests", "services given, packages included"),
    Column("referred", np.float64, "requests", "of them by referral"),
    Column("packages", np.float64, "services", "complementary services passed on to"),
    Column("turned_away", np.float64, "requests", "requests turned away"),
    Column("worth", np.float64, "ratio", "mean worth of services to firms of open sectors"),
    Column("productivity", np.float64, "ratio", "mean technology in use over best practice, open sectors"),
    Column("service_revenue", np.float64, "million yuan a quarter", "fees of service carriers"),
    Column("contracts", np.float64, "contracts", "technology contracts"),
    Column("contract_value", np.float64, "million yuan a quarter", "their value"),
    Column("invested", np.float64, "million yuan a quarter", "public money invested in firms"),
    Column("matched", np.float64, "million yuan a quarter", "of it in the form that suits the firm's stage"),
    Column("joined", np.float64, "million yuan a quarter", "private money beside it"),
    Column("lent", np.float64, "million yuan a quarter", "guaranteed bank loans"),
    Column("returned", np.float64, "million yuan a quarter", "proceeds of stakes"),
    Column("lost", np.float64, "million yuan a quarter", "stakes lost with failed firms"),
    Column("reach", np.float64, "[0, 1]", "mean foreign reach of firms of open sectors"),
    Column("exports", np.float64, "million yuan a quarter", "foreign orders of firms of open sectors"),
    Column("foreign_contracts", np.float64, "contracts", "work begun with foreign partners"),
    Column("open", np.int32, "sectors", "sectors that the system serves"),
    Column("filed", _levels, "projects", "filed, by level"),
    Column("weak", _levels, "projects", "of them for the count"),
    Column("unheard", np.int32, "projects", "applications for which the table of projects had no room"),
    Column("approved", _levels, "projects", "approved, by level"),
    Column("completed", _levels, "projects", "completed, by level"),
    Column("programmes_filed", _programmes, "projects", "filed with upper levels, by programme"),
    Column("programmes_approved", _programmes, "projects", "approved by upper levels, by programme"),
    Column("agriculture", (np.int32, (3,)), "projects", "agricultural ones, upper levels: filed, approved, completed"),
    Column("social", (np.int32, (3,)), "projects", "social ones: filed, approved, completed"),
    Column("upper_funds", np.float64, "million yuan a quarter", "grants of upper levels"),
    Column("self_raised", np.float64, "million yuan a quarter", "firms' R&D budgets, and own money for projects"),
    Column("contacts", np.float64, "organisations", "universities and institutes newly contacted this year"),
    Column("invited", np.float64, "people", "experts invited"),
    Column("pool", np.float64, "people", "pool of experts"),
    Column("needs", np.float64, "needs", "needs noted down"),
    Column("agreements", np.float64, "agreements", "agreements signed"),
    Column("joint_centres", np.float64, "centres", "joint centres founded"),
    Column("new_certified", np.float64, "firms", "certificates of high-tech firms, new or of a higher grade"),
    Column("new_by_level", _levels, "firms", "of them by level of the certificate"),
    Column("certified_by_level", _levels, "firms", "certified firms by level of their certificate"),
    Column("tried_certified", np.float64, "firms", "applications for them"),
    Column("new_products", np.float64, "products", "certified products"),
    Column("launched", np.float64, "products", "products out of projects, agreements and centres"),
    Column("new_engineering", np.float64, "centres", "engineering centres of firms"),
    Column("new_technology", np.float64, "centres", "technology centres of firms"),
    Column("patents_filed", np.float64, "patents", "filed"),
    Column("patents_weak", np.float64, "patents", "of them weak"),
    Column("patents_granted", np.float64, "patents", "granted"),
    Column("property_pilot", np.float64, "0 or 1", "accepted as a pilot of intellectual property"),
    Column("effort", np.float64, "[0, 1]", "mean effort of townships"),
    Column("padding", np.float64, "[0, 1]", "mean padding"),
    Column("trust", np.float64, "[0, 1]", "trust of panels"),
    Column("alliances_named", np.int32, "alliances", "living alliances that the province recognises"),
)


class Region(NamedTuple):
    """All state of a regional system, arrays only, as `tables.World` is for the rest.

    Attributes
    ----------
    numbers : ndarray of record, shape (1,)
        The parameters of `parameters.REGION`.
    levers : ndarray of record, shape (quarters,)
        Levers of the regional instruments, see `setup.region_levers`.
    watched : ndarray of float64, shape (instruments,)
        Target that correction compares an instrument's indicator with; 0 if there is none.
    worth : ndarray of float64, shape (4, 5)
        Worth of each service by firm stage.
    kinds, levels : ndarray of record
        Numbers by kind of carrier and by level of project.
    carriers, clients, projects, townships, departments, industries, partners : ndarray of record, one row per entity
        Clients are the organisations, row by row; townships the regions; departments and industries the sectors;
        partners are foreign.
    state : ndarray of record, shape (1,)
    indicators : ndarray of record, shape (quarters,)
        What is recorded.
    """

    numbers: np.ndarray
    levers: np.ndarray
    watched: np.ndarray
    worth: np.ndarray
    kinds: np.ndarray
    levels: np.ndarray
    carriers: np.ndarray
    clients: np.ndarray
    projects: np.ndarray
    townships: np.ndarray
    departments: np.ndarray
    industries: np.ndarray
    partners: np.ndarray
    state: np.ndarray
    indicators: np.ndarray

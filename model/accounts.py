"""Money: every flow leaves one named purse and enters another; the ledger holds them all. Source: 2-model.md, 7."""

from enum import IntEnum

from alliancelab.agents.compiled import compiled

__all__ = ["FLOWS", "GOVERNMENTS", "Count", "Flow", "Purse", "budget_of", "left_of", "pay", "record_event"]


class Purse(IntEnum):
    """Our instruments in the order in which they act; each has a file of its name in `policy` and its own budget."""

    CORRECTION = 0
    LAYOUT = 1
    STARTUP_SUBSIDY = 2
    TAX_PREFERENCE = 3
    COOPERATION_PROGRAMME = 4
    MEETINGS = 5
    RESEARCH_INCENTIVES = 6
    SPECIAL_SUPPORT = 7
    PILOT_SELECTION = 8
    PROGRAMME_GUIDE = 9
    PROGRAMME_GRANTS = 10
    SUPERVISION = 11
    PLATFORMS = 12
    METHOD_TRAINING = 13
    ASSESSMENT = 14
    DEMONSTRATION = 15
    PROCUREMENT = 16
    DIFFUSION_MANDATE = 17
    IP_REGIME = 18
    IP_MARKET = 19
    DIFFUSION_SUBSIDY = 20
    LEAKAGE_CONTROL = 21
    REENGINEERING = 22


class Count(IntEnum):
    """Running totals of a world."""

    QUARTER = 0
    ALLIANCES = 1
    LIVE = 2
    PROJECTS = 3
    RUNNING = 4
    SEATS = 5
    FREE_SEAT = 6
    PARTICIPATIONS = 7
    FREE_PARTICIPATION = 8
    PANEL = 9
    EVENTS = 10
    MEMBERS = 11
    PROJECT_MEMBERS = 12
    RECORD = 13
    WARM_UP = 14
    INITIATORS = 15
    FULL = 16
    SIZE = 17


class Flow(IntEnum):
    """A flow of money, and its column in the ledger. Source: 2-model.md, 7.

    Purses are ``government``, ``organisations``, ``alliances`` and ``outside``: the rest of the economy, where
    money comes from by sales and taxes and goes to for wages, equipment and services. In a region ``government`` is its
    own, a county's or a cluster's, and ``city``, ``province`` and ``nation`` are those above it.

    Attributes
    ----------
    source, target : str
        Purse that it leaves, and purse that it enters.
    instrument : str
        Instrument that pays it, "" if none.
    description : str
    """

    source: str
    target: str
    instrument: str
    description: str

    def __new__(cls, source: str, target: str, instrument: str, description: str) -> "Flow":
        """Number the flows in their order here."""
        flow = int.__new__(cls, len(cls.__members__))
        flow._value_ = len(cls.__members__)
        flow.source, flow.target, flow.instrument, flow.description = source, target, instrument, description
        return flow

    @property
    def column(self) -> str:
        """Its name in tables."""
        return self.name.lower()

    APPROPRIATION = "outside", "government", "", "Yearly budget, sum over instruments."
    RETURNED = "government", "outside", "", "What is left at the end of the year."
    OPERATING_INCOME = "outside", "organisations", "", "Firms' cash margin, others' R&D budget."
    OWN_RESEARCH = "organisations", "outside", "", "R&D outside alliances."
    PAYOUT = "organisations", "outside", "", "Funds beyond the reserve, paid out or handed back."
    ENTRY_CAPITAL = "outside", "organisations", "", "Capital that new firms bring."
    WRITE_OFF = "organisations", "outside", "", "What failed firms leave, to creditors or owners."
    CONTRIBUTION = "organisations", "alliances", "", "Members' contributions to projects, fees and set-up cost."
    JOINT_RESEARCH = "alliances", "outside", "", "Work on projects: wages, equipment, trials."
    MANAGEMENT = "alliances", "outside", "", "Managing bodies of alliances."
    SET_UP = "alliances", "outside", "", "Setting an alliance up: office, contract, negotiation."
    SALES_MARGIN = "outside", "alliances", "", "Margin on products and licences of the alliance."
    BENEFIT = "alliances", "organisations", "", "Split among members as the contract says."
    LIQUIDATION = "alliances", "organisations", "", "The purse of an ended alliance, to members."
    TEACHING = "alliances", "outside", "", "Teaching adopters, as a mandate asks or a subsidy pays."
    COMPLIANCE = "alliances", "outside", "", "Reports and audits as supervision asks."
    MISUSE = "alliances", "organisations", "", "Public money diverted to members' own ends."
    CLAWBACK = "organisations", "government", "", "Misuse found and paid back."
    STARTUP_SUBSIDY = "government", "alliances", "startup_subsidy", "Start-up subsidy."
    STARTUP_HANDLING = "government", "outside", "startup_subsidy", "Handling each case."
    PILOT_SUPPORT = "government", "alliances", "pilot_selection", "Support of pilots."
    PILOT_SELECTION = "government", "outside", "pilot_selection", "Selection and publicity."
    GRANT = "government", "alliances", "programme_grants", "Programme grants."
    GRANT_HANDLING = "government", "outside", "programme_grants", "Handling the call."
    SUPERVISION = "government", "outside", "supervision", "Staff that audits and reviews."
    MANDATE_VISITS = "government", "outside", "diffusion_mandate", "Checking that results are shown."
    DIAGNOSIS = "government", "outside", "reengineering", "Diagnosing alliances."
    RESCUE = "government", "outside", "reengineering", "Measures of a re-engineering path."
    RESCUE_PROJECT = "government", "alliances", "reengineering", "Projects of a re-engineering path."
    LAYOUT = "government", "outside", "layout", "Surveys and planning, sector by sector."
    TAX_REBATE = "government", "organisations", "tax_preference", "Tax forgone on contributions."
    COOPERATION_PROJECT = "government", "outside", "cooperation_programme", "Small joint projects."
    MEETINGS = "government", "outside", "meetings", "Meetings of science and industry."
    RESEARCH_INCENTIVE = ("government", "organisations", "research_incentives",
               "To universities and institutes that join.")
    SPECIAL_SUPPORT = "government", "alliances", "special_support", "To alliances in want."
    SPECIAL_BONUS = ("government", "organisations", "special_support",
               "To those that an alliance in want could not draw.")
    VENTURE = "outside", "alliances", "", "Venture money for launches."
    GUIDE = "government", "outside", "programme_guide", "Collecting needs, writing the guide."
    PLATFORM = "government", "alliances", "platforms", "The government's part of a platform."
    PLATFORM_BUILDING = "alliances", "outside", "", "Building a platform, all parts."
    PLATFORM_UPKEEP = "alliances", "outside", "", "Running a platform."
    TRAINING = "government", "outside", "method_training", "Courses in innovation methods."
    ASSESSMENT = "government", "outside", "assessment", "Assessing pilots."
    EXEMPLAR_SUPPORT = "government", "alliances", "assessment", "Further support of exemplars."
    LESSONS = "government", "outside", "assessment", "Drawing lessons from failures and passing them on."
    DEMONSTRATION = "government", "outside", "demonstration", "Visits, reports, exhibitions."
    CONVERSION_HELP = "government", "outside", "demonstration", "Help with conversion and exchange."
    MARKET_ENTRY = "government", "outside", "demonstration", "Help with entering markets."
    PROCUREMENT = "government", "alliances", "procurement", "Public orders."
    PRODUCTION = "alliances", "outside", "", "Cost of producing for public orders."
    IP_REGIME = "government", "outside", "ip_regime", "Courts, inspections, market supervision."
    IP_SERVICES = "government", "outside", "ip_market", "Valuation, brokerage, early warning."
    LICENCE = "organisations", "alliances", "", "Licences bought from alliances."
    FOREIGN_LICENCE = "outside", "alliances", "", "Licences bought from alliances abroad."
    PROPERTY_SALE = "organisations", "alliances", "", "Property bought from alliances."
    TRANSACTION = "alliances", "outside", "", "Cost of finding and closing licences."
    LOAN = "outside", "alliances", "", "Bank loans on pledged property."
    REPAYMENT = "alliances", "outside", "", "Interest and repayment of loans."
    GUARANTEE = "government", "outside", "ip_market", "Guaranteed part of loans that failed."
    DIFFUSION_SUBSIDY = "government", "alliances", "diffusion_subsidy", "Part of diffusion cost."
    LEAKAGE_CONTROL = "government", "outside", "leakage_control", "Watching what leaves the region."
    CORRECTION = "government", "outside", "correction", "Monitoring indicators."
    OWN_TO_ALLIANCES = "government", "alliances", "own", "A user's instruments: to alliances."
    OWN_TO_ORGANISATIONS = "government", "organisations", "own", "The same: to organisations."
    OWN_SERVICES = "government", "outside", "own", "The same: services bought."
    MERGER = "alliances", "alliances", "", "Purse of an alliance that is merged into another."
    TECHNOLOGY_TRANSFER = "government", "outside", "technology_transfer", "Hotline and visits."
    COORDINATION = "government", "outside", "coordination", "Running the service alliance."
    RESEARCH_PLATFORMS = ("government", "outside", "research_platforms",
               "Building, raising and running research platforms.")
    SERVICE_PLATFORMS = "government", "outside", "service_platforms", "Building and running public platforms."
    INCUBATION_SUBSIDY = "government", "organisations", "incubation", "To firms under incubation."
    FUND_INVESTMENT = "government", "organisations", "stage_finance", "Public stakes in firms."
    FINANCE_HANDLING = "government", "outside", "stage_finance", "Handling applications for finance."
    FINANCE_ADVICE = "government", "outside", "stage_finance", "Finding the form of finance that suits a firm."
    FUND_RETURN = "outside", "government", "", "Proceeds of stakes that are sold."
    CO_INVESTMENT = "outside", "organisations", "", "Private money beside public stakes."
    BANK_LOAN = "outside", "organisations", "", "Guaranteed bank loans to firms."
    BANK_REPAYMENT = "organisations", "outside", "", "Interest and repayment of them."
    LOAN_GUARANTEE = "government", "outside", "stage_finance", "Guaranteed loans and covered stakes that failed."
    FIRM_INVESTMENT = "organisations", "outside", "", "Capacity and technology that firms buy with it."
    TALENT_AWARD = "government", "organisations", "talent_programme", "Awards that people bring to their hosts."
    TALENT_RETENTION = "government", "outside", "talent_programme", "Services for talents, applications for them."
    TALENT_PAY = "organisations", "outside", "", "Their salaries."
    EXHIBITION = "government", "outside", "internationalisation", "Exhibition and exchange centre."
    EXPANSION = "government", "outside", "expansion", "Opening the service system to a sector."
    SERVICE_FEE = "organisations", "outside", "", "Fees for services of carriers."
    TECHNOLOGY_CONTRACT = "organisations", "organisations", "", "From firms to universities and institutes."
    COACHING = "government", "outside", "applications", "Coaching of applications."
    COUNTY_PROJECT = "government", "organisations", "county_projects", "Grants of the county."
    CITY_GRANT = "city", "organisations", "", "Grants and awards of the city above a region."
    PROVINCE_GRANT = "province", "organisations", "", "Grants and awards of its province."
    NATION_GRANT = "nation", "organisations", "", "Grants and awards of the nation to it."
    PROJECT_WORK = "organisations", "outside", "", "Work on projects."
    MATCHING = "government", "outside", "matching", "Visits, events, experts."
    CERTIFICATION = "government", "outside", "certification", "Coaching to certificates."
    CERTIFICATION_AWARD = "government", "organisations", "certification", "Awards for certificates and centres."
    PATENT_PROMOTION = "government", "outside", "patent_programme", "Promotion of property."
    PATENT_SUBSIDY = "government", "organisations", "patent_programme", "Subsidies for filings."
    RESPONSIBILITY = "government", "outside", "responsibility", "Assessing and verifying townships."
    DOUBLING_SUPPORT = "government", "organisations", "doubling_plan", "To certified firms, to invest."
    INCUBATION = "government", "outside", "incubation", "Building and running incubators."


FLOWS = tuple(Flow)

GOVERNMENTS: dict[str, list[int]] = {
    purse: [flow for flow in Flow if flow.source == purse and flow != Flow.RETURNED]
    for purse in ("government", "city", "province", "nation")
}
"""Flows that are outlay of each government, by its purse; budgets that are handed back are none."""


@compiled
def budget_of(world, tick, instrument):
    """Budget of an instrument as it stands this quarter, million yuan a year."""
    return world.budgets[tick, instrument] * world.government[0].weight[instrument]


@compiled
def left_of(world, tick, instrument):
    """Million yuan that an instrument can still spend this year."""
    return max(budget_of(world, tick, instrument) - world.government[0].spent[instrument], 0.0)


@compiled
def pay(world, tick, instrument, flow, amount):
    """Pay up to `amount` (million yuan) for an instrument, as far as its budget of the year reaches.

    Returns
    -------
    float
        What was paid; the caller puts it into the purse that the flow names.
    """
    government = world.government[0]
    paid = min(amount, left_of(world, tick, instrument))
    if paid <= 0.0:
        return 0.0
    # A budget that rises within the year brings its own money: no other instrument's purse stands in for it.
    supplement = max(paid - government.funds, 0.0)
    world.ledger[tick, Flow.APPROPRIATION] += supplement
    government.funds += supplement
    government.spent[instrument] += paid
    government.funds -= paid
    world.ledger[tick, flow] += paid
    return paid


@compiled
def record_event(world, tick, event, alliance, organisation, value):
    """Append one line to the event log, if this run keeps one."""
    if world.counts[Count.RECORD] == 0:
        return
    row = world.events[world.counts[Count.EVENTS]]
    row.quarter = tick
    row.event = event
    row.alliance = alliance
    row.organisation = organisation
    row.before = -1
    row.value = value
    world.counts[Count.EVENTS] += 1

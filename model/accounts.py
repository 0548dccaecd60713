"""Money: every flow leaves one named purse and enters another; the ledger holds them all. Source: 2-model.md, 7."""

from enum import IntEnum
from typing import NamedTuple

from alliancelab.agents.compiled import compiled, inner

__all__ = ["FLOWS", "Count", "Flow", "FlowDeclaration", "Purse", "left_of", "pay", "record_event", "yearly"]


class Purse(IntEnum):
    """Purses within the government's budget, one for each instrument, in the order of `policy.INSTRUMENTS`."""

    LAYOUT = 0
    STARTUP_SUBSIDY = 1
    TAX_PREFERENCE = 2
    COOPERATION_PROGRAMME = 3
    MEETINGS = 4
    RESEARCH_INCENTIVES = 5
    SPECIAL_SUPPORT = 6
    PILOT_SELECTION = 7
    PROGRAMME_GUIDE = 8
    PROGRAMME_GRANTS = 9
    SUPERVISION = 10
    PLATFORMS = 11
    METHOD_TRAINING = 12
    ASSESSMENT = 13
    DEMONSTRATION = 14
    PROCUREMENT = 15
    DIFFUSION_MANDATE = 16
    IP_REGIME = 17
    IP_MARKET = 18
    DIFFUSION_SUBSIDY = 19
    LEAKAGE_CONTROL = 20
    REENGINEERING = 21
    CORRECTION = 22


class Count(IntEnum):
    """Running totals of a world."""

    QUARTER = 0
    ALLIANCES = 1
    LIVE = 2
    BLOCKS = 3
    PANEL = 4
    EVENTS = 5
    MEMBERS = 6
    RECORD = 7
    WARM_UP = 8
    SIZE = 9


class Flow(IntEnum):
    """Columns of the ledger, in the order of `FLOWS`."""

    APPROPRIATION = 0
    RETURNED = 1
    OPERATING_INCOME = 2
    OWN_RESEARCH = 3
    PAYOUT = 4
    ENTRY_CAPITAL = 5
    WRITE_OFF = 6
    CONTRIBUTION = 7
    JOINT_RESEARCH = 8
    SET_UP = 9
    SALES_MARGIN = 10
    BENEFIT = 11
    LIQUIDATION = 12
    TEACHING = 13
    COMPLIANCE = 14
    MISUSE = 15
    CLAWBACK = 16
    STARTUP_SUBSIDY = 17
    STARTUP_HANDLING = 18
    PILOT_SUPPORT = 19
    PILOT_SELECTION = 20
    GRANT = 21
    GRANT_HANDLING = 22
    SUPERVISION = 23
    MANDATE_VISITS = 24
    DIAGNOSIS = 25
    RESCUE = 26
    LAYOUT = 27
    TAX_REBATE = 28
    COOPERATION_PROJECT = 29
    MEETINGS = 30
    RESEARCH_INCENTIVE = 31
    SPECIAL_SUPPORT = 32
    GUIDE = 33
    TRIALS = 34
    PLATFORM = 35
    PLATFORM_BUILDING = 36
    PLATFORM_UPKEEP = 37
    TRAINING = 38
    ASSESSMENT = 39
    DEMONSTRATION = 40
    PROCUREMENT = 41
    PRODUCTION = 42
    IP_REGIME = 43
    IP_SERVICES = 44
    LICENCE = 45
    TRANSACTION = 46
    LOAN = 47
    REPAYMENT = 48
    GUARANTEE = 49
    DIFFUSION_SUBSIDY = 50
    LEAKAGE_CONTROL = 51
    CORRECTION = 52
    OWN_TO_ALLIANCES = 53
    OWN_TO_ORGANISATIONS = 54
    OWN_SERVICES = 55
    MERGER = 56
    TECHNOLOGY_TRANSFER = 57
    COORDINATION = 58
    RESEARCH_PLATFORMS = 59
    SERVICE_PLATFORMS = 60
    INCUBATION_SUBSIDY = 61
    FUND_INVESTMENT = 62
    FUND_RETURN = 63
    CO_INVESTMENT = 64
    BANK_LOAN = 65
    BANK_REPAYMENT = 66
    LOAN_GUARANTEE = 67
    FIRM_INVESTMENT = 68
    TALENT_AWARD = 69
    TALENT_RETENTION = 70
    TALENT_PAY = 71
    EXHIBITION = 72
    EXPANSION = 73
    SERVICE_FEE = 74
    TECHNOLOGY_CONTRACT = 75
    COACHING = 76
    COUNTY_PROJECT = 77
    UPPER_GRANT = 78
    PROJECT_WORK = 79
    MATCHING = 80
    CERTIFICATION = 81
    CERTIFICATION_AWARD = 82
    PATENT_PROMOTION = 83
    PATENT_SUBSIDY = 84
    RESPONSIBILITY = 85
    DOUBLING_SUPPORT = 86
    INCUBATION = 87


class FlowDeclaration(NamedTuple):
    """A flow of money: name, purse it leaves, purse it enters, instrument that pays it ("" if none), meaning.

    Purses are ``government``, ``organisations``, ``alliances`` and ``outside``: the rest of the economy, where
    money comes from by sales and taxes and goes to for wages, equipment and services.
    """

    name: str
    source: str
    target: str
    instrument: str
    description: str


FLOWS = (
    FlowDeclaration("appropriation", "outside", "government", "", "Yearly budget, sum over instruments."),
    FlowDeclaration("returned", "government", "outside", "", "What is left at the end of the year."),
    FlowDeclaration("operating_income", "outside", "organisations", "", "Firms' cash margin, others' R&D budget."),
    FlowDeclaration("own_research", "organisations", "outside", "", "R&D outside alliances."),
    FlowDeclaration("payout", "organisations", "outside", "", "Funds beyond the reserve, paid out or handed back."),
    FlowDeclaration("entry_capital", "outside", "organisations", "", "Capital that new firms bring."),
    FlowDeclaration("write_off", "organisations", "outside", "", "What failed firms leave, to creditors or owners."),
    FlowDeclaration("contribution", "organisations", "alliances", "", "Members' contributions."),
    FlowDeclaration("joint_research", "alliances", "outside", "", "Joint R&D: wages, equipment, trials."),
    FlowDeclaration("set_up", "alliances", "outside", "", "Setting an alliance up: office, contract, negotiation."),
    FlowDeclaration("sales_margin", "outside", "alliances", "", "Margin on products and licences of the alliance."),
    FlowDeclaration("benefit", "alliances", "organisations", "", "Split among members as the contract says."),
    FlowDeclaration("liquidation", "alliances", "organisations", "", "The purse of an ended alliance, to members."),
    FlowDeclaration("teaching", "alliances", "outside", "", "Teaching adopters, as a mandate asks."),
    FlowDeclaration("compliance", "alliances", "outside", "", "Reports and audits as supervision asks."),
    FlowDeclaration("misuse", "alliances", "organisations", "", "Public money diverted to members' own ends."),
    FlowDeclaration("clawback", "organisations", "government", "", "Misuse found and paid back."),
    FlowDeclaration("startup_subsidy", "government", "alliances", "startup_subsidy", "Start-up subsidy."),
    FlowDeclaration("startup_handling", "government", "outside", "startup_subsidy", "Handling each case."),
    FlowDeclaration("pilot_support", "government", "alliances", "pilot_selection", "Support of pilots."),
    FlowDeclaration("pilot_selection", "government", "outside", "pilot_selection", "Selection and publicity."),
    FlowDeclaration("grant", "government", "alliances", "programme_grants", "Programme grants."),
    FlowDeclaration("grant_handling", "government", "outside", "programme_grants", "Handling the call."),
    FlowDeclaration("supervision", "government", "outside", "supervision", "Staff that audits and reviews."),
    FlowDeclaration("mandate_visits", "government", "outside", "diffusion_mandate", "Checking that results are shown."),
    FlowDeclaration("diagnosis", "government", "outside", "reengineering", "Diagnosing alliances."),
    FlowDeclaration("rescue", "government", "outside", "reengineering", "Carrying out a re-engineering path."),
    FlowDeclaration("layout", "government", "outside", "layout", "Surveys and planning, sector by sector."),
    FlowDeclaration("tax_rebate", "government", "organisations", "tax_preference", "Tax forgone on contributions."),
    FlowDeclaration("cooperation_project", "government", "outside", "cooperation_programme", "Small joint projects."),
    FlowDeclaration("meetings", "government", "outside", "meetings", "Meetings of science and industry."),
    FlowDeclaration("research_incentive", "government", "organisations", "research_incentives",
                    "To universities and institutes that join."),
    FlowDeclaration("special_support", "government", "alliances", "special_support", "To alliances in want."),
    FlowDeclaration("guide", "government", "outside", "programme_guide", "Collecting needs, writing the guide."),
    FlowDeclaration("trials", "alliances", "outside", "", "Trial production and entering the market, from grants."),
    FlowDeclaration("platform", "government", "alliances", "platforms", "The government's part of a platform."),
    FlowDeclaration("platform_building", "alliances", "outside", "", "Building a platform, all parts."),
    FlowDeclaration("platform_upkeep", "alliances", "outside", "", "Running a platform."),
    FlowDeclaration("training", "government", "outside", "method_training", "Courses in innovation methods."),
    FlowDeclaration("assessment", "government", "outside", "assessment", "Assessing pilots."),
    FlowDeclaration("demonstration", "government", "outside", "demonstration", "Visits, reports, exhibitions."),
    FlowDeclaration("procurement", "government", "alliances", "procurement", "Public orders."),
    FlowDeclaration("production", "alliances", "outside", "", "Cost of producing for public orders."),
    FlowDeclaration("ip_regime", "government", "outside", "ip_regime", "Courts, inspections, market supervision."),
    FlowDeclaration("ip_services", "government", "outside", "ip_market", "Valuation, brokerage, early warning."),
    FlowDeclaration("licence", "organisations", "alliances", "", "Licences bought from alliances."),
    FlowDeclaration("transaction", "alliances", "outside", "", "Cost of finding and closing licences."),
    FlowDeclaration("loan", "outside", "alliances", "", "Bank loans on pledged property."),
    FlowDeclaration("repayment", "alliances", "outside", "", "Interest and repayment of loans."),
    FlowDeclaration("guarantee", "government", "outside", "ip_market", "Guaranteed part of loans that failed."),
    FlowDeclaration("diffusion_subsidy", "government", "alliances", "diffusion_subsidy", "Part of diffusion cost."),
    FlowDeclaration("leakage_control", "government", "outside", "leakage_control", "Watching what leaves the region."),
    FlowDeclaration("correction", "government", "outside", "correction", "Monitoring indicators."),
    FlowDeclaration("own_to_alliances", "government", "alliances", "own", "A user's instruments: to alliances."),
    FlowDeclaration("own_to_organisations", "government", "organisations", "own", "The same: to organisations."),
    FlowDeclaration("own_services", "government", "outside", "own", "The same: services bought."),
    FlowDeclaration("merger", "alliances", "alliances", "", "Purse of an alliance that is merged into another."),
    FlowDeclaration("technology_transfer", "government", "outside", "technology_transfer", "Hotline and visits."),
    FlowDeclaration("coordination", "government", "outside", "coordination", "Running the service alliance."),
    FlowDeclaration("research_platforms", "government", "outside", "research_platforms",
                    "Building, raising and running research platforms."),
    FlowDeclaration("service_platforms", "government", "outside", "service_platforms",
                    "Building and running public platforms."),
    FlowDeclaration("incubation_subsidy", "government", "organisations", "incubation", "To firms under incubation."),
    FlowDeclaration("fund_investment", "government", "organisations", "stage_finance", "Public stakes in firms."),
    FlowDeclaration("fund_return", "outside", "government", "", "Proceeds of stakes that are sold."),
    FlowDeclaration("co_investment", "outside", "organisations", "", "Private money beside public stakes."),
    FlowDeclaration("bank_loan", "outside", "organisations", "", "Guaranteed bank loans to firms."),
    FlowDeclaration("bank_repayment", "organisations", "outside", "", "Interest and repayment of them."),
    FlowDeclaration("loan_guarantee", "government", "outside", "stage_finance",
                    "Guaranteed part of loans that failed with firms."),
    FlowDeclaration("firm_investment", "organisations", "outside", "",
                    "Capacity and technology that firms buy with it."),
    FlowDeclaration("talent_award", "government", "organisations", "talent_programme",
                    "Awards that people bring to their hosts."),
    FlowDeclaration("talent_retention", "government", "outside", "talent_programme",
                    "Services for people of talent programmes."),
    FlowDeclaration("talent_pay", "organisations", "outside", "", "Their salaries."),
    FlowDeclaration("exhibition", "government", "outside", "internationalisation", "Exhibition and exchange centre."),
    FlowDeclaration("expansion", "government", "outside", "expansion", "Opening the service system to a sector."),
    FlowDeclaration("service_fee", "organisations", "outside", "", "Fees for services of carriers."),
    FlowDeclaration("technology_contract", "organisations", "organisations", "",
                    "From firms to universities and institutes."),
    FlowDeclaration("coaching", "government", "outside", "applications", "Coaching of applications."),
    FlowDeclaration("county_project", "government", "organisations", "county_projects", "Grants of the county."),
    FlowDeclaration("upper_grant", "outside", "organisations", "", "Grants of city, province and nation."),
    FlowDeclaration("project_work", "organisations", "outside", "", "Work on projects."),
    FlowDeclaration("matching", "government", "outside", "matching", "Visits, events, experts."),
    FlowDeclaration("certification", "government", "outside", "certification", "Coaching to certificates."),
    FlowDeclaration("certification_award", "government", "organisations", "certification",
                    "Awards for certificates and centres."),
    FlowDeclaration("patent_promotion", "government", "outside", "patent_programme", "Promotion of property."),
    FlowDeclaration("patent_subsidy", "government", "organisations", "patent_programme", "Subsidies for filings."),
    FlowDeclaration("responsibility", "government", "outside", "responsibility", "Assessing and verifying townships."),
    FlowDeclaration("doubling_support", "government", "organisations", "doubling_plan",
                    "To certified firms, to invest."),
    FlowDeclaration("incubation", "government", "outside", "incubation", "Building and running incubators."),
)


@inner
def yearly(world, tick, instrument):
    """Budget of an instrument as it stands this quarter, million yuan a year."""
    return world.budgets[tick, instrument] * world.government[0].weight[instrument]


@compiled
def left_of(world, tick, instrument):
    """Million yuan that an instrument can still spend this year."""
    return max(yearly(world, tick, instrument) - world.government[0].spent[instrument], 0.0)


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


@inner
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

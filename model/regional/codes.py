"""The closed lists of the regional systems: services, carriers, ranks, levels of projects, grades of talent."""

from enum import IntEnum

__all__ = ["Carrier", "Draw", "Fund", "Grade", "Level", "Programme", "Rank", "RegionalPurse", "Service", "State"]


class Service(IntEnum):
    """The five services (F2)."""

    INFORMATION = 0
    KNOWLEDGE = 1
    TALENT = 2
    FINANCE = 3
    PLATFORM = 4


class Carrier(IntEnum):
    """Kinds of service carrier (F3)."""

    SCIENCE_PARK = 0
    INCUBATOR = 1
    STARTUP_CENTRE = 2
    ACCELERATOR = 3
    ENGINEERING_CENTRE = 4
    TECHNOLOGY_CENTRE = 5
    KEY_LABORATORY = 6
    RESEARCH_INSTITUTION = 7
    POSTDOC_STATION = 8
    ACADEMICIAN_STATION = 9
    PRODUCTIVITY_CENTRE = 10
    TRANSFER_AGENCY = 11
    TESTING_CENTRE = 12
    RELAY_STATION = 13
    FINANCE_INSTITUTION = 14
    SERVICE_AGENCY = 15


class Rank(IntEnum):
    """Rank of a carrier (F3)."""

    LOCAL = 0
    PROVINCIAL = 1
    NATIONAL = 2


class Fund(IntEnum):
    """Forms of finance, in the order of the firm stages that they suit (F7)."""

    SEED = 0
    VENTURE = 1
    EQUITY = 2
    LOAN = 3


class Grade(IntEnum):
    """Grades of talent programmes (F8)."""

    REGIONAL = 0
    PROVINCIAL = 1
    NATIONAL = 2


class Level(IntEnum):
    """Levels that projects are filed at (G1)."""

    COUNTY = 0
    CITY = 1
    PROVINCE = 2
    NATION = 3


class Programme(IntEnum):
    """What kind of project of the upper levels it is (G1)."""

    ORDINARY = 0
    KEY = 1
    RESULTS = 2
    SMALL_FIRMS = 3


class State(IntEnum):
    """State of a row in the table of projects (G1)."""

    FREE = 0
    FILED = 1
    RUNNING = 2


class RegionalPurse(IntEnum):
    """Purses of the regional instruments in the government's budget, after those of `accounts.Purse`."""

    TECHNOLOGY_TRANSFER = 23
    COORDINATION = 24
    RESEARCH_PLATFORMS = 25
    SERVICE_PLATFORMS = 26
    INCUBATION = 27
    STAGE_FINANCE = 28
    TALENT_PROGRAMME = 29
    INTERNATIONALISATION = 30
    EXPANSION = 31
    APPLICATIONS = 32
    COUNTY_PROJECTS = 33
    MATCHING = 34
    CERTIFICATION = 35
    PATENT_PROGRAMME = 36
    RESPONSIBILITY = 37
    DOUBLING_PLAN = 38


class Draw(IntEnum):
    """The places of the regional systems that draw; numbers follow those of `randomness.Process`."""

    START = 101
    VISITS = 102
    REQUESTS = 103
    CARRIERS = 104
    AGENCIES = 105
    INCUBATION = 106
    FINANCE = 107
    TALENT = 108
    FILING = 109
    PANELS = 110
    MATCHING = 111
    CERTIFICATION = 112
    PATENTS = 113
    CONTRACTS = 114
    PRODUCTS = 115
    PARTNERS = 116
    HISTORY = 117

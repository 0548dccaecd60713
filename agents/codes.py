"""The closed lists that the model counts in: kinds, stages, doors, reasons, paths, events."""

from enum import IntEnum

__all__ = ["Door", "Event", "FirmStage", "Kind", "Path", "Reason", "Stage", "Verdict"]


class Kind(IntEnum):
    """Kinds of organisation (A1)."""

    FIRM = 0
    UNIVERSITY = 1
    INSTITUTE = 2
    AGENCY = 3


class FirmStage(IntEnum):
    """Life stages of a firm."""

    SEED = 0
    START_UP = 1
    GROWTH = 2
    MATURE = 3


class Stage(IntEnum):
    """Stages of an alliance's life cycle (A2)."""

    FORMATION = 0
    GROWTH = 1
    MATURITY = 2
    DECLINE = 3
    REGROWTH = 4


class Door(IntEnum):
    """Doors to re-growth (A3), and re-engineering by the government (E3)."""

    NONE = 0
    RISK_AVOIDANCE = 1
    OPPORTUNITY = 2
    CONTINUOUS_INNOVATION = 3
    REENGINEERING = 4


class Reason(IntEnum):
    """Why an alliance ended."""

    ALIVE = 0
    SUCCESS = 1
    FAILURE = 2
    EXPIRY = 3
    DESERTION = 4
    MERGED = 5


class Verdict(IntEnum):
    """What an assessment of a pilot says (D1)."""

    NONE = 0
    EXEMPLAR = 1
    SOUND = 2
    RECTIFIED = 3
    DROPPED = 4


class Path(IntEnum):
    """Re-engineering paths (E3), one for each weak dimension, in the order of the six dimensions."""

    NONE = -1
    TECHNOLOGY_LEAP = 0
    BUSINESS_TRANSFORMATION = 1
    CHAIN_EXTENSION = 2
    RESTRUCTURING = 3
    GOVERNANCE_RENEWAL = 4
    REFOCUS = 5


class Event(IntEnum):
    """What the event log tells of."""

    FOUNDED = 0
    STAGE = 1
    ENDED = 2
    DISPUTE = 3
    RENEWAL = 4
    PILOT = 5
    GRANT = 6
    GRANT_STOPPED = 7
    MISUSE_FOUND = 8
    RESCUE_BOUGHT = 9
    RESCUE_DONE = 10
    FIRM_BORN = 11
    FIRM_FAILED = 12
    CONTRACT_RENEWED = 13
    ASSESSED = 14
    PLATFORM_BUILT = 15
    ORDER = 16
    LOAN = 17
    MERGED = 18

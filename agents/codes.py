"""The closed lists that the model counts in: kinds, stages, dimensions, doors, reasons, paths, events."""

from enum import IntEnum

__all__ = [
    "Dimension", "Door", "Event", "FirmStage", "Kind", "Path", "PlatformKind", "ProjectKind", "ProjectState", "Reason",
    "Stage", "Verdict",
]


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


class Dimension(IntEnum):
    """The six dimensions of an alliance's state (E1)."""

    TECHNOLOGY = 0
    ECONOMICS = 1
    STANDING = 2
    STABILITY = 3
    GOVERNANCE = 4
    CLARITY = 5


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


class ProjectKind(IntEnum):
    """What a project is for: research feeds industrialisation, which feeds the launch on the market (C2)."""

    RESEARCH = 0
    INDUSTRIALISATION = 1
    LAUNCH = 2


class ProjectState(IntEnum):
    """Where a project stands, or how it ended."""

    RUNNING = 0
    DONE = 1
    FAILED = 2
    STOPPED = 3
    ABANDONED = 4
    SUPERSEDED = 5


class PlatformKind(IntEnum):
    """Kinds of innovation platforms (C4)."""

    LABORATORY = 0
    PARK = 1
    PUBLIC_PLATFORM = 2
    SERVICE_CENTRE = 3


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
    SIGNED = 1
    STAGE = 2
    REGROWN = 3
    ENDED = 4
    DISPUTE = 5
    PROJECT_STARTED = 6
    PROJECT_ENDED = 7
    LINE_OPENED = 8
    CONTRACT_RENEWED = 9
    PILOT = 10
    GRANT = 11
    GRANT_STOPPED = 12
    MISUSE_FOUND = 13
    RESCUE_BOUGHT = 14
    RESCUE_DONE = 15
    ASSESSED = 16
    PLATFORM_BUILT = 17
    ORDER = 18
    LOAN = 19
    MERGED = 20
    PROPERTY_SOLD = 21
    FIRM_BORN = 22
    FIRM_FAILED = 23

"""Units and stages as readers see them."""

from alliancelab.agents.codes import Stage

__all__ = ["STAGE_TITLES", "unit_text"]

STAGE_TITLES = {stage.name.lower(): stage.name.capitalize() for stage in Stage} | {"regrowth": "Re-growth"}


def unit_text(unit: str) -> str:
    """A declared unit as a reader likes it on an axis."""
    return {"[0, 1]": "0 to 1", "-": "ratio"}.get(unit, unit)

"""Policy: one file an instrument, each with its declaration and its compiled behaviour."""

from alliancelab.model.policy import (
    diffusion_mandate,
    pilot_selection,
    programme_grants,
    reengineering,
    startup_subsidy,
    supervision,
)

INSTRUMENTS = (
    startup_subsidy.INSTRUMENT,
    pilot_selection.INSTRUMENT,
    programme_grants.INSTRUMENT,
    supervision.INSTRUMENT,
    diffusion_mandate.INSTRUMENT,
    reengineering.INSTRUMENT,
)

__all__ = ["INSTRUMENTS"]

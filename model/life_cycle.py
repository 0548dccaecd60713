"""The stage of an alliance, read off its trajectory; used by everybody who speaks of stages. Source: A2."""

from alliancelab.agents.codes import Stage
from alliancelab.agents.compiled import compiled

__all__ = ["ALLOWED", "stage"]

ALLOWED = frozenset({
    (Stage.FORMATION, Stage.GROWTH),
    (Stage.GROWTH, Stage.MATURITY), (Stage.GROWTH, Stage.DECLINE),
    (Stage.MATURITY, Stage.DECLINE), (Stage.MATURITY, Stage.REGROWTH),
    (Stage.DECLINE, Stage.REGROWTH),
    (Stage.REGROWTH, Stage.MATURITY), (Stage.REGROWTH, Stage.DECLINE),
})
"""The transitions of A2; any other is a fault."""


@compiled
def stage(before, alliance, has_results, p):
    """Stage of an alliance from its trajectory alone. Source: A2.

    Formation lasts until first results; growth while vitality rises; maturity on the plateau; decline when
    vitality is clearly below the peak; re-growth when, after maturity or decline, it has risen by a stated margin
    above the trough it fell to. Margins keep it from flickering.

    Parameters
    ----------
    before : Stage
        Stage in the quarter before.
    alliance : record
        With `fast` and `slow` exponential averages of vitality; of the fast one `start`, the lowest since founding
        or re-growth, `peak`, the highest since then, and `trough`, the lowest since the peak.
    has_results : bool
        Whether there are patents, standards or products.
    """
    if before == Stage.FORMATION:
        return Stage.GROWTH if has_results else Stage.FORMATION
    rising = alliance.fast - alliance.slow
    fallen = alliance.fast < alliance.peak - p.decline_margin and rising < 0.0
    if before == Stage.GROWTH or before == Stage.REGROWTH:
        if fallen:
            return Stage.DECLINE
        risen = alliance.fast > alliance.start + p.rise_margin
        if risen and rising < p.plateau_slope:
            return Stage.MATURITY
        return Stage.GROWTH if before == Stage.GROWTH else Stage.REGROWTH
    if alliance.fast > alliance.trough + p.regrowth_margin and rising > p.plateau_slope:
        return Stage.REGROWTH
    if before == Stage.MATURITY and fallen:
        return Stage.DECLINE
    return Stage.MATURITY if before == Stage.MATURITY else Stage.DECLINE

"""The stage of an alliance, read off its trajectory; used by everybody who speaks of stages. Source: A2."""

from alliancelab.agents.codes import Stage
from alliancelab.agents.compiled import compiled

__all__ = ["ALLOWED", "remembered_peak", "stage"]

ALLOWED = frozenset({
    (Stage.FORMATION, Stage.GROWTH),
    (Stage.GROWTH, Stage.MATURITY), (Stage.GROWTH, Stage.DECLINE),
    (Stage.MATURITY, Stage.DECLINE), (Stage.MATURITY, Stage.REGROWTH),
    (Stage.DECLINE, Stage.REGROWTH), (Stage.DECLINE, Stage.MATURITY),
    (Stage.REGROWTH, Stage.MATURITY), (Stage.REGROWTH, Stage.DECLINE),
})
"""The transitions of A2, and one more: an alliance that has come to rest on a lower level is mature again."""


@compiled
def remembered_peak(alliance, p):
    """The peak that decline is measured from: it fades to the level kept, so no low plateau is decline for ever."""
    if alliance.fast >= alliance.peak:
        return alliance.fast
    return alliance.peak - p.peak_fade * (alliance.peak - alliance.fast)


@compiled
def stage(before, alliance, at_work, p):
    """Stage of an alliance from its trajectory alone. Source: A2.

    Formation lasts until the first project runs; growth while vitality rises; maturity on the plateau; decline when
    vitality is clearly below the peak it remembers and falls; re-growth when it has risen, however slowly, by a stated
    margin above the lowest level since maturity or decline began. Whoever comes to rest in decline near the faded peak
    is mature on a lower level, and so is whoever is back at the peak by less than that margin: nobody declines at its
    best.

    Parameters
    ----------
    before : Stage
        Stage in the quarter before.
    alliance : record
        With `fast` and `slow` exponential averages of vitality; of the fast one `start`, its level when growth or
        re-growth began, `peak`, the remembered highest, and `trough`, the lowest since maturity or decline began.
    at_work : bool
        Whether a project runs or has run.
    """
    if before == Stage.FORMATION:
        return Stage.GROWTH if at_work else Stage.FORMATION
    rising = alliance.fast - alliance.slow
    fallen = alliance.fast < alliance.peak - p.decline_margin and rising < 0.0
    if before == Stage.GROWTH or before == Stage.REGROWTH:
        if fallen:
            return Stage.DECLINE
        risen = alliance.fast > alliance.start + p.rise_margin
        if risen and rising < p.plateau_slope:
            return Stage.MATURITY
        return Stage.GROWTH if before == Stage.GROWTH else Stage.REGROWTH
    if alliance.fast > alliance.trough + p.regrowth_margin:
        return Stage.REGROWTH
    if before == Stage.MATURITY:
        return Stage.DECLINE if fallen else Stage.MATURITY
    rests = alliance.fast >= alliance.peak - p.decline_margin and abs(rising) < p.plateau_slope
    return Stage.MATURITY if rests or alliance.fast >= alliance.peak else Stage.DECLINE

"""The stage of an alliance, read off its trajectory; used by everybody who speaks of stages. Source: A2."""

from alliancelab.agents.codes import Stage
from alliancelab.agents.compiled import compiled

__all__ = ["ALLOWED", "remembered_peak", "stage", "yearly_rise"]

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
    if alliance.smoothed >= alliance.peak:
        return alliance.smoothed
    return alliance.peak - p.peak_fade * (alliance.peak - alliance.smoothed)


@compiled
def yearly_rise(alliance):
    """Rise of smoothed vitality within a year: over the lowest level of the four quarters before."""
    lowest = alliance.past_year[0]
    for level in alliance.past_year:
        lowest = min(lowest, level)
    return alliance.smoothed - lowest


@compiled
def stage(before, alliance, at_work, p):
    """Stage of an alliance from its trajectory alone. Source: A2.

    Formation lasts until the first project runs; growth until vitality, once it has risen, rises by less within a year
    than a stated margin; then comes maturity. Decline begins when vitality is clearly below the peak it remembers and
    lower than a year ago, and lasts, on whatever level, until re-growth or until vitality is back near that peak.
    Re-growth begins when vitality rises and is by a stated margin above the lowest level since maturity or decline
    began; it ends as growth does.

    Parameters
    ----------
    before : Stage
        Stage in the quarter before.
    alliance : record
        With `smoothed` vitality and, of it, `past_year`; `start`, its level when growth or re-growth began; `peak`, the
        remembered highest; and `trough`, the lowest since maturity or decline began.
    at_work : bool
        Whether a project runs or has run.
    """
    if before == Stage.FORMATION:
        return Stage.GROWTH if at_work else Stage.FORMATION
    level = alliance.smoothed
    rises = yearly_rise(alliance) >= p.rise_margin
    lower = level < alliance.past_year[0]
    near_peak = level >= alliance.peak - p.decline_margin
    fallen = lower and not near_peak
    if before == Stage.GROWTH or before == Stage.REGROWTH:
        if fallen:
            return Stage.DECLINE
        risen = level > alliance.start + p.rise_margin
        return Stage.MATURITY if risen and not rises else before
    if rises and level > alliance.trough + p.regrowth_margin:
        return Stage.REGROWTH
    if before == Stage.MATURITY:
        return Stage.DECLINE if fallen else Stage.MATURITY
    return Stage.MATURITY if (near_peak and not lower) or level >= alliance.peak else Stage.DECLINE

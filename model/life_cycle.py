"""The stage of an alliance, read off its trajectory; used by everybody who speaks of stages. Source: A2."""

from alliancelab.agents.codes import Stage
from alliancelab.agents.compiled import compiled

__all__ = ["ALLOWED", "remembered_peak", "stage", "yearly_change"]

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
def yearly_change(alliance):
    """Change of smoothed vitality within a year, over that of four quarters ago; in the first year that at founding."""
    return alliance.smoothed - alliance.past_year[0]


@compiled
def stage(before, alliance, at_work, p):
    """Stage of an alliance from its trajectory alone. Source: A2.

    Formation lasts until the first project runs; growth until vitality, once it has risen, gains less within a year
    than a stated margin; then comes maturity. Decline begins when vitality is clearly below the peak it remembers and
    lower than a year ago, and lasts, on whatever level, until re-growth or until vitality is back near that peak.
    Re-growth begins when vitality has risen, however slowly, by a stated margin above the lowest level since maturity
    or decline began.

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
    change = yearly_change(alliance)
    near_peak = level >= alliance.peak - p.decline_margin
    fallen = not near_peak and change < 0.0
    if before == Stage.GROWTH or before == Stage.REGROWTH:
        if fallen:
            return Stage.DECLINE
        risen = level > alliance.start + p.rise_margin
        return Stage.MATURITY if risen and change < p.rise_margin else before
    if level > alliance.trough + p.regrowth_margin:
        return Stage.REGROWTH
    if before == Stage.MATURITY:
        return Stage.DECLINE if fallen else Stage.MATURITY
    return Stage.MATURITY if (near_peak and change >= 0.0) or level >= alliance.peak else Stage.DECLINE

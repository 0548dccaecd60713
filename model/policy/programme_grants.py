"""Programme grants by five principles, pilots first, outstanding ones again. Source: C2."""

from alliancelab.model.declarations import Lever
from alliancelab.model.policy.instrument import Instrument

INSTRUMENT = Instrument(
    name="programme_grants",
    title="Programme grants",
    policy_stage="growth",
    rows=("C2", "A7"),
    eligible="Alliances under contract in the chosen stages without a running grant; pilots come first.",
    delivery="A yearly call ranks by five principles; a grant is paid by quarters over its term.",
    acts_on="The alliance's purse: joint R&D is paid from it.",
    cost="The grants, and a handling cost for each.",
    harm="Unsupervised money is diverted; money keeps alliances in fields they would have left.",
    strength="amount",
    stages=("growth",),
    levers=(
        Lever("amount", 0.0, 0.0, 1000.0, "million yuan a year per grant", "data: cn_nkrdp", "Money for one alliance a year."),
        Lever("years", 3.0, 0.25, 10.0, "years", "data: dur_cn_nkrdp", "Term of a grant."),
        Lever("pilots_first", 1.0, 0.0, 1.0, "strength", "document I, 3.2", "Weight of being a pilot in the ranking."),
        Lever("rolling", 0.5, 0.0, 1.0, "strength", "document I, 3.2", "Weight of results in ranking for a further grant."),
        Lever("budget", 0.0, 0.0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year."),
    ),
)

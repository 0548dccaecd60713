"""Two packages in a small world, to compare in many."""

SMALL = {"firms": 120, "universities": 10, "institutes": 8, "agencies": 4, "sectors": 2, "regions": 3, "quarters": 48,
         "warm_up": 16}
SUBSIDY = {"title": "subsidy", "base": "no_policy", "world": SMALL,
           "policy": {"startup_subsidy": {"share": 0.9, "budget": 1.0}}}
PLAN = {"title": "plan", "base": "no_policy", "world": SMALL, "policy": {"layout": {"strength": 1.0, "budget": 100.0}}}

"""Who acts: the Mesa agents and, beside each, the decision rules of its kind."""

if __name__ != "alliancelab.agents":  # found from the top of a checkout: two copies of one room would follow
    raise ImportError("write alliancelab.agents, not agents")

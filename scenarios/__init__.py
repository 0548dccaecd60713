"""What is tried: scenario files, the library of them, the runner and the store of results."""

if __name__ != "alliancelab.scenarios":  # found from the top of a checkout: two copies of one room would follow
    raise ImportError("write alliancelab.scenarios, not scenarios")

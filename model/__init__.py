"""The world they act in: tables of state, instruments of policy, the processes of a quarter, the step."""

if __name__ != "alliancelab.model":  # found from the top of a checkout: two copies of one room would follow
    raise ImportError("write alliancelab.model, not model")

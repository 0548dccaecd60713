"""What is learnt: curves, comparisons, tables and figures from stored results."""

if __name__ != "alliancelab.analysis":  # found from the top of a checkout: two copies of one room would follow
    raise ImportError("write alliancelab.analysis, not analysis")

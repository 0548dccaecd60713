"""How sure a value out of data is at most: spreads that few cases allow. Source: H5."""

from scipy.special import stdtrit

__all__ = ["LEAST_SHARE", "LEAST_SPREAD", "NORMAL", "widened"]

LEAST_SHARE = 0.05   # of a value that its spread is at least: no source is surer
LEAST_SPREAD = 0.01  # where the value is zero
NORMAL = 1.96        # standard errors of a 95 % interval where the spread is known


def widened(sd: float, cases: int, value: float) -> float:
    """A standard deviation told from a few cases, widened as an interval of Student's t is against a normal one."""
    return max(float(sd * stdtrit(cases - 1, 0.975) / NORMAL), LEAST_SHARE * abs(value) or LEAST_SPREAD)

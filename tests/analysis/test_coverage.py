"""Intervals hold the truth about as often as they say, and where they do not, by as much as the documentation says."""

import numpy as np
import pytest

from benchmarks.coverage import CASES, coverage_of

# Nominal is 0.95. Cases that are known to fall short stand here with what docs/methods.md tells of them.
SHORT = {
    ("t, mean of runs", "20 lognormal (skewness 6)"): (0.83, 0.91),
    ("t, mean of runs", "100 lognormal (skewness 6)"): (0.88, 0.95),
    ("t, mean of runs", "20 in two modes, 1 in 5 apart"): (0.88, 0.95),
    ("paired t", "20 lognormal differences"): (0.83, 0.91),
    ("paired t", "100 lognormal differences"): (0.88, 0.95),
    ("score interval over runs", "20 runs, share 0.03"): (0.89, 0.96),
    ("t over alliances, runs ignored", "20 runs with luck in common"): (0.5, 0.8),
    ("log-rank test, runs ignored (1 - level)", "two scenarios, runs that differ"): (0.4, 0.85),
    ("take-off of one curve", "36 quarters, correlated noise"): (0.85, 0.98),
    ("onset of decline of one curve", "36 quarters, correlated noise"): (0.85, 0.98),
}
QUICK = [case for case in CASES if case.cost <= 20]
COSTLY = [case for case in CASES if case.cost > 20]


def check(case, repeats: int) -> None:
    row = coverage_of(case, repeats, seed=1)
    print(f"{row.interval}, {row.data}: {row.coverage:.3f} in {row.repeats}")
    low, high = SHORT.get((case.interval, case.data), (0.95, 1.0 if case.cost >= 40 else 0.97))
    room = 3.0 * np.sqrt(0.05 * 0.95 / row.repeats)
    assert low - room <= row.coverage <= high + room


@pytest.mark.parametrize("case", QUICK, ids=lambda case: f"{case.interval}: {case.data}")
def test_an_interval_covers_as_often_as_documented(case):
    """Rows: H3, H4."""
    check(case, 2_000)


@pytest.mark.slow
@pytest.mark.parametrize("case", COSTLY, ids=lambda case: f"{case.interval}: {case.data}")
def test_a_costly_interval_covers_as_often_as_documented(case):
    """Rows: H3, H4."""
    check(case, 1_600)

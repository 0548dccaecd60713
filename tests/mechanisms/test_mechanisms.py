"""Every claim of the table of experiments, measured; docs/traceability.md prints what was found."""

import csv

import pytest

from tests.mechanisms.experiments import EXPERIMENTS
from tests.mechanisms.measure import RESULTS, measure

with RESULTS.open(encoding="utf-8", newline="") as _file:
    KNOWN = {line["row"]: line for line in csv.DictReader(_file)}


def test_every_experiment_has_a_name_of_its_own_and_a_measured_effect():
    names = [one.row for one in EXPERIMENTS]
    assert len(set(names)) == len(names)
    assert list(KNOWN) == names


@pytest.mark.parametrize("row", dict.fromkeys(one.row.split()[0] for one in EXPERIMENTS))
def test_claims_of_a_row_are_found_as_the_page_prints_them(row):
    """Rows: A1-E3. A claim that is printed as held is held at 99 %; one that is printed as not held still is not."""
    for one in EXPERIMENTS:
        if one.row.split()[0] == row:
            got, line = measure(one), KNOWN[one.row]
            print(one.row, got)
            assert got.holds(one.direction) == (line["holds"] == "yes"), one.row
            assert got.difference == pytest.approx(float(line["difference"]), rel=2e-3, abs=1e-9, nan_ok=True), one.row
            assert got.pairs == int(line["pairs"])

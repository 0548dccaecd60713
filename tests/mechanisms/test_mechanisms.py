"""Every claim of the table of experiments; docs/traceability.md prints what `python -m tests.mechanisms` found."""

import csv

import pytest

from tests.mechanisms.experiments import EXPERIMENTS
from tests.mechanisms.measure import FEW, RESULTS, forget, pairs_of

with RESULTS.open(encoding="utf-8", newline="") as _file:
    KNOWN = {line["row"]: line for line in csv.DictReader(_file)}
RENEW = "if results are meant to change: python -m tests.mechanisms"


def test_every_experiment_has_a_name_of_its_own_and_a_measured_effect():
    names = [one.row for one in EXPERIMENTS]
    assert len(set(names)) == len(names)
    assert list(KNOWN) == names


@pytest.mark.parametrize("row", dict.fromkeys(one.row.split()[0] for one in EXPERIMENTS))
def test_claims_of_a_row_were_measured_on_this_code(row):
    """Rows: A1-E3. The first pairs of each claim give what the table holds of them; all pairs take half an hour."""
    forget()
    for one in EXPERIMENTS:
        if one.row.split()[0] == row:
            found = pairs_of(one, FEW).ravel()
            kept = [float(value) for value in KNOWN[one.row]["first"].split()]
            assert found == pytest.approx(kept, rel=1e-6, abs=1e-9, nan_ok=True), f"{one.row}: {RENEW}"


def test_what_is_printed_as_held_lies_beyond_zero():
    for one in EXPERIMENTS:
        line = KNOWN[one.row]
        low, high = float(line["low"]), float(line["high"])
        assert (line["holds"] == "yes") == (low > 0.0 if one.direction > 0 else high < 0.0), one.row
        assert int(line["direction"]) == one.direction and line["quantity"] == one.quantity
        assert int(line["pairs"]) <= one.replicates

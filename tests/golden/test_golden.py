"""Results change only with a reason: every library scenario gives the summary that the file holds."""

import pytest

from tests.golden.__main__ import CHANGELOG, REASON
from tests.golden.summaries import measured, written

RENEW = 'if results are meant to change: python -m tests.golden "why"'


def test_every_scenario_of_the_library_gives_the_summary_that_was_written():
    """Rows: H2. Nine figures: compiled powers differ in the last digit from platform to platform."""
    found, expected = measured(), written()
    assert list(found) == list(expected), RENEW
    apart = [key for key, value in found.items()
             if float(value) != pytest.approx(float(expected[key]), rel=1e-9, abs=1e-12, nan_ok=True)]
    assert not apart, f"{len(apart)} of {len(found)} values differ, such as {apart[:5]}; {RENEW}"


def test_the_reason_of_the_last_change_stands_in_the_changelog():
    assert REASON.read_text(encoding="utf-8").strip() in CHANGELOG.read_text(encoding="utf-8")

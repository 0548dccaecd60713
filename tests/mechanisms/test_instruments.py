"""Every instrument of the policy chain is valid at three strengths, costs money, and does nothing where it is off."""

from functools import cache

import numpy as np
import pytest

from alliancelab.agents.codes import Event, Reason
from alliancelab.model.accounts import FLOWS
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.scenarios.runner import run_one
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.variants import base_of, variant_names


@cache
def runs(scenario: str, changes: tuple = (), count: int = 4):
    chosen = load(scenario, dict(changes))
    return [run_one(chosen, seed) for seed in range(count)]


@pytest.mark.parametrize("name", variant_names())
def test_every_variant_is_a_valid_scenario(name):
    assert load(name).name == name


@pytest.mark.parametrize("instrument", [i.name for i in INSTRUMENTS])
def test_every_instrument_pays_and_nothing_is_paid_where_it_is_off(instrument):
    flows = [k for k, flow in enumerate(FLOWS) if flow.instrument == instrument]
    assert all(run.ledger[:, flows].sum() > 0 for run in runs(f"only_{instrument}_mid"))
    assert sum(run.ledger[:, flows].sum() for run in runs(base_of(instrument))) == 0.0


def test_the_chain_without_an_instrument_pays_nothing_for_it():
    for instrument in ("meetings", "platforms"):
        flows = [k for k, flow in enumerate(FLOWS) if flow.instrument == instrument]
        assert run_one(load(f"full_chain_without_{instrument}"), 0).ledger[:, flows].sum() == 0.0
        assert run_one(load("full_chain"), 0).ledger[:, flows].sum() > 0.0


@pytest.mark.parametrize("name", [i.name for i in INSTRUMENTS if i.name != "correction"])
def test_an_instrument_that_nobody_pays_for_does_nothing(name):
    """Section 8: what is promised counts as far as the year's money reaches.

    Correction is left out: unpaid it multiplies strengths by one and a last digit, from which courses part in the end.
    """
    off, = runs(f"only_{name}_high", ((name, False),), 1)
    unpaid, = runs(f"only_{name}_high", ((f"{name}.budget", 1e-12),), 1)
    for column in off.curves.dtype.names:
        np.testing.assert_allclose(unpaid.curves[column], off.curves[column], rtol=1e-5, atol=1e-4,
                                   err_msg=f"{name}: {column}")


def test_a_plan_without_money_changes_nothing():
    """Rows: B1 (cost)."""
    unpaid = [run.curves.tobytes() for run in runs("only_layout_high", (("layout.budget", 0.0),))]
    assert unpaid == [run.curves.tobytes() for run in runs(base_of("layout"))]


def test_a_mandate_without_public_money_binds_nobody():
    """Rows: D3. Only results of publicly funded work must be shown; what members expect of it is another matter."""
    for run in runs("no_policy", (("diffusion_mandate.strength", 1.0), ("diffusion_mandate.budget", 30.0))):
        assert run.alliances["mandate"].max() == 0.0


def test_a_merger_sheds_no_public_duty():
    """Rows: D3, E3. Public money of both partners stays on the books of the one that is left."""
    merged = 0
    for run in runs("only_reengineering_high", (), 12):
        gone = run.alliances[run.alliances["reason"] == Reason.MERGED]
        events = run.events[run.events["event"] == Event.MERGED]
        for alliance, other in zip(events["alliance"], events["value"].astype(int), strict=True):
            assert run.alliances["public_total"][alliance] >= run.alliances["public_total"][other]
        assert len(gone) == len(events)
        merged += len(gone)
    assert merged > 0


def test_every_path_is_bought_and_each_at_its_own_price_and_delay():
    """Rows: E3. Paths at random: a diagnosis finds next to nobody whose weakness is technology."""
    events = np.concatenate([run.events for run in runs(
        "only_reengineering_high", (("reengineering.targeting", 0.0),), 12)])
    assert set(events["value"][events["event"] == Event.RESCUE_BOUGHT].astype(int)) == set(range(6))

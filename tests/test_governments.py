"""Governments of a region, its own and those above it, pay from purses of their own, and what each pays can be read."""

import numpy as np
import pytest

import alliancelab as al
from alliancelab.model.accounts import FLOWS, GOVERNMENTS
from alliancelab.model.policy.own import known_instruments


@pytest.fixture(scope="module")
def run():
    return al.run("county_bureau", seed=1)


def test_every_instrument_declares_the_purses_that_pay_for_it():
    """Rows: G6."""
    for instrument in known_instruments():
        assert "government" in instrument.payers and set(instrument.payers) <= set(GOVERNMENTS)
    booked = {flow.source for flow in FLOWS if flow.instrument}
    assert booked == {"government"}
    assert {purse for one in known_instruments() for purse in one.payers} == set(GOVERNMENTS)


def test_outlay_by_government_is_a_table_of_a_run_and_sums_to_what_came_from_above(run, tmp_path):
    """Rows: G6."""
    table = run.governments.set_index("year")
    assert list(table.columns) == ["government", "city", "province", "nation"]
    above = run.regional.groupby(np.floor(run.regional["year"]).astype(int))["upper_funds"].sum()
    assert np.allclose(table[["city", "province", "nation"]].sum(axis=1), above)
    assert (table.sum() > 0).all()
    run.save(tmp_path / "run")
    assert al.read(tmp_path / "run").governments.equals(run.governments)


def test_a_nation_without_regions_has_one_government():
    small = {"world.firms": 120, "world.sectors": 2, "world.quarters": 44, "world.warm_up": 40}
    assert list(al.run("stage_matched", overrides=small).governments.columns) == ["year", "government"]


def test_centres_are_paid_by_the_city_and_national_talents_by_the_nation():
    """Rows: G3, G6, F8."""
    off = {"applications": False, "region.file_city": 0.0, "region.file_province": 0.0, "region.file_nation": 0.0,
               "patent_programme.pilot": 0.0}
    people = {"talent_programme.regional": 0.0, "talent_programme.provincial": 0.0, "talent_programme.national": 30.0,
              "talent_programme.budget": 50.0, "region.talent_constant": 5.0}
    paid = al.run("county_bureau", overrides={**off, **people}).governments.set_index("year").loc[2009:].sum()
    assert paid["city"] > 0 and paid["nation"] > 0 and paid["province"] == 0


def test_money_from_each_level_is_an_indicator():
    """Rows: G6, G8."""
    lines = {f"scorecard.paid_{purse}": {"start": 1.0} for purse in ("city", "province", "nation")}
    run = al.run("county_bureau", seed=1, overrides=lines)
    last = run.governments.iloc[-1]
    for purse in ("city", "province", "nation"):
        assert run.outcomes[f"regional_paid_{purse}"] == pytest.approx(last[purse])


def test_governments_are_agents_with_what_they_paid(run):
    """Rows: G6, H1."""
    model = al.AllianceModel("county_bureau", rng=1)
    model.run_model()
    own, *above = model.governments
    assert own is model.government and set(model.governments) <= set(model.agents)
    table = run.governments.set_index("year")
    assert {one.name: one.paid for one in above} == pytest.approx(table.sum().drop("government").to_dict())
    assert sum(one.outlay for one in above) == pytest.approx(model.region.indicators["upper_funds"][-1])
    assert len(al.AllianceModel("no_policy", rng=1).governments) == 1

"""Carriers, townships and departments can be looked at as Mesa agents, and looking changes nothing."""

import pytest

import alliancelab as al
from alliancelab.agents.organisations import Organisation
from alliancelab.agents.regional import Department, ServiceCarrier, Township
from alliancelab.model.regional.codes import Carrier
from alliancelab.model.simulation import simulate


@pytest.fixture(scope="module")
def watched():
    """A cluster that was looked at in every quarter, with the carriers seen in each."""
    model = al.AllianceModel("dongying", rng=3)
    seen = []
    while model.running:
        model.step()
        seen.append(model.carriers)
    return model, seen


def test_looking_at_them_changes_no_bit(watched):
    """Rows: H1."""
    model, _ = watched
    headless = simulate(model.setup)
    for name in headless.region._fields:
        assert getattr(model.region, name).tobytes() == getattr(headless.region, name).tobytes(), name


def test_carriers_open_and_close_with_their_rows(watched):
    """Rows: F3, H1."""
    model, seen = watched
    assert len(model.carriers) == model.region.carriers["active"].sum() == len(model.agents_by_type[ServiceCarrier])
    opened = set(seen[-1]) - set(seen[0])
    assert opened and all(carrier.since > 0 for carrier in opened)
    closed = {carrier for carriers in seen for carrier in carriers} - set(model.carriers)
    assert closed
    with pytest.raises(LookupError, match="closed"):
        _ = closed.pop().quality


def test_a_carrier_knows_its_host_its_payer_and_whom_it_incubates(watched):
    """Rows: F3, F10."""
    model, _ = watched
    hosted = [carrier for carrier in model.carriers if carrier.kind == Carrier.ENGINEERING_CENTRE and carrier.payer]
    assert hosted and all(isinstance(carrier.host, Organisation) and carrier.host.exists for carrier in hosted)
    assert {carrier.payer for carrier in model.carriers} <= {"", *model.instruments}
    inside = [firm for carrier in model.carriers for firm in carrier.incubated]
    assert len(inside) == len(set(inside)) == model.region.indicators["incubated"][model.quarter - 1] > 0


def test_townships_and_departments_divide_the_organisations_between_them():
    """Rows: G5, H1."""
    model = al.AllianceModel("county_bureau", rng=1)
    model.step()
    for signatories, kind in ((model.townships, Township), (model.departments, Department)):
        assert set(model.agents_by_type[kind]) == set(signatories)
        there = [one for signatory in signatories for one in signatory.organisations]
        assert sorted(one.row for one in there) == sorted(one.row for one in model.organisations)
    assert [one.effort for one in model.townships] == model.region.townships["effort"].tolist()


def test_without_a_region_there_are_none():
    model = al.AllianceModel("no_policy", rng=1)
    assert model.carriers == [] and model.townships == () and model.departments == ()

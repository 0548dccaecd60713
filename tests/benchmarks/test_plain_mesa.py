"""The plain Mesa model keeps its books and its limits; the comparison with the engine sees what differs."""

import numpy as np
import pytest

from alliancelab.agents.codes import Kind
from benchmarks.agreement import READ, agree, compare, compared
from benchmarks.plain_mesa import Firm, PlainModel
from benchmarks.rows import setup_of


def organisations(model):
    return [o for s in model.sectors for o in (*s.firms, *s.research, *s.agencies)]


def run(quarters=60, seed=0):
    model = PlainModel(setup_of(300, seed=seed))
    for _ in range(quarters):
        model.step()
    return model


@pytest.fixture(scope="module")
def model():
    return run()


def test_alliances_and_members_list_each_other_once_and_nobody_has_failed(model):
    seats = [(a, member) for a in model.alliances for member in a.seats]
    listed = [(a, member) for member in organisations(model) for a in member.alliances]
    assert len(model.alliances) > 3
    assert len(listed) == len(set(listed)) and set(seats) == set(listed)
    assert all(member.active for _, member in seats)


def test_ended_alliances_keep_no_member_and_belong_to_nobody(model):
    assert model.ended and not any(a.seats for a in model.ended)
    assert not {id(a) for a in model.ended} & {id(a) for o in organisations(model) for a in o.alliances}


def test_limits_of_members_and_of_memberships_hold(model):
    p = model.p
    for alliance in model.alliances:
        assert p.members_least <= alliance.size <= p.members_most and alliance.firms >= 2
        assert p.founding_least <= alliance.founding_size <= p.founding_most
    for organisation in organisations(model):
        assert organisation.alliance_count <= (
            p.firm_alliances if organisation.kind == Kind.FIRM else p.research_alliances)


def test_indices_stay_within_bounds_and_money_is_never_owed_by_an_alliance(model):
    for alliance in model.alliances:
        for name in ("technology", "conversion", "diffusion", "trust", "governance", "clarity", "satisfaction",
                     "inequality", "turnover", "vitality"):
            assert 0.0 <= getattr(alliance, name) <= 1.0, name
        assert alliance.funds >= -1e-9
    for organisation in organisations(model):
        assert all(0.0 <= e <= 1.0 for e in organisation.expertise)
        assert 0.0 <= organisation.stated_need <= 1.0 and 0.0 <= organisation.reputation <= 1.0


def test_places_of_firms_stay_and_fields_count_their_alliances(model):
    fresh = PlainModel(setup_of(300))
    assert [len(s.firms) + s.vacant for s in model.sectors] == [len(s.firms) + s.vacant for s in fresh.sectors]
    for sector in model.sectors:
        assert sum(field.share for field in sector.fields) == pytest.approx(1.0)
        for field in sector.fields:
            assert field.alliances == sum(a.field is field for a in model.alliances)


def test_firms_there_at_the_start_are_up_to_twenty_years_old():
    ages = [-firm.born for firm in PlainModel(setup_of(850)).agents_by_type[Firm]]
    assert min(ages) == 0 and max(ages) == 79


def test_an_alliance_whose_members_all_fail_in_one_quarter_ends():
    model = run(60)
    alliance = model.alliances[0]
    for member in list(alliance.seats):
        alliance.lose(member)
    model.step()
    assert alliance in model.ended


def test_the_same_seed_gives_the_same_world():
    def state(model):
        return ([(a.founded, a.size, a.vitality, a.funds) for a in model.alliances],
                [(o.size, o.funds, o.need, o.expertise) for o in organisations(model)])

    assert state(run(25, seed=3)) == state(run(25, seed=3)) != state(run(25, seed=4))


def test_samples_of_one_distribution_agree_and_a_missing_answer_is_left_out():
    random = np.random.default_rng(1)
    plain, engine = random.normal(5.0, 1.0, (30, 2)), random.normal(5.0, 1.0, (120, 2))
    plain[0, 0] = np.nan
    rows = compared(("a", "b"), plain, engine)
    assert agree(rows) and rows[0].plain_mean == pytest.approx(np.nanmean(plain[:, 0]))


@pytest.mark.parametrize(("mean", "sd", "close"), [(7.0, 1.0, False), (5.4, 0.1, True), (5.0, 6.0, True)])
def test_another_mean_or_another_spread_is_told_apart(mean, sd, close):
    random = np.random.default_rng(2)
    plain, engine = random.normal(5.0, 1.0, (40, 2)), random.normal(5.0, 1.0, (160, 2))
    engine[:, 1] = mean + sd * standardised(engine[:, 1])
    rows = compared(("same", "other"), plain, engine)
    assert not agree(rows)
    assert rows[0].holm_p > 0.01 > rows[1].holm_p and rows[1].close is close


def standardised(values):
    return (values - values.mean()) / values.std()


@pytest.mark.slow
def test_engine_and_plain_mesa_agree_in_fourteen_outcomes():
    rows = compare(replicates=40)
    print(*rows, sep="\n")
    assert [row.outcome for row in rows] == list(READ)
    assert agree(rows)

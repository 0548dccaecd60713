"""Facts told of who joins what with whom: hand-worked projects, data in the columns of CORDIS, simulated alliances."""

from pathlib import Path

import numpy as np
import pytest

from alliancelab.agents.codes import Kind
from alliancelab.agents.errors import UserError
from alliancelab.scenarios.consortia import MEASURES, Consortia, by_programme, consortia_of, read_cordis
from alliancelab.scenarios.facts import facts
from tests.support.experiments import recordings

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PROJECTS = "project_rcn,programme,start\n7,A;B,2015-01-01\n3,A,2014-06-01\n9,B,2016-01-01\n"
SEATS = ("project_rcn,org_id,org_type,country\n"
         "3,u1,HES,DE\n3,f1,PRC,DE\n3,f2,PRC,FR\n3,f2,PRC,FR\n"  # f2 twice counts once
         "7,u1,HES,DE\n7,f1,PRC,DE\n7,x,,IT\n7,i1,REC,IT\n"
         "9,u1,HES,DE\n9,p,PUB,ES\n")


def measure(name: str, consortia: Consortia) -> float:
    return next(m for m in MEASURES if m.name == name).of(consortia)


@pytest.fixture
def read(tmp_path):
    (tmp_path / "projects.csv").write_text(PROJECTS, encoding="utf-8")
    (tmp_path / "seats.csv").write_text(SEATS, encoding="utf-8")
    return read_cordis(tmp_path / "projects.csv", tmp_path / "seats.csv")


@pytest.mark.parametrize(("name", "value"), [
    ("size_mean", 3.0),                # 3, 4 and 2 members
    ("size_cv", 1.0 / 3.0),
    ("firm_share", 3 / 7),             # f1, f2, f1 of seven firms, universities and institutes
    ("university_share", 3 / 7),
    ("institutes_each", 1 / 3),
    ("mixed", 2 / 3),                  # the third has no firm
    ("single", 4 / 6),                 # f2, x, i1, p of six organisations
    ("top_tenth", 0.6 * 3 / 9),        # six tenths of the busiest organisation, u1, with three of nine seats
    ("newcomers", 3 / 6),              # of u1 f1 x i1 and u1 p, those that were in no earlier project: x, i1, p
    ("repeat_ties", 1 / 10),           # u1 and f1 again; 3 + 6 + 1 pairs
])
def test_measures_of_three_projects_worked_by_hand(read, name, value):
    """Rows: H5."""
    assert measure(name, read[0]) == pytest.approx(value)


def test_programmes_are_told_apart_by_their_first_name(read):
    consortia, programme = read
    assert programme.tolist() == ["A", "A", "B"]  # in order of their start
    assert [part.project.max() + 1 for part in by_programme(consortia, programme, least=1)] == [2, 1]
    assert by_programme(consortia, programme) == []


def test_repeat_ties_are_those_of_chance_where_partners_are_drawn_by_lot():
    """Rows: H5. The null keeps how busy organisations are, so busy ones that meet often by chance do not count."""
    draws = np.random.default_rng(1)
    busy = 1.0 / (1 + np.arange(60))
    seats = [(p, m) for p in range(120) for m in draws.choice(60, 8, False, busy / busy.sum())]
    project, organisation = np.array(seats).T
    assert measure("repeat_ties", Consortia(project, organisation, *np.zeros((2, len(seats)), int))) > 0.3
    ratio = measure("repeat_ties_over_null", Consortia(project, organisation, *np.zeros((2, len(seats)), int)))
    assert ratio == pytest.approx(1.0, abs=0.05)


def test_faithful_partners_repeat_more_than_chance():
    """Rows: H5."""
    project = np.repeat(np.arange(40), 5)
    organisation = np.concatenate([np.arange(5) + 5 * (p % 10) for p in range(40)])  # ten groups, four times each
    assert measure("repeat_ties_over_null", Consortia(project, organisation, *np.zeros((2, 200), int))) > 3


def test_members_who_only_meet_within_their_sector_are_no_more_faithful_than_chance():
    """Rows: H5. Four closed sectors, members drawn at random within each: the null has to know of them."""
    draws = np.random.default_rng(6)
    sector = np.repeat(np.arange(120) % 4, 8)
    organisation = np.concatenate([20 * (p % 4) + draws.choice(20, 8, False) for p in range(120)])
    closed = Consortia(np.repeat(np.arange(120), 8), organisation, np.zeros(960, int), sector)
    assert measure("repeat_ties_over_null", closed) == pytest.approx(1.0, abs=0.05)
    assert measure("repeat_ties_over_null", closed._replace(sector=np.zeros(960, int))) > 1.5


def test_simulated_projects_become_consortia_of_those_who_began_them():
    """All partners but service agencies, which project data count among no kind."""
    run = recordings(replicates=1)[0]
    later = run.projects[run.projects["started"] >= run.setup.sizes["warm_up"]]
    consortia = consortia_of(run)
    partners = np.bincount(consortia.project)
    assert len(partners) == len(later) and (partners <= later["size_start"]).all()
    assert partners.mean() > 0.8 * later["size_start"].mean()
    assert consortia_of(run, 7).project.max() == 6
    assert not np.isin(Kind.AGENCY, consortia.kind)


@pytest.mark.parametrize(("projects", "seats", "message"), [
    ("project_rcn,stop\n7,2\n", SEATS, r"p\.csv: there is no column of the start, called start or startDate; here are"),
    ("project_rcn,start\n3,2014-06-01\n", SEATS, r"p\.csv: there is no column of the programme, called programme or"),
    (PROJECTS, "project_rcn,org_id\n3,a\n", "there is no column of the type, called org_type or activityType"),
    (PROJECTS, "project_rcn,org_id,org_type\n4,a,PRC\n", "no project in it is one of"),
])
def test_tables_that_do_not_fit_are_named(tmp_path, projects, seats, message):
    (tmp_path / "p.csv").write_text(projects, encoding="utf-8")
    (tmp_path / "s.csv").write_text(seats, encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_cordis(tmp_path / "p.csv", tmp_path / "s.csv")


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(UserError, match=r"none\.csv: the table cannot be read"):
        read_cordis(tmp_path / "none.csv", tmp_path / "none.csv")


@pytest.mark.skipif(not DATA.is_dir(), reason=f"there are no data at {DATA}")
def test_facts_of_programmes_are_those_of_the_public_data():
    """Rows: H5. Every fact named after a measure is recomputed from the tables that it says it comes from."""
    found, programme = read_cordis(DATA / "cordis_h2020_collab_projects_2014_2016.csv",
                                   DATA / "cordis_h2020_collab_participation_2014_2016.csv")
    programmes = by_programme(found, programme)
    assert len(programmes) == 15
    for m in MEASURES:
        values = np.array([m.of(part) for part in programmes])
        fact = facts()[f"prog_{m.name}"]
        low, high = np.quantile(values, [0.1, 0.9])
        assert (fact.value, fact.low, fact.high) == pytest.approx((values.mean(), low, high), rel=5e-3)

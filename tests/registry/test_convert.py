"""Project data become a registry: each project an alliance of its participants."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from alliancelab.agents.errors import UserError
from alliancelab.cli.commands import app
from alliancelab.scenarios.registry.convert import convert
from alliancelab.scenarios.registry.facts import registry_facts
from alliancelab.scenarios.registry.problems import RegistryError
from alliancelab.scenarios.registry.read import read_registry
from alliancelab.scenarios.registry.world import run_from, scenario_from

PROJECTS = ('"id";"startDate";"endDate";"legalBasis";"totalCost"\n'
            '"7";"2015-01-01";"2018-01-01";"EU.3.1.2.;EU.2.";"1,5"\n"8";"2016-02-01";"2017-01-01";"EU.2.1.";""\n'
            '"9";"";"";"EU.2.1.";""\n"10";"2016-05-01";"2016-01-01";"EU.4.";""\n')
SEATS = ('"projectID";"organisationID";"activityType";"country"\n"7";"a";"PRC";"DE"\n"7";"b";"HES";"FR"\n'
         '"7";"a";"PRC";"DE"\n"8";"a";"PRC";"DE"\n"8";"c";"PUB";""\n"8";"";"REC";"IT"\n"9";"b";"HES";"FR"\n')
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
H2020 = [DATA / f"cordis_h2020_collab_{name}_2014_2016.csv" for name in ("projects", "participation")]


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "project.csv").write_text(PROJECTS)
    (tmp_path / "organization.csv").write_text(SEATS)
    return tmp_path / "project.csv", tmp_path / "organization.csv"


def test_each_project_is_an_alliance_of_its_participants(tables, tmp_path):
    """Rows: H5."""
    told: list[str] = []
    convert(tmp_path / "made", *tables, tell=told.append)
    registry = read_registry(tmp_path / "made")
    assert registry.date == "2016-02-01" and registry.since == "2015-01-01"
    assert registry.alliances["sector"].tolist() == ["EU.3.1", "EU.2.1"]
    assert registry.members()["organisation"].tolist() == ["a", "b", "a", "c"]
    assert registry.organisations["kind"].to_dict() == {"a": 0, "b": 1, "c": -1}
    assert registry.organisations["region"].to_dict() == {"a": "DE", "b": "FR", "c": ""}
    assert registry.running()["members"].tolist() == [("a", "b"), ("a", "c")]
    said = "\n".join(told)
    for part in ("1 of 4 rows have no start and are left out: the first is row 4",
                 "1 of 4 rows end before they begin and are left out: the first is row 5",
                 "1 seats name no organisation", "1 of 3 organisations are",
                 "1 seats have types that are no kind of organisation here: 'PUB' (1)"):
        assert part in said


def test_what_gives_no_registry_is_refused_and_nothing_is_written(tables, tmp_path):
    with pytest.raises(UserError, match="the date 'soon' has to be a day"):
        convert(tmp_path / "made", *tables, date="soon")
    (tmp_path / "organization.csv").write_text('"projectID";"organisationID";"activityType"\n"7";"a";"PRC"\n')
    with pytest.raises(UserError, match="no project has a start and two participants"):
        convert(tmp_path / "made", *tables)
    assert not (tmp_path / "made").exists()


def test_bad_dates_and_costs_are_refused_all_at_once(tables, tmp_path):
    wrong = PROJECTS.replace('"1,5"', '"abc"').replace('"EU.2.1.";""\n"9"', '"EU.2.1.";"-3"\n"9"').replace(
        "2016-05-01", "soon")
    tables[0].write_text(wrong)
    with pytest.raises(RegistryError) as caught:
        convert(tmp_path / "made", *tables)
    sentences = "\n".join(caught.value.sentences)
    for part in ("row 2, column 'totalCost': 'abc' is no positive number", "row 3, column 'totalCost': '-3' is no pos",
                 "row 5, column 'startDate': 'soon' is no date"):
        assert part in sentences
    assert not (tmp_path / "made").exists()


def test_what_convert_leaves_out_is_counted(tables, tmp_path):
    tables[0].write_text(PROJECTS + '"7";"2015-03-01";"2018-01-01";"EU.4.";"0"\n"";"2015-03-01";"";"EU.4.";"0,00"\n')
    tables[1].write_text(SEATS + '"99";"a";"PRC";"DE"\n"98";"b";"HES";"FR"\n')
    said: list[str] = []
    convert(tmp_path / "made", *tables, tell=said.append)
    for part in ("1 of 6 rows are of projects that stand in a row before and are left out: the first is row 6",
                 "1 of 6 rows name no project and are left out: the first is row 7",
                 "the cost of 2 of 6 rows is zero and taken as not known",
                 f"2 of 9 seats are of projects that {tables[0]} does not have and are left out: the first is row 9"):
        assert any(part in sentence for sentence in said), said
    assert read_registry(tmp_path / "made").projects["cost"].tolist()[0] == 1.5


@pytest.mark.skipif(not H2020[0].is_file(), reason="the data of Horizon 2020 are not beside the checkout")
def test_projects_of_horizon_2020_become_a_registry_that_worlds_start_from(tmp_path):
    """Rows: H5."""
    answer = CliRunner().invoke(app, ["registry", "convert", str(tmp_path / "h2020"), "--projects", str(H2020[0]),
                                      "--participation", str(H2020[1])])
    assert answer.exit_code == 0, answer.output
    registry = read_registry(tmp_path / "h2020")
    assert len(registry.alliances) == 1446 and len(registry.memberships) == 16_954
    facts = {fact.name: fact for fact in registry_facts(registry, 59).facts}
    assert facts["registry_project_months"].value == pytest.approx(39.5, abs=0.5)  # as the fact dur_eu has it
    started = run_from(registry, scenario_from(registry, "no_policy", years=1), 1, record=False)
    assert len(started.alliances) == len(registry.living())

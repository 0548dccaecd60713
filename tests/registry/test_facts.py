"""Facts out of the tables of a registry: as in the run that wrote them, with spreads, or with the reason why not."""

import tomllib

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import alliancelab as al
from alliancelab.agents.errors import ScenarioError, UserError
from alliancelab.cli.commands import app
from alliancelab.scenarios.lives import OF_LIVES, lives_of
from alliancelab.scenarios.moments import MOMENTS, moments_of
from alliancelab.scenarios.registry.example import write_example
from alliancelab.scenarios.registry.facts import registry_facts
from alliancelab.scenarios.registry.problems import RegistryError
from alliancelab.scenarios.registry.read import read_registry
from alliancelab.scenarios.runner import run_one
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.targets import read_targets

SMALL = {"world.firms": 240, "world.universities": 40, "world.institutes": 30, "world.agencies": 8, "world.sectors": 2}
YEAR = 2022


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """The registry of a run fifteen years after its warm-up."""
    folder = tmp_path_factory.mktemp("facts") / "registry"
    write_example(folder, year=YEAR, seed=5, overrides=SMALL)
    return folder


@pytest.fixture
def spoiled(registry, tmp_path):
    """A copy of it in which a table is changed by a function of its frame; None takes the table out."""
    def change(**changes):
        for path in registry.glob("*.*"):
            if path.suffix == ".csv" and path.stem in changes:
                change = changes[path.stem]
                if change is not None:
                    table = pd.read_csv(path, dtype=str, keep_default_na=False)
                    change(table).to_csv(tmp_path / path.name, index=False)
            elif path.suffix in (".csv", ".toml"):
                (tmp_path / path.name).write_bytes(path.read_bytes())
        return tmp_path

    return change


def facts(folder) -> dict:
    return {fact.name: fact for fact in registry_facts(read_registry(folder), 59).facts}


def test_facts_of_the_tables_are_those_of_the_run_that_wrote_them(registry):
    """Rows: H5."""
    world = SMALL | {"world.quarters": 40 + 4 * (YEAR - 2007)}
    run = run_one(load("no_policy", world), 5)
    found = facts(registry)
    names = [name for name, fact in found.items() if not fact.reason]
    assert len(names) > 25
    values = moments_of(run, [MOMENTS[name] for name in names], 59)
    assert [found[name].value for name in names] == pytest.approx(values.tolist())


def test_survival_of_lives_is_a_slow_count(registry):
    """Rows: H5. Of alliances that are all seen for five years, the product-limit estimate is the share that lives."""
    run = run_one(load("no_policy", SMALL | {"world.quarters": 100}), 5)
    lives = lives_of(run)
    early = lives.founded <= lives.until - 5.0
    kept = np.flatnonzero(early & lives.seen)
    only = lives._replace(founded=lives.founded[kept], ended=lives.ended[kept])
    alive = next(measure for measure in OF_LIVES if measure.name == "registry_alive_5y").of(only)
    assert alive == pytest.approx(np.mean(only.ended - only.founded > 5.0))


@pytest.mark.slow
def test_spreads_are_as_wide_as_worlds_differ(tmp_path):
    """Rows: H5. The jackknife of one registry against the standard deviation over registries of other seeds."""
    told = []
    for seed in range(12):
        write_example(tmp_path / "one", year=YEAR, seed=seed)
        told.append(facts(tmp_path / "one"))
    names = [name for name in told[0] if not any(one[name].reason for one in told)]
    spread = np.array([np.mean([one[name].spread for one in told]) for name in names])
    differ = np.array([np.std([one[name].value for one in told], ddof=1) for name in names])
    assert 0.8 < np.median(spread / differ) < 2.0 and (spread > 0.5 * differ).mean() > 0.9


LACKING = {
    "endings": ({"alliances": lambda t: t.assign(ended="")}, "registry_alive_5y", "in the tables has ended"),
    "leavers": ({"memberships": lambda t: t[t["to"] == ""]}, "registry_exits", "those who left seem not to be listed"),
    "beginnings": ({"memberships": lambda t: t.assign(**{"from": ""})}, "registry_founders_mean",
                   "memberships do not tell when they began"),
    "projects": ({"projects": None}, "registry_project_months", "there is no table of projects"),
    "partners": ({"projects": lambda t: t.drop(columns="members")}, "size_mean", "30 are needed"),
    "kinds": ({"organisations": lambda t: t.drop(columns="kind")}, "registry_firms", "kind of some members"),
    "founding": ({"alliances": lambda t: t.assign(founded="")}, "registry_hazard", "has a founding date"),
}


@pytest.mark.parametrize("lack", LACKING)
def test_what_the_tables_do_not_allow_says_so(spoiled, lack):
    changes, name, reason = LACKING[lack]
    found = facts(spoiled(**changes))
    assert np.isnan(found[name].value) and reason in found[name].reason
    assert any(not fact.reason for fact in found.values()) or lack == "founding"


def test_what_happens_after_the_day_has_not_happened(registry, tmp_path):
    """Rows: H5. The later registry read at an earlier day tells of survival what the earlier one did."""
    write_example(tmp_path / "before", year=2017, seed=5, overrides=SMALL)
    later = {fact.name: fact for fact in registry_facts(read_registry(registry, "2017-01-01"), 59).facts}
    before = facts(tmp_path / "before")
    for name in ("hazard", "alive_4y", "exits", "entries", "founders_mean"):
        assert later[f"registry_{name}"].value == pytest.approx(before[f"registry_{name}"].value), name


def test_the_day_since_which_nothing_is_missing_has_to_be_one(spoiled):
    folder = spoiled()
    (folder / "registry.toml").write_text("date = 2022-01-01\nsince = 2022-01-01\n")
    with pytest.raises(RegistryError, match="since is 2022-01-01 and has to lie before the day of the registry"):
        read_registry(folder)
    (folder / "registry.toml").write_text("date = 2022-01-01\nsince = 'then'\n")
    with pytest.raises(RegistryError, match="since is 'then' and has to be a day, such as since = 2020-01-01"):
        read_registry(folder)


def call(*words) -> str:
    answer = CliRunner().invoke(app, [str(word) for word in words])
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_targets_of_a_registry_are_fitted_and_checked_on_the_command_line(registry, tmp_path):
    """Rows: H5."""
    file = tmp_path / "mine.targets.toml"
    call("targets", file, "--registry", registry)
    mine = read_targets(file)
    assert mine.file.targets["registry_alive_5y"].fit and not mine.file.targets["hazard_alone"].fit
    assert mine.file.targets["size_mean"].fit and "2007-01-01 to 2022-01-01" in mine.file.targets["size_mean"].source
    assert {"entry_rate", "founding_size", "project_length"} <= set(mine.file.vary)
    # The same with little effort: what matters here is that every step takes what the one before made.
    text = file.read_text().replace("replicates = 24", "replicates = 2").replace(
        "[vary]", "[search]\npoints = 1\nstarts = 1\n\n[vary]")
    kept = tomllib.loads(text)
    (tmp_path / "small.toml").write_text('base = "no_policy"\n[world]\n' + "".join(
        f"{name.removeprefix('world.')} = {value}\n" for name, value in SMALL.items()))
    kept["base"] = str(tmp_path / "small.toml")
    kept["vary"] = {"entry_rate": kept["vary"]["entry_rate"]}
    kept["targets"] = {name: target for name, target in kept["targets"].items() if name.startswith("registry")}
    fitted = al.calibrate(kept, out=tmp_path / "fitted")
    assert "registry_entries" in fitted.fit.index
    found = al.validate(tmp_path / "fitted", replicates=2, registry=registry, out=tmp_path / "valid")
    assert found.registry.loc["registry_entries", "fitted"] == "fitted"
    assert found.registry.loc["registry_hazard", "fitted"] == "check"
    again = al.read(tmp_path / "valid")
    pd.testing.assert_frame_equal(again.registry, found.registry, check_dtype=False)
    page = again.report(tmp_path / "page.html").read_text("utf-8")
    assert "Facts of the registry" in page and "Alive five years after the contract" in page


def test_data_of_two_sources_at_once_are_refused(registry, tmp_path):
    with pytest.raises(ScenarioError, match="out of a registry or out of projects: give one of them"):
        al.targets(tmp_path / "a.toml", tmp_path / "p.csv", tmp_path / "q.csv", registry=registry)
    with pytest.raises(ScenarioError, match="give a registry, or two tables"):
        al.targets(tmp_path / "a.toml", tmp_path / "p.csv")
    with pytest.raises(ScenarioError, match="out of a file or out of a registry"):
        al.calibrate(tmp_path / "a.toml", registry=registry)
    with pytest.raises(UserError, match="no such folder"):
        al.validate(registry=tmp_path / "nowhere")
    assert not (tmp_path / "a.toml").exists()

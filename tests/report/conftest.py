"""Small results of each kind in folders of their own, made once for all tests of reports."""

import json
from pathlib import Path
from typing import Any

import pytest

import alliancelab as al
from alliancelab.scenarios.registry.example import write_example
from alliancelab.scenarios.sweep.work import do_shard
from tests.support.calibration import TARGETS, WORLD
from tests.support.pages import HOSTILE
from tests.support.sweeps import finished, planned

SMALL = {"world.firms": 160, "world.sectors": 2, "world.quarters": 60, "world.warm_up": 20}


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of one run."""
    folder = tmp_path_factory.mktemp("results") / "run"
    al.run("stage_matched", seed=3, overrides=SMALL, out=folder)
    return folder


@pytest.fixture(scope="session")
def comparison_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a comparison of three scenarios, one of them with a hostile title and a base of its own."""
    folder = tmp_path_factory.mktemp("results")
    (folder / "parent.toml").write_text('title = "Parent"\nbase = "stage_matched"\n', encoding="utf-8")
    mine = folder / "mine.toml"
    mine.write_text(f"title = '''{HOSTILE}'''\npurpose = '''{HOSTILE}'''\nbase = \"parent.toml\"\n"
                    "[policy.programme_grants]\namount = { ramp = [[2008, 1], [2012, 4.5]] }\n", encoding="utf-8")
    al.compare(["no_policy", "stage_matched", mine], replicates=6, first_seed=4, overrides=SMALL, out=folder / "out",
               equal_budget=True)
    return folder / "out"


@pytest.fixture(scope="session")
def sweep_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a sweep by Morris over two scenarios, with hostile words and two runs that failed."""
    folder = tmp_path_factory.mktemp("results")
    mine = folder / "mine.toml"
    mine.write_text(f"title = '''{HOSTILE}'''\nbase = \"stage_matched\"\n", encoding="utf-8")
    sweep = planned(folder / "sweep", title=HOSTILE, purpose=HOSTILE, scenarios=["stage_matched", str(mine)],
                    method="morris", samples=3, replicates=4)
    skip = {2: f"killed its worker 2 times ({HOSTILE})", 5: "took longer than 3 s", 9: f"ValueError: {HOSTILE}"}
    for shard in sweep.shards():
        do_shard(sweep, shard, skip)
    return folder / "sweep"


@pytest.fixture(scope="session")
def scorecard_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a small scorecard."""
    folder = tmp_path_factory.mktemp("results") / "scorecard"
    al.scorecard("county_bureau", replicates=3, first_seed=2, out=folder)
    return folder


@pytest.fixture(scope="session")
def sweeps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of tiny sweeps by methods whose pictures the others do not have."""
    place = tmp_path_factory.mktemp("sweeps")
    factors = {"programme_grants.amount": {"low": 1, "high": 6}, "parameters.pace": {}}
    for method, more in {"oat": {"steps": 3}, "grid": {"steps": 3}, "saltelli": {"samples": 4}}.items():
        finished(planned(place / method, replicates=2, method=method, factors=factors, **({"samples": None} | more)))
    return place


@pytest.fixture(scope="session")
def studied(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """Folders of small studies of a scenario with a hostile title and a name with a space, and what made them."""
    place = tmp_path_factory.mktemp("studies")
    mine = place / "my world.toml"
    sizes = "\n".join(f"{key.removeprefix('world.')} = {value}" for key, value in SMALL.items())
    mine.write_text(f"title = '''{HOSTILE}'''\nbase = \"no_policy\"\n[world]\n{sizes}\n", encoding="utf-8")
    return place, {
        "lifecycle": al.lifecycle([mine, "stage_matched"], replicates=3, overrides=SMALL, out=place / "lifecycle"),
        "counterfactual": al.counterfactual(mine, "stage_matched", replicates=3, first_seed=5, overrides=SMALL,
                                            out=place / "counterfactual"),
        "validate": al.validate(mine, replicates=3, first_seed=2, out=place / "validate"),
    }


@pytest.fixture(scope="session")
def studies(studied) -> Path:
    """The folders of `studied`."""
    return studied[0]


@pytest.fixture(scope="session")
def calibration_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a calibration, to targets in a folder of their own, one of them in a scenario of its own."""
    place = tmp_path_factory.mktemp("calibration")
    targets = TARGETS | {"targets": TARGETS["targets"] | {
        "size_mean": TARGETS["targets"]["size_mean"] | {"scenario": "small2.toml"}}}
    for name in ("small", "small2"):
        sizes = [f"{key} = {value}" for key, value in WORLD["world"].items()]
        (place / f"{name}.toml").write_text(
            "\n".join(['title = "No policy"', 'base = "no_policy"', "[world]", *sizes]), encoding="utf-8")
    (place / "fit.targets.toml").write_text(f"title = {json.dumps(HOSTILE)}\n{_toml(targets)}", encoding="utf-8")
    al.calibrate(place / "fit.targets.toml", place / "out", recover=1)
    return place / "out"


def _toml(content: dict) -> str:
    """A file of targets as somebody would write it."""
    lines = [f"{key} = {json.dumps(content[key])}" for key in ("base", "replicates", "first_seed")]
    for key in ("search", "vary"):
        lines += [f"[{key}]", *(f"{name} = {json.dumps(value)}" for name, value in content[key].items())]
    for name, target in content["targets"].items():
        lines += [f"[targets.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in target.items())]
    return "\n".join(lines)


@pytest.fixture(scope="session")
def registry_folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders of all that starts from a registry: forecasts with scores and in worlds, a run, facts with gaps."""
    place = tmp_path_factory.mktemp("registry")
    small = SMALL | {"world.quarters": 64, "world.warm_up": 40}
    for name, year in (("now", 2012), ("later", 2014)):
        write_example(place / name, year=year, seed=5, overrides=small)
    (place / "now" / "projects.csv").unlink()
    al.forecast(place / "now", held_out=place / "later", replicates=2, overrides=small, out=place / "scored")
    al.forecast(place / "now", years=1, worlds=2, replicates=2, overrides=small, out=place / "worlds")
    al.run("no_policy", overrides=small, registry=place / "now", out=place / "run")
    al.validate(al.load("no_policy", small), replicates=2, registry=place / "now", out=place / "facts")
    return [place / name for name in ("scored", "worlds", "run", "facts")]

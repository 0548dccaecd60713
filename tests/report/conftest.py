"""Small results of each kind in folders of their own, made once for all tests of reports."""

from pathlib import Path

import pytest

import alliancelab as al
from alliancelab.scenarios.sweep.work import do_shard
from tests.sweeps.worlds import planned

SMALL = {"world.firms": 160, "world.sectors": 2, "world.quarters": 60}
HOSTILE = "</title><script>alert(1)</script><img src=http://x.example onerror=alert(1)> & \"quoted\" {{ 7 * 7 }}"


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

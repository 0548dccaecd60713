"""`alliancelab sweep` and what reads its folders: words on stdout, mistakes in a sentence, exit codes."""

import json
import os
import subprocess
import sys

import pytest

from tests.support.sweeps import TINY, finished, planned

TOML = f"""
scenarios = ["stage_matched"]
method = "grid"
steps = 3
replicates = 3
set = {{ {", ".join(f'"{key}" = {value}' for key, value in TINY.items())} }}

[factors]
"programme_grants.amount" = {{ low = 1, high = 6 }}
"parameters.pace" = {{ low = 0.1, high = 0.6 }}
"""


def alliancelab(*arguments: str, folder=None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "alliancelab", *arguments], cwd=folder, capture_output=True, text=True)


def test_from_a_design_to_tables_and_figures(tmp_path):
    """Rows: H5."""
    (tmp_path / "grid.toml").write_text(TOML)
    plan = alliancelab("sweep", "plan", "grid.toml", "--out", "s", folder=tmp_path)
    assert plan.returncode == 0, plan.stderr
    assert "27 runs" in plan.stdout and " ms per run" in plan.stdout and " MB" in plan.stdout
    again = json.loads(alliancelab("sweep", "plan", "grid.toml", "--out", "s", "--json", folder=tmp_path).stdout)
    assert again["runs"] == 27 and again["added"] is None
    assert not json.loads(alliancelab("sweep", "status", "s", "--json", folder=tmp_path).stdout)["complete"]
    refused = alliancelab("sensitivity", "s", folder=tmp_path)
    assert refused.returncode == 2 and "not complete" in refused.stderr
    ran = alliancelab("sweep", "resume", "s", "--workers", "2", "--json", folder=tmp_path)
    assert ran.returncode == 0 and json.loads(ran.stdout)["done"] == 27
    told = alliancelab("sensitivity", "s", "--outcome", "patents", "--json", "--out", "o", folder=tmp_path)
    assert {row["factor"] for row in json.loads(told.stdout)["sensitivity"]} == {
        "programme_grants.amount", "parameters.pace"}
    assert {"sensitivity.png", "sensitivity.parquet", "analysis.json"} <= set(os.listdir(tmp_path / "o"))
    box = alliancelab("discover", "s", "--outcome", "patents", "--above", "300", "--json", folder=tmp_path)
    assert 0 < json.loads(box.stdout)["density"] <= 1
    drawn = alliancelab("heatmap", "s", "programme_grants.amount", "parameters.pace", "--outcome", "patents",
                        "--out", "maps", folder=tmp_path)
    assert drawn.returncode == 0 and "heat_map_patents.png" in os.listdir(tmp_path / "maps")
    manifest = json.loads((tmp_path / "s" / "manifest.json").read_text())
    assert json.loads((tmp_path / "o" / "analysis.json").read_text())["plan"] == manifest["plan"]


def test_failed_runs_and_unsound_parts_end_in_exit_code_3(tmp_path):
    """Rows: H5."""
    sweep = finished(planned(tmp_path / "s", samples=2))
    place = sweep.storage.url
    assert alliancelab("sweep", "verify", place).returncode == 0
    victim = sorted(os.listdir(f"{place}/parts"))[0]
    os.truncate(f"{place}/parts/{victim}", 50)
    found = alliancelab("sweep", "verify", place, "--json")
    assert found.returncode == 3
    assert [row["name"] for row in json.loads(found.stdout)] == [f"parts/{victim}", victim.split(".")[0]]
    assert alliancelab("sweep", "run", place).returncode == 0
    from alliancelab.scenarios.sweep.parts import write_part
    from alliancelab.scenarios.sweep.work import results_of

    shard = sweep.shards()[0]
    os.unlink(f"{place}/parts/{victim}")
    write_part(sweep.storage, [shard], results_of(sweep, sweep.rows(shard), {0: "took longer than 1 s"}))
    ran = alliancelab("sweep", "run", place)
    assert ran.returncode == 3 and "1 x took longer than 1 s" in ran.stdout
    assert alliancelab("sweep", "run", place, "--retry-failed").returncode == 0


def test_the_script_for_slurm_runs_a_share_of_the_shards(tmp_path):
    """Rows: H5."""
    sweep = planned(tmp_path / "s", samples=4)
    script = alliancelab("sweep", "slurm", sweep.storage.url, "--tasks", "3", "--cores", "2").stdout
    assert "#SBATCH --array=1-3" in script and "#SBATCH --cpus-per-task=2" in script
    (tmp_path / "job.sh").write_text(script)
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"
    for task in ("1", "2", "3"):
        done = subprocess.run(["sh", "job.sh"], cwd=tmp_path, capture_output=True, text=True,
                              env={**os.environ, "PATH": path, "SLURM_ARRAY_TASK_ID": task})
        assert done.returncode == 0, done.stderr
    assert "80 of 80 runs are done" in done.stdout


MISTAKES = {
    "no such design": (["sweep", "plan", "grants_and_date", "--out", "s"], "did you mean 'grants_and_dates'?"),
    "no such file": (["sweep", "plan", "gone.toml", "--out", "s"], "gone.toml: there is no such file"),
    "no folder": (["sweep", "run", "nowhere"], "not the folder of a sweep"),
    "no sweep": (["sensitivity", "."], "not the folder of a sweep"),
    "no store": (["sweep", "status", "nowhere://x"], "the address cannot be opened"),
}


@pytest.mark.parametrize("arguments, answer", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_ends_in_one_sentence_and_exit_code_2(arguments, answer, tmp_path):
    told = alliancelab(*arguments, folder=tmp_path)
    assert told.returncode == 2, told.stderr
    assert answer in told.stderr and "Traceback" not in told.stderr and os.listdir(tmp_path) == []

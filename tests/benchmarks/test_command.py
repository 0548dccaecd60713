"""The command that measures the engine: floors, sections, the file it writes."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.rows import Row

ROOT = Path(__file__).resolve().parents[2]


def test_a_floor_is_reached_from_the_right_side():
    assert Row("a", "b", 3.0, "s", floor="<= 4").reached and not Row("a", "b", 3.0, "s", floor=">= 4").reached
    assert Row("a", "b", 3.0, "s").reached is None


def test_the_command_measures_a_section_and_writes_json(tmp_path):
    command = [sys.executable, "-m", "benchmarks", "run", "--out", str(tmp_path / "bench.json")]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures = json.loads((tmp_path / "bench.json").read_text())["figures"]
    assert [f["section"] for f in figures] == ["a run", "a run"] and figures[1]["value"] > 1.0
    assert "stage_matched" in told.stdout


def test_an_unknown_section_is_refused():
    told = subprocess.run([sys.executable, "-m", "benchmarks", "rum"], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 2 and "no section 'rum'" in told.stderr

"""The plain Mesa model that the engine is measured against is sound, and tells the same story."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import versus_mesa
from benchmarks.plain_mesa import Firm, PlainModel
from benchmarks.rows import Row, setup_of

ROOT = Path(__file__).resolve().parents[1]


def after(quarters, seed=0):
    model = PlainModel(setup_of(200, quarters=60, seed=seed))
    for _ in range(quarters):
        model.step()
    return model


def test_membership_reads_the_same_from_both_sides():
    model = after(50)
    assert len(model.alliances) > 3
    from_alliances = {(id(a), id(m)) for a in model.alliances for m in a.seats}
    organisations = [o for s in model.sectors for o in (*s.firms, *s.research, *s.agencies)]
    assert from_alliances == {(id(a), id(o)) for o in organisations for a in o.alliances}


def test_indices_stay_within_bounds_and_failed_firms_leave():
    model = after(50)
    for alliance in model.alliances:
        for name in ("technology", "conversion", "diffusion", "trust", "governance", "clarity", "vitality"):
            assert 0.0 <= getattr(alliance, name) <= 1.0, name
    assert len(model.agents_by_type[Firm]) == sum(len(sector.firms) for sector in model.sectors)


def test_the_same_seed_gives_the_same_run_and_another_another():
    assert after(30).counts == after(30).counts != after(30, seed=1).counts


@pytest.mark.slow
def test_engine_and_plain_mesa_agree_in_distribution():
    rows = versus_mesa.agreement(replicates=16)
    print(*rows, sep="\n")
    assert rows[-1].reached
    assert all(0.8 < row.value < 1.25 for row in rows[:-1] if not row.what.startswith("regrown"))


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

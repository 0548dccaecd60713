"""This checkout beside the commit before it: whole processes in turn, compilation from nothing and single runs."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.rows import Row, spread

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("agents", "model", "scenarios", "analysis")
PAIRS = 5
RUNS = f"""
import time
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.scenario import load
setup = load("stage_matched").setup(0)
simulate(setup)
begun = time.perf_counter()
for _ in range({PAIRS}):
    simulate(setup)
print((time.perf_counter() - begun) / {PAIRS})
"""


def before() -> Iterator[Row]:
    """Ratios of the time to compile everything and of a run to those of the commit before."""
    with tempfile.TemporaryDirectory() as folder:
        places = {name: _laid_out(revision, Path(folder) / name) for name, revision in (("now", None), ("then",
                                                                                                        "HEAD~1"))}
        compiled = {name: _seconds(place, fresh=True)[1] for name, place in places.items()}
        yield Row("before", "compiling everything over that of the commit before", compiled["now"] / compiled["then"],
                  "ratio", f"{compiled['now']:.0f} s over {compiled['then']:.0f} s, once each")
        ratios = []
        for _ in range(PAIRS):
            now, then = (_seconds(places[name])[0] for name in ("now", "then"))
            ratios.append(now / then)
        yield Row("before", "a run of stage_matched over that of the commit before", float(np.median(ratios)), "ratio",
                  spread(np.array(ratios)), "<= 1.5")


def _laid_out(revision: str | None, place: Path) -> Path:
    """The package as it is installed, of a revision or as it lies here."""
    source = ROOT
    if revision is not None:
        source = place / "tree"
        source.mkdir(parents=True)
        tree = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "-x", "-C", str(source)], input=tree, check=True)
    shutil.copytree(source / "alliancelab", place / "alliancelab")
    for room in ROOMS:
        shutil.copytree(source / room, place / "alliancelab" / room)
    return place


def _seconds(place: Path, fresh: bool = False) -> tuple[float, float]:
    """Seconds of a run, and of the whole process with everything that it compiles."""
    cache = place / "cache"
    if fresh:
        shutil.rmtree(cache, ignore_errors=True)
    environment = {**os.environ, "PYTHONPATH": str(place), "ALLIANCELAB_CACHE": str(cache)}
    begun = time.perf_counter()
    told = subprocess.run([sys.executable, "-c", RUNS], env=environment, cwd=place, capture_output=True, text=True,
                          check=True)
    return float(told.stdout), time.perf_counter() - begun

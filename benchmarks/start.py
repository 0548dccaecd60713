"""First impressions: compiling on a fresh machine, starting the command line, importing."""

import os
import subprocess
import sys
import tempfile
import time

import numpy as np

from benchmarks.rows import Row, spread, timed

__all__ = ["start"]

_RUN = [sys.executable, "-m", "alliancelab", "run", "stage_matched", "--json"]


def _call(command: list[str], cache: str | None = None) -> float:
    started = time.perf_counter()
    environment = os.environ | ({"ALLIANCELAB_CACHE": cache} if cache else {})
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - started


def start(repeats: int = 5) -> list[Row]:
    """Cold and warm start of the command line, and imports."""
    with tempfile.TemporaryDirectory() as cache:
        cold = _call(_RUN, cache)
        warm = np.array([_call(_RUN, cache) for _ in range(repeats)])
    help_page = timed(lambda: _call([sys.executable, "-m", "alliancelab", "--help"]), repeats)
    imports = {name: timed(lambda n=name: _call([sys.executable, "-c", f"import {n}"]), repeats)  # type: ignore[misc]
               for name in ("alliancelab", "alliancelab.model.simulation", "alliancelab.mesa_model")}
    return [
        Row("start", "`run` on a fresh machine less a warm one: compilation", cold - np.median(warm), "s", "", "<= 45"),
        Row("start", "`run` warm", np.median(warm), "s", spread(warm), "<= 2"),
        Row("start", "`--help`", np.median(help_page), "s", spread(help_page), "<= 0.3"),
        *(Row("start", f"import {name}", np.median(s), "s", spread(s)) for name, s in imports.items()),
    ]

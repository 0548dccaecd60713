"""The first compilation in two processes: one begins at the first step of a quarter, the other at the last.

Where there is a region the other begins with its process, which takes as long as all steps.
"""

import os
import pickle
import subprocess
import sys

from numba import typeof, types

from alliancelab.agents.compiled import cache_folder, is_cold
from alliancelab.model.initialise import empty_world, spread_evenly
from alliancelab.model.regional.initialise import empty_region
from alliancelab.model.regional.quarter import observe, quarter
from alliancelab.model.setup import Setup
from alliancelab.model.step import direct, steps_of

__all__ = ["share_compilation"]


def share_compilation(setup: Setup) -> subprocess.Popen | None:
    """Where nothing is compiled yet and there is a second processor, start a process that compiles from the last step.

    What it has compiled it keeps where this process looks before it compiles; if it fails, this process compiles all.
    """
    cold = is_cold(setup.region is not None) and cache_folder() is not None
    if not cold or setup.own or (os.cpu_count() or 1) < 2:
        return None
    try:
        other = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert other.stdin is not None
        with other.stdin as pipe:
            pickle.dump(setup, pipe)
    except OSError:
        return None
    return other


def _compile_backwards(setup: Setup) -> None:
    world, region = empty_world(setup, spread_evenly(setup), recorded=True), None
    if setup.region is not None:
        region = empty_region(setup.region, world)
        for process in (quarter, observe):
            direct(process, world, typeof(region), types.int64)
    for step, _ in reversed(steps_of(setup, None, region)):
        direct(step, world, types.int64)


if __name__ == "__main__":
    _compile_backwards(pickle.load(sys.stdin.buffer))

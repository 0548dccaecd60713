"""The first compilation in two processes: one begins at the first step of a quarter, the other at the last."""

import os
import pickle
import subprocess
import sys

from numba import types

from alliancelab.agents.compiled import cache_folder, is_cold
from alliancelab.model.initialise import empty_world, new_world, spread_evenly
from alliancelab.model.regional.initialise import new_region
from alliancelab.model.setup import Setup
from alliancelab.model.step import direct, steps_of

__all__ = ["share_compilation"]


def share_compilation(setup: Setup) -> None:
    """Where nothing is compiled yet and there is a second processor, start a process that compiles from the last step.

    What it has compiled it keeps where this process looks before it compiles; if it fails, this process compiles all.
    """
    cold = is_cold(setup.region is not None) and cache_folder() is not None
    if not cold or setup.own or (os.cpu_count() or 1) < 2:
        return
    try:
        other = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert other.stdin is not None
        with other.stdin as pipe:
            pickle.dump(setup, pipe)
    except OSError:
        pass


def _compile_backwards(setup: Setup) -> None:
    if setup.region is None:
        world, region = empty_world(setup, spread_evenly(setup), recorded=True), None
    else:
        world = new_world(setup, recorded=True)
        region = new_region(setup.region, world)
    for step, _ in reversed(steps_of(setup, None, region)):
        direct(step, world, types.int64)


if __name__ == "__main__":
    _compile_backwards(pickle.load(sys.stdin.buffer))

"""Workers that go wrong on purpose: ``python -m tests.sweeps.poison WHAT SEED FOLDER SLATE``.

The run with this seed kills its worker, never ends, or raises; ``start`` dies before it is ready.
"""

import os
import signal
import sys
import time

from alliancelab.scenarios.sweep import work, worker

WHAT, SEED = sys.argv[1], int(sys.argv[2])
_simulate = work.simulate_run


def simulate_run(scenario, seed):
    if seed == SEED and scenario.name != "no_policy":  # the worker warms up with that one
        if WHAT == "kills":
            os.kill(os.getpid(), signal.SIGKILL)
        if WHAT == "hangs":
            time.sleep(600)
        if WHAT == "raises":
            raise ArithmeticError("no such number")
    time.sleep(0.002)  # runs of a millisecond leave no time to interfere
    return _simulate(scenario, seed)


if WHAT == "start":
    sys.exit("nothing works today")
work.simulate_run = simulate_run
worker.main(*sys.argv[3:])

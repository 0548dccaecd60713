"""The engine by itself: time of a run and of each process, growth to a million organisations, threads, recording."""

import json
import os
import resource
import subprocess
import sys
import time

import numpy as np

from alliancelab.model.accounts import Count
from alliancelab.model.initialise import new_world
from alliancelab.model.simulation import simulate
from alliancelab.model.step import steps_of
from alliancelab.scenarios.runner import replicate
from alliancelab.scenarios.scenario import load
from benchmarks.rows import Row, setup_of, spread, timed

__all__ = ["growth", "one_run", "processes", "recording", "threads", "views"]

SIZES = (1_000, 10_000, 100_000, 1_000_000)
GROWTH_QUARTERS = 80


def one_run(repeats: int = 60) -> list[Row]:
    """A warm run of the usual size: 850 organisations, 100 quarters, headless."""
    rows = []
    for name, floor in (("no_policy", ""), ("stage_matched", "<= 40")):
        setup = load(name).setup(0)
        simulate(setup, record=False)
        ms = 1e3 * timed(lambda s=setup: simulate(s, record=False), repeats)  # type: ignore[misc]
        rows.append(Row("a run", f"{name}, 850 organisations x 100 quarters", np.median(ms), "ms", spread(ms), floor))
    return rows


def processes(repeats: int = 20) -> list[Row]:
    """Time of each step of a run, called one by one from Python; the best of the repetitions."""
    setup = load("stage_matched").setup(0)
    steps = steps_of(setup)
    best = np.full(len(steps), np.inf)
    for _ in range(repeats):
        world = new_world(setup, recorded=False)
        taken = np.zeros(len(steps))
        for tick in range(len(setup.levers)):
            for i, (step, every) in enumerate(steps):
                if tick % every == 0:
                    started = time.perf_counter()
                    step(world, tick)
                    taken[i] += time.perf_counter() - started
            world.counts[Count.QUARTER] = tick + 1
        best = np.minimum(best, taken)
    names = [f"{step.__module__.rpartition('.')[2]}.{step.__name__}" for step, _ in steps]
    return [Row("processes", f"{name}, all quarters of stage_matched", t * 1e3, "ms")
            for name, t in zip(names, best, strict=True)]


def recording(pairs: int = 60) -> list[Row]:
    """What keeping panel, events and memberships adds to a run, measured in turns."""
    setup = load("stage_matched").setup(0)
    simulate(setup)
    bare, kept = np.empty(pairs), np.empty(pairs)
    for k in range(pairs):
        bare[k] = timed(lambda: simulate(setup, record=False), 1)[0]
        kept[k] = timed(lambda: simulate(setup, record=True), 1)[0]
    share = 100.0 * (kept / bare - 1.0)
    return [Row("recording", "panel, events and memberships of stage_matched", float(np.median(share)), "%",
                f"quartiles {np.quantile(share, 0.25):.1f} - {np.quantile(share, 0.75):.1f}", "<= 10")]


def threads(runs: int = 400, rounds: int = 3) -> list[Row]:
    """Runs a second of `compare` on one and on two threads, in turns."""
    scenario = [load("stage_matched")]
    replicate(scenario, 2)
    one, two = np.empty(rounds), np.empty(rounds)
    for k in range(rounds):
        one[k] = timed(lambda: replicate(scenario, runs, workers=1), 1)[0]
        two[k] = timed(lambda: replicate(scenario, runs, workers=2), 1)[0]
    efficiency = 100.0 * one / (2.0 * two)
    floor = ">= 90" if (os.cpu_count() or 1) >= 2 else ""
    return [
        Row("threads", f"stage_matched, {runs} runs, one thread", runs / np.median(one), "runs/s", spread(runs / one)),
        Row("threads", f"stage_matched, {runs} runs, two threads", runs / np.median(two), "runs/s", spread(runs / two)),
        Row("threads", "parallel efficiency on two cores", np.median(efficiency), "%", spread(efficiency), floor),
    ]


def views(repeats: int = 5) -> list[Row]:
    """What Mesa's step adds to a run, without agents and with all of them made and followed."""
    from alliancelab.mesa_model import AllianceModel

    def run(watched: bool) -> None:
        model = AllianceModel("stage_matched", seed=0)
        if watched:
            assert len(model.agents) > 800
        model.run_model()

    setup = load("stage_matched").setup(0)
    run(True)
    ms = {what: 1e3 * timed(action, repeats) for what, action in {
        "headless, recorded": lambda: simulate(setup),
        "as a Mesa model, stepped, curves collected": lambda: run(False),
        "as a Mesa model with 850 agents made and followed": lambda: run(True),
    }.items()}
    return [Row("Mesa", f"a run {what}", np.median(values), "ms", spread(values)) for what, values in ms.items()]


def growth() -> list[Row]:
    """Time and memory from a thousand to a million organisations, each size in a process of its own."""
    rows = []
    seconds, memory = [], []
    for size in SIZES:
        told = subprocess.run([sys.executable, "-m", "benchmarks.engine", str(size)],
                              check=True, capture_output=True, text=True)
        measured = json.loads(told.stdout)
        seconds.append(measured["seconds"])
        memory.append(measured["megabytes"])
        largest = size == SIZES[-1]
        rows.append(Row("growth", f"{size:,} organisations x {GROWTH_QUARTERS} quarters", seconds[-1], "s",
                        floor="<= 60" if largest else ""))
        rows.append(Row("growth", f"{size:,} organisations, memory of the process", measured["all_megabytes"], "MB",
                        floor="<= 2000" if largest else ""))
    for what, values in (("time", seconds), ("memory of the run", memory)):
        # Memory of the smallest world is lost in the noise of the process; it is fitted from ten thousand on.
        first = 0 if what == "time" else 1
        slope = np.polyfit(np.log(SIZES[first:]), np.log(values[first:]), 1)[0]
        rows.append(Row("growth", f"exponent of {what}", slope, "", floor="<= 1.1"))
    return rows


def _measure(size: int) -> dict[str, float]:
    """Seconds and megabytes of one size, in this process."""
    simulate(setup_of(850, quarters=30), record=False)
    before = _peak()
    setup = setup_of(size, quarters=GROWTH_QUARTERS)
    seconds = timed(lambda: simulate(setup, record=False), max(3, 30_000 // size) if size < 1_000_000 else 1)
    return {"seconds": float(np.median(seconds)), "megabytes": _peak() - before, "all_megabytes": _peak()}


def _peak() -> float:
    """Largest memory of this process so far, MB."""
    if sys.platform == "linux":  # `getrusage` counts the parent's memory too, from before this program was loaded
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


if __name__ == "__main__":
    print(json.dumps(_measure(int(sys.argv[1]))))

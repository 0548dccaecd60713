"""What kills, stops, full disks, damage and company do: nothing is lost, and the bits are those of an unbroken run.

``python -m tests.campaigns.chaos [WORDS]``, or ``make chaos``: trials whose names hold the words; ends with code 1 if a
promise is broken. Those that compile take a minute each.
"""

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import alliancelab as al
from alliancelab.scenarios import store
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.run import run_sweep
from tests.campaigns.table import printed
from tests.support.processes import children
from tests.support.sweeps import fingerprint, finished, planned

COMMAND = [sys.executable, "-m", "alliancelab"]
TINY = {"world.firms": 60, "world.sectors": 2, "world.quarters": 40, "world.warm_up": 8}
SET = [word for key, value in TINY.items() for word in ("--set", f"{key}={value}")]
LUCK = random.Random(20261129)


class Skipped(Exception):
    """A trial that cannot be made on this machine, and why."""


def demand(holds: bool, broken: str) -> None:
    """Break the trial off where a promise is broken."""
    if not holds:
        raise AssertionError(broken)


def plain(answer: subprocess.CompletedProcess[str] | str) -> None:
    """No traceback, whatever was said."""
    said = answer if isinstance(answer, str) else answer.stdout + answer.stderr
    demand("Traceback" not in said, f"a traceback: {said[-600:]}")


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A file system of a few kilobytes."""
    place.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True).returncode:
        raise Skipped("mounting a small file system takes root")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


# --- sweeps and comparisons ------------------------------------------------------------------------------------------


def killed_coordinators(place: Path) -> str:
    expected = fingerprint(finished(planned(place / "whole", samples=30)))
    for trial in range(5):
        sweep = planned(place / str(trial), samples=30)
        running = subprocess.Popen([*COMMAND, "sweep", "run", sweep.storage.url, "--workers", "2"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        while not sweep.storage.names("claims") and running.poll() is None:
            time.sleep(0.01)
        time.sleep(LUCK.uniform(0.0, 0.6))
        running.kill()
        plain(running.communicate()[1])
        demand(run_sweep(sweep, workers=2).status.complete, "the sweep was not finished")
        demand(fingerprint(sweep) == expected, "other bits")
    return "5 killed, resumed, same bits"


def _with_a_worker(place: Path, number: int) -> str:
    expected = fingerprint(finished(planned(place / "whole", samples=40)))
    sweep = planned(place / "s", samples=40)
    running = subprocess.Popen([*COMMAND, "sweep", "run", sweep.storage.url, "--workers", "2"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not sweep.storage.names("parts"):
        time.sleep(0.01)
    os.kill(children(running.pid)[0], number)
    began = time.monotonic()
    errors = running.communicate(timeout=60)[1]
    plain(errors)
    demand(running.returncode == 0, errors)
    demand(fingerprint(sweep) == expected, "other bits")
    return f"replaced, same bits, {time.monotonic() - began:.0f} s later all was done"


def killed_worker(place: Path) -> str:
    return _with_a_worker(place, signal.SIGKILL)


def stopped_worker(place: Path) -> str:
    return _with_a_worker(place, signal.SIGSTOP)


def two_coordinators(place: Path) -> str:
    expected = fingerprint(finished(planned(place / "whole", samples=40)))
    sweep = planned(place / "s", samples=40)
    both = [subprocess.Popen([*COMMAND, "sweep", "run", sweep.storage.url, "--workers", "1"], stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for one in both:
        plain(one.communicate(timeout=120)[1])
        demand(one.returncode == 0, "one of them failed")
    demand(fingerprint(sweep) == expected, "other bits")
    return "shared, same bits"


def killed_comparison(place: Path) -> str:
    expected = al.compare(["no_policy", "stage_matched"], 60, overrides=TINY).outcomes
    command = [*COMMAND, "compare", "no_policy", "stage_matched", "--replicates", "60", "--out", "out", *SET]
    kills = 0
    for _ in range(4):
        before = (place / "out.runs").stat().st_size if (place / "out.runs").exists() else 0
        running = subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while running.poll() is None and not (
                (place / "out.runs").exists() and (place / "out.runs").stat().st_size > before + 100_000):
            time.sleep(0.005)
        kills += running.poll() is None
        running.kill()
        running.wait()
    plain(subprocess.run(command, cwd=place, capture_output=True, text=True))
    found = store.Stored(place / "out").table("outcomes")
    demand(found["value"].equals(expected["value"]) and os.listdir(place) == ["out"], "other numbers, or litter")
    return f"{kills} killed, gone on with, same bits"


# --- disks -----------------------------------------------------------------------------------------------------------


def full_disk_in_a_sweep(place: Path) -> str:
    expected = fingerprint(finished(planned(place / "whole")))
    with small_disk(place / "small", "256k") as small:
        planned(small / "s")
        answer = subprocess.run([*COMMAND, "sweep", "run", str(small / "s")], capture_output=True, text=True)
        plain(answer)
        demand(answer.returncode == 2 and "no space left" in answer.stderr, answer.stderr)
        subprocess.run(["mount", "-o", "remount,size=8m", str(small)], check=True)
        demand(run_sweep(small / "s", workers=2).status.complete, "the sweep was not finished")
        demand(fingerprint(Sweep(small / "s")) == expected, "other bits")
    return "one sentence, resumed with room, same bits"


def full_disk_in_results(place: Path) -> str:
    with small_disk(place / "small", "900k") as small:
        first = subprocess.run([*COMMAND, "run", "no_policy", *SET, "--out", str(small / "out")], capture_output=True,
                               text=True)
        before = store.Stored(small / "out").document["seeds"] if first.returncode == 0 else None
        (small / "filler").write_bytes(bytes(max(0, shutil.disk_usage(small).free - 20_000)))
        answer = subprocess.run([*COMMAND, "run", "no_policy", *SET, "--seed", "5", "--overwrite", "--out",
                                 str(small / "out")], capture_output=True, text=True)
        plain(answer)
        demand(answer.returncode == 2 and "no space left" in answer.stderr, answer.stderr)
        if before is not None:
            demand(store.Stored(small / "out").document["seeds"] == before, "the earlier results are gone")
        demand(set(os.listdir(small)) <= {"out", "filler"}, "litter")
    return "one sentence, earlier results whole"


# --- compiled code ---------------------------------------------------------------------------------------------------

CODE = """
import hashlib
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.scenario import load
run = simulate(load("stage_matched", {"world.firms": 60, "world.sectors": 2, "world.quarters": 60,
                                      "world.warm_up": 20}).setup(1))
print(hashlib.sha256(b"".join(run.curves[name].tobytes() for name in run.curves.dtype.names)).hexdigest())
"""


def _bits(cache: Path | str, **more: str) -> tuple[str, str]:
    """Bits of a run with its compiled code in a folder, and what was said."""
    answer = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True,
                            env={**os.environ, "ALLIANCELAB_CACHE": str(cache), **more})
    plain(answer)
    demand(answer.returncode == 0, answer.stderr[-600:])
    return answer.stdout, answer.stderr


def two_first_runs(place: Path) -> str:
    expected = _bits(os.environ.get("ALLIANCELAB_CACHE", place / "cache"))[0]
    both = [subprocess.Popen([sys.executable, "-c", CODE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                             env={**os.environ, "ALLIANCELAB_CACHE": str(place / "new")}) for _ in range(2)]
    for one in both:
        said, errors = one.communicate(timeout=300)
        plain(errors)
        demand(said == expected, "other bits")
    demand(_bits(place / "new")[0] == expected and not list((place / "new").rglob("*.part")), "a torn cache")
    shutil.move(place / "new", Path(tempfile.gettempdir()) / f"chaos-cache-{os.getpid()}")
    return "same bits, one whole cache"


def damaged_cache(place: Path) -> str:
    kept = Path(tempfile.gettempdir()) / f"chaos-cache-{os.getpid()}"
    if not kept.exists():
        _bits(kept)
    expected = _bits(kept)[0]
    entries = sorted(kept.rglob("*.code"))
    for i, path in enumerate(entries):
        raw = bytearray(path.read_bytes())
        if i % 3 == 0:
            raw[LUCK.randrange(len(raw))] ^= 1 << LUCK.randrange(8)
        elif i % 3 == 1:
            del raw[LUCK.randrange(len(raw)) :]
        else:
            raw[:] = b""
        path.write_bytes(raw)
    demand(_bits(kept)[0] == expected, "other bits")
    sums = [hashlib.sha256(path.read_bytes()).digest() for path in sorted(kept.rglob("*.code"))]
    demand(_bits(kept)[0] == expected and len(sums) == len(entries), "the cache is not whole again")
    shutil.rmtree(kept)
    return f"{len(entries)} entries damaged, compiled again, same bits"


def full_disk_of_the_cache(place: Path) -> str:
    expected = _bits(os.environ.get("ALLIANCELAB_CACHE", place / "cache"))[0]
    with small_disk(place / "small", "3m") as small:
        found, said = _bits(small / "cache")
        demand(found == expected, "other bits")
        demand(said.count("no space left on device; it is compiled anew next time") == 1, f"it said {said!r}")
        demand(not list(small.rglob("*.part")), "half a file")
    return "one line, same bits"


def nowhere_to_write(place: Path) -> str:
    expected = _bits(os.environ.get("ALLIANCELAB_CACHE", place / "cache"))[0]
    found, said = _bits("/proc/none", HOME="/proc/none", TMPDIR="/proc/none", TEMP="", TMP="")
    demand(found == expected, "other bits")
    demand("alliancelab: " in said and said.count("\n") == 1, f"it said {said!r}")
    return "one line, same bits"


TRIALS: dict[str, Callable[[Path], str]] = {
    "coordinators of sweeps killed -9": killed_coordinators, "worker killed -9": killed_worker,
    "worker stopped, no time limit": stopped_worker, "two coordinators at once": two_coordinators,
    "comparison killed -9 four times": killed_comparison, "disk full in a sweep": full_disk_in_a_sweep,
    "disk full while results are written": full_disk_in_results, "compiled: two first runs at once": two_first_runs,
    "compiled: cache damaged": damaged_cache, "compiled: disk full": full_disk_of_the_cache,
    "compiled: no folder can be written": nowhere_to_write,
}


def tried(trial: Callable[[Path], str]) -> tuple[str, str]:
    """Verdict and what was seen."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return "held", trial(Path(folder))
        except Skipped as why:
            return "skipped", str(why)
        except (AssertionError, subprocess.SubprocessError, OSError) as broken:
            return "BROKEN", f"{broken}"[:400]


def main() -> int:
    """Make all trials and print their table; 1 where a promise is broken."""
    words, rows = " ".join(sys.argv[1:]), []
    for name, trial in TRIALS.items():
        if words in name:
            began = time.monotonic()
            verdict, seen = tried(trial)
            rows.append([name, verdict, f"{time.monotonic() - began:.0f}", seen])
    print(printed(["trial", "verdict", "seconds", "what was seen"], rows))
    return int(any(row[1] == "BROKEN" for row in rows))


if __name__ == "__main__":
    sys.exit(main())

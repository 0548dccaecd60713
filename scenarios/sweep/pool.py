"""A supervisor of worker processes on this machine: it restarts the dead, ends the endless, sets poison runs aside.

Long-lived processes and not threads: a compiled run on a thread cannot be ended, and takes the others with it when it
dies. Not `multiprocessing` or `concurrent.futures` either: both lose tasks, or wait for ever, when a worker is killed.

Source: H5.
"""

import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from alliancelab.agents.compiled import is_cold
from alliancelab.agents.errors import StoreError, UserError
from alliancelab.scenarios.sweep.claims import Claims
from alliancelab.scenarios.sweep.parts import Shard, chosen, parts_in
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.worker import IDLE, PULSE, Slate

__all__ = ["SET_ASIDE", "WORKER", "Pool", "open_shards"]

WORKER = (sys.executable, "-m", "alliancelab.scenarios.sweep.worker")
DEATHS_OF_A_RUN = 2    # after so many a run is set aside
DEATHS_OUTSIDE = 3     # deaths in a row of workers that were at no run, after which something else is wrong
SILENT = 8.0           # seconds without a heartbeat after which a worker is replaced: stopped, or starved of memory
SILENCES_OF_A_RUN = 5  # replacements at one run after which it is set aside
TICK = 0.1             # seconds between looks at slates
WAIT = 1.0             # seconds between looks at what other runners have claimed
TOO_LONG, KILLER, STOPPER = SET_ASIDE = ("took longer than", "killed its worker", "silenced its worker")
"""Beginnings of the reasons of runs that were set aside as poison."""

Progress = Callable[[int, int], None]


def open_shards(sweep: Sweep, shards: Iterable[Shard]) -> list[Shard]:
    """Those of some shards that no part covers yet."""
    done = {(part.block, index) for part in chosen(parts_in(sweep.storage)[0])
            for index in range(part.first, part.last + 1)}
    return [shard for shard in shards if (shard.block, shard.place) not in done]


class _Message(NamedTuple):
    """What a worker said; None when it died."""

    worker: "_Worker"
    message: dict[str, Any] | None


class _Worker:
    """A worker process, its slate, and what it is at."""

    def __init__(self, command: Sequence[str], folder: str, place: Path, messages: "queue.Queue[_Message]"):
        self.slate = Slate.new(place / "slate")
        self._errors = (place / "errors").open("w+b")
        # Its own session: Ctrl-C in a terminal reaches the supervisor only, which ends its workers.
        self._process = subprocess.Popen(
            [*command, folder, str(place / "slate")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._errors, start_new_session=True)
        self.shard: Shard | None = None
        self.ready = False
        self.run, self.since = IDLE, time.monotonic()
        self._pulse, self.heard = 0, time.monotonic()
        self._before = 0  # runs begun before the present shard
        self.ended = False  # by the supervisor
        threading.Thread(target=self._listen, args=(messages,), daemon=True).start()

    def _listen(self, messages: "queue.Queue[_Message]") -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            messages.put(_Message(self, json.loads(line)))
        messages.put(_Message(self, None))

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    @property
    def begun(self) -> int:
        """Runs of the present shard that have begun."""
        return self.slate.read()[1] - self._before if self.shard else 0

    def give(self, shard: Shard, skip: dict[int, str]) -> None:
        """Hand a shard over; a worker that has just died says so by itself."""
        assert self._process.stdin is not None
        self.shard, self._before = shard, self.slate.read()[1]
        try:
            self._process.stdin.write(json.dumps({"shard": shard, "skip": skip}).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            pass

    def look(self) -> None:
        """Read which run is on, and since when."""
        run, _ = self.slate.read()
        if run != self.run:
            self.run, self.since = run, time.monotonic()
        if self.slate.pulse != self._pulse:
            self._pulse, self.heard = self.slate.pulse, time.monotonic()

    def kill(self) -> None:
        self._process.kill()

    def bury(self) -> str:
        """Take the dead worker away; how it died, with its last words."""
        code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except OSError:
                pass
        self._errors.seek(0)
        words = self._errors.read()[-2000:].decode(errors="replace").strip().splitlines()
        self._errors.close()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"{how}: {words[-1]}" if words else how


class Pool:
    """Worker processes for the shards of a sweep. Source: H5.

    Parameters
    ----------
    sweep : Sweep
    workers : int
        Processes.
    time_limit : float, optional
        Seconds that one run may take.
    command : sequence of str
        What starts a worker.

    Attributes
    ----------
    rows, failed : int
        Runs of the shards done here, and how many of them failed.
    deaths : int
        Workers that died without being asked to.
    """

    def __init__(
        self, sweep: Sweep, workers: int, time_limit: float | None = None, command: Sequence[str] = WORKER
    ):
        self._sweep = sweep
        self._size = workers
        self._limit = time_limit
        self._command = command
        self._claims = Claims(sweep.storage)
        self._messages: queue.Queue[_Message] = queue.Queue()
        self._workers: list[_Worker] = []
        self._waiting: deque[Shard] = deque()
        self._look_again = 0.0  # when shards that others have claimed are worth a look
        self._made = 0
        self._deaths_of: Counter[int] = Counter()
        self._silences_of: Counter[int] = Counter()
        self._outside = 0
        self._skip: dict[int, str] = {}
        self.rows = self.failed = self.deaths = 0

    def run(
        self, shards: Sequence[Shard], progress: Progress | None = None, stop: Callable[[], None] = lambda: None
    ) -> None:
        """Do shards until each has its part, made here or by another runner.

        Parameters
        ----------
        progress : callable, optional
            Called with the runs done and all that were missing.
        stop : callable
            Called ten times a second, where nothing is half done; what it raises ends the workers.

        Raises
        ------
        StoreError
            When results cannot be written.
        UserError
            When workers die without being at a run.
        """
        self._waiting = deque(open_shards(self._sweep, shards))
        total = sum(shard.rows for shard in self._waiting)
        with tempfile.TemporaryDirectory(prefix="alliancelab-") as place:
            try:
                while self._waiting or any(worker.shard for worker in self._workers):
                    stop()
                    self._start(Path(place))
                    self._hand_out()
                    self._listen()
                    self._watch()
                    self._claims.beat()
                    if progress:
                        elsewhere = total - self.rows - sum(s.rows for s in (*self._waiting, *self._at_work()))
                        progress(self.rows + elsewhere + sum(w.begun for w in self._workers), total)
            finally:
                self._end()

    def _at_work(self) -> list[Shard]:
        return [worker.shard for worker in self._workers if worker.shard is not None]

    def _start(self, place: Path) -> None:
        """Start as many workers as there is work for; where the model has to be compiled, one before the others."""
        wanted = min(self._size, len(self._waiting) + len(self._at_work()))
        if self._workers and not any(worker.ready for worker in self._workers) and is_cold():
            wanted = 1
        while len(self._workers) < wanted:
            self._made += 1
            own = place / str(self._made)
            own.mkdir()
            self._workers.append(_Worker(self._command, self._sweep.storage.url, own, self._messages))

    def _hand_out(self) -> None:
        """Give a shard to each worker that is idle."""
        for worker in self._workers:
            if worker.ready and worker.shard is None:
                shard = self._next()
                if shard is None:
                    return
                numbers = self._sweep.numbers(shard)
                worker.give(shard, {run: why for run, why in self._skip.items() if run in numbers})

    def _next(self) -> Shard | None:
        """A shard that this runner has just claimed; None where others have all that wait."""
        if time.monotonic() < self._look_again:
            return None
        for _ in range(len(self._waiting)):
            shard = self._waiting.popleft()
            if not self._claims.take(shard.name):
                self._waiting.append(shard)
            elif not open_shards(self._sweep, [shard]):  # done by another runner meanwhile
                self._claims.release(shard.name)
            else:
                return shard
        self._look_again = time.monotonic() + WAIT
        return None

    def _listen(self) -> None:
        """Take what workers say, waiting for it a little."""
        try:
            worker, message = self._messages.get(timeout=TICK)
        except queue.Empty:
            return
        if message is None:
            self._died(worker)
        elif "error" in message:
            raise StoreError(message["error"])
        elif "ready" in message:
            worker.ready = True
        else:
            assert worker.shard is not None
            self._claims.release(worker.shard.name)
            worker.shard = None
            self._outside = 0
            self.rows += message["rows"]
            self.failed += message["failed"]

    def _watch(self) -> None:
        """End workers that say nothing any more, and those whose run has taken too long."""
        for worker in self._workers:
            worker.look()
            now = time.monotonic()
            silent, long = now - worker.heard, self._limit is not None and now - worker.since > self._limit
            if worker.ended or not (silent > SILENT or (long and worker.run != IDLE)):
                continue
            if silent > 4 * PULSE:  # stopped from outside, which is no fault of its run
                self.deaths += 1
                self._silences_of[worker.run] += 1
                if self._silences_of[worker.run] >= SILENCES_OF_A_RUN and worker.run != IDLE:
                    self._skip[worker.run] = f"{STOPPER} {SILENCES_OF_A_RUN} times"
            else:
                self._skip[worker.run] = f"{TOO_LONG} {self._limit:g} s"
            worker.ended = True
            worker.kill()

    def _died(self, worker: _Worker) -> None:
        """Put the shard of a dead worker back, and its run aside if it has killed workers before."""
        self._workers.remove(worker)
        worker.look()
        how = worker.bury()
        self._sweep.storage.clean(worker.pid)
        if not worker.ended:
            self._count(worker.run, how)
        if worker.shard is not None:
            self._claims.release(worker.shard.name)
            self._waiting.appendleft(worker.shard)

    def _count(self, run: int, how: str) -> None:
        """Count a death against the run that was on, or as one outside of runs."""
        self.deaths += 1
        if run != IDLE:
            self._deaths_of[run] += 1
            if self._deaths_of[run] >= DEATHS_OF_A_RUN:
                self._skip[run] = f"{KILLER} {self._deaths_of[run]} times ({how})"
            return
        self._outside += 1
        if self._outside >= DEATHS_OUTSIDE:
            raise UserError(f"{self._outside} workers in a row died outside of runs ({how}); nothing is lost")

    def _end(self) -> None:
        """End all workers and give back what is not done."""
        for worker in self._workers:
            worker.kill()
        for worker in self._workers:
            worker.bury()
            self._sweep.storage.clean(worker.pid)
        self._workers.clear()
        self._claims.release_all()

"""A worker: a process that does one shard after another as its supervisor tells it, line by line, in plain JSON.

``python -m alliancelab.scenarios.sweep.worker FOLDER SLATE``. The slate is a small shared file on which the worker
notes which run it is at, so that the supervisor knows, without a message for each run, what a dead or an endless
worker was doing. Nothing that is slow to import and not needed for a run is imported here.
"""

import json
import mmap
import os
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, TextIO

__all__ = ["IDLE", "Slate", "main"]

IDLE = -1
PULSE = 0.5  # seconds between heartbeats


class Slate:
    """Whole numbers that worker and supervisor share: the run that is on, how many have begun, and a pulse."""

    _FORM = struct.Struct("=qq")
    _PULSE = struct.Struct("=q")  # apart, so that the thread that beats never writes over the run that is on

    def __init__(self, path: str | Path):
        with open(path, "r+b") as file:
            self._memory = mmap.mmap(file.fileno(), self._FORM.size + self._PULSE.size)

    @classmethod
    def new(cls, path: str | Path) -> "Slate":
        """Make the file of a slate, no run being on."""
        Path(path).write_bytes(cls._FORM.pack(IDLE, 0) + cls._PULSE.pack(0))
        return cls(path)

    def read(self) -> tuple[int, int]:
        """Number of the run that is on, `IDLE` if none, and how many have begun."""
        return self._FORM.unpack_from(self._memory)

    def begin(self, run: int) -> None:
        """Note that a run begins."""
        self._FORM.pack_into(self._memory, 0, run, self.read()[1] + (run != IDLE))

    @property
    def pulse(self) -> int:
        """How often the worker's heart has beaten: compiled runs let it, a process that is stopped does not."""
        return self._PULSE.unpack_from(self._memory, self._FORM.size)[0]

    def beat(self) -> None:
        """Show that the process is alive."""
        self._PULSE.pack_into(self._memory, self._FORM.size, self.pulse + 1)


def main(folder: str, slate_file: str) -> None:
    """Answer each line on stdin, ``{"shard": [...], "skip": {...}}``, with a line on stdout, until stdin ends."""
    answers = _answers()
    slate = Slate(slate_file)
    parent = os.getppid()
    threading.Thread(target=_beating, args=(slate,), daemon=True).start()

    def begin(run: int) -> None:
        if os.getppid() != parent:  # the supervisor died: what is begun here is begun anew by the next one
            os._exit(1)
        slate.begin(run)

    from alliancelab.agents.errors import UserError
    from alliancelab.scenarios.scenario import load
    from alliancelab.scenarios.sweep.parts import Shard
    from alliancelab.scenarios.sweep.plan import Sweep
    from alliancelab.scenarios.sweep.work import do_shard, simulate_run

    try:
        sweep = Sweep(folder)
        sweep.check()  # the sources may have been edited since the supervisor looked
        simulate_run(load("no_policy", {"world.firms": 20, "world.sectors": 1, "world.quarters": 2,
                                        "world.warm_up": 1}), 0)  # compiles
        _say(answers, {"ready": True})
        for line in sys.stdin:
            message = json.loads(line)
            done = do_shard(sweep, Shard(*message["shard"]), {int(k): v for k, v in message["skip"].items()}, begin)
            _say(answers, {"shard": message["shard"], "rows": done.part.rows, "failed": done.failed})
    except UserError as error:
        _say(answers, {"error": str(error)})


def _beating(slate: Slate) -> None:
    while True:
        slate.beat()
        time.sleep(PULSE)


def _answers() -> TextIO:
    """The pipe to the supervisor; what anything else prints goes to stderr."""
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return pipe


def _say(answers: TextIO, message: dict[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

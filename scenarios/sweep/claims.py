"""Claims: who is at work on a shard, so that runners of one sweep share it; a claim of the dead is taken over.

A claim saves double work and guards nothing: a shard done twice gives the same part twice.

Source: H5.
"""

import json
import os
import platform
import time
import uuid
from collections.abc import Callable
from typing import Any

from alliancelab.scenarios.sweep.storage import Storage

__all__ = ["BEAT", "STALE", "Claims"]

BEAT = 10.0   # seconds between heartbeats
STALE = 60.0  # seconds without one after which a claim is taken over
LATEST = 1e12  # seconds since the epoch that a heartbeat may tell


class Claims:
    """Claims of one runner in one sweep.

    Parameters
    ----------
    storage : Storage
    now : callable
        Seconds since the epoch, the same on all machines of the sweep to within a few seconds.
    """

    def __init__(self, storage: Storage, now: Callable[[], float] = time.time):
        self._storage = storage
        self._now = now
        self._mine: dict[str, float] = {}  # shard and last heartbeat
        self._who = {"host": platform.node(), "pid": os.getpid(), "runner": uuid.uuid4().hex}

    def take(self, shard: str) -> bool:
        """Claim a shard; False where somebody alive has it."""
        if self._storage.create(_file(shard), self._beat()):
            self._mine[shard] = self._now()
            return True
        holder = self.holder(shard)
        if holder is not None and not self._is_dead(holder):
            return False
        # Of two that find the same dead claim only one moves it away.
        gone = f"claims/gone-{uuid.uuid4().hex}.json"
        if not self._storage.move(_file(shard), gone):
            return False
        self._storage.remove(gone)
        return self.take(shard)

    def holder(self, shard: str) -> dict[str, Any] | None:
        """What the claim of a shard says; None where there is none, or none that can be read."""
        try:
            with self._storage.open(_file(shard)) as file:
                claim = json.loads(file.read())
        except (OSError, ValueError, RecursionError):
            return None
        return claim if isinstance(claim, dict) and _is_claim(claim) else None

    def _is_dead(self, holder: dict[str, Any]) -> bool:
        if holder["host"] == self._who["host"] and os.name == "posix" and not _exists(holder["pid"]):
            return True
        return abs(self._now() - holder["beat"]) > STALE  # a beat that is far ahead is of no clock here

    def beat(self) -> None:
        """Show that the claims of this runner are alive; to be called often, writes seldom."""
        for shard, last in self._mine.items():
            if self._now() - last >= BEAT:
                self._storage.write(_file(shard), self._beat())
                self._mine[shard] = self._now()

    def _beat(self) -> bytes:
        return json.dumps({**self._who, "beat": self._now()}).encode()

    def release(self, shard: str) -> None:
        """Give a shard back, done or not."""
        if self._mine.pop(shard, None) is not None:
            holder = self.holder(shard)
            if holder is None or holder.get("runner") == self._who["runner"]:
                self._storage.remove(_file(shard))

    def release_all(self) -> None:
        """Give everything back."""
        for shard in list(self._mine):
            self.release(shard)


def _file(shard: str) -> str:
    return f"claims/{shard}.json"


def _is_claim(claim: dict[str, Any]) -> bool:
    """Whether a document says who holds a claim and when it was last alive, in values that clocks and systems know."""
    pid, beat = claim.get("pid"), claim.get("beat")
    return (isinstance(claim.get("host"), str) and isinstance(pid, int) and 0 < pid < 2**31
            and isinstance(beat, int | float) and 0.0 <= beat < LATEST)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

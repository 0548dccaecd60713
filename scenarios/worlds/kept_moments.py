"""Moments of worlds that were run, kept in a journal: what was cut off goes on where it was.

A run is known by its scenario, its seed and the values of its world, so that nothing is ever taken for something else.
Source: H5.
"""

import hashlib
import json
import threading
from pathlib import Path
from typing import BinaryIO, Self

import numpy as np

from alliancelab.agents.errors import StoreError
from alliancelab.scenarios.files import reason
from alliancelab.scenarios.targets import Problem

__all__ = ["KeptMoments"]

_KEY = 16  # bytes of a hash


class KeptMoments:
    """A journal of moments, or none.

    Parameters
    ----------
    path : path, optional
        Read if it is there, and added to; a torn last record, as a kill leaves it, is dropped.
    problem : Problem
    replicates : int
        Runs of each scenario in a world.

    Raises
    ------
    StoreError
        When the file cannot be written, or is that of other targets or another version of the model.
    """

    def __init__(self, path: Path | None, problem: Problem, replicates: int) -> None:
        self._path = path
        self._size = [int((problem.arm == a).sum()) * 8 for a in range(len(problem.scenarios))]
        self._known: dict[bytes, bytes] = {}
        self._writing = threading.Lock()
        self._file: BinaryIO | None = None
        if path is not None:
            head = json.dumps({"problem": problem.measured, "replicates": replicates, "kind": "ensemble"}).encode()
            try:
                self._file = self._opened(path, head + b"\n")
            except OSError as error:
                raise StoreError(f"{path}: runs cannot be kept there: {reason(error)}") from None

    def _opened(self, path: Path, head: bytes) -> BinaryIO:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("r+b") if path.exists() else path.open("x+b")
        if not (whole := file.read()):
            file.write(head)
            return file
        if not whole.startswith(head):
            file.close()
            raise StoreError(f"{path}: these runs are of other targets, parameters or another version of the model; "
                             "give a new folder")
        end = len(head)
        # A record: which scenario it is of, its key, its moments, and the key again, by which a torn one is known.
        while end < len(whole) and whole[end] < len(self._size):
            size = self._size[whole[end]]
            key, content, again = (whole[end + start : end + stop] for start, stop in (
                (1, 1 + _KEY), (1 + _KEY, 1 + _KEY + size), (1 + _KEY + size, 1 + 2 * _KEY + size)))
            if len(again) < _KEY or again != _sum(key, content):
                break
            self._known[key] = content
            end += 1 + 2 * _KEY + size
        file.truncate(end)
        file.seek(end)
        return file

    def get(self, arm: int, seed: int, values: np.ndarray) -> np.ndarray | None:
        """Moments of a run that was made before, float64; None if it was not."""
        content = self._known.get(_key(arm, seed, values))
        return None if content is None else np.frombuffer(content)

    def add(self, arm: int, seed: int, values: np.ndarray, moments: np.ndarray) -> None:
        """Keep the moments of a run.

        Raises
        ------
        StoreError
            When they cannot be written; what was written before is safe.
        """
        if self._file is None:
            return
        key, content = _key(arm, seed, values), np.asarray(moments, float).tobytes()
        try:
            with self._writing:
                self._file.write(bytes([arm]) + key + content + _sum(key, content))
                self._file.flush()
        except OSError as error:
            raise StoreError(f"{self._path}: a run could not be kept: {reason(error)}; what was kept before is safe, "
                             "and the same command goes on with it") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            self._file.close()


def _key(arm: int, seed: int, values: np.ndarray) -> bytes:
    return _sum(f"{arm} {seed}".encode(), np.asarray(values, float).tobytes())


def _sum(*parts: bytes) -> bytes:
    return hashlib.sha256(b"\n".join(parts)).digest()[:_KEY]

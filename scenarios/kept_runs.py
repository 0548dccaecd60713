"""Runs of a comparison that are done, kept beside its folder until it is written: what was stopped goes on from there.

Source: H3.
"""

import hashlib
import json
import os
import struct
import threading
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np

from alliancelab.agents.compiled import sources_hash
from alliancelab.agents.errors import StoreError
from alliancelab.model.outcomes import Outcome
from alliancelab.scenarios.files import reason
from alliancelab.scenarios.scenario import Scenario

__all__ = ["KeptRuns"]

_RECORD = struct.Struct("<IqI")  # scenario, seed, checksum; the arrays of a run follow
Arrays = Sequence[np.ndarray]


class KeptRuns:
    """A file of runs, added to one by one; a torn end, as a kill leaves it, is dropped.

    As a context it is open until the comparison is written, and then removed.

    Parameters
    ----------
    folder : Path
        Of the comparison; the file is ``<folder>.runs`` beside it.
    scenarios : sequence of Scenario
    declared : sequence of Outcome
        What runs are judged by.
    anew : bool
        Whether runs of another comparison under this name may be dropped.
    worlds : str
        What tells the worlds that scenarios are run in, where these are not their own.

    Raises
    ------
    StoreError
        When the file is that of other scenarios or another version, belongs to a comparison that is on, or cannot be
        written.
    """

    def __init__(self, folder: Path, scenarios: Sequence[Scenario], declared: Sequence[Outcome],
                 anew: bool = False, worlds: str = "") -> None:
        self.path = folder.with_name(f"{folder.name}.runs")
        parts = [sources_hash(), [scenario.hash for scenario in scenarios], [one.name for one in declared],
                 *([worlds] if worlds else [])]
        self._head = hashlib.sha256(json.dumps(parts).encode()).hexdigest().encode() + b"\n"
        self._writing = threading.Lock()
        self.found = 0
        try:
            self._file = _opened(self.path)
            if self._file.seek(0, os.SEEK_END):
                self._check(anew)
            else:
                self._file.write(self._head)
                self._file.flush()
        except OSError as error:
            raise StoreError(f"{self.path}: runs cannot be kept there: {reason(error)}") from None

    def _check(self, anew: bool) -> None:
        self._file.seek(0)
        if self._file.read(len(self._head)) == self._head:
            return
        if not anew:
            raise StoreError(f"{self.path}: these runs are of other scenarios or another version of the model; say "
                             "--overwrite (in Python overwrite=True) to drop them, or give a new folder")
        self._file.truncate(0)
        self._file.seek(0)
        self._file.write(self._head)
        self._file.flush()

    def take(self, arrays_of: Any, first_seed: int, replicates: int) -> set[tuple[int, int]]:
        """Fill in what was done before; which (scenario, replicate) that is.

        Parameters
        ----------
        arrays_of : callable
            From scenario and replicate to the arrays of that run, which are written into.
        """
        done: set[tuple[int, int]] = set()
        end = self._file.seek(len(self._head))
        for s, seed, content in self._records(lambda s: sum(a.nbytes for a in arrays_of(s, 0))):
            end = self._file.tell()
            k = seed - first_seed
            if 0 <= k < replicates and (s, k) not in done:
                for array in arrays_of(s, k):
                    array[...] = np.frombuffer(content[: array.nbytes], array.dtype).reshape(array.shape)
                    content = content[array.nbytes :]
                done.add((s, k))
        self._file.truncate(end)
        self._file.seek(end)
        self.found = len(done)
        return done

    def _records(self, size_of: Any) -> Iterator[tuple[int, int, bytes]]:
        while len(head := self._file.read(_RECORD.size)) == _RECORD.size:
            s, seed, checksum = _RECORD.unpack(head)
            try:
                size = size_of(s)
            except IndexError:
                return
            content = self._file.read(size)
            if len(content) < size or zlib.crc32(content) != checksum:
                return
            yield s, seed, content

    def add(self, s: int, seed: int, arrays: Arrays) -> None:
        """Keep a run.

        Raises
        ------
        StoreError
            When it cannot be written; what was written before is safe.
        """
        content = b"".join(array.tobytes() for array in arrays)
        try:
            with self._writing:
                self._file.write(_RECORD.pack(s, seed, zlib.crc32(content)) + content)
                self._file.flush()
        except OSError as error:
            raise StoreError(f"{self.path}: a run could not be kept: {reason(error)}; what was kept before is safe, "
                             "and the same command goes on with it") from None

    def close(self) -> None:
        """Let another process go on with it."""
        with self._writing:
            try:
                self._file.close()
            except OSError:
                pass  # a last run that found no room was told of already

    def __enter__(self) -> Self:
        return self

    def __exit__(self, problem: type[BaseException] | None, *_: object) -> None:
        """Let another process go on with it after a problem; remove it where the comparison is written."""
        self.close()
        if problem is None:
            self.path.unlink(missing_ok=True)


def _opened(path: Path) -> BinaryIO:
    """The file, which no other process has open for runs of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("r+b") if path.exists() else path.open("x+b")
    try:
        import fcntl
    except ImportError:  # not on Windows
        return file
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise StoreError(f"{path}: another process is at work on this comparison; wait for it, or give another folder"
                         ) from None
    except OSError:
        pass  # a file system without locks
    return file

"""Where a sweep lies: a folder of this machine or any store that fsspec opens; a file appears as a whole."""

import os
import platform
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from alliancelab.agents.errors import StoreError, UserError

__all__ = ["LocalStorage", "RemoteStorage", "Storage", "open_storage"]

_UNFINISHED = ".unfinished-"
OLD = 3600.0  # seconds after which nobody is going to finish a temporary file


class Storage(Protocol):
    """What a sweep asks of its folder. Names are relative, with ``/``; `OSError` passes through as `StoreError`."""

    url: str

    def names(self, folder: str) -> list[str]:
        """Names of the files in a sub-folder, sorted, unfinished ones left out; none where there is no such folder."""

    def open(self, name: str) -> BinaryIO:
        """Open a file for reading; `FileNotFoundError` where there is none."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file as a whole."""

    def create(self, name: str, data: bytes) -> bool:
        """Write a file if there is none of that name; whether it was written."""

    def move(self, name: str, to: str) -> bool:
        """Give a file another name; False where somebody else did so or removed it before."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def clean(self, pid: int | None = None) -> int:
        """Remove what writers that died left unfinished: a process of this machine, or anybody long ago; how many."""


def open_storage(folder: "str | Path") -> Storage:
    """Storage of a path, or of a URL such as ``s3://bucket/sweep`` or ``memory://sweep``.

    Raises
    ------
    UserError
        When the URL needs a package that is not installed.
    """
    text = str(folder)
    scheme, separator, path = text.partition("://")
    if not separator or scheme == "file":
        return LocalStorage(Path(path or text).absolute())
    return RemoteStorage(text)


class LocalStorage:
    """A folder of this machine or of a network file system."""

    def __init__(self, root: Path):
        self.root = root
        self.url = str(root)

    def names(self, folder: str) -> list[str]:
        try:
            return sorted(name for name in os.listdir(self.root / folder) if not name.startswith(_UNFINISHED))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def open(self, name: str) -> BinaryIO:
        return (self.root / name).open("rb")

    def write(self, name: str, data: bytes) -> None:
        target = self.root / name
        with _unfinished(target, data) as temporary:
            os.chmod(temporary, 0o644)  # mkstemp keeps others out; results are for reading
            os.replace(temporary, target)
            _sync_folder(target.parent)

    def create(self, name: str, data: bytes) -> bool:
        target = self.root / name
        with _unfinished(target, data, durable=False) as temporary:  # a claim that a power cut takes is no loss
            try:
                os.link(temporary, target)  # as exclusive as O_EXCL, and nobody sees the file empty
            except FileExistsError:
                return False
        return True

    def move(self, name: str, to: str) -> bool:
        (self.root / to).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.replace(self.root / name, self.root / to)
        except FileNotFoundError:
            return False
        return True

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def clean(self, pid: int | None = None) -> int:
        if pid is None:
            left = [path for path in self.root.rglob(f"{_UNFINISHED}*") if path.stat().st_mtime < time.time() - OLD]
        else:
            left = list(self.root.rglob(f"{_writer(pid)}*"))
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)


class RemoteStorage:
    """A store behind fsspec, in which an object appears when all of it has been handed over.

    A store that shows half an object is found out by the checksum in its name. Not every store can refuse to replace
    an object; there, two runners may do a shard twice, which is harmless.
    """

    def __init__(self, url: str):
        try:
            import fsspec
        except ImportError:
            raise UserError(f"{url}: a URL needs fsspec: pip install 'alliancelab[cluster]'") from None
        self.url = url.rstrip("/")
        try:
            self._files, self._root = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise UserError(f"{url}: the address cannot be opened: {error}") from None

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def names(self, folder: str) -> list[str]:
        self._files.invalidate_cache()
        try:
            found = self._files.ls(self._path(folder), detail=False)
        except FileNotFoundError:
            return []
        return sorted(path.rsplit("/", 1)[-1] for path in found)

    def open(self, name: str) -> BinaryIO:
        return self._files.open(self._path(name), "rb")

    def write(self, name: str, data: bytes) -> None:
        try:
            self._files.makedirs(self._path(name).rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(self._path(name), data)
        except OSError as error:
            raise StoreError(f"{self.url}/{name}: {len(data)} bytes could not be written: {_reason(error)}") from None

    def create(self, name: str, data: bytes) -> bool:
        self._files.makedirs(self._path(name).rpartition("/")[0], exist_ok=True)
        try:
            self._files.pipe_file(self._path(name), data, mode="create")
        except FileExistsError:
            return False
        except OSError as error:
            raise StoreError(f"{self.url}/{name}: the file could not be made: {_reason(error)}") from None
        return True

    def move(self, name: str, to: str) -> bool:
        self._files.makedirs(self._path(to).rpartition("/")[0], exist_ok=True)
        try:
            self._files.mv(self._path(name), self._path(to))
        except FileNotFoundError:
            return False
        return True

    def remove(self, name: str) -> None:
        try:
            self._files.rm_file(self._path(name))
        except FileNotFoundError:
            pass

    def clean(self, pid: int | None = None) -> int:
        return 0  # nothing is ever half there


def _writer(pid: int) -> str:
    """Beginning of the names of temporary files of a process of this machine."""
    return f"{_UNFINISHED}{platform.node()}-{pid}-"


@contextmanager
def _unfinished(target: Path, data: bytes, durable: bool = True) -> Iterator[str]:
    """Write data to a temporary file beside its target, which is gone afterwards unless it was renamed."""
    temporary = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=_writer(os.getpid()), dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        yield temporary
    except OSError as error:
        raise StoreError(f"{target}: {len(data)} bytes could not be written: {_reason(error)}") from None
    finally:
        if temporary is not None and os.path.exists(temporary):
            os.unlink(temporary)


def _sync_folder(folder: Path) -> None:
    """Bring a new name to the disk, where the system can open a folder."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _reason(error: OSError) -> str:
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]

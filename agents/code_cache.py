"""The disk cache of compiled code: where it may lie, entries that tell whether they are whole, old folders cleaned.

Numba's own cache falls back to folders beside the sources where its folder cannot be written, and does not notice there
that a called function has changed; it trusts its files, so a flipped bit ends the process; and of two processes that
compile at once one may leave the other's code under its name. Here there is one folder or none, an entry carries its
checksum and its key, and its name is a hash of that key.
"""

import hashlib
import os
import pickle
import re
import shutil
import stat
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import platformdirs
from numba.core.caching import FunctionCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from alliancelab.agents.parts import is_part, rebuilt, reduced

__all__ = ["CodeCache", "clean", "has_code", "root", "say"]

ENDING = ".code"
USED = "used"  # a file whose age says when a folder was last used
UNUSED = 14 * 24 * 3600.0  # seconds after which nobody is going to need the code of another version
DAY = 24 * 3600.0
_MAGIC = b"alliancelab code 1\n"
_SUM = hashlib.sha256().digest_size
_FOLDER = re.compile(r"[0-9a-f]{16}")
_OURS = (ENDING, ".part", ".nbi", ".nbc")  # the last two by versions that left caching to Numba


def root(folders: Collection[str]) -> tuple[Path | None, str]:
    """Where compiled code is kept, and in one line what is unusual about it; "" where nothing is.

    Parameters
    ----------
    folders : collection of str
        Names of the folders needed there. A place that cannot be written serves if it has code in all of them, as in
        an image that was filled by its maker.

    Returns
    -------
    Path or None
        ``ALLIANCELAB_CACHE``, or the user's cache folder; where these cannot be written a folder of this user's own
        among the temporary files; None where there is no such place.
    """
    asked = os.environ.get("ALLIANCELAB_CACHE")
    try:
        wanted = Path(asked).absolute() if asked else Path(platformdirs.user_cache_dir("alliancelab"))
    except RuntimeError:
        wanted = Path()
    problem = "there is no home folder"  # of a user whom the machine does not know, as in a container
    if wanted.is_absolute():
        problem = _problem(wanted)
        if not problem or all(has_code(wanted / folder) for folder in folders):
            return wanted, ""
        problem = f"{wanted} cannot be written ({problem})"
    instead = _temporary()
    line = f"compiled code is kept in {instead}" if instead else "the model is compiled anew each time"
    return instead, f"alliancelab: {line}, as {problem}; ALLIANCELAB_CACHE can name a folder for it"


def _problem(folder: Path) -> str:
    """Why a folder cannot be made or written; "" where it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".part", dir=folder)
        os.close(handle)
        os.unlink(name)
    except (OSError, ValueError) as error:
        return (getattr(error, "strerror", None) or str(error)).lower()
    return ""


def _temporary() -> Path | None:
    """A folder among the temporary files that belongs to this user and that nobody else can write; None without one."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    try:
        folder = Path(tempfile.gettempdir()) / f"alliancelab-{user}"
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
    except OSError:
        return None
    if os.name == "posix" and (not stat.S_ISDIR(state.st_mode) or state.st_uid != user or state.st_mode & 0o077):
        return None  # code from a folder that others can write is not run
    return None if _problem(folder) else folder


def has_code(folder: Path) -> bool:
    """Whether there is compiled code in a folder."""
    try:
        return any(name.endswith(ENDING) for name in os.listdir(folder))
    except OSError:
        return False


def clean(place: Path, kept: Collection[str]) -> None:
    """Once a day, mark the folders of this version as used and remove others that nobody has used for two weeks.

    A folder is removed only if it holds nothing but compiled code. A process that still uses one has its code in
    memory; whatever else it needs of it, it compiles anew.
    """
    marks = [place / name / USED for name in kept]
    try:
        if all(mark.exists() and mark.stat().st_mtime > time.time() - DAY for mark in marks):
            return
        for mark in marks:
            mark.parent.mkdir(exist_ok=True)
            mark.touch()
        for folder in place.iterdir():
            if _FOLDER.fullmatch(folder.name) and folder.name not in kept and not folder.is_symlink():
                _remove_unused(folder)
    except OSError:
        pass  # another process cleans, or the place cannot be written: old folders are no harm


def _remove_unused(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if not path.is_dir()]
    ours = all(path.suffix in _OURS or path.name == USED for path in files)
    if ours and max(path.stat().st_mtime for path in (folder, *files)) < time.time() - UNUSED:
        shutil.rmtree(folder, ignore_errors=True)


class CodeCache(FunctionCache):
    """Compiled forms of one function, each in a file of its own that is whole or counts as not there.

    Parameters
    ----------
    function : callable
        The plain Python function.
    folder : Path
        Named by a hash of all sources.
    tell : callable
        Said once, in one line, when code cannot be kept.
    kind : str
        Part of the file's name, where a function is compiled in two ways.
    """

    def __init__(self, function: Any, folder: Path, tell: Callable[[str], None], kind: str = "") -> None:
        self._py_func = function
        self._folder, self._tell = folder, tell
        module = function.__module__.removeprefix("alliancelab.")
        self._base = f"{module}.{function.__name__}-{function.__code__.co_firstlineno}{kind}"
        self.enable()

    @property
    def cache_path(self) -> str:
        """Folder, as Numba asks for it."""
        return str(self._folder)

    def flush(self) -> None:
        """Drop what is kept of this function."""
        for path in self._folder.glob(f"{self._base}.*{ENDING}"):
            path.unlink(missing_ok=True)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Code for a signature; None where there is none, or where it is damaged: it is then compiled anew."""
        target_context.refresh()
        if not self._enabled:
            return None
        key = self._index_key(sig, target_context.codegen())
        path = self._path(key)
        try:
            payload = _read(path, key)
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            _remove(path)
            return None
        part, kept = payload
        return rebuilt(target_context, *kept) if part else CompileResult._rebuild(target_context, *kept)

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep code for a signature; where it cannot be kept that is said, and the run goes on."""
        lifted = any(not one.can_cache for one in data.lifted)
        if not self._enabled or lifted or data.library.has_dynamic_globals:
            return
        key = self._index_key(sig, data.codegen)
        try:
            kept = reduced(data) if is_part(data) else data._reduce()
            _write(self._path(key), dumps((key, (is_part(data), kept))))
        except OSError as error:
            self._tell(f"alliancelab: compiled code cannot be kept in {self._folder}: "
                       f"{(error.strerror or str(error)).lower()}; it is compiled anew next time")

    def _path(self, key: tuple) -> Path:
        return self._folder / f"{self._base}.{hashlib.sha256(repr(key).encode()).hexdigest()[:24]}{ENDING}"


def _read(path: Path, key: tuple) -> tuple:
    """What a file holds for a key; `ValueError` where it is damaged or of another key."""
    content = path.read_bytes()
    start = len(_MAGIC) + _SUM
    body = content[start:]
    if content[:start] != _MAGIC + hashlib.sha256(body).digest():
        raise ValueError(path)
    kept, payload = pickle.loads(zlib.decompress(body))
    if kept != key:
        raise ValueError(path)
    return payload


def _write(path: Path, content: bytes) -> None:
    """Write an entry as a whole: a fifth of the size for a twentieth of a second when the model is loaded."""
    body = zlib.compress(content, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{path.stem}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + hashlib.sha256(body).digest() + body)
        os.chmod(name, 0o644)  # mkstemp keeps others out; an image may be filled by one user and run by another
        os.replace(name, path)
    except BaseException:
        _remove(Path(name))
        raise


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        pass  # in a folder that cannot be written; its checksum keeps it from being used


def say(line: str) -> None:
    """One line on stderr, where results do not go."""
    print(line, file=sys.stderr, flush=True)

"""The two decorators for compiled rules and processes, and the disk cache behind it.

Numba's own cache does not notice that a function called from another file has changed. The cache folder is
therefore named by a hash of all compiled sources and of the versions that shape the machine code.
"""

import hashlib
import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

import llvmlite
import numba
import numpy as np
import platformdirs

__all__ = ["OPTIONS", "cache_folder", "compiled", "inner", "is_cold", "sources_hash"]

OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "forceinline": True, "no_cfunc_wrapper": True}
"""How everything is compiled: float64, no fast-math, no threads inside, interpreter lock released, calls inlined."""

_ROOMS = ("agents", "model", "model/policy")
_REGIONAL = "model/regional"  # calls the others and is called by none, so a change there leaves their code alone
_decorating = Lock()
_settings: Any = numba.config  # its attributes are made at import time, unseen by type checkers


def _hash(*rooms: str) -> str:
    here = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for path in sorted(path for room in rooms for path in (here.parent / room).glob("*.py")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def sources_hash() -> str:
    """Hash of everything that is compiled: two versions of the model that share it give the same numbers."""
    return _hash(*_ROOMS, _REGIONAL)


def _fingerprint(*rooms: str) -> str:
    parts = (_hash(*rooms), sys.version, numba.__version__, llvmlite.__version__, np.__version__)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _root() -> Path:
    chosen = os.environ.get("ALLIANCELAB_CACHE")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("alliancelab"))


def cache_folder() -> Path:
    """Folder of compiled code for exactly these sources; ``ALLIANCELAB_CACHE`` moves it."""
    return _FOLDER


def is_cold(regional: bool = False) -> bool:
    """Whether nothing has been compiled for these sources yet, so that the first run takes long.

    `regional` asks for the regional systems, too.
    """
    folders = (_FOLDER, _REGIONAL_FOLDER) if regional else (_FOLDER,)
    return any(not any(folder.rglob("*.nbi")) for folder in folders)


def compiled(function: Callable) -> Callable:
    """Compile a rule or process that Python calls too.

    Every call is inlined: handing a world of eighteen arrays from one small function to the next cost a quarter of a
    run (19.7 against 14.8 ms), and compiling takes no longer.

    The plain Python function stays reachable as ``.py_func``.
    """
    return _compile(function)


def inner(function: Callable) -> Callable:
    """Compile a part of a process that only compiled code calls.

    Without the code that unpacks a world handed over from Python the model compiles in two thirds of the time.
    """
    return _compile(function, no_cpython_wrapper=True)


def _compile(function: Callable, **more: Any) -> Callable:
    # Numba reads its cache folder from a process-wide setting while it decorates: borrow it, give it back.
    with _decorating:
        before = _settings.CACHE_DIR
        _settings.CACHE_DIR = str(_REGIONAL_FOLDER if ".regional." in function.__module__ else _FOLDER)
        try:
            return numba.njit(cache=True, **OPTIONS, **more)(function)
        finally:
            _settings.CACHE_DIR = before


_FOLDER = _root() / _fingerprint(*_ROOMS)
_REGIONAL_FOLDER = _root() / _fingerprint(*_ROOMS, _REGIONAL)

"""The decorator for compiled rules and processes, and which folder their code is kept in.

A folder of compiled code is named by a hash of all compiled sources and of the versions that shape the machine code, so
that code of other sources is never run. What is kept there, and where it lies, is described in `code_cache`.
"""

import hashlib
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba import types
from numba.core.dispatcher import Dispatcher

from alliancelab.agents.code_cache import CodeCache, clean, has_code, root, say
from alliancelab.agents.parts import PartCompiler, WholeCompiler
from alliancelab.agents.uncompiled import Uncompiled

__all__ = ["cache_folder", "compiled", "compiler", "is_cold", "is_compiled", "sources_hash"]

_OPTIONS: dict[str, Any] = {"error_model": "numpy", "no_cfunc_wrapper": True}
"""How everything is compiled: float64, no fast-math, no threads inside."""

COMPILES = not numba.config.DISABLE_JIT  # type: ignore[attr-defined]  # made at import time, unseen by type checkers
"""False where ``NUMBA_DISABLE_JIT=1`` asks for plain Python: slow, and equal to within the rounding of powers."""

_PACKAGES = ("agents", "model", "model/policy")
_SHAPING = ("OPT", "BOUNDSCHECK", "DEBUGINFO_DEFAULT", "LOOP_VECTORIZE", "SLP_VECTORIZE")  # settings of Numba
_REGIONAL = "model/regional"  # calls the others and is called by none, so a change there leaves their code alone


def _hash(*packages: str, kinds: tuple[str, ...] = (".py",)) -> str:
    here = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for path in sorted(path for package in packages for path in (here.parent / package).iterdir()
                       if path.suffix in kinds):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def sources_hash(regional: bool = True) -> str:
    """Hash of rules, processes and tables of parameters, as this process read them, whatever has been edited since.

    Two versions of the model that share it give the same numbers. Without `regional` the regional systems are left
    out: nothing in a scenario without a ``[region]`` depends on them.
    """
    return _SOURCES[regional]


def _fingerprint(*packages: str) -> str:
    asked = {name: getattr(numba.config, name) for name in _SHAPING}
    parts = (_hash(*packages), sys.version, numba.__version__, llvmlite.__version__, np.__version__, str(asked))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _place(name: str) -> Path | None:
    """Folder of this name where compiled code is kept; None where there is room for none."""
    return None if _ROOT is None else _ROOT / name


def cache_folder() -> Path | None:
    """Folder of compiled code for exactly these sources; ``ALLIANCELAB_CACHE`` moves it, None: there is none."""
    return _place(_NATIONAL)


def is_cold(regional: bool = False) -> bool:
    """Whether nothing has been compiled for these sources yet, so that the first run takes long.

    `regional` asks for the regional systems, too.
    """
    if not COMPILES:
        return False
    names = {_NATIONAL, _WITH_REGIONAL} if regional else {_NATIONAL}
    for name in names - _warm:
        folder = _place(name)
        if folder is not None and has_code(folder):
            _warm.add(name)  # and so it stays: each run asks
    return not names <= _warm


def compiled(function: Callable) -> Callable:
    """Compile a rule, a process or a part of one.

    The plain Python function stays reachable as ``.py_func``.
    """
    if not COMPILES:
        return Uncompiled(function)
    return _compile(function, _place(_WITH_REGIONAL if _is_regional(function) else _NATIONAL))


def is_compiled(value: object) -> bool:
    """Whether something is a rule or process of ours, or compiled by a researcher: its plain form is ``.py_func``."""
    return isinstance(value, Dispatcher | Uncompiled)


def compiler(nogil: bool) -> Callable[[Callable], Any]:
    """What makes a function one that processes can call, without keeping its code; `nogil`: it calls no Python."""
    return (lambda function: _compile(function, None, nogil)) if COMPILES else Uncompiled


def _is_regional(function: Callable) -> bool:
    return ".regional." in function.__module__


def _compile(function: Callable, folder: Path | None, nogil: bool = True) -> Any:
    """A function as Python calls it; compiled code that calls it gets it as a part, one for all whole numbers."""
    # LLVM inlines what it thinks worth it. It must inline draws, rules and regional systems, whose loops are long: else
    # a run of a region takes half as long again. Where it must inline everything, large parts take long to compile.
    inlined = _is_regional(function) or function.__module__.endswith((".randomness", "_rules"))
    options = _OPTIONS | {"nogil": nogil, "forceinline": inlined}
    whole = numba.njit(**options, pipeline_class=WholeCompiler)(function)
    of_a_part: dict[str, Any] = options | {"no_cpython_wrapper": True, "pipeline_class": PartCompiler}
    part = numba.njit(**of_a_part)(function)
    if folder is not None:  # as `cache=True` does with a cache of Numba's own
        whole._cache = CodeCache(function, folder, _say_once)
        part._cache = CodeCache(function, folder, _say_once, ".part")
    whole.get_overload = part.get_overload
    whole.get_call_template = lambda args, kws: part.get_call_template([_widened(arg) for arg in args], kws)
    return whole


def _widened(asked: types.Type) -> types.Type:
    """The type that stands for this one where a part is called: whole numbers with a sign take 64 bits."""
    found = types.unliteral(asked)
    whole = found in types.signed_domain or isinstance(found, types.IntEnumMember)
    return types.int64 if whole else found


_say_once = cache(say)
_warm: set[str] = set()
_SOURCES = {regional: _hash(*_PACKAGES, *[_REGIONAL] * regional, kinds=(".py", ".csv")) for regional in (False, True)}
if not COMPILES:  # other bits now and then, so another name
    _SOURCES = {regional: hashlib.sha256(f"{found} as plain Python".encode()).hexdigest()[:16]
                for regional, found in _SOURCES.items()}
_NATIONAL, _WITH_REGIONAL = _fingerprint(*_PACKAGES), _fingerprint(*_PACKAGES, _REGIONAL)
_ROOT, _unusual = root((_NATIONAL, _WITH_REGIONAL)) if COMPILES else (None, "")
if _unusual:
    say(_unusual)
if _ROOT is not None:
    clean(_ROOT, (_NATIONAL, _WITH_REGIONAL))

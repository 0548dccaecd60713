"""A researcher's own decision rule in the place of ours, compiled or as a plain Python function. Source: H1.

Rules are compiled into the processes that use them. Exchanging one therefore builds those processes anew from the same
Python functions, with the other rule where ours was named; everything else stays as it is.
"""

import dis
import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from itertools import pairwise
from types import FunctionType, ModuleType
from typing import Any

import numba
import numpy as np

from alliancelab.agents import alliance_rules, firm_rules, government_rules, organisation_rules
from alliancelab.agents.compiled import compiler, is_compiled
from alliancelab.agents.errors import RuleError

__all__ = ["RULES", "OwnRules", "Row", "plain"]

RULES: dict[str, Callable] = {
    name: vars(module)[name]
    for module in (organisation_rules, firm_rules, alliance_rules, government_rules)
    for name in module.__all__
    if is_compiled(vars(module)[name])
}
"""Every rule of an agent by name; each can be exchanged."""

_RETURNS: dict[type, tuple[str, Callable]] = {
    float: ("float64", float),
    bool: ("boolean", bool),
    int: ("int64", int),
    tuple: ("UniTuple(float64, 2)", lambda pair: (float(pair[0]), float(pair[1]))),
}
"""What a rule's annotation of its answer means to Numba, and what makes it of an answer; without one, a float."""


class Row:
    """A row of a table as a plain Python rule sees it: columns as attributes, read only.

    NumPy's own records hide columns that are called like one of their attributes: ``record.size`` is 1.
    """

    __slots__ = ("_record",)

    def __init__(self, record: Any) -> None:
        object.__setattr__(self, "_record", record)

    def __getattr__(self, name: str) -> Any:
        try:
            value = self._record[name]
        except (ValueError, KeyError):
            raise AttributeError(f"no column {name!r} among {', '.join(self._record.dtype.names)}") from None
        return value.item() if isinstance(value, np.generic) else value

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a rule decides and writes nothing; {name!r} cannot be set")


class OwnRules:
    """All rules as attributes, some of them a researcher's own.

    Parameters
    ----------
    own : mapping of str to callable, optional
        Rules by the name of the one they stand for, with its parameters. A function compiled by Numba is built in and
        costs nothing; a plain Python function is called from compiled code, some ten microseconds a call, with `Row`
        objects for rows of tables, and keeps the interpreter lock.

    Raises
    ------
    RuleError
        When there is no rule of that name or its parameters are others.
    """

    def __init__(self, own: Mapping[str, Callable] | None = None) -> None:
        self.own = dict(own or {})
        self._exchanged = {RULES[_known(name)]: _fitting(name, function) for name, function in self.own.items()}
        self._nogil = all(is_compiled(function) for function in self.own.values())

    def within(self, function: Callable) -> Callable:
        """A compiled function with own rules wherever it, or what it calls, names ours; itself where it does not."""
        return _rebuilt(function, self._exchanged, compiler(self._nogil))

    def provenance(self) -> dict[str, dict[str, str]]:
        """What the provenance of a result says of them: the source text of each; nothing where there is none."""
        return {"rules": {name: _text(function) for name, function in self.own.items()}} if self.own else {}

    def __getattr__(self, name: str) -> Callable:
        if name not in RULES:
            raise AttributeError(f"there is no rule {name!r}")
        return self.within(RULES[name])


def plain(function: Callable) -> Callable:
    """The Python function behind a compiled one, calling only Python functions itself: to read, debug or compare."""
    return _rebuilt(function, {}, lambda python: python, everywhere=True)


def _text(function: Callable) -> str:
    try:
        return inspect.getsource(getattr(function, "py_func", function))
    except (OSError, TypeError):  # typed at a prompt, or not a function of Python
        return repr(function)


def _known(name: str) -> str:
    if name not in RULES:
        near = get_close_matches(name, RULES, 1)
        raise RuleError(f"there is no rule '{name}'; " + (
            f"did you mean '{near[0]}'?" if near else f"there are {', '.join(sorted(RULES))}"))
    return name


def _fitting(name: str, function: Callable) -> Callable:
    """A function that compiled code can call in the place of rule `name`."""
    ours = RULES[name].py_func  # type: ignore[attr-defined]
    asked, given = (tuple(inspect.signature(getattr(f, "py_func", f)).parameters) for f in (ours, function))
    if asked != given:
        raise RuleError(f"rule '{name}' takes ({', '.join(asked)}); yours takes ({', '.join(given)})")
    if is_compiled(function):
        return function
    numba_type, as_asked = _RETURNS[ours.__annotations__.get("return", float)]

    def call(*arguments: Any) -> Any:
        answer = function(*(Row(a) if isinstance(a, np.void) else a for a in arguments))
        try:
            return as_asked(answer)
        except (TypeError, ValueError, IndexError):
            raise RuleError(f"your rule '{name}' answered {answer!r}; it has to answer as {numba_type}") from None

    # Numba leaves compiled code for a block of a function, so such a function is written around the call.
    namespace: dict[str, Any] = {"objmode": numba.objmode, "call": call}
    exec(
        f"def {name}({', '.join(asked)}):\n"
        f"    with objmode(answer='{numba_type}'):\n"
        f"        answer = call({', '.join(asked)})\n"
        f"    return answer\n",
        namespace,
    )
    return numba.njit(namespace[name])


def _rebuilt(
    function: Callable,
    known: dict[Callable, Callable],
    build: Callable[[FunctionType], Callable],
    everywhere: bool = False,
) -> Callable:
    """Copy of a compiled function that calls the replacements in `known`, or itself if it reaches none.

    `known` also remembers what has been rebuilt, so that a function called in two places is rebuilt once.
    """
    if function in known:
        return known[function]
    python = function.py_func  # type: ignore[attr-defined]
    other: dict[str, Any] = {}
    for name, member in _used(python.__code__):
        value = python.__globals__.get(name)
        if is_compiled(value):
            _put(other, name, value, _rebuilt(value, known, build, everywhere))
        elif isinstance(value, ModuleType) and is_compiled(getattr(value, member, None)):
            # A function called through its module, as in ``supervision.misuse``: a copy of the module holds the other.
            inner = getattr(value, member)
            changed: dict[str, Any] = {}
            _put(changed, member, inner, _rebuilt(inner, known, build, everywhere))
            if changed:
                other.setdefault(name, _copy(value)).__dict__.update(changed)
    if other or everywhere:
        anew = FunctionType(python.__code__, python.__globals__ | other, python.__name__, python.__defaults__)
        anew.__annotations__, anew.__doc__ = python.__annotations__, python.__doc__
        known[function] = build(anew)
    else:
        known[function] = function
    return known[function]


def _put(other: dict[str, Any], name: str, before: Callable, after: Callable) -> None:
    if after is not before:
        other[name] = after


def _copy(module: ModuleType) -> ModuleType:
    copy = ModuleType(module.__name__)
    copy.__dict__.update(vars(module))
    return copy


def _used(code: Any) -> list[tuple[str, str]]:
    """Global names that a function reads, each with the attribute read off it at once, "" if none."""
    steps = list(dis.get_instructions(code))
    return [
        (step.argval, after.argval if after.opname in ("LOAD_ATTR", "LOAD_METHOD") else "")
        for step, after in pairwise(steps)
        if step.opname == "LOAD_GLOBAL"
    ]

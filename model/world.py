"""All state of one run, and how compiled code sees it: one pointer to a list of addresses.

A compiled function that takes the tables one by one takes over a hundred numbers, in every call and at every
compilation. Here it takes one: `world.alliances` is read from the list, where it stays while a process runs.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate
from numba.core.typing.typeof import typeof_impl
from numba.extending import NativeValue, infer_getattr, models, register_model, unbox
from numba.np import arrayobj, numpy_support

__all__ = ["TABLES", "World"]

TABLES = (
    "seed", "parameters", "levers", "organisations", "sectors", "fields", "platforms", "budgets", "alliances", "lines",
    "projects", "seats", "participations", "live", "running", "initiators", "government", "counts", "needs", "ledger",
    "curves", "ages", "panel", "events", "members", "project_members",
)
"""Names of a world's arrays, in the order in which compiled code finds their addresses."""


class World:
    """All state of one run: arrays only, so that it can be saved, copied and handed to compiled code as it is.

    Attributes
    ----------
    seed : ndarray of uint64, shape (1,)
    parameters : ndarray of record, shape (1,)
        Uncertainties and constants.
    levers : ndarray of record, shape (quarters,)
    organisations, sectors, alliances, projects : ndarray of record, one row per entity
        Alliances and projects in the order of their founding and start; ended ones stay.
    fields : ndarray of record, shape (sectors, most fields a sector can see)
    lines : ndarray of record, shape (alliances, LINES_OF_ONE)
        The agenda of each alliance.
    seats, participations : ndarray of record
        Pools of places in alliances and in projects; each alliance, member and project knows its first.
    platforms : ndarray of record, shape (sectors, regions)
    budgets : ndarray of float64, shape (quarters, INSTRUMENT_SLOTS)
        Million yuan a year, by instrument.
    live, running, initiators : ndarray of int32
        Rows of living alliances and running projects, the oldest first, and of firms that may start an alliance this
        quarter; `counts` says how many.
    government : ndarray of record, shape (1,)
    counts : ndarray of int64, see `accounts.Count`
    needs : ndarray of int64
        Rows that tables need which grow, see `space.GROWING`.
    ledger : ndarray of float64, shape (quarters, flows)
        Million yuan a quarter, by flow of `accounts.FLOWS`.
    curves, ages : ndarray of record, per quarter and per quarter of age
    panel, events, members, project_members : ndarray of record, append-only
    """

    __slots__ = ("_addresses", "address", "numba_type", *TABLES)

    seed: np.ndarray
    parameters: np.ndarray
    levers: np.ndarray
    organisations: np.ndarray
    sectors: np.ndarray
    fields: np.ndarray
    platforms: np.ndarray
    budgets: np.ndarray
    alliances: np.ndarray
    lines: np.ndarray
    projects: np.ndarray
    seats: np.ndarray
    participations: np.ndarray
    live: np.ndarray
    running: np.ndarray
    initiators: np.ndarray
    government: np.ndarray
    counts: np.ndarray
    needs: np.ndarray
    ledger: np.ndarray
    curves: np.ndarray
    ages: np.ndarray
    panel: np.ndarray
    events: np.ndarray
    members: np.ndarray
    project_members: np.ndarray

    def __init__(self, **tables: np.ndarray) -> None:
        self._addresses = np.zeros((len(TABLES), 3), np.int64)
        for row, name in enumerate(TABLES):
            self.put(name, tables.pop(name), row)
        if tables:
            raise ValueError(f"a world has no {', '.join(tables)}")
        self.address = _address(self._addresses)  # for compiled code, which cannot ask for a property
        self.numba_type = _type_of([(table.dtype, table.ndim) for _, table in self])

    def __iter__(self) -> Iterator[tuple[str, np.ndarray]]:
        """Name and array of every table."""
        return ((name, getattr(self, name)) for name in TABLES)

    def put(self, name: str, table: np.ndarray, row: int | None = None) -> None:
        """Set an array of the same type in the place of another; `row` is its place in `TABLES`, if known."""
        if not table.flags.c_contiguous:
            raise ValueError(f"{name} is not contiguous")
        setattr(self, name, table)
        self._addresses[TABLES.index(name) if row is None else row, : 1 + table.ndim] = _address(table), *table.shape

    def replaced(self, **tables: np.ndarray) -> "World":
        """A world with other arrays in place of some."""
        return World(**{**dict(self), **tables})

    def copy(self) -> "World":
        """A world of its own in the same state."""
        return World(**{name: table.copy() for name, table in self})

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (dict(self),)


def _address(table: np.ndarray) -> int:
    return table.ctypes.data


def _restored(tables: dict[str, np.ndarray]) -> World:
    return World(**tables)


class _WorldType(types.Type):
    """Numba's type of a world: names and types of its arrays."""

    def __init__(self, columns: tuple[tuple[str, types.Array], ...]) -> None:
        self.columns = columns
        digest = hashlib.sha256(repr([(name, str(array)) for name, array in columns]).encode()).hexdigest()[:16]
        super().__init__(name=f"World({digest})")


_known: dict[tuple[int, ...], tuple[_WorldType, list]] = {}


def _type_of(kinds: list[tuple[np.dtype, int]]) -> _WorldType:
    # A record type takes long to hash, and there is one of each: they are known by their place, and kept alive for it.
    key = tuple(id(dtype) for dtype, _ in kinds)
    if key not in _known:
        made = _WorldType(tuple(
            (name, types.Array(numpy_support.from_dtype(dtype), dimensions, "C"))
            for name, (dtype, dimensions) in zip(TABLES, kinds, strict=True)))
        _known[key] = made, kinds
    return _known[key][0]


@typeof_impl.register(World)
def _typeof(world: World, context: Any) -> _WorldType:
    return world.numba_type


@register_model(_WorldType)
class _WorldModel(models.OpaqueModel):
    """One pointer."""


@infer_getattr
class _WorldAttributes(AttributeTemplate):
    key = _WorldType

    def generic_resolve(self, world: _WorldType, name: str) -> types.Array | None:  # type: ignore[override]
        return dict(world.columns).get(name)


@lower_getattr_generic(_WorldType)
def _table(context: Any, builder: Any, world: _WorldType, pointer: Any, name: str) -> Any:
    """Make an array of the address and the shape in the list."""
    place = [column for column, _ in world.columns].index(name)
    array = world.columns[place][1]
    word = ir.IntType(64)
    addresses = builder.bitcast(pointer, word.as_pointer())

    def read(offset: int) -> Any:
        number = builder.load(builder.gep(addresses, [ir.Constant(word, 3 * place + offset)]))
        # Tables neither move nor grow while compiled code runs, so LLVM may read an address once.
        number.set_metadata("invariant.load", builder.module.add_metadata([]))
        return number

    item = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(array.dtype)))
    shape = [read(1 + d) for d in range(array.ndim)]
    strides = [item]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    made = arrayobj.make_array(array)(context, builder)
    data = builder.inttoptr(read(0), context.get_data_type(array.dtype).as_pointer())
    arrayobj.populate_array(made, data=data, shape=shape, strides=strides, itemsize=item, meminfo=None)
    return made._getvalue()


@unbox(_WorldType)
def _unbox(world: _WorldType, value: Any, c: Any) -> NativeValue:
    number = c.pyapi.object_getattr_string(value, "address")
    address = c.pyapi.long_as_longlong(number)
    c.pyapi.decref(number)
    return NativeValue(c.builder.inttoptr(address, c.context.get_value_type(world)))

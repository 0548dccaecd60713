"""A researcher's own instruments: declared like ours, kept in one list, acting on inputs, paid from their own purses.

Source: H1, H2. An own instrument is plain Python and runs once a quarter, right after ours; without one in a scenario
the engine runs as if this file were not there.
"""

import inspect
import re
import zlib
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import Any, NamedTuple

import numpy as np

from alliancelab.agents.codes import Kind, Stage
from alliancelab.agents.errors import InstrumentError
from alliancelab.agents.views import chain
from alliancelab.model.accounts import Count, Flow, left_of, pay
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.randomness import stream, uniform
from alliancelab.model.regional import REGIONAL
from alliancelab.model.tables import INSTRUMENT_SLOTS
from alliancelab.model.world import World

__all__ = [
    "GROUP", "INPUTS", "OwnLevers", "Quarter", "acting", "known_instruments", "register",
    "text_of", "withdraw",
]

GROUP = "alliancelab.instruments"
"""Entry points of this group are instruments that an installed package brings."""

INPUTS = {
    "organisations": ("need", "stated_need", "method_skill", "expertise", "reputation"),
    "sectors": ("meetings", "attention", "enforcement", "antitrust", "promotion", "analysis", "valuation", "litigation",
                "warning", "lessons"),
    "fields": ("guide",),
    "alliances": ("openness", "governance", "fund_rules", "binding", "clarity", "training", "access", "parks", "tests",
                  "helped", "entry", "confined", "kept_home", "rewarded"),
    "projects": ("supervision", "held"),
}
"""What an instrument may change beside purses: information, rules, meetings, skills.

Governance and clarity are also dimensions of vitality. No other dimension, no stage and no outcome can be set.
"""

_STAGES = ("formation", "growth", "maturity", "decline", "all stages")
_STAGE_NAMES = tuple(stage.name.lower() for stage in Stage)
_STREAMS = 1000  # the first process number that own instruments draw by; `randomness.Process` stays below
_own: dict[str, Instrument] = {}
_brought: list[bool] = []  # whether entry points have been looked for


class OwnLevers(NamedTuple):
    """An own instrument at work in a set-up.

    Attributes
    ----------
    instrument : Instrument
    values : ndarray of record, shape (quarters,)
        Its levers, `stages` (bit mask) and no others.
    """

    instrument: Instrument
    values: np.ndarray


# --- the list ------------------------------------------------------------------------------------------------------


def register(instrument: Instrument) -> Instrument:
    """Make an own instrument known, so that scenarios can use it; the same name again takes the place of the former.

    Returns
    -------
    Instrument
        The same, so that a module can write ``INSTRUMENT = al.register(...)``.

    Raises
    ------
    InstrumentError
        When its declaration is not right.
    """
    _check(instrument)
    _own[instrument.name] = instrument
    return instrument


def withdraw(name: str) -> None:
    """Forget an own instrument.

    Raises
    ------
    InstrumentError
        When there is none of that name.
    """
    if name not in _own:
        raise InstrumentError(f"there is no own instrument '{name}'; there are {', '.join(sorted(_own)) or 'none'}")
    del _own[name]


def known_instruments() -> tuple[Instrument, ...]:
    """Ours in the order of the policy chain, the regional ones, then own ones by name; packages are asked once."""
    if not _brought:
        _brought.append(True)
        for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
            _bring(entry)
    return (*INSTRUMENTS, *REGIONAL, *(_own[name] for name in sorted(_own)))


def _bring(entry: Any) -> None:
    place = f"the entry point '{entry.name}' ({entry.value})"
    try:
        found = entry.load()
    except Exception as error:  # a package of somebody else can fail in any way
        raise InstrumentError(f"{place} cannot be loaded: {type(error).__name__}: {error}") from error
    if not isinstance(found, Instrument):
        raise InstrumentError(f"{place} is a {type(found).__name__}; it has to be an alliancelab.Instrument")
    register(found)


def _check(instrument: Instrument) -> None:
    name = instrument.name
    levers = [lever.name for lever in instrument.levers]
    limits = {
        "its name has to be 2 to 40 small letters, digits or _": bool(re.fullmatch(r"[a-z][a-z0-9_]{1,39}", name)),
        "an instrument of ours has that name": name not in {ours.name for ours in (*INSTRUMENTS, *REGIONAL)},
        f"policy_stage has to be one of {', '.join(_STAGES)}": instrument.policy_stage in _STAGES,
        f"stages have to be of {', '.join(_STAGE_NAMES)}": set(instrument.stages) <= set(_STAGE_NAMES),
        "a lever is given twice": len(set(levers)) == len(levers),
        "it needs a lever 'budget': what it may pay in a year": "budget" in levers,
        f"its strength '{instrument.strength}' has to be one of its levers": instrument.strength in levers,
        "a lever may not be called from, until or stages": not {"from", "until", "stages"} & set(levers),
        "default and bounds of a lever have to be in order": all(
            lever.low <= lever.default <= lever.high for lever in instrument.levers),
        "strength and budget have to be 0 by default: an instrument acts when a scenario asks for it": all(
            lever.default == 0.0 for lever in instrument.levers if lever.name in (instrument.strength, "budget")),
        "act has to be a function of one argument, the quarter": callable(instrument.act)
        and len(inspect.signature(instrument.act).parameters) == 1,
    }
    wrong = [sentence for sentence, right in limits.items() if not right]
    if wrong:
        raise InstrumentError(f"instrument {name!r}: {wrong[0]}")


def text_of(instrument: Instrument) -> str:
    """Source text of what an own instrument does, for the provenance of results and the hash of a scenario."""
    try:
        return inspect.getsource(instrument.act)  # type: ignore[arg-type]
    except (OSError, TypeError):  # typed at a prompt
        return repr(instrument.act)


# --- a quarter -----------------------------------------------------------------------------------------------------


def acting(
    own: Sequence[OwnLevers], start_year: float, warm_up: int, first: int = len(INSTRUMENTS)
) -> Callable[[World, int], None]:
    """Process that lets own instruments act in a quarter, those whose strength is not zero, in the order of names.

    `first` is the number of the first purse that is theirs.

    Raises
    ------
    InstrumentError
        When there are more than purses for them.
    """
    spare = INSTRUMENT_SLOTS - first
    if len(own) > spare:
        raise InstrumentError(f"the scenario has {len(own)} own instruments; at most {spare} can act at once")

    def own_instruments(world: World, tick: int) -> None:
        for place, (instrument, values) in enumerate(own):
            if values[tick][instrument.strength] > 0.0:
                year = start_year + (tick - warm_up) / 4
                quarter = Quarter(world, tick, year, instrument, values[tick], first + place)
                try:
                    instrument.act(quarter)  # type: ignore[misc]  # `register` asks for one
                except Exception as error:
                    error.add_note(f"in the instrument '{instrument.name}', quarter {tick}")
                    raise

    return own_instruments


class Quarter:
    """One quarter as an own instrument sees it, and what it may do: pay, buy, change inputs, draw lots.

    Tables are those of `model.tables`, read only: ``quarter.alliances["trust"][quarter.living]``.

    Attributes
    ----------
    tick : int
        Quarter of the run.
    year : float
        Calendar year at its start.
    levers : record
        The instrument's levers now.
    parameters : record
        All parameters of the world.
    organisations, sectors, alliances, projects : ndarray of record, one row per entity
    fields : ndarray of record, shape (sectors, fields)
    """

    def __init__(
        self, world: World, tick: int, year: float, instrument: Instrument, levers: np.record, purse: int
    ) -> None:
        self.tick, self.year, self.levers = tick, year, levers
        self.parameters = world.parameters[0]
        self.organisations = _readable(world.organisations)
        self.sectors = _readable(world.sectors)
        self.fields = _readable(world.fields)
        self.alliances = _readable(world.alliances)
        self.projects = _readable(world.projects)
        self._world, self._instrument, self._purse = world, instrument, purse

    # What it sees.

    @property
    def living(self) -> np.ndarray:
        """Rows of living alliances in order of founding."""
        return self._world.live[: self._world.counts[Count.LIVE]].copy()

    @property
    def running(self) -> np.ndarray:
        """Rows of running projects in order of their start."""
        return self._world.running[: self._world.counts[Count.RUNNING]].copy()

    @property
    def addressed(self) -> np.ndarray:
        """Rows of living alliances in the stages that the instrument addresses; all where it names none."""
        rows = self.living
        if not self._instrument.stages:
            return rows
        return rows[(int(self.levers["stages"]) >> self.alliances["stage"][rows]) & 1 == 1]

    def members(self, alliance: int) -> np.ndarray:
        """Rows of an alliance's members."""
        return np.array([self._world.seats[place]["row"] for place in chain(
            self._world.seats, self.alliances[alliance]["first_seat"])], int)

    def of_kind(self, *kinds: Kind) -> np.ndarray:
        """Rows of organisations of these kinds that exist now."""
        table = self.organisations
        return np.flatnonzero(table["active"] & np.isin(table["kind"], [int(kind) for kind in kinds]))

    @property
    def left(self) -> float:
        """Million yuan that the instrument can still pay this year."""
        return float(left_of(self._world, self.tick, self._purse))

    def uniform(self, keys: Any, index: int = 0) -> np.ndarray:
        """Draws in [0, 1), one for each key: the same in every scenario for the same entity, quarter and index."""
        process = _STREAMS + zlib.crc32(self._instrument.name.encode())
        draws = np.uint64(stream(self._world.seed[0], process, self.tick))
        return np.array([uniform(draws, key, index) for key in np.atleast_1d(np.asarray(keys, np.uint64))])

    # What it may do.

    def pay_alliances(self, rows: Any, amounts: Any) -> np.ndarray:
        """Pay public money into purses of alliances, million yuan; returns what each got.

        Where the year's budget does not reach, all get the same part of what they were to get.
        """
        rows = self._rows("alliances", rows)
        paid = self._pay(Flow.OWN_TO_ALLIANCES, rows, amounts)
        for column in ("funds", "public_funds", "public_total"):
            np.add.at(self._world.alliances[column], rows, paid)
        return paid

    def pay_organisations(self, rows: Any, amounts: Any) -> np.ndarray:
        """Pay money into purses of organisations, as `pay_alliances` does."""
        rows = self._rows("organisations", rows)
        paid = self._pay(Flow.OWN_TO_ORGANISATIONS, rows, amounts)
        np.add.at(self._world.organisations["funds"], rows, paid)
        return paid

    def buy(self, price: float) -> float:
        """Buy services for the government, million yuan; returns the part of the price that the budget paid, [0, 1]."""
        paid = float(self._pay(Flow.OWN_SERVICES, np.zeros(1, int), price)[0])
        return paid / price if price > 0.0 else 0.0

    def change(self, table: str, column: str, rows: Any, values: Any) -> None:
        """Set an input of behaviour, one of `INPUTS`, in some rows of a table; for fields a row is (sector, field).

        Raises
        ------
        InstrumentError
            When it is not an input, a row does not exist, or a value is outside the column's bounds.
        """
        if column not in INPUTS.get(table, ()):
            inputs = [f"{name}.{one}" for name, columns in INPUTS.items() for one in columns]
            near = get_close_matches(f"{table}.{column}", inputs, 1)
            raise self._error(f"{table}.{column} is no input that it may change; "
                              + (f"did you mean {near[0]}?" if near else f"there are {', '.join(inputs)}"))
        given = np.asarray(values, float)
        if not np.all((given >= 0.0) & (given <= 1.0)):
            raise self._error(f"{table}.{column} has to be in [0, 1], not {given[~((given >= 0) & (given <= 1))][0]}")
        where = tuple(np.transpose(rows)) if table == "fields" else self._rows(table, rows)
        getattr(self._world, table)[column][where] = given

    def _rows(self, table: str, rows: Any) -> np.ndarray:
        rows = np.atleast_1d(np.asarray(rows))
        if rows.size == 0:
            return rows.astype(int)
        there = {"alliances": self.living, "organisations": np.flatnonzero(self.organisations["active"]),
                 "projects": self.running, "sectors": np.arange(len(self.sectors))}[table]
        if rows.dtype.kind not in "iu" or not np.isin(rows, there).all():
            raise self._error(f"it names rows of {table} that do not exist now")
        return rows

    def _pay(self, flow: Flow, rows: np.ndarray, amounts: Any) -> np.ndarray:
        asked = np.broadcast_to(np.asarray(amounts, float), rows.shape)
        if not np.all((asked >= 0.0) & (asked < np.inf)):
            raise self._error("an amount has to be a number of million yuan, not negative")
        total = float(asked.sum())
        if total <= 0.0:
            return np.zeros(rows.shape)
        return asked * (pay(self._world, self.tick, self._purse, flow, total) / total)

    def _error(self, sentence: str) -> InstrumentError:
        return InstrumentError(f"instrument '{self._instrument.name}', quarter {self.tick}: {sentence}")


def _readable(table: np.ndarray) -> np.ndarray:
    view = table.view()
    view.flags.writeable = False
    return view


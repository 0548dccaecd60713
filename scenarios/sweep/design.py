"""A design: which scenarios, which factors between which bounds, by which method, with how many replicates.

Source: H5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from sys import float_info
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import Field, Strict, ValidationError

from alliancelab.agents.errors import ScenarioError, UserError, did_you_mean
from alliancelab.model.declarations import Declaration, Parameter
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.policy.own import known_instruments
from alliancelab.model.regional.parameters import REGION
from alliancelab.model.setup import QUARTERS_A_YEAR, SIZES
from alliancelab.scenarios.calendar import Finite, Strictly
from alliancelab.scenarios.checks import LARGEST_SEED
from alliancelab.scenarios.layers import read_toml
from alliancelab.scenarios.scenario import Scenario, load
from alliancelab.scenarios.schema import say, short
from alliancelab.scenarios.sweep.point_tables import Rows, read_points
from alliancelab.scenarios.toml_text import dotted
from alliancelab.scenarios.worlds.ensemble import LARGEST as MOST_WORLDS
from alliancelab.scenarios.worlds.ensemble import Ensemble, read_ensemble
from alliancelab.scenarios.worlds.seeds import seeds_of

__all__ = ["DESIGNS", "METHODS", "YEAR", "Design", "Factor", "design_names", "load_design"]

DESIGNS = Path(__file__).parent.parent / "designs"
LARGEST = float_info.max  # of a number; a whole one of any length can be compared with it
YEAR = "calendar year"  # unit of dates
LARGEST_DESIGN = 10_000_000  # points times replicates times scenarios

METHODS: dict[str, tuple[str, ...]] = {
    "grid": ("steps",),
    "list": ("points",),
    "lhs": ("samples", "design_seed"),
    "sobol": ("samples", "design_seed"),
    "oat": ("steps",),
    "morris": ("samples", "levels", "design_seed"),
    "saltelli": ("samples", "design_seed"),
    "table": ("table",),
}
"""Methods of a design and the keys that each of them knows beside those of all."""

_OF_METHODS = {"steps", "points", "samples", "design_seed", "levels", "table"}

Count = Annotated[int, Strict(), Field(ge=1, le=LARGEST_DESIGN)]
Seed = Annotated[int, Strict(), Field(ge=0, le=LARGEST_SEED)]
Text = Annotated[str, Strict(), Field(max_length=5000)]
Point = dict[str, Any]


class Range(Strictly):
    """What is said of one factor."""

    low: Finite | None = Field(None, description="Lower bound; by default the declared one.")
    high: Finite | None = Field(None, description="Upper bound; by default the declared one.")
    values: Annotated[tuple[Finite, ...], Field(min_length=1, max_length=10_000)] | None = Field(
        None, description="The values themselves, for grid and oat, in place of bounds.")


class DesignFile(Strictly):
    """A design file."""

    title: Text = Field("", description="A few words for tables and figures.")
    purpose: Text = Field("", description="The question that the sweep is for.")
    scenarios: Annotated[tuple[Text, ...], Field(min_length=1, max_length=1000)] = Field(
        description="Names of the library or .toml files beside the design; the whole design is run over each.")
    set: dict[str, Any] = Field(default_factory=dict, description="Changes on top of every scenario, as with --set.")
    method: Literal[tuple(METHODS)] = Field(  # type: ignore[valid-type]  # the names are those of a table
        description="How points are laid.")
    factors: dict[str, Any] = Field(default_factory=dict, description="What is varied, each with its bounds.")
    points: Annotated[tuple[Point, ...], Field(min_length=1)] | None = Field(
        None, description="list: one table of factors and values for each point.")
    table: Text | None = Field(None, description="table: a .csv or .parquet file with a column for each factor.")
    samples: Count | None = Field(
        None, description="lhs, sobol: points. morris: trajectories. saltelli: base samples.")
    steps: Annotated[int, Strict(), Field(ge=2, le=10_000)] | None = Field(
        None, description="grid, oat: values of a factor that has none of its own, evenly from low to high.")
    levels: Annotated[int, Strict(), Field(ge=2, le=100, multiple_of=2)] | None = Field(
        None, description="morris: levels of the grid, an even number.")
    replicates: Count = Field(1, description="Runs of each point; replicate k has seed first_seed + k.")
    first_seed: Seed = Field(0, description="Seed of the first replicate.")
    worlds: Annotated[int, Strict(), Field(ge=2, le=MOST_WORLDS)] | None = Field(
        None, description="Run every point, and the scenario as it is, in so many worlds that the data do not rule "
                          "out, with the replicates in each.")
    ensemble: Text | None = Field(
        None, description="With worlds: a folder that calibrate wrote, beside the design; default: the shipped ones.")
    design_seed: Seed | None = Field(None, description="Decides where sampled points lie, not the luck of runs.")
    keep: Annotated[tuple[Literal["outcomes", "curves"], ...], Field(min_length=1)] = Field(
        ("outcomes",), description="What is stored of a run: all outcomes, and the yearly curves on request.")


class Factor(NamedTuple):
    """What is varied.

    Attributes
    ----------
    name : str
        As in an override: ``programme_grants.amount``, ``parameters.pace``, ``programme_grants.from``.
    low, high : float
        Bounds of the design, in `unit`.
    integer : bool
        Whether only whole numbers make sense.
    unit, description : str
    values : tuple of float
        The values to be tried; empty where they lie between the bounds.
    """

    name: str
    low: float
    high: float
    integer: bool
    unit: str
    description: str
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Design:
    """A checked design.

    Attributes
    ----------
    place : str
        How messages call it.
    form : DesignFile
        What the file says, with defaults.
    scenarios : tuple of Scenario
        With the changes of ``set``.
    factors : tuple of Factor
    given : ndarray of float64, shape (points, factors), or None
        Points of a list or a table; NaN where a point leaves a factor as it is in the scenario.
    drawn : Ensemble or None
        Worlds that every point is run in.
    """

    place: str
    form: DesignFile
    scenarios: tuple[Scenario, ...]
    factors: tuple[Factor, ...]
    given: np.ndarray | None
    drawn: Ensemble | None = None

    @property
    def replicates(self) -> int:
        """Runs of each point: in all worlds together, where there are any."""
        return self.form.replicates * (1 if self.drawn is None else len(self.drawn.numbers))

    def as_dict(self) -> dict[str, Any]:
        """The design as plain data, factors with their bounds and listed points in full: what plans are compared by."""
        document = self.form.model_dump(mode="json", exclude={"factors", "points", "table", "scenarios"})
        document["factors"] = [{**factor._asdict(), "values": list(factor.values)} for factor in self.factors]
        if self.given is not None:
            document["points"] = [[None if np.isnan(x) else x for x in row] for row in self.given.tolist()]
        return document


def design_names() -> list[str]:
    """Names of the designs that come with the package."""
    return sorted(path.stem for path in DESIGNS.glob("*.toml"))


def load_design(source: "str | Path | Mapping[str, Any]") -> Design:
    """Read and check a design. Source: H5.

    Parameters
    ----------
    source : str, Path or mapping
        The path of a ``.toml`` file, a name of `design_names`, or the same content as a dictionary.

    Raises
    ------
    ScenarioError
        One sentence that names the file and the key and says what would be right.
    """
    if isinstance(source, Mapping):
        return _resolve("the design", dict(source), Path())
    text = str(source)
    if not text.endswith(".toml"):
        if text not in design_names():
            raise ScenarioError(f"there is no design '{text}'; give a .toml file, or a name of the library: "
                                f"{did_you_mean(text, design_names())}")
        source = DESIGNS / f"{text}.toml"
    path = Path(source)
    place = path.name if path.parent == DESIGNS else str(path)
    return _resolve(place, read_toml(path), path.parent)


# --- checking ------------------------------------------------------------------------------------------------------


def _resolve(place: str, content: dict[str, Any], folder: Path) -> Design:
    try:
        form = DesignFile.model_validate(content)
    except ValidationError as error:
        raise ScenarioError(f"{place}: {_say(error)}") from None
    _check_keys(place, form)
    scenarios = _scenarios(place, form, folder)
    if form.method in ("list", "table"):
        rows = (Rows(place, [(f"points.{i}", dotted(point)) for i, point in enumerate(form.points or ())])
                if form.method == "list" else read_points(place, folder / str(form.table)))
        factors, given = _given(rows, scenarios)
    else:
        factors, given = _ranged(place, form, scenarios), None
    if not factors:
        raise ScenarioError(f"{place}: factors names nothing to vary; "
                            'write [factors] with "programme_grants.amount" = { low = 1, high = 6 }')
    if form.first_seed > LARGEST_SEED - form.replicates:
        raise ScenarioError(f"{place}: first_seed is {form.first_seed} and leaves no room for {form.replicates} seeds")
    return Design(place, form, scenarios, factors, given, _drawn(place, form, folder))


def _drawn(place: str, form: DesignFile, folder: Path) -> Ensemble | None:
    """Worlds that the design asks for."""
    if form.worlds is None:
        if form.ensemble is not None:
            raise ScenarioError(f"{place}: ensemble is a choice of worlds; say in how many of them with worlds = 20")
        return None
    try:
        seeds_of(form.worlds, form.replicates, form.first_seed)
        return read_ensemble(None if form.ensemble is None else folder / form.ensemble).first(form.worlds)
    except UserError as error:
        raise ScenarioError(f"{place}: {error}") from None


def _say(error: ValidationError) -> str:
    """One sentence on what is wrong with a design; names of keys are those of a design."""
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    known = list(DesignFile.model_fields)
    if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
        return f"{key} is not known here; {did_you_mean(key, known)}"
    if first["type"] == "missing":
        return f"{key} is missing; {DesignFile.model_fields[key].description}"
    if first["type"] == "literal_error":
        choices = METHODS if key == "method" else ("outcomes", "curves")
        return f"{key} is {short(first['input'])}; {did_you_mean(str(first['input']), choices)}"
    if first["type"] == "multiple_of":
        return f"{key} is {short(first['input'])} and has to be an even number"
    return say(error)


def _check_keys(place: str, form: DesignFile) -> None:
    """Each method has its own keys; one that would have no effect is refused."""
    wanted = METHODS[form.method]
    for key in sorted(_OF_METHODS & form.model_fields_set - set(wanted)):
        raise ScenarioError(f"{place}: {key} means nothing to the method {form.method}; take it out")
    # Seeds, levels and steps have something to fall back on: their defaults, or values of the factors themselves.
    for key in {"points", "table", "samples"} & set(wanted):
        if getattr(form, key) is None:
            raise ScenarioError(f"{place}: {key} is missing; {DesignFile.model_fields[key].description}")
    if form.method in ("list", "table") and form.factors:
        raise ScenarioError(f"{place}: factors means nothing to the method {form.method}; its points name them")
    if form.method in ("sobol", "saltelli") and form.samples & (form.samples - 1):  # type: ignore[operator]
        raise ScenarioError(f"{place}: samples is {form.samples} and has to be a power of two, such as 64: "
                            "only then does a Sobol' sequence fill space evenly")


def _scenarios(place: str, form: DesignFile, folder: Path) -> tuple[Scenario, ...]:
    scenarios = tuple(load(folder / name if name.endswith(".toml") else name, form.set) for name in form.scenarios)
    names = [scenario.name for scenario in scenarios]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ScenarioError(f"{place}: scenarios names '{twice[0]}' twice; give each its own name")
    return scenarios


def _declared(place: str, key: str, name: str, scenarios: tuple[Scenario, ...]) -> Declaration:
    """Declaration behind the name of a factor: a parameter, a size, a lever, or the dates of an instrument."""
    room, _, item = name.partition(".")
    instruments = {instrument.name: instrument for instrument in known_instruments()}
    rooms = {"parameters": PARAMETERS, "world": SIZES, "region": REGION}
    if room == "region" and any(scenario.region is None for scenario in scenarios):
        raise ScenarioError(f"{place}: {key} cannot be varied: not every scenario has a [region]")
    if room in rooms:
        known: dict[str, Declaration] = {p.name: p for p in rooms[room]}
    elif room in instruments:
        known = {**{lever.name: lever for lever in instruments[room].levers}, **_dates(scenarios)}
    else:
        hint = did_you_mean(room, [*rooms, *instruments])
        raise ScenarioError(f"{place}: {key} cannot be varied: write parameters.NAME, world.NAME, region.NAME, "
                            f"INSTRUMENT.LEVER or INSTRUMENT.from; {hint}")
    if item not in known:
        raise ScenarioError(f"{place}: {key} is not known here; {did_you_mean(item, known)}")
    return known[item]


def _dates(scenarios: tuple[Scenario, ...]) -> dict[str, Declaration]:
    """First and last date of an instrument, from the start of policy to the end of the shortest scenario."""
    start = min(s.world["start_year"] for s in scenarios)
    length = min((s.world["quarters"] - s.world["warm_up"]) / QUARTERS_A_YEAR for s in scenarios)
    words = {"from": "Calendar year in which it starts.", "until": "Calendar year in which it ends."}
    return {word: Parameter(word, start, start, start + length, YEAR, "scenario", text)
            for word, text in words.items()}


def _ranged(place: str, form: DesignFile, scenarios: tuple[Scenario, ...]) -> tuple[Factor, ...]:
    """Factors with bounds or values, bounds from the declarations where none are given."""
    factors = []
    for name, said in dotted(form.factors).items():
        key = f"factors.{name}"
        declared = _declared(place, key, name, scenarios)
        try:
            said = Range.model_validate(said)
        except ValidationError as error:
            raise ScenarioError(f"{place}: {key}.{_of_range(error)}") from None
        factors.append(_factor(place, key, name, declared, said, form))
    if form.method in ("morris", "saltelli") and len(factors) < 2:
        raise ScenarioError(f"{place}: factors has {len(factors)} and the method {form.method} must have at least two")
    return tuple(factors)


def _of_range(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    if first["type"] == "extra_forbidden":
        key = str(first["loc"][-1])
        return f"{key} is not known here; {did_you_mean(key, Range.model_fields)}"
    return say(error)


def _factor(place: str, key: str, name: str, declared: Declaration, said: Range, form: DesignFile) -> Factor:
    takes_values = form.method in ("grid", "oat")
    if said.values is not None:
        if not takes_values:
            raise ScenarioError(f"{place}: {key}.values means nothing to the method {form.method}; give low and high")
        if said.low is not None or said.high is not None:
            raise ScenarioError(f"{place}: {key} has values and bounds; give one of the two")
        for i, value in enumerate(said.values):
            _check_value(place, f"{key}.values.{i}", value, declared)
        low, high = min(said.values), max(said.values)
    else:
        low = declared.low if said.low is None else said.low
        high = declared.high if said.high is None else said.high
        _check_value(place, f"{key}.low", low, declared)
        _check_value(place, f"{key}.high", high, declared)
        if not low < high:
            raise ScenarioError(f"{place}: {key}.low is {low:g} and has to be less than its high, {high:g}")
        if takes_values and form.steps is None:
            raise ScenarioError(f"{place}: {key} wants values, or the design steps: how many from low to high")
    levels = form.levels or 4
    if form.method == "morris" and declared.integer and high - low + 1 < levels:
        raise ScenarioError(f"{place}: {key} has {high - low + 1:g} whole numbers and Morris needs at least as "
                            f"many as it has levels, {levels}; widen its bounds")
    return Factor(name, float(low), float(high), declared.integer, declared.unit, declared.description,
                  said.values or ())


def _check_value(place: str, key: str, value: float, declared: Declaration) -> None:
    if not declared.low <= value <= declared.high:
        side, limit = ("least", declared.low) if value < declared.low else ("most", declared.high)
        raise ScenarioError(f"{place}: {key} is {value:g} and has to be at {side} {limit:g} ({declared.unit})")
    if declared.integer and value != int(value):
        raise ScenarioError(f"{place}: {key} must be a whole number, not {value:g}")


def _given(rows: Rows, scenarios: tuple[Scenario, ...]) -> tuple[tuple[Factor, ...], np.ndarray]:
    """Factors and points of a list or of a table."""
    names = list(dict.fromkeys(name for _, point in rows.points for name in point))
    declared = {name: _declared(rows.place, rows.key(name), name, scenarios) for name in names}
    points = np.full((len(rows.points), len(names)), np.nan)
    for i, (key, point) in enumerate(rows.points):
        for name, value in point.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= LARGEST:
                raise ScenarioError(f"{rows.place}: {key}.{name} must be a finite number, not {short(value)}")
            _check_value(rows.place, f"{key}.{name}", value, declared[name])
            points[i, names.index(name)] = value
    factors = tuple(Factor(name, float(np.nanmin(points[:, j])), float(np.nanmax(points[:, j])), declared[name].integer,
                           declared[name].unit, declared[name].description) for j, name in enumerate(names))
    return factors, points

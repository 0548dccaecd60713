"""What a model is fitted to: a TOML file of parameters to vary and of moments with their empirical values.

Source: H5.
"""

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from pydantic import BeforeValidator, Field, Strict, ValidationError, model_validator

from alliancelab.agents.compiled import sources_hash
from alliancelab.agents.errors import ScenarioError, did_you_mean
from alliancelab.model.declarations import Parameter
from alliancelab.model.parameters import UNCERTAINTIES
from alliancelab.model.regional.parameters import REGION
from alliancelab.scenarios.calendar import Finite, Strictly
from alliancelab.scenarios.layers import read_toml
from alliancelab.scenarios.moments import MOMENTS, PROGRAMME_PROJECTS, Moment
from alliancelab.scenarios.regional_outcomes import PREFIX, regional_outcomes
from alliancelab.scenarios.scenario import Scenario, load
from alliancelab.scenarios.schema import say
from alliancelab.scenarios.toml_text import dotted

__all__ = ["REGION_SECTION", "SHIPPED", "Problem", "Target", "problem_of", "read_targets"]

SHIPPED = Path(__file__).parent / "calibrations" / "alliances.targets.toml"
"""The targets that the default parameters are calibrated to."""

REGION_SECTION = "region."
"""Before the names of a region's numbers that are varied, as in an override; parameters have nothing before theirs."""

_VARIABLE = ({parameter.name: parameter for parameter in UNCERTAINTIES}
             | {REGION_SECTION + number.name: number for number in REGION})
Text = Annotated[str, Strict(), Field(max_length=5000)]
Whole = Annotated[int, Strict(), Field(ge=1, le=1_000_000)]


def _with_dots(value: Any) -> Any:
    return dotted(value) if isinstance(value, dict) else value


class Target(Strictly):
    """One moment with its empirical value."""

    moment: Text = Field("", description="A declared moment; by default the name of the target.")
    scenario: Text = Field("", description="The scenario it is measured in; by default the file's base.")
    value: Finite = Field(description="Empirical value.")
    spread: Annotated[Finite, Field(gt=0)] = Field(description="Its uncertainty: one standard deviation.")
    fit: Annotated[bool, Strict()] = Field(True, description="Fitted to; false: for checking only.")
    source: Text = Field("", description="Where value and spread come from.")


class Search(Strictly):
    """How much is tried, and how it is drawn."""

    points: Whole = Field(256, description="Points of the Sobol' sequence tried first; a power of two.")
    starts: Annotated[int, Strict(), Field(ge=1, le=100)] = Field(2, description="Best points refined further.")
    seed: Annotated[int, Strict(), Field(ge=0, le=2**31)] = Field(1, description="Scrambles the sequence.")

    @model_validator(mode="after")
    def _is_a_power_of_two(self) -> Self:
        if self.points & (self.points - 1):
            raise ValueError(f"wants a power of two for points, not {self.points}")
        return self


Bounds = Annotated[tuple[Finite, Finite], Field(description="Lowest and highest value tried.")]


class TargetsFile(Strictly):
    """A file of targets."""

    title: Text = ""
    purpose: Text = ""
    source: Text = ""
    base: Text = "no_policy"
    replicates: Annotated[int, Strict(), Field(ge=2, le=10_000)] = Field(12, description="Runs of each scenario.")
    first_seed: Annotated[int, Strict(), Field(ge=0, le=2**62)] = Field(
        1_000_000, description="Seed of the first; the others follow, the same ones for all points.")
    projects: Whole = Field(
        PROGRAMME_PROJECTS, description="Projects of a run that measures of consortia look at.")
    search: Search = Field(default_factory=lambda: Search.model_validate({}))
    vary: Annotated[dict[str, Bounds], BeforeValidator(_with_dots)] = Field(min_length=1)
    targets: dict[str, Target] = Field(min_length=1)


class Problem:
    """A file of targets resolved: what is varied within which bounds, and what is compared with what.

    Attributes
    ----------
    file : TargetsFile
    name : str
        Of the file, without its ending.
    varied : tuple of str
        Names of what is varied: parameters, and numbers of a region after ``region.``.
    parameters : tuple of Parameter
        Their declarations.
    low, high : ndarray of float64, shape (parameters,)
        Bounds.
    names : tuple of str
        Of the targets, in the order of the file.
    targets : tuple of Target
    moments : tuple of Moment
        One a target.
    base : Scenario
        What the file names as its base.
    scenarios : tuple of Scenario
        Those that targets are measured in, each once.
    arm : ndarray of int64, shape (targets,)
        Place of each target's scenario in `scenarios`.
    """

    def __init__(self, file: TargetsFile, name: str, place: str, folder: Path | None) -> None:
        self.file, self.name = file, name
        self.varied = tuple(file.vary)
        self.parameters = tuple(_variable(key, bounds, place) for key, bounds in file.vary.items())
        self.low, self.high = np.array(list(file.vary.values()), float).T
        self.names, self.targets = tuple(file.targets), tuple(file.targets.values())
        sources = [target.scenario or file.base for target in self.targets]
        self.base, *scenarios = (
            load(folder / source if folder is not None and source.endswith(".toml") else source)
            for source in (file.base, *dict.fromkeys(sources)))
        self.scenarios: tuple[Scenario, ...] = tuple(scenarios)
        self.arm = np.array([list(dict.fromkeys(sources)).index(source) for source in sources])
        self.moments = tuple(_moment(target.moment or key, self.scenarios[arm], f"{place}: targets.{key}")
                             for (key, target), arm in zip(file.targets.items(), self.arm, strict=True))
        without = [scenario.name for scenario in self.scenarios if scenario.region is None]
        for name in self.varied:
            if name.startswith(REGION_SECTION) and without:
                raise ScenarioError(f"{place}: vary.{name} is a number of a region, and {without[0]} has no [region]")
        fitted = int(self.fitted.sum())
        if fitted < len(self.parameters):
            raise ScenarioError(f"{place}: {len(self.parameters)} parameters are varied and {fitted} targets fitted; "
                                "fit at least as many targets, or vary fewer")

    @property
    def fitted(self) -> np.ndarray:
        """Whether each target is fitted to, bool of shape (targets,)."""
        return np.array([target.fit for target in self.targets])

    @property
    def values(self) -> np.ndarray:
        """Empirical values, shape (targets,)."""
        return np.array([target.value for target in self.targets])

    @property
    def spreads(self) -> np.ndarray:
        """Their standard deviations, shape (targets,)."""
        return np.array([target.spread for target in self.targets])

    @property
    def measured(self) -> str:
        """Hash of all that decides the moments at a point: model, scenarios, seeds, what is varied and measured.

        Values that the scenarios give to varied parameters do not count: every point sets them.
        """
        first = self.overrides(self.low)
        regional = any(scenario.region is not None for scenario in self.scenarios)
        parts = [sources_hash(regional), self.file.replicates, self.file.first_seed, self.file.projects,
                 [load(s, first).hash for s in self.scenarios], [m.name for m in self.moments], self.arm.tolist(),
                 {k: list(v) for k, v in self.file.vary.items()}]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def overrides(self, point: np.ndarray) -> dict[str, float]:
        """Changes of a scenario that set the varied parameters to `point`."""
        return {name if name.startswith(REGION_SECTION) else f"parameters.{name}": float(x)
                for name, x in zip(self.varied, point, strict=True)}


def _variable(name: str, bounds: tuple[float, float], place: str) -> Parameter:
    if name not in _VARIABLE:
        raise ScenarioError(f"{place}: vary.{name} is not known here; {did_you_mean(name, _VARIABLE)}")
    parameter = _VARIABLE[name]
    if parameter.integer:
        raise ScenarioError(f"{place}: vary.{name} counts whole things; vary a parameter that moves smoothly")
    low, high = bounds
    if not parameter.low <= low < high <= parameter.high:
        raise ScenarioError(f"{place}: vary.{name} goes from {low:g} to {high:g}; it has to rise within "
                            f"{parameter.low:g} to {parameter.high:g}")
    return parameter


def _moment(name: str, scenario: Scenario, place: str) -> Moment:
    if name.startswith(PREFIX) and scenario.region is None:
        raise ScenarioError(f"{place}: {name} is of a region, and {scenario.name} has no [region]")
    known = MOMENTS | regional_outcomes(scenario)
    if name not in known:
        raise ScenarioError(f"{place}: there is no moment '{name}'; {did_you_mean(name, known)}")
    return known[name]


def _known(path: list[str]) -> list[str]:
    """Names that a table of the file knows."""
    tables: dict[int, type[Strictly]] = {0: TargetsFile, 1: Search}
    return list(tables.get(len(path), Target).model_fields)


def problem_of(content: dict[str, Any], name: str, place: str, folder: Path | None = None) -> Problem:
    """Check the content of a file of targets and resolve it; scenario files are looked for in `folder`.

    Raises
    ------
    ScenarioError
        One sentence that names the place and what would be right.
    """
    try:
        file = TargetsFile.model_validate(content)
    except ValidationError as error:
        raise ScenarioError(f"{place}: {say(error, _known)}") from None
    return Problem(file, name, place, folder)


def read_targets(path: str | Path) -> Problem:
    """Read and check a file of targets.

    Raises
    ------
    ScenarioError
        One sentence that names the file, the key and what would be right.
    """
    path = Path(path)
    if path.suffix != ".toml":
        raise ScenarioError(f"{str(path)[:200]!r} is no file of targets: it has to end in .toml")
    name = path.name.removesuffix(".toml").removesuffix(".targets")
    return problem_of(read_toml(path), name, str(path), path.parent)

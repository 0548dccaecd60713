"""Targets out of data of one's own: what a world can be compared with, with spreads that few programmes allow.

Source: H5.
"""

import tomllib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from alliancelab.agents.errors import ScenarioError, UserError
from alliancelab.model.simulation import Recording
from alliancelab.scenarios import runner
from alliancelab.scenarios.consortia import (
    LEAST_PROJECTS,
    MEASURES,
    Consortia,
    by_programme,
    consortia_of,
    projects_of,
    read_cordis,
    sizes,
)
from alliancelab.scenarios.files import is_file, reason
from alliancelab.scenarios.people_tables import Source
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.spreads import widened
from alliancelab.scenarios.targets import SHIPPED, problem_of, read_targets
from alliancelab.scenarios.toml_text import toml_text, value_text

__all__ = ["WORLDS", "Worlds", "content_of", "limited", "new_file", "targets_of", "worlds_of", "write_content",
           "write_targets"]

WORLDS = 4           # runs that tell how many alliances a world has

Tell = Callable[[str], None]


class Worlds(NamedTuple):
    """What data are compared with: alliances of the world that has fewest, and members of the smallest of them."""

    projects: int
    smallest: int


def worlds_of(runs: Sequence[Recording]) -> Worlds:
    """Alliances after the warm-up in some runs."""
    found = [sizes(consortia_of(run)) for run in runs]
    return Worlds(min(len(one) for one in found), min((int(one.min()) for one in found if len(one)), default=0))


def limited(found: tuple[Consortia, np.ndarray], worlds: Worlds, tell: Tell) -> list[Consortia]:
    """Programmes as large as a world is: concentration, newcomers and singles hang on how many projects are seen."""
    whole = by_programme(*found)
    largest = max((len(sizes(part)) for part in whole), default=0)
    if largest > worlds.projects:
        tell(f"programmes have up to {largest:,} projects and a world founds {worlds.projects:,} alliances or more; of "
             f"each programme the first {worlds.projects:,} projects are looked at")
    return by_programme(*found, most=worlds.projects)


def targets_of(programmes: Sequence[Consortia]) -> dict[str, tuple[float, float]]:
    """Value and spread of each measure over programmes; measures without an answer are left out.

    The spread is the standard deviation over programmes, widened where these are few, as an interval of Student's t is
    against one of the normal distribution, and at least `spreads.LEAST_SHARE` of the value.

    Parameters
    ----------
    programmes : sequence of Consortia
        At least two, from `consortia.by_programme`.

    Raises
    ------
    ScenarioError
        When there are fewer than two programmes.
    """
    if len(programmes) < 2:
        raise ScenarioError(f"targets from data want at least two programmes with {LEAST_PROJECTS} projects or more "
                            f"each; here are {len(programmes)}")
    found = {}
    for measure in MEASURES:
        values = np.array([measure.of(programme) for programme in programmes])
        values = values[np.isfinite(values)]
        if len(values) > 1:
            value = float(values.mean())
            found[measure.name] = value, widened(float(values.std(ddof=1)), len(values), value)
    return found


def write_targets(file: str | Path, projects: Source, participation: Source, source: str,
                  tell: Tell = lambda sentence: None) -> int:
    """Write a file of targets from project data, what to vary as in the shipped one; from how many programmes.

    Parameters
    ----------
    projects, participation : path, DataFrame or pyarrow Table
        As in `read_cordis`.
    source : str
        What the file says of where its values come from.
    tell : callable
        Told in one sentence each what was taken, left out or counted.

    Raises
    ------
    ScenarioError, UserError
        If a table cannot be read, there are too few programmes, or the file is there or cannot be written. Nothing is
        written that `calibrate` would refuse.
    """
    file = new_file(file)
    shipped = read_targets(SHIPPED).file
    read = read_cordis(projects, participation, tell)
    if len(by_programme(*read)) < 2:
        targets_of(by_programme(*read))  # says so before any world is run
    base = load(shipped.base)
    worlds = worlds_of(runner.record([base], WORLDS, shipped.first_seed)[0])
    programmes = limited(read, worlds, tell)
    found = targets_of(programmes)
    out_of_reach: tuple[str, ...] = ()
    if found["size_mean"][0] < worlds.smallest:
        out_of_reach = ("size_mean", "size_cv", "size_log_sd")
        tell(f"projects have {found['size_mean'][0]:.3g} members in the mean and the smallest alliance of a world has "
             f"{worlds.smallest}: such alliances are outside of what contracts of the model can be; their sizes are "
             "written as checks and not fitted to")
    told = {name: (value, spread, name in shipped.targets and name not in out_of_reach)
            for name, (value, spread) in found.items()}
    write_content(file, content_of(told, projects_of(programmes), source, f"over {len(programmes)} programmes"))
    return len(programmes)


def new_file(file: str | Path) -> Path:
    """The file of targets to make, once it can be made."""
    file = Path(file)
    if file.suffix != ".toml":
        raise ScenarioError(f"{file}: a file of targets is called NAME.toml")
    if is_file(file):
        raise ScenarioError(f"{file}: the file is there already; choose another name")
    return file


def content_of(found: Mapping[str, tuple[float, float, bool]], projects: int, source: str, over: str,
               instead: Collection[str] = (), vary: Mapping[str, tuple[float, float]] | None = None) -> dict[str, Any]:
    """Content of a file of targets: those of the data, and the shipped ones of what the data do not tell.

    Parameters
    ----------
    found : mapping
        Value, spread and whether to fit to it, by moment.
    projects : int
        That measures of consortia look at.
    source, over : str
        Where the values come from, and what they are taken over.
    instead : collection of str
        Shipped targets that data tell in another way, and that are not fitted to.
    vary : mapping, optional
        What to vary besides the shipped parameters.
    """
    shipped = read_targets(SHIPPED).file
    told: dict[str, Any] = {
        name: {"value": _digits(value), "spread": _digits(spread), "fit": fit, "source": f"{source}, {over}"}
        for name, (value, spread, fit) in found.items()}
    for name, target in shipped.targets.items():
        if name not in found:
            told[name] = {**target.model_dump(exclude_defaults=True), "scenario": target.scenario or shipped.base,
                          "fit": target.fit and name not in instead}
    return {"base": shipped.base, "title": f"Targets from {source}"[:5000], "replicates": shipped.replicates,
            "first_seed": shipped.first_seed, "projects": projects,
            "vary": {name: list(bounds) for name, bounds in (shipped.vary | dict(vary or {})).items()},
            "targets": told}


def write_content(file: Path, content: Mapping[str, Any]) -> None:
    """Write a file of targets that `calibrate` takes, or nothing."""
    text = f'base = {value_text(content["base"])}\n' + toml_text(content)
    try:
        problem_of(tomllib.loads(text), file.stem, str(file))
    except ScenarioError as error:
        raise ScenarioError(f"these data give no targets that can be fitted to: {error}") from None
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as error:
        raise UserError(f"{file}: the file cannot be written: {reason(error)}") from None


def _digits(value: float) -> float:
    return float(f"{value:.4g}")

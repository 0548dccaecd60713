"""Ensembles of worlds that fit: written, read, and given out as values of parameters.

Source: H5.
"""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from alliancelab.agents.compiled import sources_hash
from alliancelab.agents.errors import ScenarioError, StoreError
from alliancelab.scenarios.checks import is_whole
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.schema import short
from alliancelab.scenarios.store import Stored, write_json, write_table
from alliancelab.scenarios.worlds.unknowns import Unknowns, unknowns

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FEWEST", "LARGEST", "SHIPPED_WORLDS", "Ensemble", "in_world", "read_ensemble", "table_of", "worlds_of",
           "write_ensemble", "write_shipped"]

SHIPPED_WORLDS = Path(__file__).parents[1] / "calibrations" / "alliances.worlds.csv"
"""The ensemble that comes with the package; what it was made by stands beside it, in the file of the same name."""

FEWEST, LARGEST = 20, 5000  # worlds that can be asked for


class Ensemble(NamedTuple):
    """Worlds that fit.

    Attributes
    ----------
    unknowns : Unknowns
        What is unknown, with its distribution before anything was fitted.
    numbers : ndarray of int64, shape (worlds,)
        Numbers of the worlds: what no target speaks of is drawn by them.
    u : ndarray of float64, shape (worlds, unknowns)
        Points of the unit cube.
    document : mapping
        What it was made by: ``targets``, ``measured``, ``model``, ``varied``, ``fit``, ``contradictions``, ``waves``.
    """

    unknowns: Unknowns
    numbers: np.ndarray
    u: np.ndarray
    document: Mapping[str, Any]

    def values(self) -> np.ndarray:
        """Values of all unknowns in all worlds, float64 of shape (worlds, unknowns)."""
        return self.unknowns.values(self.u)

    def first(self, count: int) -> "Ensemble":
        """The first worlds; their order is that in which they were drawn, so that these are a sample, too.

        Raises
        ------
        ScenarioError
            When so many are not there.
        """
        if not (is_whole(count) and 2 <= count <= len(self.numbers)):
            raise ScenarioError(f"worlds is {short(count)} and has to lie between 2 and {len(self.numbers)}, as many "
                                "as the ensemble has; `alliancelab calibrate --ensemble` makes a larger one")
        return self._replace(numbers=self.numbers[:count], u=self.u[:count])

    @property
    def is_stale(self) -> bool:
        """Whether it was fitted with another version of the model; regional systems count if it was fitted to them."""
        return self.document.get("model") not in (sources_hash(), sources_hash(regional=False))

    def fixed_by(self, scenarios: Sequence[Scenario]) -> list[str]:
        """Unknowns that a scenario sets itself: what it says is taken as known."""
        return [one.parameter.name for one in self.unknowns.listed
                if any(s.parameters[one.parameter.name] != one.parameter.default for s in scenarios)]

    @property
    def hash(self) -> str:
        """Of the values of all worlds."""
        names = ",".join(self.unknowns.names).encode()
        return hashlib.sha256(names + self.values().tobytes()).hexdigest()[:16]

    def described(self, scenarios: Sequence[Scenario]) -> dict[str, Any]:
        """What the document of a result says of the worlds that it was made in, as plain data."""
        return {"targets": self.document["targets"], "measured": self.document["measured"], "stale": self.is_stale,
                "fixed": self.fixed_by(scenarios), "hash": self.hash}

    def free_in(self, scenarios: Sequence[Scenario]) -> tuple[tuple[str, ...], list[int]]:
        """Names and places of the unknowns that no scenario sets itself: those in which worlds differ."""
        fixed = set(self.fixed_by(scenarios))
        free = [j for j, name in enumerate(self.unknowns.names) if name not in fixed]
        return tuple(self.unknowns.names[j] for j in free), free


def in_world(scenario: Scenario, names: Sequence[str], values: np.ndarray) -> Scenario:
    """The same scenario with these parameters."""
    changed = dict(scenario.parameters) | dict(zip(names, values.tolist(), strict=True))
    return replace(scenario, parameters=MappingProxyType(changed))


def worlds_of(scenario: Scenario, ensemble: Ensemble) -> list[Scenario]:
    """A scenario in every world of an ensemble; what it sets itself is taken as known in all of them."""
    names, free = ensemble.free_in([scenario])
    return [in_world(scenario, names, values) for values in ensemble.values()[:, free]]


# --- files ---------------------------------------------------------------------------------------------------------


def table_of(ensemble: Ensemble) -> "pd.DataFrame":
    """One row a world: its number, and the values that targets speak of; the rest follows from the number."""
    import pandas as pd

    places = [ensemble.unknowns.names.index(name) for name in ensemble.document["active"]]
    return pd.DataFrame(ensemble.values()[:, places], columns=list(ensemble.document["active"])).assign(
        world=ensemble.numbers)[["world", *ensemble.document["active"]]]


def write_ensemble(place: Path, ensemble: Ensemble, provenance: Mapping[str, Any]) -> None:
    """Write an ensemble into a folder of results that is being made."""
    import pandas as pd

    write_table(place, "worlds", table_of(ensemble))
    write_table(place, "fit", pd.DataFrame(ensemble.document["fit"]))
    write_table(place, "waves", pd.DataFrame(ensemble.document["waves"]))
    write_table(place, "contradictions", pd.DataFrame(
        ensemble.document["contradictions"],
        columns=["fact", "other", "worlds", "meet_fact", "meet_other", "meet_both", "expected", "p"]))
    write_json(place, "ensemble.json", {**provenance, "ensemble": dict(ensemble.document)})


def write_shipped(ensemble: Ensemble, file: Path = SHIPPED_WORLDS) -> None:
    """Write an ensemble as the one that comes with the package: a table as text, and what it was made by beside it."""
    table = table_of(ensemble)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows([f"{x:.10g}" for x in row] for row in table.itertuples(index=False))
    file.with_suffix(".json").write_text(json.dumps(dict(ensemble.document), indent=1) + "\n", encoding="utf-8")


def read_ensemble(folder: str | Path | None = None) -> Ensemble:
    """Read an ensemble: one that `calibrate` wrote into a folder, or the one that comes with the package.

    Parameters that are gone are left out, new ones are drawn from what is plausible of them.

    Raises
    ------
    StoreError
        When the folder holds no ensemble, or one that cannot be read.
    """
    if folder is None:
        with SHIPPED_WORLDS.open(encoding="utf-8", newline="") as file:
            names, *rows = csv.reader(file)
        columns = dict(zip(names, np.array(rows, float).T, strict=True))
        return _read(columns, json.loads(SHIPPED_WORLDS.with_suffix(".json").read_text(encoding="utf-8")))
    stored = Stored(folder)
    if stored.document.get("kind") != "ensemble":
        raise StoreError(f"{stored.folder}: this folder holds no ensemble of worlds; give one that "
                         "`alliancelab calibrate --ensemble` wrote")
    table = stored.table("worlds")
    try:
        return _read({str(name): table[name].to_numpy(float) for name in table}, stored.document["ensemble"])
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(f"{stored.folder}: the ensemble is not as alliancelab writes it: {error}") from None


def _read(columns: Mapping[str, np.ndarray], document: Mapping[str, Any]) -> Ensemble:
    everything = unknowns({name: (float(low), float(high)) for name, (low, high) in document["varied"].items()})
    numbers = columns["world"].astype(int)
    u = everything.draws(numbers)
    for name, values in columns.items():
        if name in everything.names:
            j = everything.names.index(name)
            whole = np.repeat(everything.low[None], len(values), axis=0)
            whole[:, j] = values
            u[:, j] = everything.places(whole)[:, j]
    return Ensemble(everything, numbers, u, document)

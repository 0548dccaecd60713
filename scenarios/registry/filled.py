"""A registry on its day: who is where, of what kind and sector; gaps are filled by draws of one seed. Source: H5."""

import datetime
import hashlib
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.randomness import Process, stream, uniform
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.scenarios.registry.tables import Registry
from alliancelab.scenarios.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["UNKNOWN", "Filled", "key_of", "names_of"]

UNKNOWN = np.iinfo(np.int64).min  # a quarter that the tables do not tell
_ROWS_FILLED = next(float(p.default) for p in PARAMETERS if p.name == "rows_filled")


def key_of(name: str) -> int:
    """64 bits by which draws know an alliance, an organisation or a project of a registry; never zero."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little") | 1


def names_of(registry: Registry, what: str) -> list[str]:
    """Sectors or regions that the tables name, those of alliances included, in alphabetical order."""
    names = set(registry.organisations.loc[registry.members()["organisation"].unique(), what])
    if what == "sector":
        names |= set(registry.living()["sector"])
    return sorted(names - {""})


class Filled:
    """A registry on its day as arrays; gaps that decide who is where are filled by draws of one seed."""

    def __init__(self, registry: Registry, scenario: Scenario, seed: int) -> None:
        self.draws = np.uint64(stream(np.uint64(seed), Process.REGISTRY, 0))
        day = datetime.date.fromisoformat(registry.date)
        self.quarter = scenario.world["warm_up"] + (day.month - 1) // 3
        self.world = scenario.world
        self._day = day
        self.alliances, members = registry.living(), registry.members()
        self.members = members
        self.organisations = registry.organisations.loc[members["organisation"].unique()]
        self.running = registry.running()
        self.sector = self._sectors(registry)
        self.kind = self._kinds()

    def luck(self, name: str, index: int) -> float:
        """Uniform draw of something of the registry, by its name."""
        return uniform(self.draws, np.uint64(key_of(name)), index)

    def order_of_chance(self, name: str, others: np.ndarray, index: int) -> np.ndarray:
        """Uniform draws for something of the registry and each of these keys."""
        entities = others ^ np.uint64(key_of(name))
        return np.array([uniform(self.draws, entity, index) for entity in entities])

    def quarter_of(self, date: str) -> int:
        """Quarter of the run that a date lies in, `UNKNOWN` where there is no date."""
        if not date:
            return UNKNOWN
        there = datetime.date.fromisoformat(date)
        return (self.quarter + QUARTERS_A_YEAR * (there.year - self._day.year)
                + (there.month - 1) // 3 - (self._day.month - 1) // 3)

    def _sectors(self, registry: Registry) -> "pd.Series":
        """Sector of every alliance and member: given, or that of the other side, or drawn."""
        numbers = {name: i for i, name in enumerate(names_of(registry, "sector"))}
        count = self.world["sectors"]
        given = self.organisations["sector"].map(numbers)
        of_members = self.members.assign(sector=given.reindex(self.members["organisation"]).to_numpy())
        known = of_members.dropna(subset="sector").groupby("alliance")["sector"]
        usual = known.agg(lambda sectors: sectors.mode().iat[0])
        self.field = self.alliances["sector"].map(numbers).fillna(usual.reindex(self.alliances.index))
        for name in self.field.index[self.field.isna()]:
            self.field[name] = int(self.luck(name, 0) * count)
        first = self.members.drop_duplicates("organisation").set_index("organisation")["alliance"].map(self.field)
        return given.fillna(first.reindex(given.index)).astype(int)

    def _kinds(self) -> "pd.Series":
        """Kind of every member: given, or drawn by the shares of the population."""
        population = np.array([self.world[name] for name in ("firms", "universities", "institutes", "agencies")], float)
        steps = np.cumsum(population / population.sum())
        kind = self.organisations["kind"].copy()
        for name in kind.index[kind < 0]:
            kind[name] = int(np.searchsorted(steps[:3], self.luck(name, 1), side="right"))
        return kind

    def counts(self, setup: Any) -> np.ndarray:
        """Rows by sector and kind: those of the registry, the rest of the population in proportion to them."""
        sectors = self.world["sectors"]
        listed = np.zeros((sectors, 4), np.int64)
        np.add.at(listed, (self.sector.to_numpy(), self.kind.to_numpy()), 1)
        rows = listed.copy()
        filled = float(setup.parameters.get("rows_filled", _ROWS_FILLED))
        for kind, name in enumerate(("firms", "universities", "institutes", "agencies")):
            rest = max(self.world[name] - int(listed[:, kind].sum()), 0)
            shares = (listed[:, kind] + 1.0) / (listed[:, kind] + 1.0).sum()
            # Largest remainders, so that the rest adds up.
            whole = np.floor(rest * shares).astype(np.int64)
            whole[np.argsort(whole - rest * shares, kind="stable")[: rest - whole.sum()]] += 1
            rows[:, kind] += whole
        rows[:, 0] = [ceil(max(count, 2) / filled) for count in rows[:, 0]]
        return rows

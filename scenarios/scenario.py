"""A scenario: a small named difference from its base, read from TOML, checked, resolved to what the engine takes.

Source: H2.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import ValidationError

from alliancelab.agents.errors import ScenarioError
from alliancelab.model.declarations import record_type
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.policy.own import OwnLevers, known_instruments, text_of
from alliancelab.model.regional import REGIONAL
from alliancelab.model.regional.setup import RegionSetup, region_levers
from alliancelab.model.setup import QUARTERS_A_YEAR, Setup, lever_schedule, stage_mask
from alliancelab.scenarios import schema
from alliancelab.scenarios.calendar import Calendar, most
from alliancelab.scenarios.checks import check_seed
from alliancelab.scenarios.layers import CHANGES, Layer, layer_of_changes, layers_of
from alliancelab.scenarios.notes import policy_notes, region_notes
from alliancelab.scenarios.regional import carrier_groups, check_region, numbers, watched

__all__ = ["Scenario", "load", "restore"]



@dataclass(frozen=True)
class Scenario:
    """What is tried: a world, its parameters and the instruments of policy that act on it.

    Attributes
    ----------
    name : str
        Name in the library, or of the file.
    title, purpose, source : str
        For tables and readers.
    base : str or None
        What it was laid over; everything of the base is contained already.
    world : mapping of str to int
        Every name of `SIZES`.
    parameters : mapping of str to float
        Every declared parameter.
    policy : mapping of str to Block
        The instruments that act, each with all its levers.
    region : mapping, optional
        What the scenario says of its regional system; None where there is none.
    scorecard : mapping
        Start and targets by indicator.
    """

    name: str
    title: str
    purpose: str
    source: str
    base: str | None
    world: Mapping[str, int]
    parameters: Mapping[str, float]
    policy: Mapping[str, schema.Block]
    region: Mapping[str, Any] | None = None
    scorecard: Mapping[str, Any] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        """Views of dictionaries do not travel to other processes; what they show does."""
        return {name: dict(value) if isinstance(value, MappingProxyType) else value
                for name, value in self.__dict__.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({name: MappingProxyType(value) if isinstance(value, dict) else value
                              for name, value in state.items()})

    def setup(self, seed: int) -> Setup:
        """Resolve to numbers for the engine.

        Raises
        ------
        ScenarioError
            When the seed is not a whole number from 0 to 2**63 - 1.
        """
        check_seed(seed)
        changed = {p.name: float(self.parameters[p.name]) for p in PARAMETERS if self.parameters[p.name] != p.default}
        return Setup(self.name, int(seed), dict(self.world), changed, self.lever_values(), self.own_levers(),
                     self.region_setup())

    def region_setup(self) -> RegionSetup | None:
        """What the engine is given of the regional system; None where there is none. Source: F11, G8."""
        if self.region is None:
            return None
        levers = region_levers(self.world["quarters"])
        for instrument in REGIONAL:
            if instrument.name in self.policy:
                for lever, values in self.values_of(instrument).items():
                    levers[f"{instrument.name}_{lever}"] = values
        return RegionSetup(numbers(self.region), carrier_groups(self.region), levers, watched(self.scorecard))

    def years(self) -> np.ndarray:
        """Calendar year at the start of each quarter, shape (quarters,)."""
        quarters = np.arange(self.world["quarters"])
        return self.world["start_year"] + (quarters - self.world["warm_up"]) / QUARTERS_A_YEAR

    def lever_values(self) -> np.ndarray:
        """Value of every lever in every quarter: structured array of shape (quarters,), see `lever_schedule`."""
        schedule = lever_schedule(self.world["quarters"])
        for instrument in INSTRUMENTS:
            if instrument.name in self.policy:
                for lever, values in self.values_of(instrument).items():
                    schedule[f"{instrument.name}_{lever}"] = values
        return schedule

    def own_levers(self) -> tuple[OwnLevers, ...]:
        """Own instruments of the scenario with their levers in every quarter, in the order of their names."""
        found = []
        for instrument in self.own_instruments:
            values = self.values_of(instrument)
            table = np.zeros(self.world["quarters"], record_type(tuple(values)))
            for lever, given in values.items():
                table[lever] = given
            found.append(OwnLevers(instrument, table))
        return tuple(found)

    @property
    def own_instruments(self) -> tuple[Instrument, ...]:
        """Instruments of a researcher's own in this scenario."""
        return tuple(i for i in known_instruments() if i.act is not None and i.name in self.policy)

    def values_of(self, instrument: Instrument) -> dict[str, np.ndarray]:
        """Values of an instrument's levers in every quarter, its strength zero outside its window, and its stages."""
        block, years = self.policy[instrument.name], self.years()
        values = {}
        for lever in instrument.levers:
            given = getattr(block, lever.name)
            every = given.values(years, lever.default) if isinstance(given, Calendar) else given
            values[lever.name] = np.array(np.broadcast_to(every, years.shape), float)
        start = self.world["start_year"] if block.from_ is None else block.from_
        inside = (years >= start) & (years < (np.inf if block.until is None else block.until))
        values[instrument.strength][~inside] = 0.0
        if instrument.stages:
            values["stages"] = np.full(years.shape, stage_mask(block.stages))  # type: ignore[attr-defined]
        return values

    def as_dict(self) -> dict[str, Any]:
        """The scenario in full as plain data: every size, parameter and lever, and the words."""
        words = {"name": self.name, "title": self.title, "purpose": self.purpose, "source": self.source}
        return {**words, "base": self.base, **self._deciding()}

    def _deciding(self) -> dict[str, Any]:
        policy = {name: block.model_dump(mode="json", by_alias=True, exclude_none=True)
                  for name, block in self.policy.items()}
        deciding = {"world": dict(self.world), "parameters": dict(self.parameters), "policy": policy}
        if self.region is not None:
            deciding["region"] = dict(self.region)
        if self.scorecard:
            deciding["scorecard"] = dict(self.scorecard)
        return deciding

    @property
    def hash(self) -> str:
        """SHA-256 of everything that decides a run but the seed; the words do not count."""
        deciding = self._deciding()
        if self.own_instruments:
            deciding["acts"] = {own.name: text_of(own) for own in self.own_instruments}
        text = json.dumps(deciding, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def spends(self) -> bool:
        """Whether any instrument has a budget."""
        return any(most(getattr(block, "budget", 0.0)) > 0.0 for block in self.policy.values())

    def notes(self) -> list[str]:
        """What is allowed but hardly meant: see `scenarios.notes`."""
        return [*policy_notes(self), *region_notes(self)]

    def with_budgets_times(self, factor: float) -> "Scenario":
        """Return the same scenario with the budget of every instrument times `factor`."""
        blocks = {}
        for name, block in self.policy.items():
            budget = getattr(block, "budget", 0.0)
            scaled = budget.scaled(factor) if isinstance(budget, Calendar) else budget * factor
            blocks[name] = block.model_copy(update={"budget": scaled})
        return replace(self, policy=MappingProxyType(blocks))


def load(
    source: "str | Path | Mapping[str, Any] | Scenario", overrides: Mapping[str, Any] | None = None
) -> Scenario:
    """Read, check and resolve a scenario. Source: H2.

    Parameters
    ----------
    source : str, Path, mapping or Scenario
        A name of the library, the path of a ``.toml`` file, either with changes of its own after a colon
        (``"growth_only:programme_grants.amount=5"``), or the same content as a dictionary, which is named by its title.
    overrides : mapping, optional
        Changes on top: ``{"programme_grants.amount": 5, "world.firms": 100, "parameters.pace": 0.3}``;
        an instrument is taken out by ``{"programme_grants": False}``.

    Raises
    ------
    ScenarioError
        One sentence that names the file and the key and says what would be right.
    """
    if not isinstance(overrides, Mapping | None):
        raise ScenarioError(f"overrides are given as {{'parameters.margin': 0.1}}, not as {schema.short(overrides)}")
    if isinstance(source, Scenario):
        if not overrides:
            return source
        content = {key: value for key, value in source.as_dict().items() if key not in ("name", "base")}
        layers = [Layer(source.name, "", content)]
    else:
        layers = layers_of(source)
    if overrides:
        layers.insert(0, layer_of_changes(layers[0].name, overrides))
    return _resolve(layers)


def load_all(sources: Sequence[str | Path | Mapping[str, Any] | Scenario], overrides: Mapping[str, Any] | None = None
             ) -> list[Scenario]:
    """Scenarios of a list, see `load`; a scenario alone is no list."""
    if isinstance(sources, str | Path | Mapping | Scenario) or not isinstance(sources, Iterable):
        raise ScenarioError(f"scenarios are given as a list, such as ['no_policy', 'stage_matched'], not as "
                            f"{schema.short(sources)}")
    return [load(source, overrides) for source in sources]


def restore(document: Mapping[str, Any]) -> Scenario:
    """Make the scenario again from what `Scenario.as_dict` gave."""
    content = {key: value for key, value in document.items() if key not in ("name", "base")}
    scenario = _resolve([Layer(str(document.get("name", "custom")), "the stored scenario", content)])
    base = document.get("base")
    return replace(scenario, base=None if base is None else str(base))


# --- resolving -----------------------------------------------------------------------------------------------------


def _resolve(layers: list[Layer]) -> Scenario:
    """Check each layer by itself, so that messages name the right file, then lay them over one another."""
    merged: dict[str, Any] = {}
    for layer in reversed(layers):
        checked = _checked(layer)
        given = checked.model_dump(by_alias=True, exclude_unset=True)
        merged.update({word: given.get(word, "") for word in ("title", "purpose", "source")
                       if word in given or layer.place != CHANGES})
        for section in ("world", "parameters"):
            merged[section] = merged.get(section, {}) | given.get(section, {})
        for section in ("region", "scorecard"):
            if given.get(section):
                merged[section] = merged.get(section, {}) | given[section]
        if "scorecard" in merged:
            merged["scorecard"] = {name: line for name, line in merged["scorecard"].items() if line is not False}
        merged["policy"] = _over(merged.get("policy", {}), given.get("policy", {}))
    top = layers[0]
    full: Any = _checked(Layer(top.name, layers[0].place or top.name, merged))
    scenario = Scenario(
        name=top.name,
        title=full.title or top.name,
        purpose=full.purpose,
        source=full.source,
        base=next((layer.content["base"] for layer in layers if "base" in layer.content), None),
        world=MappingProxyType(full.world.model_dump()),
        parameters=MappingProxyType(full.parameters.model_dump()),
        policy=MappingProxyType({i.name: block for i in known_instruments()
                                 if (block := getattr(full.policy, i.name)) is not False}),
        region=None if merged.get("region") is None else MappingProxyType(merged["region"]),
        scorecard=MappingProxyType(merged.get("scorecard", {})),
    )
    _check_together(scenario, layers[0].place or top.name)
    return scenario


def _checked(layer: Layer) -> schema.Layer:
    try:
        return schema.layer_type().model_validate(layer.content)
    except ValidationError as error:
        raise ScenarioError(f"{layer.place}: {schema.say(error)}") from None
    except RecursionError:
        raise ScenarioError(f"{layer.place}: lists or tables are nested too deep; three levels are enough") from None


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Lay the instruments of one file over those of its base, lever by lever."""
    merged = dict(below)
    for name, block in above.items():
        under = merged.get(name, False)
        merged[name] = block if block is False or under is False else {**under, **block}
    return merged


def _check_together(scenario: Scenario, place: str) -> None:
    world = scenario.world
    if world["quarters"] <= world["warm_up"]:
        raise ScenarioError(f"{place}: world.quarters is {world['quarters']} and has to be more than "
                            f"world.warm_up, {world['warm_up']}")
    if world["sectors"] > world["firms"]:
        raise ScenarioError(f"{place}: world.sectors is {world['sectors']} and has to be at most "
                            f"world.firms, {world['firms']}")
    check_region(place, scenario.region, scenario.scorecard, scenario.policy, world)

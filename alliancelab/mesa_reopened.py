"""Models that arrive from another process or from a file: made anew and put where they were.

Source: H1.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from alliancelab.agents.errors import ScenarioError, StoreError
from alliancelab.model.regional.tables import Region
from alliancelab.model.world import World
from alliancelab.scenarios.scenario import Scenario, restore

__all__ = ["reopened", "restored"]


def reopened(kind: Any, scenario: Scenario, seed: int, rules: Mapping[str, Callable], world: World,
             region: Region | None, branches: Iterable[tuple[int, dict[str, Any]]], collected: Any, luck: Any
             ) -> Any:
    """A model as it was, with what its data collector had."""
    model = kind(scenario, seed=seed, rules=rules)
    model._take(world, region, branches)
    if isinstance(collected, dict):
        model.datacollector.model_vars = collected
    else:
        model.datacollector = collected
    model.random.setstate(luck[0])
    model.rng.bit_generator.state = luck[1]
    return model


def restored(path: str | Path, document: Mapping[str, Any]) -> Scenario:
    """The scenario of a saved model."""
    try:
        return restore(document)
    except ScenarioError as error:
        raise StoreError(f"{path}: {error}") from None

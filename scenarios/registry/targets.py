"""Targets out of a registry: what its tables tell of alliances and projects, and what to vary to come near it.

Source: H5.
"""

from collections.abc import Callable
from typing import Any

from alliancelab.agents.errors import UserError
from alliancelab.scenarios import runner
from alliancelab.scenarios.own_targets import WORLDS, Worlds, content_of, worlds_of
from alliancelab.scenarios.registry.facts import RegistryFacts, registry_facts
from alliancelab.scenarios.registry.tables import Registry
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.targets import SHIPPED, read_targets

__all__ = ["facts_beside", "targets_of_registry"]

FITTED = tuple(f"registry_{name}" for name in (
    "alive_5y", "exits", "entries", "founders_mean", "founders_95", "growth_5y", "firms", "project_months",
    "project_rate"))
"""Facts of lives that are fitted to; the others hang on how long one looks, or say the same once more, and check."""

INSTEAD = {"hazard_alone": "registry_alive_5y", "planned_mean": "registry_project_months"}
"""Shipped targets that a registry tells in its own way."""

VARIED = {
    "registry_founders_mean": {"founding_size": (3.0, 24.0), "founding_spread": (0.5, 2.0)},
    "registry_entries": {"entry_rate": (0.01, 0.12)},
    "registry_project_months": {"project_length": (6.0, 30.0)},
}
"""What is varied besides what the shipped targets vary where a fact speaks of it; wide, from pairs to large clubs."""

Tell = Callable[[str], None]


def facts_beside(registry: Registry, worlds: Worlds, tell: Tell) -> RegistryFacts:
    """Facts of a registry, those of who works with whom of as many projects as every world has.

    What the tables do not allow is said with the reason, once for all facts that share it.
    """
    found = registry_facts(registry, worlds.projects)
    tell(f"{registry.folder}: taken as complete from {registry.since} on; where endings or members before a later day "
         "are missing, say since = YYYY-MM-DD in registry.toml")
    reasons: dict[str, list[str]] = {}
    for fact in found.facts:
        if fact.reason:
            reasons.setdefault(fact.reason, []).append(fact.name)
    for reason, names in reasons.items():
        tell(f"{registry.folder} does not tell {', '.join(names)}: {reason}")
    return found


def targets_of_registry(registry: Registry, source: str, tell: Tell = lambda sentence: None) -> dict[str, Any]:
    """Content of a file of targets.

    Raises
    ------
    UserError
        When the tables tell no fact at all.
    """
    shipped = read_targets(SHIPPED).file
    worlds = worlds_of(runner.record([load(shipped.base)], WORLDS, shipped.first_seed)[0])
    facts, projects = facts_beside(registry, worlds, tell)
    given = {fact.name: (fact.value, fact.spread, fact.name in FITTED or fact.name in shipped.targets)
            for fact in facts if not fact.reason}
    if not given:
        raise UserError(f"{registry.folder}: the tables tell nothing that could be fitted to: {facts[0].reason}")
    instead = [name for name, fact in INSTEAD.items() if fact in given]
    vary = {name: bounds for fact, varied in VARIED.items() if fact in given for name, bounds in varied.items()}
    return content_of(given, projects, source, f"{registry.since} to {registry.date}", instead, vary)


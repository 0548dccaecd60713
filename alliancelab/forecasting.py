"""Registries and forecasts from Python: the same verbs as on the command line."""

import datetime
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from alliancelab.agents.errors import UserError
from alliancelab.api import Source, announce_start, labelled
from alliancelab.scenarios import store
from alliancelab.scenarios.registry.forecast import Forecast, check_forecast, forecast_from
from alliancelab.scenarios.registry.read import read_registry
from alliancelab.scenarios.registry.tables import Registry
from alliancelab.scenarios.registry.world import scenario_from

__all__ = ["forecast", "registry"]


def registry(folder: str | Path | Registry, date: str | datetime.date | None = None) -> Registry:
    """Read the tables of a folder: memberships and, as far as there are, organisations, alliances and projects.

    Parameters
    ----------
    folder : path
        As in `scenarios.registry.read.read_registry`.
    date : str or date, optional
        Day that the registry is of; by default that of its registry.toml.

    Raises
    ------
    RegistryError
        With a sentence for every problem, naming file, row and column; they are in its `sentences`, too.
    """
    return read_registry(folder, date)


def forecast(
    folder: str | Path | Registry,
    scenario: Source = "no_policy",
    years: int | None = None,
    held_out: str | Path | Registry | None = None,
    replicates: int = 50,
    first_seed: int = 0,
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    date: str | datetime.date | None = None,
    out: str | Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
    overwrite: bool = False,
) -> Forecast:
    """Run a scenario from a registry on, and tell what becomes of its alliances; scored where what came is known.

    Parameters
    ----------
    folder : path or Registry
    scenario : str, Path, mapping or Scenario
        As in `run`; its calendar starts in the year of the registry unless it names years.
    years : int, optional
        From the day of the registry; by default up to the held-out one.
    held_out : path or Registry, optional
        The same registry at a later day.
    replicates : int
        Runs; each draws anew what the tables do not tell.
    overrides : mapping, optional
        Changes on top, such as a larger population: ``{"world.firms": 6000}``.
    date : str or date, optional
        Day of the registry; by default that of its registry.toml.
    out : path, optional
        Folder to write tables to.

    Raises
    ------
    RegistryError, ScenarioError, StoreError, UserError
        When a table, the scenario, a number or the folder is not right.
    """
    here = registry(folder, date)
    later = None if held_out is None else registry(held_out)
    if years is None:
        if later is None:
            raise UserError("years are missing: say how far to look ahead, or give a held-out registry of a later day")
        span = datetime.date.fromisoformat(later.date) - datetime.date.fromisoformat(here.date)
        years = round(span.days / 365.25)
    if later is not None and later.date <= here.date:
        raise UserError(f"{later.folder}: the held-out registry is of {later.date}, which is not after {here.date}")
    check_forecast(here, years, replicates, first_seed, later, workers)
    if out is not None:
        store.check_folder(out, overwrite)
    resolved = scenario_from(here, scenario, overrides, years)
    started = announce_start(announce, [resolved])
    result = forecast_from(here, resolved, years, replicates, first_seed, workers, later, labelled(progress, "runs"))
    seconds = round(time.perf_counter() - started, 3)
    result = replace(result, provenance={**result.provenance, "duration_seconds": seconds})
    if out is not None:
        result.save(out)
    return result

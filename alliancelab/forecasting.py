"""Registries and forecasts from Python: the same verbs as on the command line."""

import datetime
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from alliancelab.agents.errors import UserError
from alliancelab.analysis.results.forecast import Forecast
from alliancelab.api import Source, announce_start, check_out, labelled
from alliancelab.scenarios import store
from alliancelab.scenarios.registry.forecast import check_forecast, forecast_from
from alliancelab.scenarios.registry.read import read_registry
from alliancelab.scenarios.registry.tables import Registry, described
from alliancelab.scenarios.registry.world import scenario_from
from alliancelab.scenarios.worlds.ensemble import read_ensemble, worlds_of
from alliancelab.scenarios.worlds.seeds import seeds_of
from alliancelab.worlds import REPLICATES as IN_A_WORLD

__all__ = ["forecast", "registry"]

REPLICATES = 50  # where nothing else is said


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
    replicates: int | None = None,
    first_seed: int = 0,
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    date: str | datetime.date | None = None,
    out: str | Path | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    announce: Callable[[str], None] | None = None,
    overwrite: bool = False,
    worlds: int | None = None,
    ensemble: str | Path | None = None,
    language: str = "en",
) -> Forecast:
    """Run a scenario from a registry on, and tell what becomes of its alliances; scored where what came is known.

    Options that calls share are described in docs/api.md.

    Parameters
    ----------
    folder : path or Registry
    scenario : str, Path, mapping or Scenario
        As in `run`; its calendar starts in the year of the registry unless it names years.
    years : int, optional
        From the day of the registry; by default up to the held-out one.
    held_out : path or Registry, optional
        The same registry at a later day.
    replicates : int, optional
        Runs, 50 by default, with `worlds` 4 in each; each draws anew what the tables do not tell.
    overrides : mapping, optional
        Changes on top, such as a larger population: ``{"world.firms": 6000}``.
    date : str or date, optional
        Day of the registry; by default that of its registry.toml.
    out : path, optional
        Folder to save the forecast to.
    worlds : int, optional
        Forecast in so many worlds that the data do not rule out, so that intervals hold luck and ignorance.
    ensemble : path, optional
        A folder that `calibrate` wrote with `ensemble`: worlds that fit your own targets instead of the shipped ones.
    language : str
        Of the figures in the folder: "en" or "zh".

    Raises
    ------
    RegistryError, ScenarioError, StoreError, UserError
        When a table, the scenario, a number or the folder is not right.
    """
    if worlds is None and ensemble is not None:
        raise UserError("an ensemble is a choice of worlds: say in how many of them to forecast (--worlds)")
    here = registry(folder, date)
    later = None if held_out is None else registry(held_out)
    if years is None:
        if later is None:
            raise UserError("years are missing: say how far to look ahead, or give a held-out registry of a later day")
        span = datetime.date.fromisoformat(later.date) - datetime.date.fromisoformat(here.date)
        years = round(span.days / 365.25)
    if later is not None and later.date <= here.date:
        raise UserError(f"{later.folder}: the held-out registry is of {later.date}, which is not after {here.date}")
    count = replicates if replicates is not None else REPLICATES if worlds is None else IN_A_WORLD
    check_forecast(here, years, count, first_seed, later, workers)
    drawn = None if worlds is None else read_ensemble(ensemble).first(worlds)
    read = [here.folder, *([] if later is None else [later.folder]), *([] if ensemble is None else [Path(ensemble)])]
    check_out(out, language, overwrite, [scenario, *read])
    resolved = scenario_from(here, scenario, overrides, years)
    more: dict[str, Any] = {"registry": described(here), "years": years,
                            "held_out": None if later is None else str(later.folder)}
    if drawn is None:
        in_worlds, seeds = [resolved], first_seed + np.arange(count)[None]
    else:
        in_worlds, seeds = worlds_of(resolved, drawn), seeds_of(len(drawn.numbers), count, first_seed)
        place = None if ensemble is None else str(ensemble)
        more |= {"worlds": worlds, "ensemble": {"folder": place, **drawn.described([resolved])}}
    started = announce_start(announce, [resolved])
    found = forecast_from(here, in_worlds, seeds, years, workers, later, labelled(progress, "runs"))
    seconds = time.perf_counter() - started
    origin = store.provenance("forecast", [resolved], seeds.ravel().tolist(), seconds, **more)
    result = Forecast(found, resolved, origin)
    if out is not None:
        result.save(out, language)
    return result

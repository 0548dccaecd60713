"""Sweeps from Python: plan, run and read in one call, as on the command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alliancelab.analysis.results.sweep import SweepResults
from alliancelab.scenarios.sweep.run import Progress, plan_sweep, run_sweep

__all__ = ["read_sweep", "sweep"]


def sweep(
    design: str | Path | Mapping[str, Any],
    out: str | Path,
    workers: int | None = None,
    time_limit: float | None = None,
    cluster: str | None = None,
    yes: bool = False,
    progress: Progress | None = None,
) -> SweepResults:
    """Plan a sweep, run it and read its results; the same call again goes on where it was stopped.

    Runs are made by processes of their own, so this works in a notebook as well as in a script.

    Options that calls share are described in docs/api.md.

    Parameters
    ----------
    design : str, Path or mapping
        A ``.toml`` file, a name of a design that comes with the package, or the same content as a dictionary.
    out : path or URL
        Folder of the sweep; more replicates of the same design are added to what is there.
    workers : int, optional
        Processes; by default one for each core. Their number changes no result.
    time_limit : float, optional
        Seconds that one run may take.
    cluster : str, optional
        Address of a Dask scheduler, whose workers do the runs instead.
    yes : bool
        Whether it may take hours or gigabytes.
    progress : callable, optional
        Called with what is being done, how much of it is done, and how much there is.

    Raises
    ------
    ScenarioError, StoreError, UserError
        If the design is invalid, the folder cannot be written, or an option is out of range.
    """
    planned = plan_sweep(design, out, yes, progress)
    run_sweep(planned.sweep, workers, time_limit, cluster=cluster, progress=progress)
    return SweepResults(planned.sweep)


def read_sweep(folder: str | Path, partial: bool = False) -> SweepResults:
    """Read the results of a sweep.

    Parameters
    ----------
    folder : path or URL
    partial : bool
        Whether a sweep that is not complete is read as far as it is.

    Raises
    ------
    StoreError
        When it is no sweep, is not complete, or a file of it is torn or changed.
    """
    return SweepResults(folder, partial)

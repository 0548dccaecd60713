"""A registry made by a run of the model, for tests and for a first look: what an office would know at a date.

Source: H5.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from alliancelab.agents.codes import Kind, ProjectState
from alliancelab.agents.errors import UserError
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording, simulate
from alliancelab.scenarios.folders import staged
from alliancelab.scenarios.scenario import Scenario, load

__all__ = ["quarter_start", "write_example"]

SHORTEST = 1  # years from the end of the warm-up to the snapshot
_LETTERS = "FUIA"  # firms, universities, institutes, agencies


def write_example(
    folder: str | Path, scenario: str | Path | Mapping[str, Any] | Scenario = "no_policy", year: int = 2017,
    seed: int = 0, overrides: Mapping[str, Any] | None = None,
) -> None:
    """Write the registry of a run as it stands on the first of January of a year.

    Two snapshots of one seed are of one world, so that the later one can be held out of a forecast from the earlier.

    Parameters
    ----------
    folder : path
        Earlier results of this program there are replaced; whoever asks first calls `folders.check_folder`.
    scenario : str, Path, mapping or Scenario
        As in `load`.
    year : int
        Of the snapshot; at least a year after the start of the scenario.
    seed : int
    overrides : mapping, optional
        As in `load`.

    Raises
    ------
    UserError
        When the scenario, the year or the folder is not right.

    Examples
    --------
    >>> write_example("registry", year=2017, seed=1)  # doctest: +SKIP
    """
    resolved = load(scenario, overrides)
    first = resolved.world["start_year"]
    if not first + SHORTEST <= year <= first + 400:
        raise UserError(f"the year {year} has to be from {first + SHORTEST} to {first + 400}, as the scenario "
                        f"'{resolved.name}' starts in {first}")
    quarters = resolved.world["warm_up"] + QUARTERS_A_YEAR * (year - first)
    recording = simulate(load(resolved, {"world.quarters": quarters}).setup(seed))
    with staged(folder) as staging:
        (staging / "registry.toml").write_text(
            f"# The registry of a run of the scenario {resolved.name}, seed {seed}.\ndate = {year}-01-01\n"
            f"since = {first}-01-01  # the years before are those in which the world settles\n",
            encoding="utf-8")
        for name, columns, rows in _tables(recording):
            with (staging / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(columns)
                writer.writerows(rows)


def quarter_start(recording: Recording, quarter: int) -> str:
    """First day of a quarter of a run as YYYY-MM-DD."""
    years, rest = divmod(quarter - recording.setup.sizes["warm_up"], QUARTERS_A_YEAR)
    return f"{recording.setup.sizes['start_year'] + years:04d}-{1 + 3 * rest:02d}-01"


def _tables(recording: Recording) -> Iterator[tuple[str, Sequence[str], list[list[object]]]]:
    signed = recording.alliances["signed"]
    spells = recording.members[signed[recording.members["alliance"]] >= 0]
    # Founders who left before the contract was signed were never members of anything.
    spells = spells[(spells["left"] < 0) | (spells["left"] > signed[spells["alliance"]])]

    def date(quarter: int) -> str:
        return quarter_start(recording, quarter)

    yield ("organisations", ("id", "name", "kind", "sector", "region", "size", "founded"),
           _organisations(recording, spells))
    yield "alliances", ("id", "sector", "founded", "ended", "label"), [
        [_alliance(a), f"Sector {row['sector'] + 1}", date(row["signed"]),
         date(row["ended"]) if row["ended"] >= 0 else "", "pilot" if row["label"] > 0.0 else ""]
        for a, row in enumerate(recording.alliances) if row["signed"] >= 0]
    yield "memberships", ("organisation", "alliance", "from", "to"), [
        [_organisation(int(row["organisation"])), _alliance(row["alliance"]),
         date(max(row["joined"], signed[row["alliance"]])), date(row["left"]) if row["left"] >= 0 else ""]
        for row in spells]
    yield ("projects", ("id", "alliance", "start", "end", "cost", "members"),
           _projects(recording, set(spells["organisation"].tolist())))


def _organisations(recording: Recording, spells: np.ndarray) -> list[list[object]]:
    """Everybody who ever was a member; of those that have closed down an office knows less."""
    now = {int(row["key"]): row for row in recording.organisations if row["active"]}
    rows: dict[int, list[object]] = {}
    for spell in spells:
        key = int(spell["organisation"])
        there = now.get(key)
        kind = Kind(spell["kind"]).name.lower()
        rows[key] = [
            _organisation(key), f"{kind.capitalize()} {_organisation(key)[1:]}", kind, f"Sector {spell['sector'] + 1}",
            "" if there is None else f"Region {there['region'] + 1}",
            f"{spell['size'] if there is None else there['size']:.3f}",
            "" if there is None else quarter_start(recording, int(there["born"]))]
    return [rows[key] for key in sorted(rows)]


def _projects(recording: Recording, known: set[int]) -> list[list[object]]:
    """Who signed and left in one quarter is a partner of the first project and stands in no other table."""
    partners: dict[int, list[str]] = {}
    running = recording.projects["state"] == ProjectState.RUNNING
    for spell in recording.project_members:
        if int(spell["organisation"]) in known and (spell["left"] < 0 or not running[spell["project"]]):
            partners.setdefault(int(spell["project"]), []).append(_organisation(int(spell["organisation"])))
    return [[f"P{q + 1:05d}", _alliance(row["alliance"]), quarter_start(recording, int(row["started"])),
             quarter_start(recording, int(row["started"] + row["planned"] if running[q] else row["ended"])),
             f"{row['cost'] * row['planned']:.3f}", ";".join(partners.get(q, ()))]
            for q, row in enumerate(recording.projects)]


def _alliance(row: int) -> str:
    return f"A{row + 1:04d}"


def _organisation(key: int) -> str:
    """An identifier out of the parts of a key: kind, sector, place and generation, see `organisation_key`."""
    kind, sector, place, generation = key >> 60, key >> 44 & 0xFFFF, key >> 20 & 0xFFFFFF, (key & 0xFFFFF) - 1
    return f"{_LETTERS[kind]}{sector + 1}-{place + 1:04d}" + (f"-{generation + 1}" if generation else "")

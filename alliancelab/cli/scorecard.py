"""The scorecard on the terminal: `alliancelab scorecard`, and `alliancelab run --scorecard`."""

import json
from pathlib import Path
from typing import Any

from alliancelab.cli import show
from alliancelab.cli.show import _cell

__all__ = ["print_scorecard"]


def print_scorecard(
    scenario: str, replicates: int, seed: int, workers: int | None, out: Path | None, changes: list[str] | None,
    as_json: bool,
) -> None:
    """Score a scenario that declares a scorecard, and print the table."""
    from alliancelab import api

    with show.progress() as progress:
        card = api.scorecard(scenario, replicates, seed, workers, show.settings(changes), out, progress, show.announce)
    if as_json:
        document = {"scenario": card.scenario.name, "hash": card.scenario.hash, "replicates": replicates, "seed": seed}
        lines = {"scorecard": show.records(card.table), "courses": show.records(card.courses)}
        print(json.dumps(document | lines | {"folder": None if out is None else str(out)}, indent=2))
        return
    show.rows([_cells(row) for row in card.table.to_dict("records")],
              f"{card.scenario.title}: {replicates} replicates, seeds {seed} to {seed + replicates - 1}")
    print("start: the document's figure of the base year; (as simulated) where the runs begin from their own instead.\n"
          "outcome: mean and middle 95 % of replicates in the target year, the last year where there is no target.\n"
          "met: share of replicates that meet the target, with Wilson's 95 % interval. "
          "trend: change a year over the whole run.")
    show.written(out)


def _cells(row: dict[str, Any]) -> dict[str, str]:
    start = "" if row["start"] != row["start"] else _cell(row["start"])
    if not row["set"]:
        start = f"{start} ({_cell(row['simulated'])} as simulated)".strip()
    has_target = row["target"] == row["target"]
    return {
        "indicator": f"{row['title']} ({row['unit']})",
        "start": start,
        "year": str(row["year"]),
        "target": _cell(row["target"]) if has_target else "",
        "outcome": f"{_cell(row['mean'])} [{_cell(row['low'])}, {_cell(row['high'])}]",
        "met": f"{row['met']:.2f} [{row['met_low']:.2f}, {row['met_high']:.2f}]" if has_target else "",
        "trend": f"{row['direction']} {_cell(row['trend'])} a year" if row["direction"] else "",
    }

"""The scorecard on the terminal: `alliancelab scorecard`, and `alliancelab run --scorecard`."""

from pathlib import Path
from typing import Any

from alliancelab.cli import show
from alliancelab.cli.show import cell
from alliancelab.cli.terminal import machine, say, warn
from alliancelab.cli.worlds import print_worlds

__all__ = ["print_scorecard"]


def print_scorecard(
    scenario: str, replicates: int | None, seed: int, workers: int | None, out: Path | None, overwrite: bool,
    changes: list[str] | None, as_json: bool, worlds: int | None = None, ensemble: Path | None = None,
    language: str = "en",
) -> None:
    """Score a scenario that declares a scorecard, and print the table."""
    from alliancelab import api

    with show.stoppable(out, worlds is not None), show.progress() as progress:
        card = api.scorecard(scenario, replicates, seed, workers, show.settings(changes), out, progress, warn,
                             overwrite, worlds, ensemble, language)
    if not isinstance(card, api.Scorecard):
        print_worlds(card, out, as_json)
        return
    replicates = card.replicates
    if as_json:
        document = {"scenario": card.scenario.name, "hash": card.scenario.hash, "replicates": replicates, "seed": seed}
        lines = {"scorecard": show.records(card.table), "courses": show.records(card.courses)}
        machine(document | lines | {"folder": None if out is None else str(out)})
        return
    show.rows([_cells(row) for row in card.table.to_dict("records")],
              f"{card.scenario.title}: {replicates} replicates, seeds {seed} to {seed + replicates - 1}")
    say("start: the document's figure of the base year; (as simulated) where the runs begin from their own instead.\n"
        "outcome: mean and middle 95 % of replicates in the target year, the last year where there is no target.\n"
        "met: share of replicates that meet the target, with Wilson's 95 % interval.\n"
        "effect of the plan: mean paired difference from the policy of the base year kept, 95 % t interval; none: "
        "neither the plan nor\nits instruments with all levers at their upper bounds changed the line in any run. "
        "without it: change since the base\nyear in runs that keep that policy.")
    show.written(out)


def _cells(row: dict[str, Any]) -> dict[str, str]:
    start = "" if row["start"] != row["start"] else cell(row["start"])
    if not row["set"]:
        start = f"{start} ({cell(row['simulated'])} as simulated)".strip()
    has_target = row["target"] == row["target"]
    return {
        "indicator": f"{row['title']} ({row['unit']})",
        "start": start,
        "year": str(row["year"]),
        "target": cell(row["target"]) if has_target else "",
        "outcome": f"{cell(row['mean'])} [{cell(row['low'])}, {cell(row['high'])}]",
        "met": f"{row['met']:.2f} [{row['met_low']:.2f}, {row['met_high']:.2f}]" if has_target else "",
        "effect of the plan": "none" if row["moved"] == "none" else _signed(row, "effect"),
        "without it": _signed(row, "drift"),
    }


def _signed(row: dict[str, Any], name: str) -> str:
    """A change with its interval; a run alone gives none, and a growth since the base year has no change since then."""
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if value != value:
        return ""
    return f"{value:+.3g}" if low != low else f"{value:+.3g} [{low:+.3g}, {high:+.3g}]"

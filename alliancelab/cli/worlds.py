"""What conclusions hang on, on the command line: `--worlds` of studies, `uncertainties`, `calibrate --ensemble`."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from alliancelab.cli.options import Json
from alliancelab.cli.terminal import machine, say

if TYPE_CHECKING:
    from alliancelab.analysis.results.worlds import WorldComparison
    from alliancelab.worlds import FittedWorlds

__all__ = ["Chosen", "InWorlds", "WithWorlds", "print_ensemble", "print_worlds", "uncertainties"]

Chosen = Annotated[Path | None, typer.Option(
    "--ensemble", metavar="DIR", help="Worlds of your own targets, from calibrate; default: the shipped ones.")]
InWorlds = Annotated[int | None, typer.Option(
    "--worlds", metavar="[N]", help="In N worlds that the data do not rule out, 4 seeds in each; by itself 50.")]
OPTION = "--worlds"
WORLDS = 50  # with the option by itself


class WithWorlds(TyperCommand):
    """A command whose option for worlds may stand by itself."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give the option its number where none follows."""
        full: list[str] = []
        for k, word in enumerate(args):
            full.append(word)
            follows = args[k + 1] if k + 1 < len(args) else ""
            if word == OPTION and not follows.lstrip("+-").isdigit():
                full.append(str(WORLDS))
        return super().parse_args(ctx, full)


def print_worlds(result: "WorldComparison", out: Path | None, as_json: bool, markdown: Path | None = None,
                 command: str = "") -> None:
    """Print effects in all worlds and where their variance comes from, or all of it for machines, or a page.

    Parameters
    ----------
    markdown : path, optional
        Page to write instead of printing.
    command : str
        What to type to get that page again.
    """
    from alliancelab.cli import show

    budgets = result.provenance.get("budgets", [])
    worlds, replicates = result.runs.seeds.shape
    if as_json:
        tables = {name: show.records(table) for name, table in result.tables().items()
                  if name in ("targets", "effects", "variance")}
        machine({"scenarios": result.names, "worlds": worlds, "replicates": replicates, **tables,
                 "notes": result.notes(), "budgets": budgets, "folder": None if out is None else str(out)})
        return
    where = f"in {worlds} worlds, {replicates} replicates in each"
    if markdown is not None:
        show.write_page(markdown, show.lines_page(_all_lines(result), command))
        show.written(out)
        return
    for line in budgets:
        show.budget(line)
    if result.provenance.get("study") == "effects":
        show.rows(_all_lines(result), f"What each instrument does alone {where}")
    else:
        for name, base in result.bases.items():
            show.rows(_lines(result, name), f"{name} against {base} {where}")
            show.rows(_variance_lines(result, name), f"{name}: where the variance of single runs comes from, median "
                                                     "over outcomes")
    say("95 % intervals: luck alone, of the mean over these worlds; everything, of the effect in a world that nobody "
        "knows. Sign holds: worlds whose effect has the sign of the mean. Flipped by: the parameter that the sign "
        "depends on most, where one is found, and the sign above its threshold.")
    if isinstance(result, _scorecard()):
        say("outcome: mean and middle 95 % of all runs with the plan in all worlds. met: share of all runs that meet "
            "the target, and the\nworlds in which at least half of the runs do.")
    for note in result.notes():
        say(f"note: {note}")
    show.written(out)


def _all_lines(result: "WorldComparison") -> list[dict[str, Any]]:
    """Every scenario that is compared; of instruments alone only the outcomes of their table."""
    from alliancelab.cli import show

    alone = result.provenance.get("study") == "effects"
    return [{"scenario": name, "over": base, **line} for name, base in result.bases.items()
            for line in _lines(result, name, show.EFFECTS if alone else ())]


def _lines(result: "WorldComparison", name: str, outcomes: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Effects of a scenario in words; all outcomes by default."""
    from alliancelab.analysis.tables.worlds import decided, holds
    from alliancelab.cli import show

    table = result.effects.loc[name]
    return [{
        "outcome": row["title"], "unit": row["unit"], **_aim(result, str(outcome)),
        "effect": show.signed(row["effect"]), "luck alone": show.between(row, "luck_low", "luck_high"),
        "everything": show.between(row, "low", "high"), "sign holds": holds(row), "flipped by": decided(row),
    } for outcome, row in table.iterrows() if not outcomes or outcome in outcomes]


def _aim(result: "WorldComparison", outcome: str) -> dict[str, str]:
    """Target and outcome of a line of a scorecard; nothing of other comparisons."""
    from alliancelab.cli import show

    if not isinstance(result, _scorecard()):
        return {}
    row = result.targets.loc[outcome]  # type: ignore[attr-defined]
    has = row["target"] == row["target"]
    cell = show.cell
    return {"target": cell(float(row["target"])) if has else "",
            "outcome with the plan": f"{cell(row['mean'])} [{cell(row['low'])}, {cell(row['high'])}]",
            "met": f"{row['met']:.2f}, {row['met_in']} of {row['worlds']}" if has else ""}


def _scorecard() -> type:
    from alliancelab.analysis.results.world_scorecard import WorldScorecard

    return WorldScorecard


def _variance_lines(result: "WorldComparison", name: str) -> list[dict[str, Any]]:
    """Medians over outcomes; the table of results has each outcome with its intervals."""
    from alliancelab.analysis.uncertainty.parts import PARTS

    shares = result.variance.loc[name]["share"].unstack("part")
    middle = shares.quantile([0.25, 0.5, 0.75])
    return [{"part": part, "share": "-" if middle[part].isna().all() else f"{middle[part][0.5]:.1%}",
             "half of the outcomes": "-" if middle[part].isna().all() else
             f"{middle[part][0.25]:.1%} to {middle[part][0.75]:.1%}"} for part in PARTS]


def print_ensemble(result: "FittedWorlds", out: Path | None, as_json: bool) -> None:
    """Print how worlds fit, how the waves went, and which facts contradict one another."""
    from alliancelab.cli import show

    document = result.ensemble.document
    if as_json:
        machine({"worlds": len(result.ensemble.numbers), **dict(document), "folder": None if out is None else str(out)})
        return
    show.table(result.tables()["fit"].drop(columns=["title"]),
               f"{len(result.ensemble.numbers)} worlds that fit, of {document['run']} that were run")
    show.table(result.tables()["waves"], "Waves: worlds run, and the share that no target rules out")
    found = result.tables()["contradictions"]
    if found.empty:
        say("No two facts contradict one another: every pair is met by as many worlds as chance would have it.")
    else:
        show.table(found, "Facts that contradict one another: fewer worlds meet both than by chance")
    show.written(out)


def uncertainties(
    ensemble: Chosen = None,
    as_json: Json = False,
) -> None:
    """List what is unknown: each parameter's distribution, the reason, and what the data teach of it."""
    from alliancelab.cli import show
    from alliancelab.worlds import uncertainties as listed

    table = listed(ensemble)
    if as_json:
        machine(show.records(table))
        return
    rows = [{
        "parameter": name, "kind": row["kind"], "default": row["default"],
        "plausible": f"{row['low']:.4g} to {row['high']:.4g}{', log' if row['scale'] == 'log' else ''}",
        "worlds that fit": f"{row['fitted_low']:.4g} to {row['fitted_high']:.4g}", "learnt": f"{row['learnt']:.0%}",
        "unit": row["unit"], "why": row["reason"],
    } for name, row in table.iterrows()]
    show.rows(rows, f"{len(rows)} unknown parameters")
    say("Plausible: before anything was fitted, the value or its logarithm uniform. Worlds that fit: 95 % of them. "
        "Learnt: what the data take from the spread. Levers are decided, not unknown.")

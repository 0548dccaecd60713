"""What people see on a terminal: tables, progress, announcements."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from alliancelab.agents.errors import UserError
from alliancelab.analysis.statistics.intervals import ALPHA
from alliancelab.cli.terminal import safe, say, warn
from alliancelab.scenarios.files import check_file, is_folder, write_file
from alliancelab.scenarios.layers import changes_of

if TYPE_CHECKING:
    import pandas as pd

    from alliancelab.analysis.results.comparison import Comparison
    from alliancelab.model.policy.instrument import Instrument

LEAST_WIDE = 140  # characters that three scenarios side by side take
WIDTH_OF_FILES = 200  # a pipe has no width: wide enough that no table folds
FOLDED = 12  # characters that a column of words is folded to at most, to have room for numbers beside it


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=WIDTH_OF_FILES)


def settings(changes: Sequence[str] | None) -> dict[str, Any]:
    """Read ``--set`` options; errors as of `scenarios.layers.changes_of`."""
    return changes_of(changes or (), "--set")


@contextmanager
def stoppable(out: Path | None, kept: bool = True) -> Iterator[None]:
    """Where Ctrl-C ends what is on, say what is kept and how to go on; nothing where nothing can be `kept`."""
    try:
        yield
    except KeyboardInterrupt:
        if kept:
            warn("stopped; nothing is kept without --out DIR" if out is None else
                 f"stopped; runs that are done are kept in {out}.runs, and the same command goes on with them")
        raise


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None] | None]:
    """Progress bar with the time left, on a terminal only."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def update(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done)

        yield update


def table(frame: "pd.DataFrame", title: str) -> None:
    """Print a table of outcomes."""
    named = frame.reset_index() if any(frame.index.names) else frame
    columns = [str(column) for column in named.columns]
    rows([dict(zip(columns, row, strict=True)) for row in named.itertuples(index=False)], title)


def comparison(result: "Comparison", title: str) -> None:
    """Print means and paired differences: a row an outcome where that fits, else a row an outcome and scenario.

    Below, how far the first scenario drifts by itself.
    """
    from alliancelab.analysis.life.drift import sentence

    wide = len(result.names) <= 3 and _console().width >= LEAST_WIDE
    rows(_by_outcome(result) if wide else _by_scenario(result), title)
    if len(result.names) > 1:
        say(f"Differences from {result.names[0]} are paired, with 95 % intervals; "
            f"* p < {ALPHA} after Holm's correction for all rows.")
    first = result.names[0]
    say(sentence(first, result.drift.loc[first]))


def _by_outcome(result: "Comparison") -> list[dict[str, Any]]:
    lines = []
    for outcome, title, unit in _outcomes(result):
        line = {"outcome": title, "unit": unit}
        for name in result.names:
            line[name] = _mean(result, name, outcome)
            if name != result.names[0]:
                line[f"{name}: difference"] = _difference(result, name, outcome)
        lines.append(line)
    return lines


def _by_scenario(result: "Comparison") -> list[dict[str, Any]]:
    lines = []
    for outcome, title, unit in _outcomes(result):
        for name in result.names:
            first = name == result.names[0]
            lines.append({"outcome": f"{title} ({unit})" if first else "", "scenario": name,
                          "mean": _mean(result, name, outcome),
                          "difference": "" if first else _difference(result, name, outcome)})
    return lines


def _outcomes(result: "Comparison") -> list[tuple[str, str, str]]:
    words = result.summary.loc[result.names[0]]
    return list(zip(words.index, words["title"], words["unit"], strict=True))


def _mean(result: "Comparison", name: str, outcome: str) -> str:
    return cell(float(result.summary.at[(name, outcome), "mean"]))


def _difference(result: "Comparison", name: str, outcome: str) -> str:
    found = result.differences.loc[(name, outcome)]
    sure = "*" if found["p_holm"] < ALPHA else " "
    return f"{signed(found['difference'])} [{signed(found['low'])}, {signed(found['high'])}]{sure}"


def signed(value: float) -> str:
    """A difference with its sign."""
    text = cell(float(value))
    return f"+{text}" if value > 0 else text


def between(row: Any, low: str, high: str) -> str:
    """An interval of two columns of a row, with its signs; a dash where there is none."""
    return "-" if row[low] != row[low] else f"[{signed(row[low])}, {signed(row[high])}]"


def rows(listed: Sequence[dict[str, Any]], title: str) -> None:
    """Print rows under the names of their fields, numbers to the right; more numbers than have room go below."""
    console = _console()
    for names in _beside(listed, console.width):
        shown = Table(title=Text(safe(title)), title_justify="left", header_style="bold")
        for name in names:
            # A name is there to be typed, so it is shown as it is written; words too wide are folded, never cut.
            shown.add_column(Text(safe(name)), justify="right" if _is_number(listed[0][name]) else "left",
                             overflow="fold")
        for row in listed:
            shown.add_row(*(Text(safe(cell(row[name]))) for name in names))
        console.print(shown)


def _beside(listed: Sequence[dict[str, Any]], width: int) -> list[list[str]]:
    """Columns that have room beside one another, each time with the words that lead the row; numbers stay whole."""
    names = list(listed[0]) if listed else []
    words = list(takewhile(lambda name: not _is_number(listed[0][name]), names))
    room = {name: 3 + max(cell_len(text) for text in (name, *(cell(row[name]) for row in listed))) for name in names}
    lead = sum(room[name] for name in words)
    left = width - 1 - (lead if 2 * lead <= width else sum(min(room[name], FOLDED) for name in words))
    parts: list[list[str]] = [[]]
    free = left
    for name in names[len(words):]:
        need = room[name] if _is_number(listed[0][name]) else min(room[name], FOLDED)
        if need > free and parts[-1]:
            parts.append([])
            free = left
        parts[-1].append(name)
        free -= need
    return [[*words, *part] for part in parts]


def _is_number(value: Any) -> bool:
    return isinstance(value, float | int)


def cell(value: Any) -> str:
    """A value as a table shows it: a number with four digits, a dash where there is none."""
    if isinstance(value, float):
        return "-" if value != value else f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


EFFECTS = ("founded", "duplication", "survival_5y", "patents", "adoptions", "productivity", "regrown", "public_outlay")
"""Outcomes that the table of instruments alone shows."""


def _effect_lines(frame: "pd.DataFrame") -> list[dict[str, str]]:
    titles = frame["title"].groupby(level="outcome").first()
    lines = []
    for (name, step), rows_ in frame.groupby(level=["instrument", "strength"], sort=False):
        found = rows_.droplevel(["instrument", "strength"])
        line = {"instrument": f"{name}, {step}", "over": found["base"].iloc[0]}
        for outcome in EFFECTS:
            row = found.loc[outcome]
            sure = "*" if row["p_holm"] < ALPHA else ""
            half = (float(row["high"]) - float(row["low"])) / 2.0  # a t interval lies evenly around its middle
            line[str(titles[outcome])] = f"{_brief(float(row['difference']), '+')} ± {_brief(half)}{sure}"
        line["Outlay per adoption"] = _per_unit(found)
        lines.append(line)
    return lines


def _brief(value: float, sign: str = "") -> str:
    return format(value, f"{sign},.0f" if abs(value) >= 100 else f"{sign}.2g")


def _per_unit(found: "pd.DataFrame") -> str:
    """Million yuan per further adoption, where both are surely more."""
    cost, gain = found.loc["public_outlay"], found.loc["adoptions"]
    return cell(float(cost["difference"] / gain["difference"])) if cost["low"] > 0 and gain["low"] > 0 else "-"


def effects(frame: "pd.DataFrame", title: str) -> None:
    """Print what each instrument does alone."""
    rows(_effect_lines(frame), title)
    say(f"Paired differences ± half of their 95 % interval; * p < {ALPHA} after Holm's correction for all rows.")


def effects_page(frame: "pd.DataFrame", strengths: Sequence[str], replicates: int, seed: int) -> str:
    """The same as a page of documentation, with the command that makes it."""
    lines = _effect_lines(frame)
    head = list(lines[0])
    return "\n".join([
        "# What each instrument does alone", "",
        f"{PAGE_MARK} effects {' '.join(strengths)} --replicates {replicates} --seed {seed} --markdown FILE`. "
        "Strengths, budgets and the scenario that each instrument is laid over stand in "
        "`scenarios/single_levers.toml`. Differences are paired over replicates on common random numbers, ± half "
        f"of their 95 % interval; \\* means p < {ALPHA} after Holm's correction for all rows. Outlay in million "
        "yuan.", "",
        f"| {' | '.join(head)} |", f"|{'---|' * len(head)}",
        *(f"| {' | '.join(cell.replace('*', chr(92) + '*') for cell in line.values())} |" for line in lines), "",
    ])


PAGE_MARK = "Made by `alliancelab"
"""What stands near the top of every page of Markdown that is written here."""


def check_target(file: Path, mark: str, within: int) -> None:
    """Refuse, before anything is computed, a file that cannot be, or that would replace somebody's own."""
    if not is_folder(file.parent):
        raise UserError(f"{file}: the file cannot be written: there is no folder {file.parent}")
    check_file(file, mark.encode(), within)


def check_page(file: Path | None) -> None:
    """Refuse, before anything is computed, a page of Markdown that would replace somebody's own file."""
    if file is not None:
        check_target(file, PAGE_MARK, 1_000)


def write_page(file: Path, text: str) -> None:
    """Write a page of Markdown and say where; an earlier one of ours is replaced.

    Raises
    ------
    StoreError
        When the file is somebody else's or cannot be written.
    """
    check_page(file)
    write_file(file, text.encode())
    say(f"written: {file}")


def tables_page(tables: "dict[str, pd.DataFrame]", command: str) -> str:
    """Tables as Markdown sections, with the command that makes them."""
    lines = [f"# Tables of {command.split()[0]}", "", f"{PAGE_MARK} {command} --markdown FILE`.", ""]
    for name, frame in tables.items():
        head, listed = [str(column) for column in frame.reset_index().columns], records(frame)
        lines += [f"## {name.replace('_', ' ').capitalize()}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
        lines += [f"| {' | '.join('-' if value is None else cell(value) for value in row.values())} |"
                  for row in listed]
        lines.append("")
    return "\n".join(lines)


def lines_page(lines: Sequence[dict[str, Any]], command: str) -> str:
    """Lines that are printed as a page of documentation, with the command that makes them."""
    head = list(lines[0]) if lines else []
    return "\n".join([
        f"# Tables of {command.split()[0]}", "", f"{PAGE_MARK} {command} --markdown FILE`.", "",
        f"| {' | '.join(head)} |", f"|{'---|' * len(head)}",
        *(f"| {' | '.join(map(str, line.values()))} |" for line in lines), ""])


def declaration(item: "Instrument") -> dict[str, Any]:
    """An instrument as plain data for machines."""
    words = {name: value for name, value in item._asdict().items() if name != "act"}
    return words | {"levers": [lever._asdict() for lever in item.levers]}


def instrument(item: "Instrument") -> None:
    """Print one instrument: what it is, and its levers."""
    console = _console()
    console.print(Text(f"{item.title}  [policy.{item.name}]  for {item.policy_stage}", style="bold"))
    for word in ("eligible", "delivery", "acts_on", "cost", "harm"):
        console.print(Text(safe(f"  {word.replace('_', ' ')}: {getattr(item, word)}")))
    console.print(Text(f"  paid by: {', '.join(item.payers)}"))
    if item.stages:
        console.print(Text(f"  stages: {', '.join(item.stages)}"))
    rows([{"lever": lever.name, "default": lever.default, "from": lever.low, "to": lever.high, "unit": lever.unit,
           "meaning": lever.description, "source": lever.source} for lever in item.levers], "")


def budget(line: dict[str, Any]) -> None:
    """Print what equal budgets did to one scenario."""
    if line["target"] is None or line["target"] != line["target"]:
        say(f"{line['name']}: spends nothing")
        return
    say(f"{line['name']}: budgets times {line['factor']:.3f}, outlay of a run {line['achieved']:,.1f} million yuan "
        f"(before {line['outlay']:,.1f}, aim {line['target']:,.1f})")


def written(out: Path | None) -> None:
    """Say where the results are."""
    if out is not None:
        say(f"written to {out}")


def records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """Rows of a table as JSON knows them: NaN becomes null."""
    import json

    named = frame.reset_index() if any(frame.index.names) else frame
    return json.loads(named.to_json(orient="records", double_precision=15))

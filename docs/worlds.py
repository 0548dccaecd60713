"""Make anew what depends on worlds: the ensemble of the package, the findings in all of its worlds, and what pages say.

``python docs/worlds.py`` does all of it: ``ensemble`` finds worlds that fit the shipped targets, ``findings`` makes the
studies in them and writes ``docs/tables/worlds.csv``, ``texts`` writes what pages say of these. Each can be asked for
by itself. What was stopped is resumed by the same command: runs are kept in ``build/worlds``, and a study that is done
is not done again while model, worlds and scenarios are the same. ``--worlds 20`` tries it in fewer worlds.

``python docs/worlds.py ranks`` checks the posterior of the shipped targets by simulation, which takes hours; see
docs/uncertainty.md.
"""

import csv
import hashlib
import json
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import alliancelab as al
from alliancelab.agents.compiled import sources_hash
from alliancelab.analysis.results.world_scorecard import WorldScorecard
from alliancelab.analysis.results.worlds import WorldComparison
from alliancelab.analysis.statistics.intervals import holm
from alliancelab.analysis.tables.worlds import decided, holds
from alliancelab.scenarios.targets import SHIPPED, read_targets
from alliancelab.scenarios.worlds.ensemble import read_ensemble, write_shipped
from alliancelab.scenarios.worlds.making import make_ensemble
from alliancelab.scenarios.worlds.ranks import WORLDS, check_ranks

sys.path.insert(0, str(Path(__file__).parent))
from regional_results import PAIRS  # beside this file

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build" / "worlds"
FINDINGS = ROOT / "docs" / "tables" / "worlds.csv"
COUNT = 200
PACKAGES = ("no_policy", "formation_only", "growth_only", "stage_matched", "full_chain")
REGIONS = {"county_bureau": 1.0, "dongying": 0.2}  # parts of the worlds: a run of the latter takes a second
LOWEST = 10
FIRST = ("stage_matched", ("adoptions", "survival_5y"))  # what the README tells of its first comparison
SHOWN = ("founded", "duplication", "survival_5y", "patents", "adoptions", "productivity", "regrown", "public_outlay")
SURE, DOUBTFUL = 0.95, 0.8  # shares of worlds
LUCK = "Where luck alone may be all of an effect, no number of worlds is given, and the effect stands in brackets."
MARKS = "<!-- worlds: made by docs/worlds.py -->", "<!-- end of worlds -->"
NUMBERS = ("effect", "luck_low", "luck_high", "low", "high", "threshold", "target", "met")
COUNTS = ("holding", "worlds", "above", "better", "met_in", "replicates")
COLUMNS = ("study", "scenario", "base", "outcome", "title", "unit", "decided_by", *NUMBERS, *COUNTS)

Row = dict[str, Any]
Rows = list[Row]


class Study(NamedTuple):
    """A study whose findings pages tell.

    Attributes
    ----------
    name : str
    part : float
        Of the worlds that are asked for.
    replicates : int
        Runs of each scenario in a world.
    make : callable
    outcomes : tuple of str
        Those that pages tell; all where none is named.
    """

    name: str
    part: float
    replicates: int
    make: Callable[..., Any]
    outcomes: tuple[str, ...] = ()


STUDIES = (
    Study("packages", 1.0, 3, partial(al.compare, PACKAGES)),
    Study("instruments", 1.0, 2, partial(al.effects, ["mid"]), SHOWN),
    *(Study(f"{name} scorecard", REGIONS[name], 2, partial(al.scorecard, name)) for name, *_ in PAIRS),
    *(Study(f"{name} parts", REGIONS[name], 2, partial(al.compare, [name, *others]), tuple(outcomes))
      for name, others, outcomes in PAIRS),
)


# --- making --------------------------------------------------------------------------------------------------------


def ensemble(count: int) -> None:
    """Find worlds that fit the shipped targets and put them into the package."""
    KEPT.mkdir(parents=True, exist_ok=True)
    found, _ = make_ensemble(read_targets(SHIPPED), count, KEPT / "ensemble.worlds.bin", progress=_tell)
    if count >= COUNT:
        write_shipped(found)
    else:
        print(f"  {count} worlds found; the package keeps its own, which have to be {COUNT} or more", flush=True)


def findings(count: int) -> None:
    """Make every study in all worlds of the ensemble; write the table of findings."""
    rows: Rows = []
    for study in STUDIES:
        print(study.name, flush=True)
        rows += _rows(study, _made(study, count))
    with FINDINGS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _made(study: Study, count: int) -> WorldComparison:
    """A study from its folder if it is that of these worlds and this model, else made anew, going on where it was."""
    folder, worlds = KEPT / study.name.replace(" ", "_"), max(round(study.part * count), 2)
    regional = study.name.split()[0] in REGIONS
    key = hashlib.sha256(json.dumps([sources_hash(regional), read_ensemble().first(worlds).hash, study.replicates,
                                     _inputs(regional)]).encode()).hexdigest()
    done = folder.with_suffix(".key")
    if not (done.exists() and done.read_text() == key and folder.is_dir()):
        done.unlink(missing_ok=True)
        study.make(replicates=study.replicates, worlds=worlds, out=folder, overwrite=True, progress=_tell)
        done.write_text(key)
    found = al.read(folder)
    assert isinstance(found, WorldComparison)
    return found


def _inputs(regional: bool) -> str:
    """Hash of what scenarios of the library are made of; without `regional` of those without a region."""
    files = [path for path in sorted((ROOT / "scenarios").rglob("*.toml"))
             if regional or not path.stem.startswith(tuple(REGIONS))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _rows(study: Study, found: WorldComparison) -> Rows:
    aims = found.targets if isinstance(found, WorldScorecard) else None
    rows = []
    for (scenario, outcome), row in found.effects.iterrows():
        if study.outcomes and outcome not in study.outcomes:
            continue
        aim = {} if aims is None else {name: aims.at[outcome, name] for name in ("target", "met", "met_in")}
        whole = {"study": study.name, "scenario": scenario, "outcome": outcome, "replicates": study.replicates,
                 "target": float("nan"), "met": float("nan"), "met_in": 0, **row, **aim}
        rows.append({name: f"{whole[name]:.6g}" if name in NUMBERS else whole[name] for name in COLUMNS})
    return rows


# --- telling -------------------------------------------------------------------------------------------------------


def texts() -> None:
    """Write what pages say of the findings."""
    for file, text in told(read_findings()).items():
        place = ROOT / file
        place.write_text(with_block(place.read_text(encoding="utf-8"), text) if file != PAGE else text,
                         encoding="utf-8")


def read_findings() -> Rows:
    """The table of findings as it is stored."""
    with FINDINGS.open(encoding="utf-8", newline="") as file:
        rows: Rows = list(csv.DictReader(file))
    for row in rows:
        row |= {name: float(row[name]) for name in NUMBERS} | {name: int(row[name]) for name in COUNTS}
    return rows


PAGE = "docs/tables/worlds.md"


def told(rows: Rows) -> dict[str, str]:
    """By page what it says: of `PAGE` the whole, of others the part between the marks."""
    return {PAGE: page(rows), "README.md": sentence(rows), "docs/effects.md": instruments(rows),
            "docs/limitations.md": limits(rows), "docs/regional_results.md": regions(rows)}


def with_block(text: str, block: str) -> str:
    """A page with the part between the marks made anew, indented as the mark is; at its end where there is none."""
    begin, end = MARKS
    found = re.search(rf"^( *){re.escape(begin)}\n.*?^ *{re.escape(end)}$", text, re.DOTALL | re.MULTILINE)
    space = found[1] if found else ""
    part = textwrap.indent(f"{begin}\n{_wrapped(block, 120 - len(space))}\n{end}", space)
    if found is None:
        return f"{text.rstrip()}\n\n{part}\n"
    return text[: found.start()] + part + text[found.end():]


def block_of(text: str) -> str | None:
    """The part of a page between the marks, None where there is none."""
    begin, end = MARKS
    found = re.search(rf"^( *){re.escape(begin)}\n(.*?)\n *{re.escape(end)}$", text, re.DOTALL | re.MULTILINE)
    return None if found is None else textwrap.dedent(found[2])


def _wrapped(block: str, width: int) -> str:
    """Paragraphs at most so wide; tables and headings as they are."""
    return "\n".join(
        line if line.startswith(("|", "#")) else textwrap.fill(
            line, width - 2, break_on_hyphens=False, subsequent_indent="  " if line.startswith("- ") else "")
        for line in block.split("\n"))


def page(rows: Rows) -> str:
    """Findings on packages that luck alone leaves no doubt of, those that fewest worlds bear out first."""
    judged = _sure(rows, "packages")
    lowest = sorted(judged, key=lambda row: (_share(row), row["scenario"], row["outcome"]))[:LOWEST]
    worlds, replicates = judged[0]["worlds"], judged[0]["replicates"]
    lines = [
        "# Findings that the fewest worlds confirm", "",
        f"Made by `python docs/worlds.py`: {', '.join(f'`{name}`' for name in PACKAGES[1:])} against "
        f"`{PACKAGES[0]}` in {worlds} worlds, {replicates} replicates in each. Of {len(judged)} effects of which luck "
        f"leaves no doubt (its 95 % interval is on one side of zero), the {len(lowest)} whose sign holds in the fewest "
        "worlds. What the columns mean: [uncertainty.md](../uncertainty.md).", "",
        "| package | outcome | unit | effect | luck alone | everything | sign holds | flipped by |",
        f"|{'---|' * 8}",
    ]
    lines += [f"| `{row['scenario']}` | {row['title']} | {row['unit']} | {_number(row['effect'])} | "
              f"{_number(row['luck_low'])} to {_number(row['luck_high'])} | {_number(row['low'])} to "
              f"{_number(row['high'])} | {holds(row)} | {decided(row) or '–'} |" for row in lowest]
    return "\n".join([*lines, ""])


def sentence(rows: Rows) -> str:
    """What the README says of its first comparison."""
    name, outcomes = FIRST
    said = []
    for outcome in outcomes:
        row = next(row for row in _of(rows, "packages") if (row["scenario"], row["outcome"]) == (name, outcome))
        word = "more" if row["effect"] > 0.0 else "less"
        said.append(f"{row['title'].lower()} ({row['unit']}): {_number(row['effect'])}, {word} in {holds(row)} worlds, "
                    f"from {_number(row['low'])} to {_number(row['high'])} with everything that is not known")
    return f"`{name}` against `{PACKAGES[0]}`: " + "; ".join(said) + "."


def instruments(rows: Rows) -> str:
    """The section of the page on instruments alone."""
    mine = _of(rows, "instruments")
    titles = {row["outcome"]: row["title"] for row in mine}
    names = list(dict.fromkeys(row["scenario"] for row in mine))
    found = {(row["scenario"], row["outcome"]): row for row in mine}
    lines = [
        "## In how many worlds", "",
        f"Effects of the middle strengths in {mine[0]['worlds']} worlds that the data do not rule out, "
        f"{mine[0]['replicates']} replicates in each, and in how many of them the sign holds; see "
        f"[uncertainty.md](uncertainty.md). {LUCK}", "",
        f"| instrument | over | {' | '.join(titles[name] for name in SHOWN)} |", f"|{'---|' * (len(SHOWN) + 2)}"]
    for name in names:
        cells = [_held(found[name, outcome]) for outcome in SHOWN]
        alone = name.removeprefix("only_").removesuffix("_mid")
        lines.append(f"| {alone} | {found[name, SHOWN[0]]['base']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def limits(rows: Rows) -> str:
    """What the page on limitations says."""
    packages, alone = _sure(rows, "packages"), _sure(rows, "instruments")
    worst = min(packages, key=lambda row: (_share(row), row["scenario"], row["outcome"]))

    def counted(table: Rows) -> str:
        return (f"{sum(_share(row) >= SURE for row in table)} hold in at least {100 * SURE:.0f} % of "
                f"{table[0]['worlds']} worlds and {sum(_share(row) < DOUBTFUL for row in table)} in fewer than "
                f"{100 * DOUBTFUL:.0f} %")

    return (f"- **What luck leaves no doubt of may still depend on what nobody knows.** Of {len(packages)} such "
            f"effects of packages {counted(packages)}; of {len(alone)} of single instruments {counted(alone)}. The "
            f"least certain, {worst['title'].lower()} under `{worst['scenario']}`, has its sign in {holds(worst)}. "
            "[tables/worlds.md](tables/worlds.md) lists those of packages that the fewest worlds confirm, "
            "[effects.md](effects.md#in-how-many-worlds) has the instruments.")


def regions(rows: Rows) -> str:
    """The section of the page on regional results."""
    lines = ["## In how many worlds", "",
             "Runs in worlds that the data do not rule out, with figures and rates of the region as they are. *Met*: "
             "worlds in which at least half of the runs meet the target. *Sign holds*: worlds in which the effect has "
             f"the sign of the mean; see [uncertainty.md](uncertainty.md). {LUCK}"]
    for name, others, outcomes in PAIRS:
        card = [row for row in _of(rows, f"{name} scorecard") if row["target"] == row["target"]]
        lines += ["", f"`alliancelab scorecard {name} --worlds {card[0]['worlds']} --replicates "
                  f"{card[0]['replicates']}`", "",
                  "| target | met | effect of the plan | everything | sign holds |", f"|{'---|' * 5}",
                  *(f"| {row['title']} ({row['unit']}) | {row['met_in']} of {row['worlds']} | {_number(row['effect'])} "
                    f"| {_number(row['low'])} to {_number(row['high'])} | {holds(row) if _is_sure(row) else ''} |"
                    for row in card)]
        parts = _of(rows, f"{name} parts")
        found = {(row["scenario"], row["outcome"]): row for row in parts}
        first = [found[others[0], outcome] for outcome in outcomes]
        lines += ["", f"`alliancelab compare {name} {' '.join(others)} --worlds {parts[0]['worlds']} --replicates "
                  f"{parts[0]['replicates']}`", "", f"| outcome | unit | {' | '.join(others)} |",
                  f"|{'---|' * (len(others) + 2)}",
                  *(f"| {row['title']} | {row['unit']} | "
                    f"{' | '.join(_held(found[other, row['outcome']]) for other in others)} |" for row in first)]
    return "\n".join(lines)


def _of(rows: Rows, study: str) -> Rows:
    return [row for row in rows if row["study"] == study]


def _sure(rows: Rows, study: str) -> Rows:
    """Effects that luck leaves no doubt of, of outcomes that are better or worse."""
    return [row for row in _of(rows, study) if _is_sure(row) and row["better"] and row["worlds"]]


def _is_sure(row: Row) -> bool:
    """Whether luck alone leaves no doubt of the sign of the mean."""
    return bool(row["luck_low"] > 0.0 or row["luck_high"] < 0.0)


def _share(row: Row) -> float:
    return row["holding"] / row["worlds"]


def _held(row: Row) -> str:
    if row["effect"] != row["effect"]:
        return "–"
    return f"{_number(row['effect'])}, {holds(row)}" if _is_sure(row) else f"({_number(row['effect'])})"


def _number(value: float) -> str:
    return f"{value:+,.0f}" if abs(value) >= 1000 else f"{value:+.3g}"


def _tell(what: str, done: int, total: int) -> None:
    if done == total:
        print(f"  {what}: {done} of {total}", flush=True)


def ranks(truths: int) -> None:
    """Simulation-based calibration of the shipped problem: are ranks of truths among worlds fitted to them uniform?"""
    found = check_ranks(read_targets(SHIPPED), truths, KEPT / "ranks", progress=_tell)
    p = found.p()
    of = np.flatnonzero(found.calibrated)
    adjusted = holm(p[of])
    for j, sure in zip(of, adjusted, strict=True):
        low, high = (np.mean(found.ranks[:, j] <= 3), np.mean(found.ranks[:, j] >= WORLDS - 3))
        print(f"{found.names[j]}: p {p[j]:.3f}, after Holm {sure:.3f}; lowest tenth {low:.2f}, highest {high:.2f}")
    print(f"{len(found.ranks)} truths, {found.without} more without worlds that fit; least p after Holm: "
          f"{adjusted.min():.3f} of what targets vary, {holm(p).min():.3f} of all {len(p)} unknowns")


def main(arguments: Sequence[str]) -> int:
    """Do what is asked for; returns the exit code."""
    words, count = list(arguments), None
    for option in ("--worlds", "--truths"):
        if option in words:
            place = words.index(option)
            number = words[place + 1: place + 2]
            if not number or not number[0].isdigit():
                print(f"{option} wants a whole number, such as {option} 20", file=sys.stderr)
                return 2
            count = int(number[0])
            del words[place: place + 2]
    usual = {"ensemble": ensemble, "findings": findings, "texts": lambda _: texts()}
    if set(words) - {*usual, "ranks"}:
        print("python docs/worlds.py [ensemble] [findings] [texts] [--worlds N], or ranks [--truths N]",
              file=sys.stderr)
        return 2
    if "ranks" in words:
        ranks(count or 100)
    for name, work in usual.items():
        if name in words or not words or (name == "texts" and "findings" in words):
            work(count or COUNT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

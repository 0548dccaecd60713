"""Writes what the two regional systems give, and the tutorial of a county of one's own, as measured by this version.

``python docs/regional_results.py`` makes ``docs/regional_results.md``, ``docs/own_region.md`` and their pictures; it
takes some minutes, and no figure on these pages is typed.
"""

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import alliancelab as al
from alliancelab.analysis.words.numbers import figures_apart
from alliancelab.scenarios.fit_region import write_into
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.template import write_template

DOCS = Path(__file__).parent
FIGURES = DOCS / "own_region_figures.csv"
COUNTY, CLUSTER = 200, 40  # replicates
PAIRS = [
    ("dongying", ["dongying_uncoordinated", "dongying_no_system", "dongying_expansion"],
     ["regional_worth", "regional_turned_away", "regional_backbone_agencies", "regional_productivity",
      "regional_national_share", "regional_exports", "regional_service_revenue", "public_outlay"]),
    ("county_bureau", ["county_bureau_no_contracts", "county_bureau_no_matching", "county_bureau_doubled"],
     ["regional_filed_upper", "regional_approved", "regional_patents_filed", "regional_agreements", "regional_output",
      "regional_output_all", "regional_hollow_share", "regional_trust", "public_outlay"]),
]


def number(value: float, figures: int = 3) -> str:
    """A figure with three digits that tell, or as many as are said, in full where it is large."""
    if value != value:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{figures}g}"


def interval(low: float, high: float, figures: int = 3) -> str:
    """An interval in brackets."""
    return "" if low != low else f"[{number(low, figures)}, {number(high, figures)}]"


def outcome(row: dict) -> str:
    """Mean and range of a line, so that what misses its target by little does not look like it."""
    figures = figures_apart(row["mean"], row["target"], 3)
    return f"{number(row['mean'], figures)} {interval(row['low'], row['high'], figures)}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Lines of a Markdown table."""
    head = list(head)
    return ["", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *(f"| {' | '.join(row)} |" for row in rows), ""]


def card_lines(card) -> list[str]:
    """Lines of a scorecard that have a target, and what nothing of the plan moves."""
    asked = card.table[card.table["target"].notna()]
    rows = [
        (f"{row['title']} ({row['unit']})", str(row["year"]), number(row["target"]),
         outcome(row), f"{row['met']:.2f}",
         "none" if row["moved"] == "none" else
         f"{row['effect']:+.3g} {interval(row['effect_low'], row['effect_high'])}",
         "" if row["drift"] != row["drift"] else f"{row['drift']:+.3g}")
        for row in asked.to_dict("records")]
    unmoved = [f"{row['title']} ({row['year']})" for row in asked.to_dict("records") if row["moved"] == "none"]
    return [
        *table(("target", "year", "asked", "outcome, middle 95 %", "met", "effect of the plan, 95 %", "without it"),
               rows),
        "Neither the plan nor its instruments with all levers at their upper bounds changed these lines in any run: "
        + (", ".join(unmoved) or "none") + "."]


def results() -> None:
    """The page of results."""
    lines = [
        "# What the two regional systems give", "",
        "Made by `python docs/regional_results.py` with the defaults of this version; it holds in this artificial "
        "county and cluster only. *Effect of the plan*: mean paired difference from runs that keep the policy of the "
        "base year. *Without it*: change since the base year in those runs. How the lines are counted: "
        "[regional.md](regional.md)."]
    for name, count in (("county_bureau", COUNTY), ("dongying", CLUSTER)):
        card = al.scorecard(name, replicates=count)
        lines += ["", f"## {card.scenario.title}", "", f"`alliancelab scorecard {name} --replicates {count}`",
                  *card_lines(card), "", f"![Courses of {name}](images/{name}_courses.png)"]
        (DOCS / "images").mkdir(exist_ok=True)
        card.plot.courses().savefig(DOCS / "images" / f"{name}_courses.png", dpi=90)
    lines += ["", "## What parts of the systems add", ""]
    for base, others, outcomes in PAIRS:
        compared = al.compare([base, *others], replicates=CLUSTER)
        differences, means = compared.differences, compared.summary
        lines += [f"`alliancelab compare {base} {' '.join(others)} --replicates {CLUSTER}`: the last full year, paired "
                  f"differences from `{base}` with 95 % intervals."]
        rows = [(means.loc[(base, name), "title"], means.loc[(base, name), "unit"],
                 number(means.loc[(base, name), "mean"]),
                 *(f"{differences.loc[(other, name), 'difference']:+.3g} "
                   f"{interval(*differences.loc[(other, name), ['low', 'high']])}" for other in others))
                for name in outcomes]
        lines += table(("outcome", "unit", base, *others), rows)
    import worlds  # beside this file, and reads this one

    page = DOCS / "regional_results.md"
    block = worlds.block_of(page.read_text(encoding="utf-8"))  # made by docs/worlds.py
    text = "\n".join(lines).rstrip() + "\n"
    page.write_text(text if block is None else worlds.with_block(text, block), encoding="utf-8")


# One page from top to bottom, as it is read: apart its sentences would have to be looked for.
def tutorial() -> None:
    """The page that carries a fictitious county from its figures to a scorecard."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "mine.toml"
        write_template(file, "county_bureau", True, FIGURES, 2021)
        written = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        fit = al.fit_region(file)
        write_into(file, fit)
        card = al.scorecard(file, replicates=COUNTY)
        card.plot.courses().savefig(DOCS / "images" / "own_region_courses.png", dpi=90)
    start = written.index("[region]")
    reached = sum(line.reached for line in fit.lines)
    own = load("county_bureau").policy["county_projects"].number.points[0][1]
    lines = [
        "# A county or cluster of your own", "",
        "No code is needed: a table of figures, four commands, a scorecard. The county on this page is fictitious; the "
        "page is made by `python docs/regional_results.py`.", "",
        "## 1. Figures", "",
        "One line per indicator: its figure in the base year, and targets by year. Any subset of the indicators in "
        "[regional_reference.md](regional_reference.md) will do; what is left out stays as the model makes it. "
        "The same lines can stand in a TOML file, where an indicator of your own is a total or a level of recorded "
        "columns, a ratio of two indicators, or the growth of one: "
        "`my_share = { ratio = [\"output\", \"output_all\"], start = 0.14 }`.", "",
        "```", FIGURES.read_text(encoding="utf-8").strip(), "```", "",
        "## 2. A scenario", "", "```",
        "alliancelab new mine.toml --base county_bureau --region --figures figures.csv --year 2021",
        "alliancelab check mine.toml", "```", "",
        "The file holds the figures, the rates and levers of the base as comments, and `false` for each line of the "
        "base that the figures do not name. Windows and calendars of the base's policy move to your years. Change "
        "`[world] firms` if your county has more or fewer; figures that contradict each other are refused.", "",
        "Sizes come before rates: firms and agencies of the world (`world.firms`, `world.agencies`), carriers of the "
        "first day (`region.carriers`, with their floor), and levers. No rate moves what hangs on them alone, such as "
        "numbers of incubators, centres or agencies; `fit-region` says \"no rate\" there. Set them, then fit.", "",
        "The policy of the base acts in your county, too, with all its levers: how many projects it pays, firms it "
        "visits, experts it invites, and with which budgets. A rate that is fitted does not make up for them: with "
        f"{own:g} own projects a year (`county_projects.number`) hardly any county has fewer projects. Set the levers "
        "as yours are; an instrument that yours does not have is dropped by `false`, in place of its block:", "",
        "```toml", "[policy]", "doubling_plan = false", "", "[policy.county_projects]", "number = 20", "```", "",
        "Without its comments and inherited lines the top of the file reads:", "",
        "```toml", *[line for line in written[start:start + 40] if line and not line.split("  #")[0].endswith("false")
                     and "policy" not in line][:22], "```", "",
        "## 3. Rates", "", "```", "alliancelab fit-region mine.toml --write", "```", "",
        "Rates of filing, approval, certification and the like are tuned until the flows of the base year recur, and "
        f"are written into the file. Of {len(fit.lines)} figures {reached} recur within a tenth. Figures that are set "
        "recur by themselves, but for high-tech output where certified firms have less revenue than that: then "
        "certificates hold longer (`certify_years`), and where that is not enough the command says what bounds it.",
        *table(("figure", "asked", "with the base's rates", "with yours", "rate", ""), (
            (line.indicator, number(line.target), number(line.before), number(line.after),
             f"`{line.number}` {number(line.old)} to {number(line.new)}" if line.number else "set or not tuned",
             line.verdict) for line in fit.lines)),
        "## 4. Plan against outcome", "", "```",
        f"alliancelab scorecard mine.toml --replicates {COUNTY} --out card", "alliancelab report card", "```",
        *card_lines(card), "",
        "![Courses of the fictitious county against its targets](images/own_region_courses.png)", "",
        "## 5. Other policies", "",
        "Lay a file over yours, change levers, and compare: `alliancelab compare mine.toml more.toml` prints "
        "the indicators of your scorecard, those of your own among them, with paired differences. In a "
        "[sweep](sweeps.md) numbers of `[region]` are factors as levers are, and indicators are outcomes "
        "under names that begin with `regional_`: `alliancelab sensitivity DIR --outcome regional_my_share`. "
        "A file of [targets](calibration.md#fit-the-model-to-data-of-your-own) fits numbers of "
        "`[region]` to any of them:",
        "", "```toml", 'base = "mine.toml"', "", "[vary]", "region.file_city = [0.05, 0.3]", "",
        "[targets.regional_filed_city]", "value = 45", "spread = 3", "```"]
    (DOCS / "own_region.md").write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["results", "tutorial"]
    for one in chosen:
        {"results": results, "tutorial": tutorial}[one]()

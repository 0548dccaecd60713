"""Make anew the table of docs/registry.md: forecasts from registries of the model whose parameters they do not know.

``python docs/registry_scores.py`` takes a few minutes. Registries are written in a temporary folder. The same ones are
forecast in worlds, too, and their facts are looked at: how wide are spreads beside how much registries differ?
"""

import re
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import alliancelab as al
from alliancelab.scenarios.moments import PROGRAMME_PROJECTS
from alliancelab.scenarios.registry.example import write_example
from alliancelab.scenarios.registry.facts import registry_facts
from alliancelab.scenarios.registry.read import read_registry

PAGE = Path(__file__).with_name("registry.md")
HIDDEN = {"parameters.term": 12.0, "parameters.exit_rate": 0.003, "parameters.entry_rate": 0.05}
SEEDS, RUNS, WORLDS, NOW, LATER = range(11, 17), 30, 40, 2016, 2020
TOTALS = [(f"all {name}", "CRPS") for name in ("alliances", "memberships", "running projects")]
ROWS = {("survival", "Brier"): "survival, Brier score", ("members", "CRPS"): "members, CRPS",
        ("running projects", "CRPS"): "running projects, CRPS"}
MARKS = "<!-- made by docs/registry_scores.py -->", "<!-- end of scores -->"


def scores() -> tuple[list[pd.DataFrame], np.ndarray, list[pd.DataFrame], list[pd.DataFrame]]:
    """Of each registry: scores, number of alliances, scores in worlds, facts."""
    tables, alliances, in_worlds, facts = [], [], [], []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as place:
            now, later = Path(place) / "now", Path(place) / "later"
            for folder, year in ((now, NOW), (later, LATER)):
                write_example(folder, year=year, seed=seed, overrides=HIDDEN)
            found = al.forecast(now, held_out=later, replicates=RUNS, first_seed=500)
            tables.append(found.scores)
            alliances.append(len(found.alliances))
            drawn = al.forecast(now, held_out=later, worlds=WORLDS, replicates=2, first_seed=500)
            in_worlds.append(drawn.scores)
            facts.append(pd.DataFrame(registry_facts(read_registry(later), PROGRAMME_PROJECTS).facts).set_index("name"))
    return tables, np.array(alliances), in_worlds, facts


def text() -> str:
    """The table, weighed by alliances, and in how many registries the model was better than both."""
    scored, alliances, in_worlds, facts = scores()
    tables = [table.loc[list(ROWS)] for table in scored]
    mean = sum(table * count for table, count in zip(tables, alliances, strict=True)) / alliances.sum()
    better = {row: sum(bool(t.at[row, "model"] < min(t.at[row, "nothing_changes"], t.at[row, "kaplan_meier"]))
                       for t in tables) for row in ROWS}
    hidden = ", ".join(f"`{name.split('.')[1]}` {value:g}" for name, value in HIDDEN.items())
    lines = [
        f"Measured on {len(tables)} registries made by the model with parameters that the forecast did not know",
        f"({hidden} instead of the defaults), 1 January {NOW}, {LATER - NOW} years ahead, {RUNS} runs each,",
        f"{alliances.sum()} alliances:", "",
        "| | model | nothing changes | Kaplan-Meier | within | model best of the three |", "|---|---|---|---|---|---|",
    ]
    for row, title in ROWS.items():
        within = mean.at[row, "within"]
        cells = [f"{mean.at[row, name]:.3g}" for name in ("model", "nothing_changes", "kaplan_meier")]
        lines.append(f"| {title} | {' | '.join(cells)} | {'' if np.isnan(within) else f'{within:.2f}'} | "
                     f"{better[row]} of {len(tables)} |")
    held = [int(sum(table.loc[TOTALS, "within"].sum() for table in part)) for part in (scored, in_worlds)]
    cases = len(TOTALS) * len(scored)
    lines += [
        "", "Of alliances, memberships and running projects of all alliances together, those founded since included,",
        f"{held[0]} of {cases} lie in the 90 % intervals of luck alone, and {held[1]} of {cases} in those of luck and",
        f"ignorance ({WORLDS} worlds, two runs in each)."]
    told = [name for name in facts[0].index if all(table.at[name, "reason"] == "" for table in facts)]
    spread = np.mean([table.loc[told, "spread"] for table in facts], axis=0)
    differ = np.std([table.loc[told, "value"] for table in facts], axis=0, ddof=1)
    low, middle, high = np.quantile(spread / differ, [0.25, 0.5, 0.75])
    lines += [
        "", f"Spreads of {len(told)} facts out of one registry, relative to the standard deviation of these facts over",
        f"the {len(facts)} registries: median {middle:.2g}, half of them from {low:.2g} to {high:.2g}."]
    return "\n".join(lines)


if __name__ == "__main__":
    begin, end = MARKS
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    made = f"{begin}\n{text()}\n\n{end}"
    PAGE.write_text(between.sub(lambda _: made, PAGE.read_text(encoding="utf-8")), encoding="utf-8")

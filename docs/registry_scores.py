"""Make anew the table of docs/registry.md: forecasts from registries of the model whose parameters they do not know.

``python docs/registry_scores.py`` takes a few minutes. Registries are written in a temporary folder.
"""

import re
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import alliancelab as al
from alliancelab.scenarios.registry.example import write_example

PAGE = Path(__file__).with_name("registry.md")
HIDDEN = {"parameters.term": 12.0, "parameters.exit_rate": 0.003, "parameters.entry_rate": 0.05}
SEEDS, RUNS, NOW, LATER = range(11, 17), 30, 2016, 2020
ROWS = {("survival", "Brier"): "survival, Brier score", ("members", "CRPS"): "members, CRPS",
        ("running projects", "CRPS"): "running projects, CRPS"}
MARKS = "<!-- made by docs/registry_scores.py -->", "<!-- end of scores -->"


def scores() -> tuple[list[pd.DataFrame], np.ndarray]:
    """Scores of each registry, and how many alliances each has."""
    tables, alliances = [], []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as place:
            now, later = Path(place) / "now", Path(place) / "later"
            for folder, year in ((now, NOW), (later, LATER)):
                write_example(folder, year=year, seed=seed, overrides=HIDDEN)
            found = al.forecast(now, held_out=later, replicates=RUNS, first_seed=500)
            tables.append(found.scores.loc[list(ROWS)])
            alliances.append(len(found.alliances))
    return tables, np.array(alliances)


def text() -> str:
    """The table, weighed by alliances, and in how many registries the model was better than both."""
    tables, alliances = scores()
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
    return "\n".join(lines)


if __name__ == "__main__":
    begin, end = MARKS
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    made = f"{begin}\n{text()}\n\n{end}"
    PAGE.write_text(between.sub(lambda _: made, PAGE.read_text(encoding="utf-8")), encoding="utf-8")

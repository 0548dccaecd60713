"""The engine beside the plain Mesa model: the ratio of their speeds."""

import numpy as np

from alliancelab.model.setup import Setup
from alliancelab.model.simulation import simulate
from benchmarks.plain_mesa import PlainModel
from benchmarks.rows import Row, setup_of, spread, timed

__all__ = ["speed"]


def speed(rounds: int = 3) -> list[Row]:
    """Agent-steps a second of both in one process, in turns: an agent-step is one place for an organisation, a quarter.

    Both run the scenario without policy from an empty world to the end of its warm-up and on, and keep curves only.
    """
    rows = []
    for organisations, quarters in ((850, 100), (5_000, 40)):
        setup = setup_of(organisations, quarters=quarters)
        simulate(setup, record=False)

        def run_plain(setup: Setup = setup) -> None:
            model = PlainModel(setup)
            for _ in range(len(setup.levers)):
                model.step()

        plain, engine = np.empty(rounds), np.empty(rounds)
        for k in range(rounds):
            plain[k] = timed(run_plain, 1)[0]
            engine[k] = np.median(timed(lambda s=setup: simulate(s, record=False), 20))  # type: ignore[misc]
        steps = len(simulate(setup, record=False).organisations) * quarters
        what = f"{organisations} organisations x {quarters} quarters"
        slow, fast = steps / plain / 1e3, steps / engine / 1e3
        rows += [
            Row("versus", f"plain Mesa, {what}", float(np.median(slow)), "thousand/s", spread(slow)),
            Row("versus", f"engine, {what}", float(np.median(fast)), "thousand/s", spread(fast)),
            Row("versus", f"engine over plain Mesa, {what}", float(np.median(plain / engine)), "times",
                spread(plain / engine), ">= 200" if organisations == 850 else ""),
        ]
    return rows

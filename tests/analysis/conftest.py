"""A small made-up recording and made-up replicates: analysis reads results, so its tests need no engine."""

from types import SimpleNamespace

import numpy as np
import pytest

from alliancelab.agents.codes import Door, Event, Path, ProjectKind, ProjectState, Reason, Stage
from alliancelab.analysis.results.comparison import Comparison
from alliancelab.analysis.results.run import Run
from alliancelab.model.accounts import FLOWS
from alliancelab.model.outcomes import OUTCOMES
from alliancelab.model.setup import SIZES, Setup
from alliancelab.model.tables import (
    AGE_LIMIT,
    AGES,
    ALLIANCES,
    CURVES,
    EVENTS,
    MEMBERS,
    PANEL,
    PROJECT_MEMBERS,
    PROJECTS,
    table_type,
)
from alliancelab.scenarios.replicates import Replicates

QUARTERS, WARM_UP = 60, 20


def scenario(name: str) -> SimpleNamespace:
    """Stand-in for a Scenario."""
    return SimpleNamespace(
        name=name,
        title=name.replace("_", " ").capitalize(),
        world={"quarters": QUARTERS, "warm_up": WARM_UP, "start_year": 2007},
        years=lambda: 2007 + (np.arange(QUARTERS) - WARM_UP) / 4,
        as_dict=lambda: {"name": name},
        hash="0" * 64,
    )


def life(age: int) -> Stage:
    """Stage at an age in quarters of alliances that all live the same life."""
    bounds = ((3, Stage.FORMATION), (12, Stage.GROWTH), (24, Stage.MATURITY), (30, Stage.DECLINE), (99, Stage.REGROWTH))
    return next(stage for end, stage in bounds if age < end)


def recording() -> SimpleNamespace:
    """Thirty alliances, one founded every second quarter; every third ends after 16 quarters, as a failure."""
    alliances = np.zeros(30, table_type(ALLIANCES))
    alliances["founded"] = 2 * np.arange(30)
    alliances["ended"] = -1
    alliances["path"] = Path.NONE
    short = (np.arange(30) % 3 == 0) & (alliances["founded"] + 16 < QUARTERS)
    alliances["ended"][short] = alliances["founded"][short] + 16
    alliances["reason"][short] = Reason.FAILURE
    alliances["door"][1] = Door.OPPORTUNITY
    alliances["key"] = 10**18 + np.arange(30, dtype=np.uint64)
    rows = [(q, a) for q in range(QUARTERS) for a in range(30)
            if alliances["founded"][a] <= q and not 0 <= alliances["ended"][a] <= q]
    panel = np.zeros(len(rows), table_type(PANEL))
    panel["quarter"], panel["alliance"] = np.array(rows).T
    panel["age"] = panel["quarter"] - alliances["founded"][panel["alliance"]]
    panel["stage"] = [life(age) for age in panel["age"]]
    panel["vitality"] = 0.6 - 0.0006 * (panel["age"] - 20.0) ** 2 + 0.02 * np.sin(7.0 * panel["alliance"])
    panel["size"], panel["trust"], panel["benefit"] = 4 + panel["alliance"] % 5, 0.5, 2.0
    panel["patents"] = 2 * panel["age"]
    projects = np.zeros(60, table_type(PROJECTS))  # research from the fourth quarter, industrialisation after it
    projects["alliance"] = np.arange(60) % 30
    projects["kind"] = np.where(np.arange(60) < 30, ProjectKind.RESEARCH, ProjectKind.INDUSTRIALISATION)
    projects["started"] = alliances["founded"][projects["alliance"]] + np.where(np.arange(60) < 30, 3, 11)
    projects = projects[projects["started"] < QUARTERS]
    projects["planned"], projects["size"], projects["size_start"], projects["cost"] = 8, 5, 6, 2.5
    over = np.minimum(projects["started"] + 8, np.where(short, alliances["ended"], 99)[projects["alliance"]])
    projects["ended"] = np.where(over < QUARTERS, over, -1)
    done = projects["ended"] - projects["started"] == 8
    projects["state"] = np.select([projects["ended"] < 0, done], [ProjectState.RUNNING, ProjectState.DONE],
                                  ProjectState.ABANDONED)
    curves = np.zeros(QUARTERS, table_type(CURVES))
    curves["founded"][alliances["founded"]] = 1
    ages = np.zeros(AGE_LIMIT, table_type(AGES))
    for row in panel:
        curves[Stage(row["stage"]).name.lower()][row["quarter"]] += 1
        curves["alliances"][row["quarter"]] += 1
        if row["quarter"] >= WARM_UP:
            ages["alliances"][row["age"]] += 1
            ages["vitality"][row["age"]] += row["vitality"]
    events = np.zeros(3, table_type(EVENTS))
    events["quarter"], events["event"] = [0, 3, 16], [Event.FOUNDED, Event.STAGE, Event.ENDED]
    events["value"] = [0.7, Stage.GROWTH, Reason.FAILURE]
    members = np.zeros(2, table_type(MEMBERS))
    members["kind"], members["left"] = [0, 1], [5, -1]
    project_members = np.zeros(1, table_type(PROJECT_MEMBERS))
    project_members["newcomer"] = True
    ledger = np.zeros((QUARTERS, len(FLOWS)))
    ledger[24, 0], ledger[25, 7] = 12.5, 3.0
    sizes = {size.name: int(size.default) for size in SIZES} | {"quarters": QUARTERS, "warm_up": WARM_UP}
    setup = Setup("made_up", 3, sizes, {}, np.zeros(QUARTERS))
    return SimpleNamespace(setup=setup, curves=curves, ages=ages, alliances=alliances, projects=projects, panel=panel,
                           events=events, members=members, project_members=project_members, ledger=ledger,
                           organisations=np.zeros(0), region=None)


def replicates(names: list[str], count: int = 12) -> Replicates:
    """Scenario k is the first one plus k in every outcome, with noise that is mostly common."""
    random = np.random.default_rng(5)
    common = random.normal(10.0, 2.0, (1, count, len(OUTCOMES)))
    own = random.normal(0.0, 0.5, (len(names), count, len(OUTCOMES)))
    outcomes = common + own + np.arange(len(names))[:, None, None]
    ages = np.broadcast_to(recording().ages, (len(names), count, AGE_LIMIT)).copy()
    ages["vitality"] *= 1 + 0.02 * random.normal(size=ages.shape)
    curves = np.broadcast_to(recording().curves, (count, QUARTERS)).copy()
    curves["vitality"] = random.random(curves.shape)
    return Replicates(tuple(names), OUTCOMES, np.arange(count), outcomes, ages, (curves,) * len(names),
                      random.gamma(2.0, 50.0, (len(names), count, len(FLOWS))))


@pytest.fixture(scope="session")
def run() -> Run:
    """A run of the made-up recording."""
    return Run(recording(), scenario("made_up"), {"version": "test"})


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    """Three scenarios, 12 replicates."""
    names = ["nothing", "some", "more"]
    return Comparison(replicates(names), [scenario(name) for name in names], {"version": "test"})

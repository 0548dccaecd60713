"""What lives of alliances look like in any run: stages, symptoms of decline, doors, the table of stages."""

import numpy as np
import pytest

from alliancelab.agents.codes import Event, Stage
from alliancelab.model.life_cycle import ALLOWED
from alliancelab.scenarios.runner import run_one
from alliancelab.scenarios.scenario import load
from tests.support.experiments import interval, panel, recordings


def test_no_alliance_takes_a_forbidden_step_and_stages_keep_no_timetable():
    """Rows: A2."""
    durations = []
    for run in recordings("stage_matched", 6):
        steps = run.events[run.events["event"] == Event.STAGE]
        assert {(int(a), int(b)) for a, b in zip(steps["before"], steps["value"], strict=True)} <= ALLOWED
        growth = run.panel[run.panel["stage"] == Stage.GROWTH]
        durations.append(np.unique(growth["alliance"], return_counts=True)[1])
    quarters = np.concatenate(durations)
    assert quarters.std() > 0.25 * quarters.mean(), "a timer would give every alliance the same growth"


def test_the_table_of_stages_comes_from_the_run_and_tells_stages_apart():
    """Rows: A4."""
    from alliancelab.analysis.results.run import Run

    scenario = load("no_policy")
    recording = run_one(scenario, 1)
    profile = Run(recording, scenario, {}).stage_profile
    lines = recording.panel[recording.panel["quarter"] >= recording.setup.sizes["warm_up"]]
    for stage in ("growth", "maturity", "decline"):
        mine = lines["trust"][lines["stage"] == Stage[stage.upper()]]
        assert profile.loc[("trust", stage), "mean"] == pytest.approx(mine.mean())


def symptom(run, column: str) -> float:
    """Mean of a column in decline less that in maturity, over alliances that went through both."""
    table, count = run.panel, len(run.alliances)
    means = []
    for stage in (Stage.DECLINE, Stage.MATURITY):
        mine = table[table["stage"] == stage]
        quarters = np.bincount(mine["alliance"], minlength=count)
        with np.errstate(invalid="ignore"):
            means.append(np.bincount(mine["alliance"], mine[column], minlength=count) / quarters)
    return float(np.nanmean(means[0] - means[1]))


def change_in_decline(run, column: str) -> float:
    """Mean change of a column over a year that an alliance spends in decline."""
    table = run.panel[np.lexsort((run.panel["quarter"], run.panel["alliance"]))]
    now, then = table[4:], table[:-4]
    declining = (now["alliance"] == then["alliance"]) & (now["quarter"] == then["quarter"] + 4)
    declining &= (now["stage"] == Stage.DECLINE) & (then["stage"] == Stage.DECLINE)
    return float((now[column] - then[column])[declining].mean())


@pytest.mark.parametrize("column", ["benefit", "economics", "standing", "trust"])
def test_benefits_and_the_market_shrink_in_decline(column):
    """Rows: A9."""
    low, high = interval(np.array([change_in_decline(run, column) for run in recordings(replicates=20)]), 0.99)
    print(f"{column}, change over a year of decline: [{low:.4g}, {high:.4g}]")
    assert high < 0


@pytest.mark.parametrize(("column", "sign"), [
    ("turnover", 1), ("trust", -1), ("clarity", -1), ("satisfaction", -1)])
def test_decline_shows_its_symptoms(column, sign):
    """Rows: A9. Against maturity members split off; trust, clarity and satisfaction are lower.

    Standing falls, see above, but from a level that it rose to in maturity.
    """
    low, high = interval(np.array([symptom(run, column) for run in recordings(replicates=20)]), 0.99)
    print(f"{column} in decline less in maturity: [{low:.4g}, {high:.4g}]")
    assert low > 0 if sign > 0 else high < 0


def test_most_outsiders_still_do_without_at_the_end_of_maturity():
    """Rows: A8."""
    mature = panel(recordings(replicates=20))
    mature = mature[mature["stage"] == Stage.MATURITY]
    assert mature["diffusion"].mean() < 0.5

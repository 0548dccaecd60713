"""Every kind of result has one shape: made, saved, read back equal, drawn, reported in both languages, shown."""

from pathlib import Path

import pandas as pd
import pytest
from matplotlib.figure import Figure

import alliancelab as al
from alliancelab.agents.errors import UserError
from alliancelab.analysis.results.base import Result
from alliancelab.analysis.results.kinds import KINDS
from alliancelab.analysis.words.glossary import chinese_font
from alliancelab.scenarios.registry.example import write_example
from tests.support.calibration import TARGETS, WORLD
from tests.support.sweeps import finished, planned

SMALL = {"world.firms": 120, "world.sectors": 2, "world.quarters": 60, "world.warm_up": 20}
FACTORS = {"programme_grants.amount": {"low": 1, "high": 6}, "parameters.pace": {}}


def _sweep(place: Path):
    finished(planned(place / "planned", replicates=2, method="grid", samples=None, steps=3, factors=FACTORS))
    return al.read_sweep(place / "planned")


def _calibration(place: Path):
    sizes = "\n".join(f"{key} = {value}" for key, value in WORLD["world"].items())
    (place / "small.toml").write_text(f'title = "No policy"\nbase = "no_policy"\n[world]\n{sizes}\n', encoding="utf-8")
    return al.calibrate(TARGETS | {"base": str(place / "small.toml")}, recover=1)


def _forecast(place: Path):
    larger = SMALL | {"world.firms": 300}  # so that projects run in every world
    for name, year in (("now", 2012), ("later", 2014)):
        write_example(place / name, year=year, seed=5, overrides=larger | {"world.warm_up": 40})
    return al.forecast(place / "now", held_out=place / "later", worlds=3, replicates=2, overrides=larger)


MAKERS = {
    "run": lambda place: al.run("stage_matched", seed=3, overrides=SMALL),
    "compare": lambda place: al.compare(["no_policy", "stage_matched"], replicates=3, overrides=SMALL),
    "scorecard": lambda place: al.scorecard("county_bureau", replicates=2),
    "validate": lambda place: al.validate(al.load("no_policy", SMALL), replicates=2),
    "calibrate": _calibration,
    "lifecycle": lambda place: al.lifecycle(["no_policy", "stage_matched"], replicates=3, overrides=SMALL),
    "counterfactual": lambda place: al.counterfactual("no_policy", "only_pilot_selection_mid", 3, overrides=SMALL),
    "sweep": _sweep,
    "discovery": lambda place: _sweep(place).discover("vitality", above=0.4),
    "replicates": lambda place: al.plan_replicates(["no_policy", "stage_matched"], ["founded", "patents"], pilot=12,
                                                   overrides=SMALL),
    "forecast": _forecast,
    "worlds": lambda place: al.compare(["no_policy", "stage_matched"], worlds=4, replicates=2, overrides=SMALL),
    "worlds of instruments": lambda place: al.effects(worlds=2, replicates=2),
    "worlds of alliances": lambda place: al.counterfactual("no_policy", "stage_matched", 2, overrides=SMALL, worlds=4),
    "scorecard_worlds": lambda place: al.scorecard("county_bureau", 2, worlds=3),
}


def test_every_kind_has_a_maker_here():
    assert {name.split()[0] for name in MAKERS} == set(KINDS)


@pytest.mark.parametrize("name", MAKERS)
def test_every_kind_is_made_saved_read_back_drawn_reported_and_shown(name, tmp_path):
    """Rows: H4, H6."""
    made, kind = MAKERS[name](tmp_path), name.split()[0]
    assert isinstance(made, Result) and type(made) is KINDS[kind] and made.kind == kind
    assert made.scenarios and made.provenance["version"]

    made.save(tmp_path / "saved")
    again = al.read(tmp_path / "saved")
    assert type(again) is type(made)
    assert [scenario.title for scenario in again.scenarios] == [scenario.title for scenario in made.scenarios]
    first, second = made.tables(), again.tables()
    assert list(first) == list(second)
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, second[name], check_dtype=False, check_index_type=False, obj=name)
    assert again.notes() == made.notes()

    pictures = made.figures()
    assert pictures and list(pictures) == list(again.figures())
    for name, figure in again.figures().items():
        assert isinstance(figure, Figure) and any(axes.has_data() for axes in figure.axes), name
    assert type(made.plot) is type(again.plot) and list(made.plot.all()) == list(pictures)

    page = made.report(tmp_path / "made.html").read_text("utf-8")
    assert again.report(tmp_path / "again.html").read_text("utf-8") == page
    assert repr(again) == repr(made) and repr(made).startswith(type(made).__name__)
    assert "<t" in made._repr_html_() and "0x" not in made._repr_html_()

    try:
        chinese_font()
    except UserError as error:
        pytest.skip(str(error))
    assert 'lang="zh-Hans"' in again.report(tmp_path / "zh.html", language="zh").read_text("utf-8")


def test_a_result_stays_as_it_was_computed():
    run = al.run("no_policy", overrides=SMALL)
    for name in ("panel", "summary", "provenance", "scenarios", "plot"):
        with pytest.raises(AttributeError, match=f"^{name} of a Run cannot be set: a result stays as it was computed"):
            setattr(run, name, run.curves)
    mine = run.curves.copy()
    mine["trust"] = 0.0
    assert (run.curves["trust"] > 0.0).any()


def test_a_folder_of_an_unknown_kind_is_read_as_its_tables(tmp_path):
    from alliancelab.scenarios import store

    table = pd.DataFrame({"a": [1, 2]})
    with store.staged(tmp_path / "other") as place:
        store.write_table(place, "mine", table)
        store.write_json(place, "mine.json", {"kind": "something new", "version": "9", "program": "alliancelab"})
    other = al.read(tmp_path / "other")
    pd.testing.assert_frame_equal(other.tables()["mine"], table)
    assert "mine" in repr(other) and other.report(tmp_path / "other.html").is_file()


def test_what_a_folder_does_not_keep_is_said_in_one_sentence(tmp_path):
    al.lifecycle(["no_policy"], replicates=2, overrides=SMALL, out=tmp_path / "lives")
    with pytest.raises(UserError, match="a folder of results does not keep whole runs; run the life cycles again"):
        al.read(tmp_path / "lives").by_age("trust")


def test_tables_are_exported_as_csv_in_which_no_text_is_a_formula(tmp_path):
    al.run("no_policy", seed=1, overrides=SMALL, out=tmp_path / "run")
    hostile = "=cmd|' /C calc'!A0"
    result = al.read(tmp_path / "run")
    result.summary.loc["founded", "title"] = hostile
    result.export(tmp_path / "csv")
    assert {path.stem for path in (tmp_path / "csv").glob("*.csv")} == set(result.tables())
    again = pd.read_csv(tmp_path / "csv" / "summary.csv").set_index("outcome")
    assert again.loc["founded", "title"] == f"'{hostile}"
    assert again["value"].to_numpy() == pytest.approx(result.summary["value"].to_numpy(), nan_ok=True)

"""Studies in many worlds: each has the numbers that the study gives in one world, told with what they hang on."""

import json
from functools import partial

import numpy as np
import pytest

import alliancelab as al
from alliancelab import studies
from alliancelab.agents.errors import UserError
from alliancelab.analysis.causal.in_worlds import DECLARED
from alliancelab.analysis.results.world_scorecard import WorldScorecard
from alliancelab.analysis.results.worlds import WorldComparison
from alliancelab.cli.commands import app
from alliancelab.model.parameters import PARAMETERS
from alliancelab.scenarios import kept_runs
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.scorecard import score
from alliancelab.scenarios.variants import base_of
from tests.support.command import alliancelab
from tests.support.many_worlds import SMALL

SIZES = {f"world.{name}": value for name, value in SMALL.items()}
PAIR = ("no_policy", "stage_matched")
WHOLE = {parameter.name for parameter in PARAMETERS if parameter.integer}


def changes_of(found: WorldComparison, world: int) -> dict[str, float]:
    """What `load` takes to make the scenario of a world."""
    return {f"parameters.{name}": int(value) if name in WHOLE else value for name, value in zip(
        found.runs.varied, found.runs.values[world].tolist(), strict=True)}


@pytest.fixture(scope="module")
def alliances():
    return al.counterfactual(*PAIR, replicates=2, overrides=SIZES, worlds=4)


@pytest.fixture(scope="module")
def card():
    return al.scorecard("county_bureau", 2, worlds=3)


def test_a_counterfactual_has_in_a_world_the_numbers_of_that_world(alliances):
    """Rows: H3, H5."""
    seed, changes = int(alliances.runs.seeds[2, 1]), changes_of(alliances, 2)
    alone = al.counterfactual(*PAIR, replicates=1, first_seed=seed, overrides=SIZES | changes)
    found = dict(zip([one.name for one in DECLARED],
                     alliances.runs.outcomes[1, 2, 1] - alliances.runs.outcomes[0, 2, 1], strict=True))
    for name, row in (("years_lived_all", ("all", "years_lived")), ("patents_reached", ("reached", "patents"))):
        assert found[name] == pytest.approx(alone.effects.at[row, "difference"], rel=1e-9, nan_ok=True)
    assert found["subsidised_deadweight"] == pytest.approx(alone.additionality.at["deadweight", "value"])
    assert found["crowding_both"] == pytest.approx(alone.crowding.at["both", "value"])
    assert alliances.effects.loc["stage_matched"]["worlds"].max() == 4


def test_a_counterfactual_that_was_stopped_goes_on(alliances, tmp_path, monkeypatch):
    add, added = kept_runs.KeptRuns.add, []

    def stop(self, *place):
        if len(added) == 3:
            raise KeyboardInterrupt
        added.append(place[:2])
        add(self, *place)

    def again():
        return al.counterfactual(*PAIR, replicates=2, overrides=SIZES, worlds=4, out=tmp_path / "out", workers=1)

    monkeypatch.setattr(kept_runs.KeptRuns, "add", stop)
    with pytest.raises(KeyboardInterrupt):
        again()
    monkeypatch.setattr(kept_runs.KeptRuns, "add", lambda self, *place: (added.append(place[:2]), add(self, *place)))
    assert np.array_equal(again().runs.outcomes, alliances.runs.outcomes, equal_nan=True)
    assert len(added) == len(set(added)) == 8 and not (tmp_path / "out.runs").exists()


def test_a_scorecard_has_in_a_world_the_lines_of_that_world(card):
    """Rows: F11, G8, H5."""
    assert isinstance(card, WorldScorecard)
    scores = score(load("county_bureau", changes_of(card, 1)), 2, int(card.runs.seeds[1, 0]))
    for j, aim in enumerate(scores.aims):
        i = scores.indicators.index(aim.indicator)
        year = scores.years[-1] if aim.year is None else aim.year
        place = int(np.flatnonzero(scores.years == year)[0])
        both = (scores.kept[i, place], scores.values[i, place])
        assert np.array_equal(card.runs.outcomes[:, 1, :, j], both, equal_nan=True), aim


def test_targets_are_met_in_worlds_in_which_half_of_the_runs_meet_them(card):
    from alliancelab.analysis.results.scorecard import met

    row = card.targets[card.targets["target"].notna()].iloc[0]
    j = [outcome.name for outcome in card.runs.declared].index(str(row.name))
    hits = met(card.runs.outcomes[1, ..., j], row["target"], card.runs.declared[j].better)
    assert row["met"] == hits.mean() and row["met_in"] == (hits.mean(axis=1) >= 0.5).sum() and row["worlds"] == 3
    without = card.targets[card.targets["target"].isna()]
    assert without["met"].isna().all() and (without["met_in"] == 0).all()


def test_instruments_alone_are_compared_with_their_own_bases(tmp_path, monkeypatch):
    """Rows: H3, H5."""
    chosen = [one for one in studies.INSTRUMENTS if one.name in ("layout", "demonstration")]
    monkeypatch.setattr(studies, "INSTRUMENTS", chosen)
    found = al.effects(["mid"], 2, worlds=3, out=tmp_path / "out")
    assert found.bases == {f"only_{one.name}_mid": base_of(one.name) for one in chosen}
    plain = al.compare([base_of("demonstration"), "only_demonstration_mid"], 2, worlds=3)
    mine, theirs = found.effects.loc["only_demonstration_mid"], plain.effects.loc["only_demonstration_mid"]
    assert mine.equals(theirs[mine.columns])
    again = al.read(tmp_path / "out")
    assert again.bases == found.bases and again.effects.equals(found.effects)
    assert "only_layout_mid" in found.variance.index.unique("scenario")


def test_what_makes_no_sense_is_refused_before_anything_is_run(tmp_path):
    for wrong in ({"worlds": 1}, {"worlds": 10**6}, {"worlds": 3, "replicates": 1}, {"worlds": 3, "first_seed": -1},
                  {"worlds": 3, "workers": 0}, {"worlds": 3, "ensemble": tmp_path}, {"ensemble": tmp_path},
                  {"worlds": 3, "out": "/dev/null/x"}):
        for study in (partial(al.counterfactual, *PAIR), partial(al.scorecard, "dongying"), al.effects):
            with pytest.raises(UserError) as refused:
                study(**wrong)
            assert "\n" not in str(refused.value)
    with pytest.raises(UserError, match="a folder is for effects in many worlds"):
        al.effects(out=tmp_path / "out")
    with pytest.raises(UserError, match="declares no"):
        al.scorecard("no_policy", worlds=3)


@pytest.mark.parametrize(("words", "parts"), [
    (["counterfactual", *PAIR], ["stage_matched against no_policy", "Years lived, all matched alliances"]),
    (["scorecard", "county_bureau"], ["outcome with the plan", "met", "New national"]),
])
def test_commands_print_effects_with_the_worlds_in_which_they_hold(words, parts, capsys):
    """Rows: H4."""
    small = [word for name, value in SIZES.items() for word in ("--set", f"{name}={value}")] if len(words) == 3 else []
    app([*words, "--worlds", "3", "--replicates", "2", *small], standalone_mode=False)
    said = capsys.readouterr().out
    for part in [*parts, "sign holds", "of 3", "luck alone", "everything", "in 3 worlds, 2 replicates"]:
        assert part in said, part
    app([*words, "--worlds", "3", "--replicates", "2", *small, "--json"], standalone_mode=False)
    document = json.loads(capsys.readouterr().out)
    assert document["worlds"] == 3 and document["effects"] and document["variance"]


def test_a_page_of_markdown_says_what_makes_it(tmp_path, monkeypatch):
    monkeypatch.setattr(studies, "INSTRUMENTS", studies.INSTRUMENTS[:1])
    app(["effects", "--worlds", "2", "--replicates", "2", "--markdown", str(tmp_path / "page.md")],
        standalone_mode=False)
    page = (tmp_path / "page.md").read_text("utf-8")
    assert "Made by `alliancelab effects mid --worlds 2 --replicates 2 --seed 0 --markdown FILE`." in page
    name = studies.INSTRUMENTS[0].name
    assert f"| only_{name}_mid | {base_of(name)} | Patents | patents |" in page


@pytest.mark.parametrize("words", [["effects", "--out", "x"], ["effects", "--worlds", "1"],
                                   ["counterfactual", *PAIR, "--ensemble", "x"],
                                   ["scorecard", "dongying", "--worlds", "3", "--replicates", "1"]])
def test_mistakes_are_answered_in_a_sentence_with_code_two(words):
    answer = alliancelab(*words)
    assert answer.returncode == 2 and answer.stdout == "" and answer.stderr.count("\n") == 1


@pytest.mark.parametrize("study", ["alliances", "card"])
def test_pages_in_chinese_hold_no_english(study, request):
    """Rows: H6."""
    from alliancelab.analysis.report.parts import Quote, Verbatim, translated
    from alliancelab.analysis.words.glossary import translator
    from tests.support.chinese import english_in, words_of

    page = request.getfixturevalue(study).page()
    words = {word: translated(word, translator("zh")) for word in [*words_of(page), page.title, page.line]
             if not isinstance(word, Verbatim | Quote)}
    assert {word: said for word, said in words.items() if english_in(said)} == {}

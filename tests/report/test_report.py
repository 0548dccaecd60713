"""A report says what its folder holds, on one page that asks for nothing and can be repeated."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import alliancelab as al
from alliancelab.agents.errors import StoreError, UserError
from alliancelab.analysis.report.folder import SHOWN_ROWS
from alliancelab.analysis.report.parts import Code
from alliancelab.model.setup import SIZES
from alliancelab.scenarios import store
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.store import Stored
from tests.support.pages import HOSTILE, Page, section, table

HEADINGS = {
    "compare": ["Question", "Scenarios", "Differences", "Figures", "Means", "Money", "Statistics", "Limits",
                "Provenance", "How to reproduce"],
    "run": ["Question", "Scenarios", "Outcomes", "Figures", "Life of the alliances", "Projects", "Money",
            "Statistics", "Limits",
            "Provenance", "How to reproduce"],
}


@pytest.fixture(scope="session")
def comparison_page(comparison_folder) -> Page:
    return Page(al.report(comparison_folder).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def run_page(run_folder) -> Page:
    return Page(al.report(run_folder).read_text(encoding="utf-8"))


def test_every_section_is_there_and_in_order(comparison_page, run_page):
    """Rows: H6."""
    assert comparison_page.texts["h2"] == HEADINGS["compare"]
    assert run_page.texts["h2"] == HEADINGS["run"]
    assert sum(tag == "img" for tag, _ in comparison_page.tags) == 4
    assert sum(tag == "img" for tag, _ in run_page.tags) == 7


def test_a_page_asks_for_nothing_and_holds_no_script(comparison_page, run_page):
    """Rows: H6."""
    for page in (comparison_page, run_page):
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"script", "link", "iframe", "object", "embed", "form", "base"}
        assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
        addresses = [value for _, attributes in page.tags for name, value in attributes.items()
                     if name in ("src", "href", "srcset", "action", "data")]
        assert addresses and all(value.startswith(("data:image/", "#")) for value in addresses)
        assert "url(" not in page.texts["style"][0] and "@import" not in page.texts["style"][0]


def test_hostile_titles_are_text(comparison_page):
    assert HOSTILE in comparison_page.texts["title"][0]
    assert any(HOSTILE in text for text in comparison_page.texts["dd"])
    assert not [attributes for tag, attributes in comparison_page.tags
                if tag == "img" and not attributes["src"].startswith("data:image/svg+xml;base64,")]


def test_a_title_of_ones_own_is_text_too(run_folder, tmp_path):
    page = Page(al.report(run_folder, tmp_path / "own.html", title=HOSTILE).read_text(encoding="utf-8"))
    assert page.texts["title"] == [HOSTILE] and page.texts["h1"] == [HOSTILE]


def test_the_same_folder_gives_the_same_bytes(comparison_folder, tmp_path):
    first, second = (al.report(comparison_folder, tmp_path / name).read_bytes() for name in ("a.html", "b.html"))
    assert first == second


def test_a_folder_is_opened_as_what_was_saved(comparison_folder, run_folder):
    """Every number that the tables give is the one that was written."""
    stored = Stored(comparison_folder)
    written = stored.table("differences").set_index(["scenario", "outcome"])
    again = al.read(comparison_folder).differences
    for column in ("difference", "low", "high", "p_holm"):
        assert np.array_equal(again[column], written[column], equal_nan=True)
    run = al.read(run_folder)
    fresh = al.run(Stored(run_folder).scenarios[0], seed=3)
    assert run.outcomes.equals(fresh.outcomes.rename(run.outcomes.name))
    assert run.stage_profile.equals(fresh.stage_profile)
    assert run.transitions.counts.equals(fresh.transitions.counts)


def test_a_run_in_memory_and_its_folder_give_the_same_report(run_folder, tmp_path):
    run = al.run(Stored(run_folder).scenarios[0], seed=3)
    mine, folder = run.report(tmp_path / "memory.html"), al.report(run_folder, tmp_path / "folder.html")
    apart = [(a, b) for a, b in zip(*(file.read_text(encoding="utf-8").splitlines() for file in (mine, folder)),
                                    strict=True) if a != b]
    assert all(re.fullmatch(r"<dd>[\d.]+ s</dd>", line) for pair in apart for line in pair)  # how long it took


def files_of(page: Page) -> dict[str, str]:
    """Scenario files that a page holds, by name."""
    names = [text for text in page.texts["code"] if text.endswith(".toml") and " " not in text]
    texts = [text for text in page.texts["code"] if "[world]" in text]
    return dict(zip(names, texts, strict=True))


def test_scenario_files_on_the_page_are_the_scenarios(comparison_page, comparison_folder, tmp_path):
    """Rows: H2, H6."""
    files = files_of(comparison_page)
    told = Stored(comparison_folder).document["scenarios"]
    assert list(files) == [f"{scenario['name']}.toml" for scenario in told]
    for scenario in told:
        file = tmp_path / f"{scenario['name']}.toml"
        file.write_text(files[file.name], encoding="utf-8")
        assert load(file).hash == scenario["hash"]


def test_the_command_on_the_page_repeats_the_result(comparison_page, comparison_folder, tmp_path):
    """Rows: H6."""
    for name, text in files_of(comparison_page).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command, = (text for text in comparison_page.texts["code"] if text.startswith("alliancelab compare"))
    answer = subprocess.run([sys.executable, "-m", *command.split()], cwd=tmp_path, capture_output=True, text=True,
                            check=False)
    assert answer.returncode == 0, answer.stderr
    again, first = Stored(tmp_path / "results"), Stored(comparison_folder)
    for name in ("outcomes", "differences", "flows"):
        assert again.table(name).equals(first.table(name))


def test_scenarios_are_told_lever_by_lever(comparison_folder):
    """Rows: H2, H6."""
    told = section(al.read(comparison_folder).page(), "scenarios")
    rows = {row[1]: row[2:] for row in table(told, "Stage-matched: differences").rows}
    assert rows["programme_grants.amount"] == ("–", "3", "million yuan a year per grant")
    usual = next(size.default for size in SIZES if size.name == "firms")
    assert rows["world.firms"] == (f"{usual:g}", "160", "firms")
    named = "0 in 2007; 0.4 in 2009; 5 in 2010; 0.2 in 2011; 3.9 in 2012; 5.5 in 2013"
    assert rows["pilot_selection.number"][1] == named
    own = table(told, f"{HOSTILE}: differences from the declared defaults")  # its base is a file that is not kept
    assert {row[1]: row[3] for row in own.rows}["programme_grants.amount"] == "1 in 2008; 4.5 in 2012"
    assert len(table(told, "Budgets made equal").rows) == 3


def test_the_ledger_adds_up_to_the_outlay(run_folder):
    """Rows: H6."""
    report, run = al.read(run_folder).page(), al.read(run_folder)
    spent = [float(row[1].replace(",", "")) for row in table(section(report, "ledger"), "Public outlay").rows]
    assert sum(spent) == pytest.approx(run.outcomes["public_outlay"], rel=1e-3)
    flows = table(section(report, "ledger"), "Who paid").rows
    named = {row[2]: float(row[4].replace(",", "").replace("≈ 0", "0")) for row in flows}
    ledger = run.ledger[run.ledger["quarter"] >= 20].groupby("flow")["amount"].sum()
    assert set(named) == set(ledger.index)
    assert named["contribution"] == pytest.approx(ledger["contribution"], rel=1e-3)


def test_statistics_name_what_was_done(comparison_folder):
    text = " ".join(section(al.read(comparison_folder).page(), "statistics").blocks[0].items)
    assert "6 replicates of each scenario, seeds 4 to 9" in text
    tests = al.read(comparison_folder).differences["p"].notna().sum()
    assert f"Holm's step-down correction over all {tests} tests" in text


def test_rules_and_instruments_of_ones_own_are_told_with_their_source(tmp_path):
    def engagement(seat, organisation, alliance, supervision, p):
        return 1.0 / (1.0 + 0.2 * alliance.size)

    sizes = {"world.firms": 60, "world.sectors": 1, "world.quarters": 30, "world.warm_up": 8}
    run = al.run("no_policy", rules={"engagement": engagement}, overrides=sizes)
    report = run.page()
    sources = [block.text for block in section(report, "provenance").blocks if isinstance(block, Code)]
    assert any("0.2 * alliance.size" in source for source in sources)
    run.report(tmp_path / "own.html")


def test_an_instrument_of_ones_own_needs_not_be_there_for_the_report(tmp_path):
    def give(quarter):
        quarter.buy(1.0)

    lever = al.Lever("visits", 0, 0, 9, "visits a year", "assumed", "Visits.")
    budget = al.Lever("budget", 0, 0, 1e6, "million yuan a year", "scenario", "Most that is paid in a year.")
    words = dict.fromkeys(("eligible", "delivery", "acts_on", "cost", "harm"), "All.")
    al.register(al.Instrument("visitors", "Visitors", "formation", (), **words, strength="visits",
                              levers=(lever, budget), act=give))
    sizes = {"firms": 60, "sectors": 1, "quarters": 40, "warm_up": 8}
    policy = {"visitors": {"visits": 2, "budget": 3}}
    al.run({"title": "Visited", "base": "no_policy", "world": sizes, "policy": policy}, out=tmp_path / "own")
    al.withdraw("visitors")
    report = al.read(tmp_path / "own").page()
    rows = {row[1]: row[3] for row in table(section(report, "scenarios"), "Visited").rows}
    assert rows["visitors.visits"] == "2"
    assert ("Own instruments", "24") in table(section(report, "ledger"), "Public outlay").rows
    assert any("quarter.buy(1.0)" in block.text for block in section(report, "provenance").blocks
               if isinstance(block, Code))


def test_a_world_without_alliances_has_a_report(tmp_path):
    run = al.run("no_policy", overrides={"world.firms": 2, "world.sectors": 1, "world.quarters": 25, "world.warm_up": 8,
                                         "world.universities": 0, "world.institutes": 0, "world.agencies": 0})
    assert len(run.alliances) == 0
    run.save(tmp_path / "empty")
    page = Page(al.report(tmp_path / "empty").read_text(encoding="utf-8"))
    assert page.texts["h2"] == HEADINGS["run"]


def test_one_scenario_and_one_replicate_have_a_report(tmp_path):
    sizes = {"world.firms": 60, "world.sectors": 1, "world.quarters": 40, "world.warm_up": 8}
    al.compare(["no_policy"], replicates=1, overrides=sizes, out=tmp_path / "one")
    page = Page(al.report(tmp_path / "one").read_text(encoding="utf-8"))
    assert "Differences" not in page.texts["h2"] and "Means" in page.texts["h2"]


# --- folders and files ---------------------------------------------------------------------------------------------


def test_a_kind_that_is_not_known_gets_what_any_folder_can_say(run_folder, tmp_path):
    with store.staged(tmp_path / "strange") as place:
        for name in ("curves.parquet", "stages.png"):
            shutil.copy(run_folder / name, place / name)
        store.write_json(place, "run.json", {"kind": "seance", "program": "alliancelab", "version": "9.9"})
    page = Page(al.report(tmp_path / "strange").read_text(encoding="utf-8"))
    assert page.texts["h2"] == ["Tables", "Figures", "Provenance"]
    assert len(page.texts["tr"]) == 1 + SHOWN_ROWS


def test_results_can_be_written_anew_over_a_report(tmp_path):
    sizes = {"world.firms": 60, "world.sectors": 1, "world.quarters": 40, "world.warm_up": 8}
    al.run("no_policy", overrides=sizes, out=tmp_path / "out")
    page = al.report(tmp_path / "out")
    assert page == tmp_path / "out" / "report.html"
    al.report(tmp_path / "out")  # an earlier page of ours is replaced
    al.run("no_policy", seed=1, overrides=sizes, out=tmp_path / "out", overwrite=True)
    assert not page.exists()  # it told of results that are gone


def test_nothing_that_is_not_ours_is_replaced(run_folder, tmp_path):
    (tmp_path / "thesis.html").write_text("<html>mine</html>", encoding="utf-8")
    with pytest.raises(StoreError, match="alliancelab did not write it; give another name"):
        al.report(run_folder, tmp_path / "thesis.html")
    assert (tmp_path / "thesis.html").read_text(encoding="utf-8") == "<html>mine</html>"
    with pytest.raises(StoreError, match=r"ends in \.html"):
        al.report(run_folder, tmp_path / "report.pdf")
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(StoreError, match="give the name of a new file"):
        al.report(run_folder, tmp_path / "folder.html")


def test_a_page_that_cannot_be_finished_leaves_the_earlier_one(run_folder, tmp_path, monkeypatch):
    page = al.report(run_folder, tmp_path / "page.html")
    before = page.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(StoreError, match="no space left on device"):
        al.report(run_folder, page)
    assert page.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_results_of_an_earlier_version_are_refused_with_its_name(run_folder, tmp_path):
    with store.staged(tmp_path / "old") as place:
        for file in run_folder.glob("*.parquet"):
            shutil.copy(file, place / file.name)
        store.write_table(place, "curves", Stored(run_folder).table("curves").drop(columns="outlay"))
        store.write_json(place, "run.json", Stored(run_folder).document | {"version": "0.0.7"})
    with pytest.raises(StoreError, match=r"lacks the column 'outlay': it was written by version 0\.0\.7"):
        al.report(tmp_path / "old")


@pytest.mark.parametrize("change", [{"seeds": []}, {"seeds": ["x"]}, {"scenarios": [{"name": "x"}]}, {"scenarios": 3},
                                    {"version": None}])
def test_a_document_that_was_tampered_with_is_refused(change, run_folder, tmp_path):
    with store.staged(tmp_path / "bad") as place:
        for file in run_folder.glob("*.parquet"):
            shutil.copy(file, place / file.name)
        store.write_json(place, "run.json", Stored(run_folder).document | change)
    with pytest.raises(StoreError, match=r"the document (does not tell|tells no)|this is not a document"):
        al.report(tmp_path / "bad")


@pytest.mark.parametrize("arguments, answer", [
    (["report", "gone"], "there is no such file; give a folder that alliancelab wrote"),
    (["report", "RUN", "--lang", "fr"], "there is no language 'fr'; there are en, zh"),
    (["report", "RUN", "--out", "/proc/page.html"], "could not be written"),
    (["report", "RUN", "--out", "page.txt"], "ends in .html"),
    (["run", "no_policy", "--out", "out", "--lang", "fr"], "there is no language 'fr'"),
    (["compare", "no_policy", "--lang", "zh"], "give the folder, too"),
])
def test_a_mistake_ends_in_one_sentence_and_exit_code_2(arguments, answer, run_folder, tmp_path):
    arguments = [str(run_folder) if word == "RUN" else word for word in arguments]
    result = subprocess.run([sys.executable, "-m", "alliancelab", *arguments], cwd=tmp_path, capture_output=True,
                            text=True, check=False)
    assert result.returncode == 2, result.stderr
    assert answer in result.stderr and "Traceback" not in result.stderr
    assert len(result.stderr.splitlines()) == 1 and not list(Path(tmp_path).iterdir())


def test_an_unknown_language_is_refused_in_python(run_folder, tmp_path):
    with pytest.raises(UserError, match="there is no language"):
        al.read(run_folder).report(tmp_path / "page.html", language="fr")

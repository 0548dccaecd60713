"""Every declared word has a Chinese term, and figures and reports in Chinese are in Chinese throughout."""

import re
from collections import Counter
from pathlib import Path

import pytest
from matplotlib import font_manager
from matplotlib.figure import Figure as Picture

import alliancelab as al
from alliancelab.agents.codes import Door, Kind, Reason, Stage
from alliancelab.agents.codes import Path as RescuePath
from alliancelab.agents.errors import UserError
from alliancelab.analysis.causal.matching import MEASURES as MATCHED_MEASURES
from alliancelab.analysis.causal.pilots import CONTRASTS
from alliancelab.analysis.causal.pilots import OUTCOMES as PILOT_OUTCOMES
from alliancelab.analysis.life.step_curves import SHAPES
from alliancelab.analysis.life.survival import TREATMENTS
from alliancelab.analysis.life.turning_points import POINTS
from alliancelab.analysis.report import parts as report_parts
from alliancelab.analysis.report.parts import Quote, Sense, Verbatim, translated
from alliancelab.analysis.report.studies import COUNTERFACTUAL, LIFECYCLE, PICTURES
from alliancelab.analysis.results.stylised_facts import ARMS, FACTS
from alliancelab.analysis.results.sweep import SweepResults
from alliancelab.analysis.tables.columns import DIMENSION_NAMES
from alliancelab.analysis.words import glossary
from alliancelab.analysis.words.glossary import terms, translate_figure, translator
from alliancelab.model.accounts import FLOWS
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.outcomes import OUTCOMES
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.policy.own import known_instruments
from alliancelab.model.setup import SIZES
from alliancelab.model.tables import CURVES
from alliancelab.scenarios.layers import library_names
from alliancelab.scenarios.moments import MOMENTS
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.variants import variant_names
from tests.support.chinese import english_drawn, english_in, words_of
from tests.support.pages import HOSTILE

SOURCES = Path(__file__).resolve().parents[3] / "shared" / "sources" / "source-documents.zh.txt"
CODES = [code.name.lower() for kind in (Stage, Door, RescuePath, Reason, Kind) for code in kind]
DECLARED = {
    "codes": CODES,
    "dimensions": DIMENSION_NAMES,
    "instruments": [instrument.title for instrument in INSTRUMENTS],
    "outcomes": [outcome.title for outcome in OUTCOMES],
    "meanings": [outcome.description for outcome in OUTCOMES],
    "units": {item.unit for item in (*MOMENTS.values(), *FACTS, *MATCHED_MEASURES, *PARAMETERS, *SIZES,
                                     *(one for i in INSTRUMENTS for one in i.levers))}
    - {"-", "logit"},  # "logit" is the word in Chinese, too
    "levers": [lever.description for instrument in known_instruments() for lever in instrument.levers],
    "flows": [flow.description for flow in FLOWS],
    "curves": [f"{curve.name.replace('_', ' ').capitalize()}: {curve.description}" for curve in CURVES],
    "scenarios": [getattr(load(name), word) for name in library_names() + variant_names()
                  for word in ("title", "purpose")],
    "moments": [moment.title for moment in MOMENTS.values()],
    "facts": [*(fact.title for fact in FACTS), *ARMS, *(f"{word} [verdict]" for word in (
        "inside", "outside", "undecided", "spanned", "no answer"))],
    "studies": [*SHAPES.values(), *(name.replace("_", " ") for name in (
        *SHAPES, *POINTS, *TREATMENTS, *CONTRASTS, *PILOT_OUTCOMES,
        *(measure.name for measure in MATCHED_MEASURES))), *(f"{name} [measure]" for name in (
        "patents", "products", "members"))],  # these are units, too
    "captions": [*LIFECYCLE.values(), *COUNTERFACTUAL.values(), *PICTURES.values()],
}


@pytest.mark.parametrize("group", DECLARED)
def test_every_declared_word_has_a_chinese_term(group):
    """Rows: H6."""
    chinese = translator("zh")
    assert [word for word in DECLARED[group] if chinese(word) == word] == []


def test_no_english_term_has_two_translations():
    assert [term for term, count in Counter(term.english for term in terms()).items() if count > 1] == []


def test_gaps_of_a_sentence_are_filled():
    gaps = re.compile(r"\{(\w+)\}")
    for term in terms():
        assert set(gaps.findall(term.chinese)) == set(gaps.findall(term.english)), term.english


@pytest.mark.skipif(not SOURCES.is_file(), reason="the source documents are not beside the checkout")
def test_terms_said_to_be_of_a_document_stand_in_it():
    documents = re.split(r"(?m)^科技创新产业规划范文(?:篇1)?$", SOURCES.read_text(encoding="utf-8"))[1:]
    text = dict(zip(("I", "II", "III"), documents, strict=True))
    sourced = [term for term in terms() if term.source]
    assert {"组建", "成长", "成熟", "衰退", "再成长"} <= {term.chinese for term in sourced}
    assert [term for term in sourced if term.chinese not in text[term.source]] == []


def test_words_are_told_apart_from_units_and_titles_of_ones_own_stay():
    chinese = translator("zh")
    assert chinese("Patents (patents)") == "专利数（件）"
    assert chinese("growth, maturity") == "成长、成熟"
    assert chinese("My own package: mean vitality is highest at 4.2 years") == "My own package：平均活力在 4.2 年时最高"
    assert translated(Sense("patents", "measure"), chinese) == "专利" and chinese("patents") == "件"
    assert translated(Sense("patents", "measure"), str) == "patents" == translated(Verbatim("patents"), chinese)
    assert chinese("No policy · My own package") == "无政策 · My own package"
    assert chinese("on its bound; goes together with exit_rate, term") == "位于边界；与 exit_rate, term 高度相关"
    assert chinese(HOSTILE) == HOSTILE
    assert translator("en")("Patents (patents)") == "Patents (patents)"


@pytest.fixture(scope="session")
def font() -> str:
    try:
        return glossary.chinese_font()
    except UserError as error:
        pytest.skip(str(error))


def test_figures_in_chinese_hold_no_english(run_folder, comparison_folder, font):
    """Rows: H6."""
    run, comparison = al.read(run_folder), al.read(comparison_folder)
    for name, figure in {**run.plot.all(), **comparison.plot.all()}.items():
        assert english_drawn(figure) == [], name


def test_a_figure_keeps_its_limits_and_its_marks_in_chinese(comparison_folder, font):
    comparison = al.read(comparison_folder)
    english, chinese = comparison.plot.differences(), translate_figure(comparison.plot.differences(), "zh")
    for one, other in zip(english.axes, chinese.axes, strict=True):
        assert one.get_xlim() == other.get_xlim() and one.get_ylim() == other.get_ylim()
        assert len(one.get_yticklabels()) == len(other.get_yticklabels())
        assert other.get_yticklabels()[0].get_text() == "组建联盟数（联盟）"


@pytest.fixture(scope="session")
def folders(run_folder, comparison_folder, sweep_folder, scorecard_folder, calibration_folder, studies, sweeps,
            registry_folders):
    """A folder of every kind of result, and of every method of a sweep that has pictures of its own."""
    return [run_folder, comparison_folder, sweep_folder, scorecard_folder, calibration_folder,
            *(studies / kind for kind in ("lifecycle", "counterfactual", "validate")),
            *(sweeps / method for method in ("oat", "grid", "saltelli")), *registry_folders]


def test_names_on_an_axis_that_panels_share_stay_in_chinese(font):
    """Rows: H6."""
    picture = Picture()
    left, _ = picture.subplots(1, 2, sharey=True)
    left.set_yticks([0, 1], ["Patents filed, 2009: 700 patents", "Needs collected, 2009: 50 needs"])
    translate_figure(picture, "zh")
    assert all("2009 年" in tick.get_text() for tick in left.get_yticklabels())


def test_reports_in_chinese_hold_no_english(folders):
    """Rows: H6."""
    chinese = translator("zh")
    for folder in folders:
        report = al.read(folder).page()
        words = {word: translated(word, chinese) for word in words_of(report) if not isinstance(word, Verbatim | Quote)}
        assert {word: said for word, said in words.items() if english_in(said)} == {}, folder.name


def test_figures_on_pages_in_chinese_hold_no_english(folders, font):
    """Rows: H6."""
    for folder in folders:
        for section in al.read(folder).page().sections:
            for block in section.blocks:
                if isinstance(block, report_parts.Figure):
                    assert english_drawn(block.picture) == [], f"{folder.name}: {block.name}"


def test_figures_of_studies_plans_and_boxes_in_chinese_hold_no_english(studied, sweeps, font):
    """Rows: H6. Figures that have no page, or are on none in Chinese."""
    sizes = {"world.firms": 60, "world.sectors": 1, "world.quarters": 40, "world.warm_up": 8}
    figures = studied[1]["lifecycle"].figures()
    for names in (["no_policy"], ["no_policy", "stage_matched"]):
        figures[f"plan of {len(names)}"] = al.plan_replicates(names, pilot=10, overrides=sizes).plot.outcome("vitality")
    figures["box"] = SweepResults(sweeps / "grid").discover("vitality", above=0.4).plot.box()
    assert [name for name, figure in figures.items() if english_drawn(figure)] == []


def test_a_page_in_chinese_says_so(run_folder, tmp_path, font):
    page = al.report(run_folder, tmp_path / "zh.html", language="zh").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans">' in page and "<h2>来源</h2>" in page and "<h1>阶段匹配</h1>" in page


def test_a_run_writes_its_figures_in_chinese(tmp_path, font):
    sizes = {"world.firms": 60, "world.sectors": 1, "world.quarters": 40, "world.warm_up": 8}
    al.run("no_policy", overrides=sizes, out=tmp_path / "en")
    al.run("no_policy", overrides=sizes, out=tmp_path / "zh", language="zh")
    same = [(tmp_path / "en" / name).read_bytes() == (tmp_path / "zh" / name).read_bytes()
            for name in ("stages.png", "curves.parquet")]
    assert same == [False, True]


def test_a_missing_font_is_told_in_one_sentence_before_anything_is_computed(tmp_path, monkeypatch):
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    with pytest.raises(UserError, match="install one, such as Debian's package fonts-wqy-zenhei"):
        al.run("no_policy", out=tmp_path / "out", language="zh")
    assert list(tmp_path.iterdir()) == []


def test_a_font_installed_since_matplotlib_looked_is_found(monkeypatch, font):
    listed = [entry for entry in font_manager.fontManager.ttflist if entry.name != font]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", listed)
    assert glossary.chinese_font()

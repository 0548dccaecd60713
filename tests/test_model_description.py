"""The documentation is complete: the elements of ODD and ODD+D, every rule, and everything that the code declares."""

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliancelab.agents import codes
from alliancelab.agents.compiled import is_compiled
from alliancelab.model import tables
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.outcomes import OUTCOMES
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.setup import SIZES

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
TESTS = ROOT / "tests"
ODD = (DOCS / "odd.md").read_text(encoding="utf-8")
REFERENCE = (DOCS / "reference.md").read_text(encoding="utf-8")
LEVERS = (DOCS / "levers.md").read_text(encoding="utf-8")

# Grimm et al. 2020: the seven elements.
ELEMENTS = ("Purpose and patterns", "Entities, state variables, scales", "Process overview and scheduling",
            "Design concepts", "Initialisation", "Input data", "Submodels")
# Grimm et al. 2020 and Müller et al. 2013: the design concepts.
CONCEPTS = ("Basic principles, theoretical and empirical background", "Emergence", "Individual decision-making",
            "Adaptation and objectives", "Learning", "Individual sensing", "Individual prediction", "Interaction",
            "Collectives", "Heterogeneity", "Stochasticity", "Observation", "Implementation")
# Müller et al. 2013, II.ii: what has to be said of decisions.
DECISIONS = ("subjects and objects", "levels", "rationality", "how they decide", "change with circumstances",
             "social norms, culture", "space", "time", "uncertainty")
STATE = ("ORGANISATIONS", "SECTORS", "FIELDS", "ALLIANCES", "LINES", "SEATS", "PROJECTS", "PARTICIPATIONS",
         "GOVERNMENT", "PLATFORMS")
RECORDED = ("CURVES", "AGES", "PANEL", "EVENTS", "MEMBERS", "PROJECT_MEMBERS")
SOURCES = r"(assumed|tuned|prototype|design|data|document I|document II|document III|scenario|calibrated|measured)\b"

# Compiled functions that are no rules of the model, by the reason.
NO_RULES = {
    "writes what is already so, and changes nothing": (
        "model/accounts.py:record_event", "model/recording.py:write_panel", "model/recording.py:count_stages",
        "model/recording.py:write_alliances", "model/recording.py:write_sectors",
    ),
    "keeps lists and tables in order": (
        "model/seats.py:taken", "model/seats.py:seat_of", "model/seats.py:unlink", "model/seats.py:partner_of",
        "model/projects.py:end_projects", "model/projects.py:close_up", "model/space.py:count_needs",
        "model/partner_search.py:is_among", "model/environment.py:notice",
    ),
    "arithmetic that sentences use without naming it": (
        "model/environment.py:field_key", "model/formation.py:within", "model/partner_search.py:absorb",
        "model/randomness.py:mix", "model/randomness.py:word", "model/randomness.py:normal_quantile",
        "model/randomness.py:rarer",
    ),
}
RULE_FILES = sorted([*(ROOT / "agents").glob("*_rules.py"), *(ROOT / "model").glob("*.py"),
                     *(ROOT / "model" / "policy").glob("*.py")])


def compiled_functions() -> list[str]:
    """All compiled functions of rules, processes and instruments, written ``file:function``."""
    found = []
    for file in RULE_FILES:
        path = file.relative_to(ROOT)
        if file.name == "__init__.py":
            continue
        module = importlib.import_module("alliancelab." + ".".join(path.with_suffix("").parts))
        found += [f"{path.as_posix()}:{name}" for name, value in vars(module).items()
                  if is_compiled(value) and value.py_func.__module__ == module.__name__]
    return found


RULES = compiled_functions()


def chapters(text: str, level: int) -> dict[str, str]:
    """Text under each heading of a level, by the heading without its number."""
    parts = re.split(rf"^{'#' * level} (.+)$", text, flags=re.MULTILINE)
    bodies = (re.split(rf"^#{{1,{level}}} ", part, flags=re.MULTILINE)[0] for part in parts[2::2])
    return {re.sub(r"^[\d.]+ ", "", title): body for title, body in zip(parts[1::2], bodies, strict=True)}


def rows(text: str) -> Iterator[list[str]]:
    """Cells of the rows of all tables in a text."""
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith("|--"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def named(text: str) -> dict[str, list[str]]:
    """Rows whose first cell is a name in code font, by that name."""
    return {row[0].strip("`"): row[1:] for row in rows(text) if row[0].startswith("`")}


@pytest.mark.parametrize("element", ELEMENTS)
def test_each_element_of_odd_has_a_section(element):
    assert len(chapters(ODD, 2)[element].split()) > 40


@pytest.mark.parametrize("concept", CONCEPTS)
def test_each_design_concept_has_a_section(concept):
    found = chapters(ODD, 3)
    assert concept in found
    assert len(found[concept].split()) > 20


def test_the_questions_on_human_decisions_are_answered():
    answers = {row[0]: row[1] for row in rows(chapters(ODD, 3)["Individual decision-making"]) if len(row) == 2}
    assert set(DECISIONS) <= set(answers)
    assert all(len(answers[question].split()) > 3 for question in DECISIONS)


@pytest.mark.parametrize("table", STATE)
def test_every_entity_with_a_table_of_state_is_described(table):
    """The model description names the entity and leads to its variables."""
    titles = [title for title, body in chapters(REFERENCE, 3).items() if f"`{table}`" in body]
    assert len(titles) == 1
    assert f"reference.md#{titles[0].lower()}" in chapters(ODD, 2)["Entities, state variables, scales"]


@pytest.mark.parametrize("table", STATE + RECORDED)
def test_every_column_is_documented_with_type_unit_and_meaning(table):
    body, = (body for body in chapters(REFERENCE, 3).values() if f"`{table}`" in body)
    documented = named(body)
    columns = getattr(tables, table)
    assert list(documented) == [column.name for column in columns]
    for column in columns:
        assert documented[column.name][1:] == [column.unit, column.description]
        assert all(documented[column.name])


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_named_beside_its_sentence(rule):
    """Rows: H1."""
    named_in_text = f"`{rule}`" in ODD
    excused = any(rule in rules for rules in NO_RULES.values())
    assert named_in_text != excused, "named although it is excused" if excused else "named nowhere"


NAMED = sorted(set(re.findall(r"`((?:agents|model)/[\w/]+\.py):(\w+)`", ODD.replace("\n", " "))))


@pytest.mark.parametrize(("source", "rule"), NAMED)
def test_every_rule_named_has_a_test_in_the_place_of_its_file(source, rule):
    """A search for a rule in `tests` finds a docstring that names it, in a file named as the rule's own."""
    *folders, name = source.split("/")
    tests = TESTS.joinpath(*folders, f"test_{name}").read_text(encoding="utf-8")
    assert any(f"`{rule}`" in docstring for docstring in re.findall(r'"""(.*?)"""', tests, re.DOTALL)), rule


def test_rules_that_are_excused_exist():
    assert {rule for rules in NO_RULES.values() for rule in rules} <= set(RULES)


@pytest.mark.parametrize("name", [declared.name for declared in PARAMETERS])
def test_every_parameter_stands_in_the_model_description(name):
    assert f"`{name}`" in ODD


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda item: item.name)
def test_the_page_of_levers_has_every_lever(instrument):
    assert set(named(chapters(LEVERS, 2)[instrument.title])) == {lever.name for lever in instrument.levers}


def test_no_value_of_a_parameter_is_typed_beside_its_name():
    """Values are fitted anew from time to time; a page that repeats one goes stale."""
    names = "|".join(re.escape(declared.name) for declared in PARAMETERS)
    assert re.findall(rf"`(?:{names})`,? (?:=|is|of|:) \d", ODD) == []


def test_every_table_of_the_model_is_among_them():
    columns = {name for name in tables.__all__ if isinstance(getattr(tables, name), tuple)}
    assert columns <= {*STATE, *RECORDED}


@pytest.mark.parametrize("declared", [*PARAMETERS, *SIZES], ids=lambda item: item.name)
def test_every_parameter_is_documented_with_default_range_unit_and_source(declared):
    documented = named(chapters(REFERENCE, 2)["Parameters"]) | named(chapters(REFERENCE, 2)["Sizes of the world"])
    default, bounds, unit, source, meaning = documented[declared.name]
    low, high = (float(bound.replace(",", "")) for bound in bounds.split(" to "))
    assert low <= float(default.replace(",", "")) <= high
    assert (unit, source, meaning) == (declared.unit, declared.source, declared.description)
    assert re.match(SOURCES, source) and meaning.endswith(".") and unit


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda item: item.name)
def test_every_instrument_is_documented_with_its_levers(instrument):
    body = chapters(LEVERS, 2)[instrument.title]
    words = {row[0]: row[1] for row in rows(body) if len(row) == 2}
    assert all(words[word] for word in ("eligible", "delivery", "acts on", "cost", "harm", "off when"))
    documented = named(body)
    assert list(documented) == [lever.name for lever in instrument.levers]
    for lever in instrument.levers:
        default, bounds, unit, source, meaning = documented[lever.name]
        assert default and " to " in bounds and unit == lever.unit and meaning == lever.description
        assert re.match(SOURCES, source), f"{lever.name}: {source}"


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda item: item.name)
def test_the_model_description_says_what_every_instrument_does(instrument):
    module = f"model/policy/{instrument.name}.py"
    policy = next(body for title, body in chapters(ODD, 2).items() if title.startswith("Submodels of policy"))
    assert module in policy


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda item: item.name)
def test_every_outcome_is_documented_with_unit_and_direction(outcome):
    title, unit, better, meaning = named(chapters(REFERENCE, 2)["Outcomes"])[outcome.name]
    assert (title, unit, meaning) == (outcome.title, outcome.unit, outcome.description)
    assert better == {1: "more", -1: "less", 0: "neither"}[outcome.better]


def test_every_code_is_explained():
    for kind in (getattr(codes, name) for name in codes.__all__):
        line = next(line for line in REFERENCE.splitlines() if line.startswith(f"**{kind.__name__}.**"))
        assert all(f"{member.value} {member.name.lower()}" in line for member in kind)


def test_files_and_tests_named_on_pages_exist():
    for page in [*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        paths = re.findall(r"`((?:agents|model|scenarios|analysis|tests|docs|benchmarks)/[\w/]+\.\w+)(?:[:`])",
                           page.read_text(encoding="utf-8"))
        assert [path for path in paths if not (ROOT / path).is_file()] == [], page.name


def test_the_site_builds_without_warnings_and_asks_for_nothing(tmp_path):
    """Rows: H6."""
    answer = subprocess.run([sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(DOCS),
                             str(tmp_path / "site")], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    pages = list((tmp_path / "site").glob("*.html"))
    assert {page.stem for page in pages} >= {page.stem for page in DOCS.glob("*.md")}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|link|iframe)[^>]*(?:src|href)=\"(\w+:)?//", text)
        assert loaded == [], page.name
    styles = [style.read_text(encoding="utf-8") for style in (tmp_path / "site").rglob("*.css")]
    assert not [style for style in styles if re.search(r"url\(['\"]?(?:https?:)?//", style)]

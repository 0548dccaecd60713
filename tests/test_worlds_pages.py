"""What pages say of findings in many worlds is what is stored of them, and one command makes it anew."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = ROOT / "docs" / "worlds.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("docs_worlds", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["docs_worlds"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["docs_worlds"]


def test_pages_say_what_is_stored_of_findings_in_worlds(script):
    """`python docs/worlds.py texts` writes them from the table. Rows: H5."""
    for file, text in script.told(script.read_findings()).items():
        page = (ROOT / file).read_text(encoding="utf-8")
        assert page == (text if file == script.PAGE else script.with_block(page, text)), file


def test_every_study_of_the_pages_is_stored_with_its_worlds(script):
    rows = script.read_findings()
    assert {row["study"] for row in rows} == {study.name for study in script.STUDIES}
    assert all(0 <= row["holding"] <= row["worlds"] for row in rows)
    assert len([row for row in script.page(rows).splitlines() if row.startswith("| `")]) == script.LOWEST
    told = script.told(rows)
    assert f" of {rows[0]['worlds']} worlds" in told["README.md"] and "hold in at least" in told["docs/limitations.md"]


def test_a_block_is_made_anew_where_it_stands_and_else_put_at_the_end(script):
    begin, end = script.MARKS
    once = script.with_block("# Page\n\ntext\n", "one")
    assert once == f"# Page\n\ntext\n\n{begin}\none\n{end}\n"
    inside = f"1. item\n\n   {begin}\n   old\n   {end}\n\n2. item\n"
    assert script.with_block(inside, "| a |\nnew") == f"1. item\n\n   {begin}\n   | a |\n   new\n   {end}\n\n2. item\n"
    assert script.block_of(inside) == "old" and script.block_of("none") is None


def test_a_study_that_is_done_is_not_made_again(script, tmp_path, monkeypatch):
    import alliancelab as al
    from tests.support.many_worlds import PLAN, SUBSIDY

    made = []

    def make(**how):
        made.append(how["worlds"])
        return al.compare([SUBSIDY, PLAN], **how)

    monkeypatch.setattr(script, "KEPT", tmp_path)
    study = script.Study("small", 0.5, 2, make, ("founded",))
    first, again = script._made(study, 6), script._made(study, 6)
    assert made == [3] and again.effects.equals(first.effects)
    assert [row["outcome"] for row in script._rows(study, first)] == ["founded"]
    script._made(study, 8)
    assert made == [3, 4]


def test_a_word_that_means_nothing_is_answered_with_what_there_is():
    for words in (["finding"], ["--worlds", "x"], ["--worlds"]):
        answer = subprocess.run([sys.executable, SCRIPT, *words], capture_output=True, text=True, check=False)
        assert answer.returncode == 2 and answer.stderr.count("\n") == 1

"""Generated pages of the documentation say what the code declares, and links between pages lead somewhere."""

import inspect
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_generated_pages_are_up_to_date():
    answer = subprocess.run([sys.executable, str(ROOT / "docs" / "generate.py"), "--check"], capture_output=True,
                            text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    lost = [target for target in targets if not (page.parent / target).exists() and not target.endswith(".png")]
    assert not lost


def test_options_that_calls_share_are_described_once():
    import alliancelab

    public = [getattr(alliancelab, name) for name in alliancelab.__all__]
    calls = [inspect.signature(one).parameters for one in public if inspect.isfunction(one)]
    shared = {name for name, count in Counter(name for call in calls for name in call).items() if count >= 4}
    described = re.findall(r"(?m)^\| `(\w+)` \|", (ROOT / "docs" / "api.md").read_text(encoding="utf-8"))
    assert shared - {"scenario", "scenarios", "folder"} <= set(described) <= {name for call in calls for name in call}


def test_every_public_name_stands_on_the_page_of_python():
    import alliancelab

    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    named = re.findall(r"^\.\. auto\w+:: alliancelab\.(\w+)$", text, re.MULTILINE)
    assert sorted(named) == sorted(set(alliancelab.__all__) - {"__version__"})


@pytest.mark.parametrize("page", ["odd.md", "regional.md"])
def test_functions_named_in_the_model_description_exist(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    named = re.findall(r"`((?:agents|model|scenarios|analysis)/[\w/]+\.py):(\w+)`", text)
    assert named
    lost = [f"{file}:{name}" for file, name in named
            if not re.search(rf"^(?:def|class) {name}\b", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)]
    assert not lost


def test_parameters_named_in_the_model_description_exist():
    from alliancelab.model import tables
    from alliancelab.model.instruments import INSTRUMENTS
    from alliancelab.model.outcomes import OUTCOMES
    from alliancelab.model.parameters import PARAMETERS
    from alliancelab.model.regional.parameters import REGION
    from alliancelab.model.setup import SIZES
    from alliancelab.scenarios.facts import facts
    from alliancelab.scenarios.layers import library_names

    known = {p.name for p in (*PARAMETERS, *REGION, *SIZES, *OUTCOMES, *INSTRUMENTS)}
    known |= {lever.name for i in INSTRUMENTS for lever in i.levers}
    known |= {c.name for name in ("ORGANISATIONS", "SECTORS", "FIELDS", "ALLIANCES", "SEATS", "GOVERNMENT", "CURVES",
                                  "PANEL", "EVENTS", "MEMBERS", "AGES") for c in getattr(tables, name)}
    text = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8")
    used = set(re.findall(r"`([a-z][a-z]*(?:_[a-z]+)+)`", text))
    known |= {*facts(), "bass_p", "bass_q", *library_names()}
    functions = {path.read_text(encoding="utf-8") for room in ("agents", "model", "scenarios")
                 for path in (ROOT / room).rglob("*.py")}
    defined = {name for source in functions for name in re.findall(r"^(?:def|class) (\w+)", source, re.MULTILINE)}
    assert used - known - defined == set()


@pytest.mark.parametrize("page", ["extending.md", "publishing.md"])
def test_code_on_a_page_runs_from_top_to_bottom(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "page.py"
    file.write_text("".join(blocks), encoding="utf-8")
    answer = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert len(blocks) >= 3 and answer.stdout


@pytest.mark.slow
def test_the_tutorial_on_sweeps_runs_from_top_to_bottom(tmp_path):
    """Rows: H5."""
    text = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(toml|sh|python)\n(.*?)```", text, re.DOTALL)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for kind, block in blocks:
        if kind == "toml":
            (tmp_path / block.split("\n")[0].removeprefix("# ")).write_text(block, encoding="utf-8")
            continue
        command = ["sh", "-e", "-c", block] if kind == "sh" else [sys.executable, "-c", block]
        answer = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True)
        assert answer.returncode == 0, block + answer.stderr
    assert len(blocks) >= 7
    written = set(os.listdir(tmp_path / "sensitivity"))
    assert {"sensitivity.png", "sensitivity.parquet", "seed_variance.parquet"} <= written
    assert {"box.png", "box.parquet"} <= set(os.listdir(tmp_path / "box"))
    assert "heat_map_vitality.png" in os.listdir(tmp_path / "maps")

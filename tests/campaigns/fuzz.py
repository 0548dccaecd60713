"""Ten thousand wrong inputs in one process: each is taken or refused in one sentence, soon and in little memory.

``python -m tests.campaigns.fuzz [--inputs N] [--seed N]``, or ``make fuzz``. Ends with code 1 otherwise.
"""

import argparse
import io
import json
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import alliancelab as al
from alliancelab.agents.errors import UserError
from alliancelab.analysis.results.kinds import read_result, readable
from alliancelab.cli.show import settings
from alliancelab.scenarios import store
from alliancelab.scenarios.calibration import SimulatedMoments
from alliancelab.scenarios.consortia import read_cordis
from alliancelab.scenarios.kept_runs import KeptRuns
from alliancelab.scenarios.layers import LIBRARY
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.sweep.design import DESIGNS, load_design
from alliancelab.scenarios.sweep.folder import status, verify
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.targets import SHIPPED, problem_of, read_targets
from tests.campaigns.mutations import changed_bytes, changed_data, changed_text
from tests.campaigns.table import printed
from tests.support.sweeps import finished, planned

PATIENCE = 10.0  # seconds that one input may take
MEMORY = 1000.0  # megabytes that the process may take
TINY = {"world.firms": 60, "world.sectors": 2, "world.quarters": 30, "world.warm_up": 8}
PLAIN = ("project_rcn,start,programme\n" + "".join(f"{i},20{10 + i % 9}-0{1 + i % 9}-11,P{i % 2}\n" for i in range(70)),
         "project_rcn,org_id,org_type\n" + "".join(
             f"{i},{(7 * i + 5 * j) % 61},{('PRC', 'HES', 'REC', 'PUB')[j % 4]}\n"
             for i in range(70) for j in range(5)))


@dataclass
class Kind:
    """A kind of input: its share, how one is made and read, and what came of all."""

    name: str
    share: int
    one: Callable[[random.Random], None]
    taken: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0


class _TooLong(BaseException):
    """Raised where an input takes too long."""


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    def stop(number: int, frame: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def tried(kind: Kind, luck: random.Random) -> None:
    """Try one input of a kind and note what came of it."""
    state, began = luck.getstate(), time.perf_counter()
    try:
        with _within(PATIENCE):
            kind.one(luck)
        kind.taken += 1
    except UserError as error:
        kind.refused += 1
        if len(str(error).splitlines()) != 1 or len(str(error)) > 2000:
            kind.faults.append(f"no sentence: {str(error)[:300]!r}")
    except _TooLong:
        kind.faults.append(f"no end within {PATIENCE:g} s, state {hash(state)}")
    except Exception:
        kind.faults.append(traceback.format_exc(limit=-3))
    kind.slowest = max(kind.slowest, time.perf_counter() - began)


# --- what is tried ---------------------------------------------------------------------------------------------------


def kinds(place: Path) -> list[Kind]:
    """All kinds, with the valid files that they change."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(LIBRARY.glob("*.toml"))]
    designs = [path.read_text(encoding="utf-8") for path in sorted(DESIGNS.glob("*.toml"))]
    targets = SHIPPED.read_text(encoding="utf-8")
    return [*_of_scenarios(place, texts), *_of_designs(place, designs, targets), *_of_tables(place),
            *_of_folders(place), *_of_models(place)]


def _file(place: Path, name: str, content: str | bytes) -> Path:
    path = place / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


def _of_scenarios(place: Path, texts: list[str]) -> list[Kind]:
    documents = [{key: value for key, value in load(path.stem).as_dict().items() if key not in ("name", "base")}
                 for path in sorted(LIBRARY.glob("*.toml"))[::3]]

    def chain(luck: random.Random) -> None:
        count = luck.randrange(1, 26)
        for i in range(count):
            base = luck.choice([f"c{i + 1}.toml", f"c{luck.randrange(count)}.toml", "no_policy", "x", "../c0.toml"])
            _file(place, f"c{i}.toml", f'title = "{i}"\nbase = "{base}"\n')
        load(place / "c0.toml").setup(0)

    def typed(luck: random.Random) -> None:
        key = luck.choice(["world.firms", "programme_grants.amount", "parameters.horizon", "meetings", "", "=", "\0"])
        text = f"{key}={luck.choice(['5', 'x', '[1]', 'true'])}"
        load("full_chain", settings([changed_text(luck, text).strip("\n")]))

    return [
        Kind("scenario files, bytes", 14, lambda luck: load(_file(
            place, "s.toml", changed_bytes(luck, luck.choice(texts).encode()))).setup(0) and None),
        Kind("scenario files, words", 14, lambda luck: load(_file(
            place, "s.toml", changed_text(luck, luck.choice(texts)))).setup(0) and None),
        Kind("scenarios as data", 14, lambda luck: load(changed_data(luck, luck.choice(documents))).setup(0) and None),
        Kind("chains of bases", 3, chain),
        Kind("changes by --set", 5, typed),
    ]


def _of_designs(place: Path, designs: list[str], targets: str) -> list[Kind]:
    design = {"scenarios": ["no_policy"], "method": "lhs", "samples": 8, "replicates": 2, "set": {"world.firms": 60},
              "factors": {"parameters.trust_start": {"low": 0.2, "high": 0.8}, "meetings.budget": {}}}
    whole = read_targets(SHIPPED).file.model_dump()
    return [
        Kind("design files, words", 7, lambda luck: load_design(_file(
            place, "d.toml", changed_text(luck, luck.choice(designs)))) and None),
        Kind("designs as data", 7, lambda luck: load_design(changed_data(luck, design)) and None),
        Kind("targets files, words", 3, lambda luck: read_targets(_file(
            place, "t.toml", changed_text(luck, targets))) and None),
        Kind("targets as data", 3, lambda luck: problem_of(changed_data(luck, whole), "t", "t") and None),
    ]


def _of_tables(place: Path) -> list[Kind]:
    points = "parameters.trust_start,meetings.budget\n" + "".join(f"0.{i},{i}\n" for i in range(1, 9))
    (place / "table.toml").write_text('scenarios = ["no_policy"]\nmethod = "table"\ntable = "points.csv"\n')

    def of_points(luck: random.Random) -> None:
        change = luck.choice((changed_bytes, lambda luck, raw: changed_text(luck, raw.decode()).encode()))
        _file(place, "points.csv", change(luck, points.encode()))
        load_design(place / "table.toml")

    def of_projects(luck: random.Random) -> None:
        tables = [table.encode(luck.choice(("utf-8", "utf-16", "utf-8-sig"))) for table in PLAIN]
        at = luck.randrange(2)
        tables[at] = (changed_bytes(luck, tables[at]) if luck.random() < 0.5 else
                      changed_text(luck, PLAIN[at].replace(",", luck.choice(",;\t|"))).encode())
        read_cordis(_file(place, "p.csv", tables[0]), _file(place, "s.csv", tables[1]), lambda sentence: None)

    return [Kind("tables of points", 7, of_points), Kind("tables of projects", 9, of_projects)]


def _of_folders(place: Path) -> list[Kind]:
    al.compare(["no_policy"], 2, overrides=TINY, out=place / "results")
    finished(planned(place / "sweep"))

    def result(luck: random.Random) -> None:
        name = luck.choice(["manifest.json", "comparison.json"])
        with _changed(place, "results", name, luck) as folder:
            stored = store.Stored(folder)
            for table in stored.tables[:2]:
                stored.table(table)
            with readable(folder):
                read_result(folder).page()

    def sweep(luck: random.Random) -> None:
        with _changed(place, "sweep", "manifest.json", luck) as folder:
            found = Sweep(folder)
            status(found)
            verify(found)

    def journal(luck: random.Random) -> None:
        SimulatedMoments(problem, _file(place, "c.points.jsonl", changed_bytes(luck, points)))

    problem = problem_of({"base": "no_policy", "replicates": 2, "vary": {"exit_rate": [0.02, 0.12]},
                          "targets": {"founded": {"value": 20.0, "spread": 3.0}}}, "c", "c")
    points = b"".join((json.dumps(line) + "\n").encode() for line in (
        {"problem": problem.measured}, *({"at": "00" * 8, "moments": [[i], [2.5]]} for i in range(5))))
    return [Kind("folders of results", 4, result), Kind("folders of sweeps", 4, sweep),
            Kind("journals of calibrations", 2, journal), Kind("kept runs of comparisons", 2, _kept(place))]


def _kept(place: Path) -> Callable[[random.Random], None]:
    """What reads runs that a comparison kept, and checks that those taken are the ones that were put there."""
    scenario = load("no_policy", TINY)
    runs = np.arange(12.0).reshape(3, 4)
    kept = KeptRuns(place / "kept", [scenario], [])
    for k in range(3):
        kept.add(0, k, [runs[k]])
    kept.close()
    whole = kept.path.read_bytes()

    def one(luck: random.Random) -> None:
        _file(place, "kept.runs", changed_bytes(luck, whole))
        opened = KeptRuns(place / "kept", [scenario], [])
        found = np.zeros((3, 4))
        try:
            for _, k in opened.take(lambda s, k: [found[k]] if s == 0 else [][0], 0, 3):
                assert (found[k] == runs[k]).all()
        finally:
            opened.close()

    return one


@contextmanager
def _changed(place: Path, folder: str, name: str, luck: random.Random) -> Iterator[Path]:
    """A copy of a folder in which a JSON file is another one, of the length that the manifest tells."""
    copy = place / "copy"
    shutil.copytree(place / folder, copy)
    try:
        data = json.loads((copy / name).read_text())
        text = (json.dumps(changed_data(luck, data)) if luck.random() < 0.7 else
                changed_text(luck, json.dumps(data, indent=1)))
        (copy / name).write_text(text, errors="replace")
        if name != "manifest.json":
            manifest = json.loads((copy / "manifest.json").read_text())
            manifest["files"][name] = (copy / name).stat().st_size
            del manifest["sha256"][name]
            (copy / "manifest.json").write_text(json.dumps(manifest))
        yield copy
    finally:
        shutil.rmtree(copy)


def _of_models(place: Path) -> list[Kind]:
    model = al.AllianceModel("stage_matched", seed=5, **TINY)
    model.run_model()
    whole = model.save(place / "whole.npz").read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}

    def values(luck: random.Random) -> None:
        changed = dict(members)
        name = luck.choice([name for name in members if name.endswith(".npy")])
        if luck.random() < 0.2:
            changed["model.json"] = json.dumps(changed_data(luck, json.loads(members["model.json"]))).encode()
        table = np.load(io.BytesIO(members[name]), max_header_size=100_000)
        if table.size:
            raw = bytearray(table.tobytes())
            at = luck.randrange(0, len(raw) - 7, 4) if len(raw) > 8 else 0
            raw[at : at + 8] = luck.choice([b"\xff" * 8, b"\x00" * 8, b"\x7f" * 8, (1).to_bytes(8, "little")])
            table = np.frombuffer(bytes(raw[: table.nbytes]), table.dtype).reshape(table.shape)
        target = io.BytesIO()
        np.lib.format.write_array(target, table)
        changed[name] = target.getvalue()
        with zipfile.ZipFile(place / "m.npz", "w") as archive:
            for member, content in changed.items():
                archive.writestr(member, content)
        al.AllianceModel.load(place / "m.npz")

    return [
        Kind("saved models, bytes", 3, lambda luck: al.AllianceModel.load(_file(
            place, "m.npz", changed_bytes(luck, whole))) and None),
        Kind("saved models, values", 3, values),
    ]


# --- the campaign ----------------------------------------------------------------------------------------------------


def campaign(inputs: int, seed: int = 1) -> tuple[list[Kind], float, float]:
    """Try so many inputs; kinds with what came of them, seconds, and megabytes at most."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)  # NumPy's are a fault, too
        found = kinds(Path(folder))
        luck, total = random.Random(seed), sum(kind.share for kind in found)
        for kind in found:
            for _ in range(max(inputs * kind.share // total, 1)):
                tried(kind, luck)
    return found, time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Run the campaign and print its table; 1 where anything but a sentence came of an input."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    found, seconds, memory = campaign(asked.inputs, asked.seed)
    rows: list[list[Any]] = [[kind.name, kind.taken + kind.refused + len(kind.faults), kind.taken, kind.refused,
                              len(kind.faults), f"{kind.slowest:.2f}"] for kind in found]
    rows.append(["all", *(sum(row[i] for row in rows) for i in range(1, 5)), f"{max(k.slowest for k in found):.2f}"])
    print(printed(["input", "tried", "taken", "refused", "faults", "slowest, s"], rows))
    print(f"{seconds:.0f} s, {memory:,.0f} MB at most, seed {asked.seed}")
    for kind in found:
        for fault in kind.faults[:3]:
            print(f"\n{kind.name}: {fault}")
    return int(any(kind.faults for kind in found) or memory > MEMORY)


if __name__ == "__main__":
    sys.exit(main())

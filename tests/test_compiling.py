"""The first compilation is shared with a second process, and nothing depends on that process."""

import io
import pickle
import subprocess

import numpy as np
import pytest

from alliancelab.model import compiling
from alliancelab.model.regional.quarter import observe, quarter
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.scenario import load
from tests.support.worlds import small_setup


class Received(io.BytesIO):
    """Standard input of a process that is never started; keeps what was written."""

    def close(self) -> None:
        """Keep the bytes."""


@pytest.fixture
def cold(monkeypatch):
    """A machine with two processors where nothing is compiled yet, as far as the code sees it."""
    monkeypatch.setattr(compiling, "is_cold", lambda regional: True)
    monkeypatch.setattr(compiling, "cache_folder", lambda: "somewhere")
    monkeypatch.setattr(compiling.os, "cpu_count", lambda: 2)


def test_the_second_process_is_given_the_whole_set_up(cold, monkeypatch):
    pipe = Received()
    started = []

    def start(command, stdin, stderr):
        started.append(command)
        return type("Process", (), {"stdin": pipe})()

    monkeypatch.setattr(compiling.subprocess, "Popen", start)
    setup = small_setup(3)
    compiling.share_compilation(setup)
    assert started[0][1:] == ["-m", "alliancelab.model.compiling"]
    sent = pickle.loads(pipe.getvalue())
    assert sent.sizes == setup.sizes and sent.parameters == setup.parameters
    assert sent.seed == setup.seed and np.array_equal(sent.levers, setup.levers)


@pytest.mark.parametrize("processors, warm", [(1, False), (2, True)])
def test_no_process_is_started_where_it_would_not_help(cold, monkeypatch, processors, warm):
    monkeypatch.setattr(compiling.os, "cpu_count", lambda: processors)
    monkeypatch.setattr(compiling, "is_cold", lambda regional: not warm)
    monkeypatch.setattr(compiling.subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    compiling.share_compilation(small_setup(3))


def test_a_run_goes_on_where_no_process_can_be_started(cold, monkeypatch):
    before = simulate(small_setup(3)).curves

    def refuse(*_, **__):
        raise OSError("no more processes")

    monkeypatch.setattr(compiling.subprocess, "Popen", refuse)
    assert np.array_equal(simulate(small_setup(3)).curves, before)


def test_compiling_from_the_last_step_changes_no_result():
    setup = small_setup(3)
    before = simulate(setup).curves
    compiling._compile_backwards(setup)
    assert np.array_equal(simulate(setup).curves, before)


def test_the_second_process_compiles_a_region_as_the_run_calls_it():
    setup = load("dongying").setup(3)
    compiling._compile_backwards(setup)
    compiled = [len(process.overloads) for process in (quarter, observe)]
    simulate(setup)
    assert compiled == [len(process.overloads) for process in (quarter, observe)] and all(compiled)


def test_a_region_runs_where_the_second_process_fails(cold, monkeypatch):
    setup = load("dongying").setup(3)
    before = simulate(setup).region.indicators

    class Failing(subprocess.Popen):
        def __init__(self, command, **options):
            super().__init__([*command[:1], "-c", "import sys; sys.stdin.read(); sys.exit(1)"], **options)

    monkeypatch.setattr(compiling.subprocess, "Popen", Failing)
    assert np.array_equal(simulate(setup).region.indicators, before)

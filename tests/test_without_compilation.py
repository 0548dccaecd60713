"""`NUMBA_DISABLE_JIT=1`: the model runs as plain Python, slowly, for a debugger, and gives the same numbers."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from alliancelab.model.simulation import Recording, simulate
from alliancelab.scenarios.scenario import load

CODE = """
import sys
import numpy as np
from alliancelab.agents.compiled import is_cold, sources_hash
from alliancelab.agents.own_rules import OwnRules
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.scenario import load

def restless(seat, alliance, p):
    return 0.3

assert not is_cold()
own = OwnRules({"exit_hazard": restless} if sys.argv[3] == "own" else {})
run = simulate(load(sys.argv[1], eval(sys.argv[4])).setup(3), rules=own)
tables = {f"{name}.{column}": np.asarray(getattr(run, name)[column]) for name in
          ("curves", "alliances", "panel", "events", "members", "organisations")
          for column in getattr(run, name).dtype.names}
if run.region is not None:
    tables |= {f"indicators.{column}": np.asarray(run.region.indicators[column])
               for column in run.region.indicators.dtype.names}
np.savez(sys.argv[2], ledger=run.ledger, sources=sources_hash(), **tables)
"""


def restless(seat, alliance, p):
    return 0.3


def interpreted(place: Path, scenario: str, changes: dict, rules: str = "ours") -> dict[str, np.ndarray]:
    subprocess.run([sys.executable, "-W", "error", "-c", CODE, scenario, str(place / "run.npz"), rules, repr(changes)],
                   env={**os.environ, "NUMBA_DISABLE_JIT": "1"}, check=True)
    with np.load(place / "run.npz") as told:
        return dict(told)


def compared(run: Recording, told: dict[str, np.ndarray]) -> None:
    for name, values in told.items():
        table, _, column = name.partition(".")
        if name == "sources":
            continue
        if name == "ledger":
            ours = run.ledger
        else:
            ours = np.asarray((run.region.indicators if table == "indicators" else getattr(run, table))[column])
        if values.dtype.kind == "f":  # powers are products in compiled code: the last digit may differ
            np.testing.assert_allclose(values, ours, rtol=1e-9, atol=1e-9, err_msg=name)
        else:
            np.testing.assert_array_equal(values, ours, err_msg=name)


@pytest.mark.parametrize(("scenario", "changes"), [
    ("full_chain", {"world.firms": 100, "world.sectors": 2, "world.quarters": 80}),
    ("rescue_led", {"world.firms": 60, "world.sectors": 2, "world.quarters": 60, "world.warm_up": 4}),
    ("county_bureau", {"world.firms": 120, "world.sectors": 6, "world.quarters": 40, "world.warm_up": 20}),
])
def test_plain_python_gives_the_numbers_of_compiled_code(tmp_path, scenario, changes):
    compared(simulate(load(scenario, changes).setup(3)), interpreted(tmp_path, scenario, changes))


def test_an_own_rule_runs_in_plain_python_too(tmp_path):
    from alliancelab.agents.own_rules import OwnRules

    changes = {"world.firms": 60, "world.sectors": 2, "world.quarters": 50}
    run = simulate(load("stage_matched", changes).setup(3), rules=OwnRules({"exit_hazard": restless}))
    compared(run, interpreted(tmp_path, "stage_matched", changes, "own"))


def test_results_of_plain_python_carry_a_hash_of_their_own(tmp_path):
    from alliancelab.agents.compiled import sources_hash

    told = interpreted(tmp_path, "no_policy", {"world.firms": 30, "world.sectors": 1, "world.quarters": 24,
                                               "world.warm_up": 8})
    assert str(told["sources"]) != sources_hash() and len(str(told["sources"])) == 16

"""Functions that compiled code calls are taken in as parts: they do what they do when Python calls them."""

import os
import subprocess
import sys

import pytest

CODE = """
import sys
from enum import IntEnum
import numpy as np
from alliancelab.agents.compiled import compiled

class Named(IntEnum):
    ONE = 1

@compiled
def part(x, named):
    print("part has", x)
    if x > 5.0:
        raise ValueError("too much")
    return x + named

@compiled
def whole(x, i):
    return part(x, Named.ONE) + part(x, np.int32(2)) + part(x, i)

print(whole(2.0, 3), whole(4.0, 1))
try:
    whole(9.0, 0)
except ValueError as error:
    print("raised", error)
print(part(1.0, 1))
print(len(part.get_overload.__self__.overloads))
"""

SAID = """part has 2.0
part has 2.0
part has 2.0
part has 4.0
part has 4.0
part has 4.0
12.0 16.0
part has 9.0
raised too much
part has 1.0
2.0
"""


@pytest.mark.parametrize("from_disk", [False, True])
def test_a_part_prints_raises_and_counts_as_a_function_does_compiled_now_or_read_from_disk(tmp_path, from_disk):
    """One form serves a named number, a short one and a long one; read back, the whole brings its parts along."""
    script = tmp_path / "code.py"
    script.write_text(CODE, encoding="utf-8")
    environment = {**os.environ, "ALLIANCELAB_CACHE": str(tmp_path / "cache")}
    for _ in range(1 + from_disk):
        done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=120,
                              check=False)
    assert done.returncode == 0, done.stderr
    forms = 0 if from_disk else 1
    assert done.stdout == f"{SAID}{forms}\n"

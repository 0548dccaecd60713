"""What holds for all tests: property tests search the same cases every time, without a stopwatch."""

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tests.support")  # so that a helper that asserts says what was unequal

# The first call of a compiled rule may compile it, which no deadline of a single case allows for.
settings.register_profile("alliancelab", deadline=None, derandomize=True)
settings.load_profile("alliancelab")


@pytest.fixture(params=["compiled", "plain"])
def rule(request):
    """Take a rule as it runs, or as the Python it was written in."""
    return (lambda f: f) if request.param == "compiled" else (lambda f: f.py_func)

"""Examples in docstrings run and give what they say."""

import doctest
from importlib import import_module

import pytest

MODULES = ["alliancelab.api", "alliancelab.catalogue", "alliancelab.analysis.results.run", "alliancelab.model.outcomes"]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_give_what_they_say(name):
    found = doctest.testmod(import_module(name))
    assert found.attempted >= 4 and found.failed == 0

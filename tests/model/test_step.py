"""The order in which a quarter runs."""

from alliancelab.model import step
from tests.support.worlds import plain_setup

ORDER = ["environment", "open_quarter", "organisations", "find_initiators", "count_needs", "make_space", "formation",
         "agenda", "projects", "market", "membership", "diffusion", "diagnosis", "endings", "record_quarter"]


def test_twelve_processes_run_in_the_order_of_the_page():
    """Section 3: `steps_of`; finding initiators and making room belong to formation, which follows."""
    named = [one.__name__ for one, _ in step.steps_of(plain_setup(1))]
    assert named == ORDER and len(set(named) - {"find_initiators", "count_needs", "make_space"}) == 12


def test_instruments_act_after_the_environment_and_before_organisations():
    """Section 3, process 2: `steps_of`."""
    steps = step.steps_of(plain_setup(1, meetings_strength=0.5, layout_strength=0.5))
    assert [(one.__name__, every) for one, every in steps[:4]] == [
        ("environment", 1), ("open_quarter", 1), ("yearly", 4), ("quarterly", 1)]
    assert steps[4][0].__name__ == "organisations"

"""Small worlds to test the engine on: set-ups, driving quarter by quarter, and fingerprints of results."""

import hashlib

import numpy as np

from alliancelab.model.accounts import Count
from alliancelab.model.initialise import new_world
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.setup import Setup, lever_schedule
from alliancelab.model.simulation import Recording, run_quarter
from alliancelab.model.step import steps_of
from alliancelab.model.world import World

SMALL = {
    "firms": 120, "universities": 4, "institutes": 6, "agencies": 4, "sectors": 2, "regions": 3,
    "quarters": 60, "warm_up": 8, "start_year": 2007,
}

EVERYTHING_ON = {
    "startup_subsidy_share": 0.5, "startup_subsidy_budget": 10.0,
    "pilot_selection_number": 1.5, "pilot_selection_support": 1.0, "pilot_selection_budget": 12.0,
    "pilot_selection_lottery": 0.1, "pilot_selection_size_weight": 0.1,
    "programme_grants_amount": 2.0, "programme_grants_budget": 15.0,
    "supervision_intensity": 0.5, "supervision_budget": 6.0,
    "diffusion_mandate_strength": 0.6, "diffusion_mandate_budget": 3.0,
    "reengineering_effort": 0.7, "reengineering_base": 0.3, "reengineering_technology": 0.3,
    "reengineering_credit": 0.3, "reengineering_importance": 0.3, "reengineering_targeting": 0.7,
    "reengineering_budget": 25.0,
    "layout_strength": 0.6, "layout_budget": 5.0,
    "tax_preference_rate": 0.2, "tax_preference_budget": 5.0,
    "cooperation_programme_projects": 3.0, "cooperation_programme_budget": 3.0,
    "meetings_strength": 0.5, "meetings_budget": 2.0,
    "research_incentives_bonus": 0.3, "research_incentives_budget": 3.0,
    "special_support_amount": 1.0, "special_support_budget": 4.0,
    "programme_guide_effort": 0.7, "programme_guide_bottom_up": 0.5, "programme_guide_budget": 3.0,
    "platforms_number": 1.2, "platforms_share": 0.8, "platforms_budget": 30.0,
    "method_training_intensity": 0.5, "method_training_budget": 3.0,
    "assessment_effort": 0.5, "assessment_budget": 4.0,
    "demonstration_intensity": 0.6, "demonstration_market_entry": 0.5, "demonstration_conversion_help": 0.5,
    "demonstration_budget": 3.0,
    "procurement_amount": 3.0, "procurement_budget": 9.0,
    "ip_regime_strength": 0.5, "ip_regime_antitrust": 0.8, "ip_regime_standards": 0.5, "ip_regime_budget": 4.0,
    "ip_market_services": 0.7, "ip_market_sale": 0.4, "ip_market_pledge": 0.6, "ip_market_budget": 3.0,
    "diffusion_subsidy_rate": 0.4, "diffusion_subsidy_budget": 2.0,
    "leakage_control_strictness": 0.5, "leakage_control_budget": 2.0,
    "correction_speed": 0.3, "correction_budget": 1.0,
}


def plain_setup(seed, *, sizes=None, parameters=None, **levers) -> Setup:
    """A small world with only the given levers moved from their defaults; a lever is a number or one per quarter."""
    sizes = SMALL | (sizes or {})
    schedule = lever_schedule(sizes["quarters"])
    for name, value in levers.items():
        schedule[name] = value
    return Setup("small", seed, sizes, parameters or {}, schedule)


def small_setup(seed, *, sizes=None, parameters=None, **levers) -> Setup:
    """A small world with every instrument on, the given levers changed."""
    return plain_setup(seed, sizes=sizes, parameters=parameters, **(EVERYTHING_ON | levers))


def without(setup: Setup, name: str) -> Setup:
    """The same set-up with one instrument never heard of: all its levers at their defaults."""
    levers = setup.levers.copy()
    untouched = lever_schedule(len(levers))
    for field in fields_of(name):
        levers[field] = untouched[field]
    return Setup(setup.name, setup.seed, setup.sizes, setup.parameters, levers)


def fields_of(name: str) -> list[str]:
    """Names of the lever fields of one instrument."""
    instrument = next(i for i in INSTRUMENTS if i.name == name)
    stages = [f"{name}_stages"] if instrument.stages else []
    return [f"{name}_{lever.name}" for lever in instrument.levers] + stages


def world_at(setup: Setup, quarter: int, *, recorded: bool = True) -> World:
    """The world of a set-up after so many quarters."""
    return run_until(new_world(setup, recorded=recorded), setup, quarter)


def run_until(world: World, setup: Setup, quarter: int) -> World:
    """Run a world of a set-up on to a quarter."""
    steps = steps_of(setup)
    for tick in range(int(world.counts[Count.QUARTER]), quarter):
        run_quarter(world, steps, tick)
    return world



def bits(table: np.ndarray) -> bytes:
    """The values of a table column by column, so that padding between columns does not count."""
    if table.dtype.names is None:
        return np.ascontiguousarray(table).tobytes()
    return b"".join(np.ascontiguousarray(table[name]).tobytes() for name in table.dtype.names)


TABLES = ("curves", "ages", "alliances", "lines", "projects", "panel", "events", "members", "project_members", "ledger",
          "organisations")


def fingerprint(run: Recording, tables=TABLES) -> dict[str, str]:
    """Hash of every table of a recording, by name, so that a difference says where it is."""
    return {name: hashlib.sha256(bits(getattr(run, name))).hexdigest()[:16] for name in tables}

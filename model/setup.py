"""What the engine is given: sizes, parameters, levers by quarter and a seed, all resolved to numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from alliancelab.agents.codes import Stage
from alliancelab.model.declarations import Parameter, record_type
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.policy.own import OwnLevers
from alliancelab.model.regional import REGIONAL
from alliancelab.model.regional.setup import RegionSetup
from alliancelab.model.tables import INSTRUMENT_SLOTS

__all__ = ["QUARTERS_A_YEAR", "SIZES", "Setup", "budgets_of", "lever_schedule", "lever_type", "stage_mask"]

QUARTERS_A_YEAR = 4

SIZES = (
    Parameter("firms", 730, 2, 2_000_000, "firms", "assumed: the prototype's size, less the research partners added",
              "Firms at the start.", True),
    Parameter("universities", 120, 0, 200_000, "universities", "tuned by hand to the data's kinds: type_univ",
              "Universities.", True),
    Parameter("institutes", 80, 0, 200_000, "institutes", "tuned by hand to the data's kinds: type_inst",
              "Research institutes.", True),
    Parameter("agencies", 20, 0, 200_000, "agencies", "assumed", "Service agencies: testing, finance, brokers.", True),
    Parameter("sectors", 4, 1, 20_000, "sectors", "assumed", "Sectors, each with its own fields and market.", True),
    Parameter("regions", 6, 1, 1_000, "regions", "assumed", "Regions that organisations sit in.", True),
    Parameter("quarters", 120, 1, 2_000, "quarters",
              "design: 80 quarters to look at; warm-up until the world is steady",
              "Length of the run, warm-up included.", True),
    Parameter("warm_up", 40, 0, 1_000, "quarters", "design: until alliances and their stages are steady",
              "First quarters, left out of the outcomes.", True),
    Parameter("start_year", 2007, 1900, 2200, "year", "document I: the pilot programme began in 2007",
              "Calendar year of the first quarter after the warm-up.", True),
)


def lever_type() -> np.dtype:
    """One field per lever, named ``<instrument>_<lever>``, and ``<instrument>_stages``, a bit mask of stages."""
    names = []
    for instrument in INSTRUMENTS:
        names += [f"{instrument.name}_{lever.name}" for lever in instrument.levers]
        if instrument.stages:
            names.append(f"{instrument.name}_stages")
    return record_type(tuple(names))


def stage_mask(stages: Iterable[str]) -> float:
    """Bit mask of stage names such as "growth": bit i stands for Stage i."""
    return float(sum(1 << Stage[name.upper()] for name in stages))


def lever_schedule(quarters: int) -> np.ndarray:
    """All levers at their defaults in every quarter: shape (quarters,), no instrument active."""
    schedule = np.zeros(quarters, lever_type())
    for instrument in INSTRUMENTS:
        for lever in instrument.levers:
            schedule[f"{instrument.name}_{lever.name}"] = lever.default
        if instrument.stages:
            schedule[f"{instrument.name}_stages"] = stage_mask(instrument.stages)
    return schedule


def budgets_of(setup: "Setup") -> np.ndarray:
    """Budget of every instrument in every quarter, million yuan a year: float64 of shape (quarters, slots)."""
    budgets = np.zeros((len(setup.levers), INSTRUMENT_SLOTS))
    for i, instrument in enumerate(INSTRUMENTS):
        budgets[:, i] = setup.levers[f"{instrument.name}_budget"]
    first = len(INSTRUMENTS)
    if setup.region is not None:
        for i, instrument in enumerate(REGIONAL, start=first):
            budgets[:, i] = setup.region.levers[f"{instrument.name}_budget"]
        first += len(REGIONAL)
    for i, own in enumerate(setup.own, start=first):
        budgets[:, i] = own.values["budget"]
    return budgets


@dataclass(frozen=True)
class Setup:
    """Everything that decides a run.

    Attributes
    ----------
    name : str
        Name of the scenario, for labels only.
    seed : int
        Non-negative; with the rest of this object it decides every bit of the run.
    sizes : mapping of str to int
        Every name of `SIZES`.
    parameters : mapping of str to float
        Values that differ from the declared defaults.
    levers : ndarray of lever_type(), shape (quarters,)
        The value of every lever in every quarter.
    own : tuple of OwnLevers
        Instruments of a researcher's own that act, in the order of their names.
    region : RegionSetup, optional
        The regional system, where the scenario has one.
    """

    name: str
    seed: int
    sizes: Mapping[str, int]
    parameters: Mapping[str, float]
    levers: np.ndarray = field(repr=False)
    own: tuple[OwnLevers, ...] = ()
    region: RegionSetup | None = field(default=None, repr=False)

    def year(self, quarter: float) -> float:
        """Calendar year at the start of a quarter counted from the first of the run."""
        return self.sizes["start_year"] + (quarter - self.sizes["warm_up"]) / QUARTERS_A_YEAR

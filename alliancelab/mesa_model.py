"""The model as Mesa knows it: one scenario, stepped a quarter at a time, with agents and a data collector.

Importing this module imports Mesa, which takes a second and, in Mesa 3.3, sets the start method of new processes to
"spawn" for the whole program; nothing else of the package needs it.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from alliancelab.agents.errors import ScenarioError, StoreError, UserError
from alliancelab.agents.own_rules import OwnRules
from alliancelab.checkpoint import read_checkpoint, read_document, write_checkpoint
from alliancelab.mesa_agents import ModelOfAgents
from alliancelab.mesa_reopened import reopened, restored
from alliancelab.model.accounts import FLOWS
from alliancelab.model.initialise import new_world
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.regional import REGIONAL, codes
from alliancelab.model.regional.initialise import new_region
from alliancelab.model.regional.tables import Region
from alliancelab.model.setup import Setup, budgets_of
from alliancelab.model.simulation import Recording, recording_of, run_quarter
from alliancelab.model.step import steps_of
from alliancelab.model.world import World
from alliancelab.scenarios.checks import LARGEST_SEED
from alliancelab.scenarios.scenario import Scenario, load

__all__ = ["AllianceModel"]

_COLLECTED = (
    "alliances", "founded", "ended", "formation", "growth", "maturity", "decline", "regrowth", "participants", "firms",
    "projects", "vitality", "trust", "duplication", "outlay",
)


class AllianceModel(ModelOfAgents):
    """One scenario as a Mesa model. Source: H1.

    Every step runs the steps of `model.step.steps_of` on the same tables as the headless engine, so curves,
    alliances and ledger equal those of `simulate` bit for bit. Agents and alliances are views; Mesa's own random
    numbers (`model.random`, `model.rng`) are there for the reader's use and touch nothing in the run.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
        A name of the library, a ``.toml`` file, its content, or what `load` gave.
    seed : int, optional
        From 0 to 2**63 - 1; the same seed gives the same run. Without seed and rng, one is drawn.
    rng : int, numpy Generator or SeedSequence, optional
        Mesa's newer name for the seed; of anything but a whole number one draw becomes the seed.
    rules : mapping of str to callable, optional
        Your own decision rules by the name of the one they stand for; see `agents.own_rules.OwnRules`.
    overrides : mapping, optional
        Changes on top of the scenario, as in `run`: ``{"programme_grants.amount": 2.0, "world.firms": 100}``.
    **changes
        The same by name, as `batch_run` passes its parameters: ``**{"programme_grants.amount": 2.0}``.

    Attributes
    ----------
    world : World
        All state.
    region : Region or None
        The state of the regional system, where the scenario has one.
    policy_scenario : Scenario
        What is tried. (`model.scenario` belongs to Mesa 3.5.)
    setup : Setup
        The same resolved to numbers, with the seed.
    branches : tuple of (int, dict)
        Quarters at which policy was changed by `branch`, and the changes.
    rules : OwnRules
        The rules that it runs by.
    instruments : tuple of str
        Names of all instruments, ours, the regional ones where there is a region, and then own ones of the scenario:
        the order of the government's purses.
    running : bool
        False once the last quarter has been run.
    datacollector : mesa.DataCollector
        Collects at the end of each step; may be replaced by one's own. Mesa 3.3 labels rows of its `batch_run` one step
        early (0 for the first step), Mesa 3.5 does not; the collected column `quarter` is right in both.

    Raises
    ------
    ScenarioError, RuleError
        If the scenario cannot be resolved, a change or the seed is out of range, or a rule cannot be used.

    Examples
    --------
    >>> model = AllianceModel("stage_matched", rng=1)
    >>> model.run_model()
    >>> model.agents_by_type[Firm].agg("funds", sum)
    """

    flows = FLOWS
    regional_codes = codes

    def __init__(
        self,
        scenario: str | Path | Mapping[str, Any] | Scenario = "no_policy",
        seed: int | None = None,
        rng: Any = None,
        rules: Mapping[str, Callable] | None = None,
        overrides: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> None:
        self.policy_scenario = load(scenario, {**(overrides or {}), **changes})
        self.setup = self.policy_scenario.setup(_seed(seed, rng))
        self.branches: tuple[tuple[int, dict[str, Any]], ...] = ()
        self.rules = OwnRules(rules)
        regional = () if self.setup.region is None else REGIONAL
        own = (levers.instrument for levers in self.setup.own)
        self.instruments = tuple(instrument.name for instrument in (*INSTRUMENTS, *regional, *own))
        super().__init__(rng=self.setup.seed)
        self.steps = 0  # which Mesa 4 has no more
        self.world: World = new_world(self.setup, recorded=True)
        self.region: Region | None = None
        self._take_region(None if self.setup.region is None else new_region(self.setup.region, self.world))
        self._forget_agents()
        self.datacollector = self._collector = mesa.DataCollector(model_reporters=_reporters())

    # --- time ------------------------------------------------------------------------------------------------------

    @property
    def year(self) -> float:
        """Calendar year at the start of `quarter`."""
        return self.setup.year(self.quarter)

    def step(self) -> None:
        """Run one quarter.

        Raises
        ------
        UserError
            When the last quarter has been run.
        """
        tick, quarters = self.quarter, len(self.setup.levers)
        if tick >= quarters:
            raise UserError(f"the run ended after {quarters} quarters; a longer one needs a larger world.quarters")
        run_quarter(self.world, self._steps, tick)
        self.steps = tick + 1
        self.running = tick + 1 < quarters
        self._follow_agents()
        self.datacollector.collect(self)

    # --- putting aside, and trying several policies from one point on -----------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Write the model to one file of arrays and JSON; `load` goes on from there with the same bits.

        Mesa's own random numbers and what the data collector holds stay behind: the run needs neither.

        Raises
        ------
        StoreError
            When the file cannot be written.
        """
        document = {
            "scenario": self.policy_scenario.as_dict(), "seed": self.setup.seed, "quarter": self.quarter,
            "branches": self.branches, "rules": sorted(self.rules.own),
        }
        return write_checkpoint(path, self.world, document, self.region)

    @classmethod
    def load(cls, path: str | Path, rules: Mapping[str, Callable] | None = None) -> "AllianceModel":
        """Open a saved model; rules of one's own have to be given again.

        Raises
        ------
        StoreError
            When the file is missing, torn or of another version, or the rules are not those it was run by.
        """
        document = read_document(path)
        if sorted(rules or {}) != sorted(document.rules):
            asked = ", ".join(document.rules) or "none"
            raise StoreError(f"{path}: it was run by own rules: {asked}; give the same ones as `rules`")
        model = cls(restored(path, document.scenario), seed=document.seed, rules=rules)
        world, region = read_checkpoint(path, model.setup)
        model._take(world, region, document.branches)
        return model

    def branch(self, changes: Mapping[str, Any] | None = None) -> "AllianceModel":
        """A second model in the same state whose policy differs from the coming quarter on; this one stays as it is.

        Both have the same luck, so they differ by what policy does and nothing else. What `datacollector` has collected
        so far stands in both; a collector of one's own, and Mesa's own random numbers, begin anew.

        Parameters
        ----------
        changes : mapping, optional
            Of levers, as on top of a scenario: ``{"programme_grants.amount": 2.0}``. Without any it is a copy.

        Raises
        ------
        ScenarioError
            If a change is out of range, or is one of the world or its parameters, which have been at work already.
        """
        changes = dict(changes or {})
        for key in changes:
            if str(key).split(".")[0] in ("world", "parameters", "region", "scorecard"):
                raise ScenarioError(f"{key!r} cannot change in mid-run; a branch changes levers: INSTRUMENT.LEVER")
        other = AllianceModel(load(self.policy_scenario, changes), seed=self.setup.seed, rules=self.rules.own)
        if other.instruments != self.instruments:
            raise ScenarioError("a branch cannot bring or drop an own instrument: put it into the scenario from the "
                                "start, with strength 0, and change its strength")
        levers = self.world.levers.copy()
        levers[self.quarter :] = other.setup.levers[self.quarter :]
        region = None
        if self.region is not None:
            regional = self.region.levers.copy()
            regional[self.quarter :] = other.setup.region.levers[self.quarter :]  # type: ignore[union-attr]
            region = Region(*(table.copy() for table in self.region._replace(levers=regional)))
        budgets = budgets_of(_with_levers(other.setup, levers, region))
        world = self.world.replaced(levers=levers, budgets=budgets).copy()
        other._take(world, region, (*self.branches, (self.quarter, changes)) if changes else self.branches)
        if self.datacollector is self._collector:
            other.datacollector.model_vars = {name: list(found) for name, found in self._collector.model_vars.items()}
        return other

    def __reduce__(self) -> tuple[Any, ...]:
        """A model travels as its scenario, its seed and its tables; agents are made anew where it arrives.

        Mesa's random numbers and what the data collector has go along; a collector of one's own travels by itself.
        """
        collected = self.datacollector.model_vars if self.datacollector is self._collector else self.datacollector
        luck = self.random.getstate(), self.rng.bit_generator.state
        return reopened, (type(self), self.policy_scenario, self.setup.seed, self.rules.own, self.world, self.region,
                           self.branches, collected, luck)

    def __deepcopy__(self, memo: dict[int, Any]) -> "AllianceModel":
        function, arguments = self.__reduce__()
        return function(*deepcopy(arguments, memo))

    def _take_region(self, region: Region | None) -> None:
        self.region = region
        self._steps = steps_of(self.setup, self.rules, region)

    def _take(self, world: World, region: Region | None, branches: Iterable[tuple[int, dict[str, Any]]]) -> None:
        """Go on from a world, and its region, that has run for some quarters."""
        self.world = world
        self.setup = _with_levers(self.setup, world.levers, region)
        self._take_region(region)
        self.branches = tuple(branches)
        self.steps = self.quarter
        self.running = self.quarter < len(self.setup.levers)

    @property
    def recording(self) -> Recording:
        """What the run has left so far, as `simulate` gives it; curves and ledger are zero where it has not been."""
        return recording_of(self.world, self.setup, self.region)

    def __repr__(self) -> str:
        seed, quarters = self.setup.seed, len(self.setup.levers)
        return f"<AllianceModel {self.setup.name}, seed {seed}, quarter {self.quarter} of {quarters}>"


def _with_levers(setup: Setup, levers: np.ndarray, region: Region | None) -> Setup:
    """A set-up with the levers that a world and its region hold."""
    regional = None
    if setup.region is not None and region is not None:
        regional = setup.region._replace(levers=region.levers)
    return replace(setup, levers=levers, region=regional)


def _seed(seed: Any, rng: Any) -> Any:
    """Seed of the engine from Mesa's two arguments; `Scenario.setup` checks it."""
    if seed is not None and rng is not None:
        raise ScenarioError("seed and rng are two names for the same thing; give one of them")
    if seed is not None:
        return seed
    if isinstance(rng, int | np.integer):
        return rng
    try:
        return int(np.random.default_rng(rng).integers(LARGEST_SEED))
    except (TypeError, ValueError):
        raise ScenarioError(f"rng {rng!r} has to be a whole number, a numpy Generator or a SeedSequence") from None


def _reporters() -> dict[str, Callable[[AllianceModel], float]]:
    """What is collected of the quarter just run: its number and year, and columns of `model.tables.CURVES`."""

    def of_curve(name: str) -> Callable[[AllianceModel], float]:
        return lambda model: model.world.curves[model.quarter - 1][name].item()

    return {
        "quarter": lambda model: model.quarter - 1,
        "year": lambda model: model.setup.year(model.quarter - 1),
        **{name: of_curve(name) for name in _COLLECTED},
    }

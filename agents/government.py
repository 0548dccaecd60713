"""The government as a Mesa agent: a view of its purse and ledger, and of what it makes of an alliance."""

from typing import Any

import mesa
import numpy as np
import pandas as pd

from alliancelab.agents.alliance import Alliance
from alliancelab.agents.codes import Path
from alliancelab.agents.views import AgentNumbers, Column, total

__all__ = ["Government"]


class Government(mesa.Agent):
    """The government: budgets, instruments and imperfect sight. Source: B2, B3, C2, E1.

    Money is in million yuan. Like the other views it draws nothing and changes nothing.
    """

    funds = Column(float)

    _ids = AgentNumbers()

    def __init__(self, model: Any) -> None:
        super().__init__(model)
        self.row = 0

    @property
    def table(self) -> np.ndarray:
        """The table it is read from."""
        return self.model.world.government

    @property
    def levers(self) -> dict[str, float]:
        """Every lever of our instruments, named instrument_lever, as it stands in the coming quarter."""
        levers = self.model.levers
        return {name: float(levers[name]) for name in levers.dtype.names}

    @property
    def budgets(self) -> dict[str, float]:
        """Most that each instrument may pay in a year, as set for the coming quarter."""
        budgets = self.model.world.budgets
        coming = budgets[min(self.model.quarter, len(budgets) - 1)]
        return dict(zip(self.model.instruments, coming[: len(self.model.instruments)].tolist(), strict=True))

    @property
    def budget(self) -> float:
        """Sum of the budgets."""
        return sum(self.budgets.values())

    @property
    def spent(self) -> dict[str, float]:
        """What each instrument has paid this year."""
        names = self.model.instruments
        return dict(zip(names, self.table[0]["spent"][: len(names)].tolist(), strict=True))

    @property
    def outlay(self) -> float:
        """What all instruments paid in the last quarter."""
        world, quarter = self.model.world, self.model.quarter
        return float(world.curves[quarter - 1]["outlay"]) if quarter else 0.0

    @property
    def pilots_named(self) -> int:
        """Pilots named so far."""
        return int(self.table[0]["pilots"])

    @property
    def ledger(self) -> pd.DataFrame:
        """Copy of the ledger up to now: one row a quarter, one column a flow."""
        names = [flow.column for flow in self.model.flows]
        quarters = pd.RangeIndex(self.model.quarter, name="quarter")
        return pd.DataFrame(self.model.world.ledger[: self.model.quarter], index=quarters, columns=names, copy=True)

    def observe(self, alliance: Alliance, effort: float) -> np.ndarray:
        """See the six dimensions of an alliance as a diagnosis in the coming quarter would. Source: E1.

        Parameters
        ----------
        effort : float
            Effort of diagnosis, in [0, 1]: buys accuracy.

        Returns
        -------
        ndarray, shape (6,)
            In the order of `Alliance.dimensions`, with the errors that the model's own diagnosis makes.
        """
        if not 0.0 <= effort <= 1.0:
            raise ValueError(f"the effort {effort!r} has to be a number from 0 to 1")
        p = self.model.parameters
        errors = self.model.diagnosis_noise(alliance)
        return np.array([
            self.model.rules.observed(value, error, float(effort), p)
            for value, error in zip(alliance.dimensions.tolist(), errors.tolist(), strict=True)
        ])

    def pilot_score(self, alliance: Alliance) -> float:
        """Score of an alliance by the four principles, without the error of selection. Source: B3."""
        model = self.model
        sector = model.world.sectors[alliance.sector]
        composition = model.composition_of(alliance)
        return model.rules.pilot_score(
            alliance.record, sector, alliance.field.record, composition, model.levers, model.parameters)

    def rescue_odds(self, alliance: Alliance, path: Path) -> float:
        """Odds that the members carry a re-engineering path through. Source: E3."""
        credit = total(np.array([member.credit / alliance.size for member in alliance.members]))
        return self.model.rules.rescue_odds(alliance.record, path, credit, self.model.parameters)

    def __repr__(self) -> str:
        return f"<Government, {self.funds:.1f} million yuan left this year>"

"""Quantities of money, pilots, grants and property."""

import numpy as np

from alliancelab.agents.codes import Door, Kind, ProjectState
from alliancelab.model.accounts import Flow
from alliancelab.model.simulation import Recording
from alliancelab.scenarios.moments import founded_later
from tests.mechanisms.quantities.common import curve, mean, paid, quantity, ratio


@quantity
def pilots_patents(run: Recording) -> float:
    """Patents of pilots, each."""
    named = run.alliances[run.alliances["pilot"] >= 0]
    return mean(named["core_patents"] + named["generic_patents"])


@quantity
def funded_early(run: Recording) -> float:
    """Funded projects that ended before or short of their plan."""
    mine = run.projects[(run.projects["public_total"] > 0.0) & (run.projects["state"] != ProjectState.RUNNING)]
    return mean(mine["state"] != ProjectState.DONE)


@quantity
def funded_again(run: Recording) -> float:
    """Grants to alliances that had one before, of all grants."""
    return ratio(np.maximum(run.alliances["awards"] - 1, 0).sum(), run.alliances["awards"].sum())


@quantity
def funded_core(run: Recording) -> float:
    """Core patents among the patents of alliances that won grants."""
    won = run.alliances[run.alliances["awards"] > 0]
    return ratio(won["core_patents"].sum(), (won["core_patents"] + won["generic_patents"]).sum())


@quantity
def funded_firms(run: Recording) -> float:
    """Firms among partners of projects that had public money."""
    funded = run.projects["public_total"][run.project_members["project"]] > 0.0
    return mean(run.project_members["kind"][funded] == Kind.FIRM)


@quantity
def funded_rules(run: Recording) -> float:
    """Rules of alliances that won grants: binding and rules for funds, mean."""
    won = run.alliances[run.alliances["awards"] > 0]
    return mean((won["binding"] + won["fund_rules"]) / 2.0)


@quantity
def sales_abroad(run: Recording) -> float:
    """Licences sold abroad, million yuan."""
    return paid(run, Flow.FOREIGN_LICENCE)


@quantity
def licences_home(run: Recording) -> float:
    """Licences sold at home, million yuan."""
    return paid(run, Flow.LICENCE)


@quantity
def property_sold(run: Recording) -> float:
    """Property sold, million yuan."""
    return paid(run, Flow.PROPERTY_SALE)


@quantity
def loans(run: Recording) -> float:
    """Loans on pledged property, million yuan."""
    return paid(run, Flow.LOAN)


@quantity
def transaction_costs(run: Recording) -> float:
    """Cost of property deals, million yuan, per deal."""
    return ratio(paid(run, Flow.TRANSACTION), float(curve(run, "licences").sum()))


@quantity
def venture_money(run: Recording) -> float:
    """Venture money, million yuan."""
    return paid(run, Flow.VENTURE)


@quantity
def own_line_regrowth(run: Recording) -> float:
    """Alliances that re-grew by the next vintage of their own line."""
    found = founded_later(run)
    return mean((found["regrowths"] > 0) & (found["door"] == Door.CONTINUOUS_INNOVATION))

"""Quantities of alliances, their projects and members."""

import numpy as np

from alliancelab.agents.codes import Kind, ProjectState
from alliancelab.model.accounts import Flow
from alliancelab.model.simulation import Recording
from alliancelab.scenarios.moments import MOMENTS, founded_later
from tests.mechanisms.quantities.common import (
    QUANTITIES,
    STRONG,
    curve,
    mean,
    paid,
    panel,
    quantity,
    ratio,
    since,
    standing_of,
)

for _name in ("lines", "size", "active", "projects", "vitality", "technology_dimension", "economics", "standing",
              "stability",
              "governance", "clarity", "technology", "conversion", "diffusion", "trust", "satisfaction", "coverage",
              "risk_spread", "inequality", "turnover", "loss", "prospect", "funds"):
    QUANTITIES[f"mean_{_name}"] = lambda run, name=_name: mean(panel(run)[name])
for _name in ("projects_done", "projects_failed", "projects_started", "disputes", "licences", "adoptions", "misused"):
    QUANTITIES[f"count_{_name}"] = lambda run, name=_name: float(curve(run, name).sum())
for _name in ("ended_early", "failed_projects", "hazard_alone", "alive_4y", "alive_5y", "alive_10y", "median_life",
              "ended_success", "member_exit", "member_growth", "mixed", "firm_share", "size_mean", "hazard_labelled"):
    _moment = MOMENTS[_name]
    if hasattr(_moment, "value"):
        QUANTITIES[_name] = _moment.value


@quantity
def projects_per_alliance(run: Recording) -> float:
    """Projects of alliances founded after the warm-up, each."""
    return mean(founded_later(run)["project_count"])


@quantity
def patents_per_yuan(run: Recording) -> float:
    """Patents per million yuan spent on projects and on setting alliances up."""
    return ratio(curve(run, "patents").sum(), paid(run, Flow.JOINT_RESEARCH, Flow.SET_UP))


@quantity
def abandoned(run: Recording) -> float:
    """Projects abandoned for want of partners or money, among those that ended."""
    state = run.projects["state"][run.projects["started"] >= since(run)]
    return ratio((state == ProjectState.ABANDONED).sum(), (state != ProjectState.RUNNING).sum())


@quantity
def own_failures(run: Recording) -> float:
    """Projects that failed by themselves, among those that ended."""
    state = run.projects["state"][run.projects["started"] >= since(run)]
    return ratio((state == ProjectState.FAILED).sum(), (state != ProjectState.RUNNING).sum())


@quantity
def stopped(run: Recording) -> float:
    """Projects stopped by a review."""
    return float((run.projects["state"] == ProjectState.STOPPED).sum())


@quantity
def partners(run: Recording) -> float:
    """Mean size of projects at their start."""
    return mean(run.projects["size_start"][run.projects["started"] >= since(run)])


@quantity
def paid_ratio(run: Recording) -> float:
    """Money of projects over their plan: private and public money over the planned cost of the quarters run."""
    mine = run.projects[(run.projects["started"] >= since(run)) & (run.projects["state"] != ProjectState.RUNNING)]
    quarters = mine["ended"] - mine["started"] + 1
    return ratio((mine["private_total"] + mine["public_total"]).sum(), (mine["cost"] * quarters).sum())


@quantity
def cautious_in_larger(run: Recording) -> float:
    """Size of the projects that the most cautious third takes part in, less that of the least cautious third."""
    members = run.project_members[run.project_members["joined"] >= since(run)]
    table = run.organisations
    place = {int(key): i for i, key in enumerate(table["key"])}
    row = np.array([place.get(int(key), -1) for key in members["organisation"]])
    size, caution = run.projects["size_start"][members["project"]][row >= 0], table["caution"][row[row >= 0]]
    return mean(size[caution > 2 / 3]) - mean(size[caution < 1 / 3])


@quantity
def strong_over_weak(run: Recording) -> float:
    """Membership of strong firms over that of the others, over calendar time."""
    strong = ratio(curve(run, "strong_participants").sum(), curve(run, "strong_firms").sum())
    spells = run.members[(run.members["kind"] == Kind.FIRM) & (run.members["joined"] >= since(run))]
    weak = standing_of(run, spells["size"]) < 0.4
    table = run.organisations
    firms = table["active"] & (table["kind"] == Kind.FIRM)
    few = max(mean(standing_of(run, table["size"][firms]) < 0.4), 1e-9)
    return ratio(strong, mean(weak) / few)


@quantity
def strong_in_new(run: Recording) -> float:
    """Share of alliances founded that have a strong firm among the founders."""
    found = np.flatnonzero(run.alliances["founded"] >= since(run))
    first = run.members[np.isin(run.members["alliance"], found)]
    first = first[first["joined"] == run.alliances["founded"][first["alliance"]]]
    strong = (first["kind"] == Kind.FIRM) & (standing_of(run, first["size"]) >= STRONG)
    return ratio(len(np.unique(first["alliance"][strong])), len(found))


@quantity
def science_in_new(run: Recording) -> float:
    """Share of alliances founded by firms together with science."""
    return mean(founded_later(run)["mixed"])


@quantity
def science_members(run: Recording) -> float:
    """Universities and institutes among those that join after the warm-up."""
    spells = run.members[run.members["joined"] >= since(run)]
    return mean((spells["kind"] == Kind.UNIVERSITY) | (spells["kind"] == Kind.INSTITUTE))


@quantity
def new_governance(run: Recording) -> float:
    """Governance of alliances in their first quarters."""
    lines = panel(run)
    return mean(lines["governance"][lines["age"] <= 2])


@quantity
def outsiders_governance(run: Recording) -> float:
    """Governance of alliances without the label of a pilot."""
    lines = panel(run)
    return mean(lines["governance"][lines["label"] <= 0.0])


@quantity
def home_share(run: Recording) -> float:
    """Share of alliances founded in the strongest region of their sector, by its firms' revenue at the end."""
    table = run.organisations
    firms = table[table["active"] & (table["kind"] == Kind.FIRM)]
    regions = run.setup.sizes["regions"]
    home = {int(s): int(np.bincount(firms["region"][firms["sector"] == s], firms["size"][firms["sector"] == s],
                                    minlength=regions).argmax()) for s in np.unique(firms["sector"])}
    found = founded_later(run)
    return mean(found["region"] == np.array([home[int(s)] for s in found["sector"]]))


@quantity
def pilots_alive_8y(run: Recording) -> float:
    """Share of pilots alive eight years after naming, among those seen that long."""
    named = run.alliances[(run.alliances["pilot"] >= 0) & (run.alliances["pilot"] < len(run.curves) - 32)]
    return mean((named["ended"] < 0) | (named["ended"] - named["pilot"] >= 32))

"""What the experiments on mechanisms look at: one number of a recorded run each, NaN where it gives no answer."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from alliancelab.agents.codes import Door, Event, Kind, ProjectKind, ProjectState, Stage
from alliancelab.model.accounts import Flow
from alliancelab.model.outcomes import OUTCOMES
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.simulation import Recording
from alliancelab.scenarios.moments import MOMENTS, founded_later
from tests.mechanisms.experiments import PATHS

__all__ = ["QUANTITIES", "RESCUE_QUANTITIES", "Quantity", "Rescue", "first_rescues_of"]

Quantity = Callable[[Recording], float]
STRONG = 0.6  # standing from which a firm counts as strong, as in special support
QUANTITIES: dict[str, Quantity] = {outcome.name: outcome.value for outcome in OUTCOMES}


def quantity(function: Quantity) -> Quantity:
    """Enter a function in the list by its name."""
    QUANTITIES[function.__name__] = function
    return function


def since(run: Recording) -> int:
    """First quarter after the warm-up."""
    return int(run.setup.sizes["warm_up"])


def curve(run: Recording, name: str) -> np.ndarray:
    """A calendar curve after the warm-up."""
    return run.curves[name][since(run) :]


def panel(run: Recording) -> np.ndarray:
    """The panel after the warm-up."""
    return run.panel[run.panel["quarter"] >= since(run)]


def ratio(part: float, whole: float) -> float:
    """A share, NaN of nothing."""
    return float(part / whole) if whole > 0 else np.nan


def mean(values: np.ndarray) -> float:
    """A mean, NaN of nothing."""
    return float(np.mean(values)) if len(values) else np.nan


def paid(run: Recording, *flows: Flow) -> float:
    """Million yuan that moved by some flows after the warm-up."""
    return float(run.ledger[since(run) :, list(flows)].sum())


def parameter(run: Recording, name: str) -> float:
    """Value of a parameter in a run."""
    declared = next(one for one in PARAMETERS if one.name == name)
    return float(run.setup.parameters.get(name, declared.default))


def standing_of(run: Recording, size: np.ndarray) -> np.ndarray:
    """Standing by size."""
    reference = parameter(run, "standing_size")
    return size / (size + reference)


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
def survival_8y(run: Recording) -> float:
    """Share alive at eight years, among alliances seen that long."""
    found = founded_later(run)
    found = found[found["founded"] <= len(run.curves) - 1 - 32]
    return mean((found["ended"] < 0) | (found["ended"] - found["founded"] >= 32))


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


@quantity
def hedged_regrowth(run: Recording) -> float:
    """Alliances that re-grew by a side line opened before the fall."""
    found = founded_later(run)
    return mean((found["regrowths"] > 0) & (found["door"] == Door.RISK_AVOIDANCE))


@quantity
def seized_regrowth(run: Recording) -> float:
    """Alliances that re-grew by an opportunity seized in decline."""
    found = founded_later(run)
    return mean((found["regrowths"] > 0) & (found["door"] == Door.OPPORTUNITY))


@quantity
def rescued_regrown(run: Recording) -> float:
    """Rescued alliances that re-grew within four years of the first path's purchase."""
    bought = run.events[run.events["event"] == Event.RESCUE_BOUGHT]
    alliance, when = first_rescues(bought)
    seen = when < len(run.curves) - 16
    regrown = run.events[run.events["event"] == Event.REGROWN]
    hits = [((regrown["alliance"] == a) & (regrown["quarter"] > t) & (regrown["quarter"] <= t + 16)).any()
            for a, t in zip(alliance[seen], when[seen], strict=True)]
    return mean(np.array(hits))


def regrown_where(column: str, condition: str, passes: bool) -> Quantity:
    """Share re-grown within four years of the first rescue, of those that pass a condition when it was bought, or fail.
    """
    def value(run: Recording) -> float:
        bought = run.events[run.events["event"] == Event.RESCUE_BOUGHT]
        regrown = run.events[run.events["event"] == Event.REGROWN]
        hits = []
        for alliance, when in zip(*first_rescues(bought), strict=True):
            line = run.panel[(run.panel["alliance"] == alliance) & (run.panel["quarter"] == when - 1)]
            if when < len(run.curves) - 16 and (line[column][0] >= parameter(run, condition)) == passes:
                later = regrown["quarter"][regrown["alliance"] == alliance]
                hits.append(((later > when) & (later <= when + 16)).any())
        return mean(np.array(hits))

    return value


def first_rescues(bought: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Alliances rescued and the quarter of the first path's purchase."""
    _, first = np.unique(bought["alliance"], return_index=True)
    return bought["alliance"][first], bought["quarter"][first]


for _name, _column in (("base", "stability"), ("technology", "technology_dimension")):
    QUANTITIES[f"regrown_with_{_name}"] = regrown_where(_column, f"eligible_{_name}", True)
    QUANTITIES[f"regrown_without_{_name}"] = regrown_where(_column, f"eligible_{_name}", False)


@quantity
def cost_per_regrowth(run: Recording) -> float:
    """Outlay per re-growth of an alliance that was rescued, million yuan."""
    saved = ((run.alliances["rescues"] > 0) & (run.alliances["regrowths"] > 0)).sum()
    return ratio(QUANTITIES["public_outlay"](run), float(saved))


@quantity
def rescues(run: Recording) -> float:
    """Paths bought."""
    return float(run.alliances["rescues"].sum())


@quantity
def decline_onset(run: Recording) -> float:
    """Entries into decline per alliance and year outside decline."""
    lines = panel(run)
    outside = (lines["stage"] != Stage.DECLINE) & (lines["stage"] != Stage.FORMATION)
    moved = run.events[(run.events["event"] == Event.STAGE) & (run.events["quarter"] >= since(run))]
    return 4.0 * ratio((moved["value"] == Stage.DECLINE).sum(), outside.sum())


@quantity
def science_exit(run: Recording) -> float:
    """Universities and institutes that leave living alliances, per seat and year."""
    members = run.members
    science = (members["kind"] == Kind.UNIVERSITY) | (members["kind"] == Kind.INSTITUTE)
    begin = np.maximum(members["joined"], since(run))
    end = np.where(members["left"] < 0, len(run.curves), members["left"])
    went = (members["left"] >= since(run)) & (members["left"] != run.alliances["ended"][members["alliance"]])
    return 4.0 * ratio((went & science).sum(), np.maximum(end - begin, 0)[science].sum())


@quantity
def new_trust(run: Recording) -> float:
    """Trust in alliances in their first quarters."""
    lines = panel(run)
    return mean(lines["trust"][lines["age"] <= 2])


@quantity
def joins_of_pilots(run: Recording) -> float:
    """Members that join pilots after their naming, per pilot and year."""
    named = run.alliances["pilot"]
    joined = (named[run.members["alliance"]] >= 0) & (run.members["joined"] > named[run.members["alliance"]])
    lines = panel(run)
    return 4.0 * ratio(joined.sum(),
                       ((named[lines["alliance"]] >= 0) & (lines["quarter"] > named[lines["alliance"]])).sum())


@quantity
def deal_price(run: Recording) -> float:
    """Price of a property deal at home, million yuan."""
    sold = run.alliances["sold"].sum()
    return ratio(paid(run, Flow.LICENCE, Flow.PROPERTY_SALE), sold + run.alliances["licences"].sum())


DIMENSION_COLUMNS = ("technology_dimension", "economics", "standing", "stability", "governance", "clarity")


@quantity
def fitting_paths(run: Recording) -> float:
    """Paths bought that answer the dimension which is weakest against healthy alliances of the quarter."""
    bought = run.events[run.events["event"] == Event.RESCUE_BOUGHT]
    right = []
    for alliance, quarter, path in zip(bought["alliance"], bought["quarter"], bought["value"], strict=True):
        lines = run.panel[run.panel["quarter"] == quarter - 1]
        well = (lines["stage"] == Stage.GROWTH) | (lines["stage"] == Stage.MATURITY)
        mine = lines[lines["alliance"] == alliance]
        shares = [mean(mine[name]) / mean(lines[name][well]) for name in DIMENSION_COLUMNS]
        right.append(int(np.argmin(shares)) == int(path))
    return mean(np.array(right))


class Rescue(NamedTuple):
    """The first rescue of an alliance.

    Attributes
    ----------
    cause : int
        Its weakest dimension when the path was bought, against healthy alliances of the quarter.
    path : int
    change : array, shape (dimensions,)
        Change of its dimensions over the next two years, NaN for one that ended.
    vitality : float
        Change of its vitality over the next two years; one that ended has none left.
    regrown : bool
        Within four years.
    """

    cause: int
    path: int
    change: np.ndarray
    vitality: float
    regrown: bool


def first_rescues_of(run: Recording) -> list[Rescue]:
    """First rescues that could be seen for four years."""
    place = {(int(line["alliance"]), int(line["quarter"])): i for i, line in enumerate(run.panel)}
    bought = run.events[run.events["event"] == Event.RESCUE_BOUGHT]
    paths = {int(one["alliance"]): int(one["value"]) for one in bought[::-1]}
    regrown = run.events[run.events["event"] == Event.REGROWN]
    state = np.stack([run.panel[name] for name in DIMENSION_COLUMNS], axis=1)
    well = (run.panel["stage"] == Stage.GROWTH) | (run.panel["stage"] == Stage.MATURITY)
    found = []
    for alliance, quarter in zip(*first_rescues(bought), strict=True):
        row = place.get((int(alliance), int(quarter) - 1))
        if row is None or quarter >= len(run.curves) - 16:
            continue
        healthy = state[well & (run.panel["quarter"] == quarter - 1)].mean(axis=0)
        after = place.get((int(alliance), int(quarter) + 7))
        change = state[after] - state[row] if after is not None else np.full(len(DIMENSION_COLUMNS), np.nan)
        vitality = float(run.panel["vitality"][after]) if after is not None else 0.0
        later = regrown["quarter"][regrown["alliance"] == alliance]
        found.append(Rescue(int(np.argmin(state[row] / healthy)), paths[int(alliance)], change,
                            vitality - float(run.panel["vitality"][row]),
                            bool(((later > quarter) & (later <= quarter + 16)).any())))
    return found


RescueQuantity = Callable[[list[Rescue]], np.ndarray]

RESCUE_QUANTITIES: dict[str, RescueQuantity] = {}
"""Quantities of the first rescues of a run: a sum over some of them, and their number, shape (2,)."""


def raised(path: int, own: bool) -> RescueQuantity:
    """Change of the dimension that a path answers, over two years after it was bought, or after another was."""
    def value(rescues: list[Rescue]) -> np.ndarray:
        changes = np.array([one.change[path] for one in rescues if (one.path == path) == own])
        return np.array([np.nansum(changes), np.isfinite(changes).sum()])
    return value


def after_paths(cause: int, own: bool, field: str) -> RescueQuantity:
    """A field of `Rescue` where one dimension was weakest, after its own path or after others."""
    def value(rescues: list[Rescue]) -> np.ndarray:
        some = [float(getattr(one, field)) for one in rescues if one.cause == cause and (one.path == cause) == own]
        return np.array([sum(some), len(some)])
    return value


for _place, (_, _name) in enumerate(PATHS):
    for _own, _which in ((True, "own_path"), (False, "other_paths")):
        RESCUE_QUANTITIES[f"{_name}_by_{_which}"] = raised(_place, _own)
        RESCUE_QUANTITIES[f"regrown_by_{_which}_of_{_name}"] = after_paths(_place, _own, "regrown")
        RESCUE_QUANTITIES[f"vitality_by_{_which}_of_{_name}"] = after_paths(_place, _own, "vitality")


def pilots_mean(column: str) -> Quantity:
    """Mean of a column of the alliances table over pilots."""
    return lambda run: mean(run.alliances[column][run.alliances["pilot"] >= 0])


QUANTITIES["pilots_openness"] = pilots_mean("openness")
QUANTITIES["pilots_adopters"] = pilots_mean("adopters")


@quantity
def pilots_rules(run: Recording) -> float:
    """Binding, rules for funds and governance of pilots, mean."""
    named = run.alliances[run.alliances["pilot"] >= 0]
    return mean((named["binding"] + named["fund_rules"] + named["governance"]) / 3.0)


@quantity
def pilots_property(run: Recording) -> float:
    """Core patents of pilots, each."""
    return mean(run.alliances["core_patents"][run.alliances["pilot"] >= 0])


def funded(run: Recording) -> np.ndarray:
    """Projects with a grant or other public money, started after the warm-up."""
    return run.projects[(run.projects["public_total"] > 0.0) & (run.projects["started"] >= since(run))]


@quantity
def funded_outlook(run: Recording) -> float:
    """Market that the fields of funded projects were expected to take."""
    return mean(funded(run)["outlook"])


@quantity
def funded_in_order(run: Recording) -> float:
    """Funded projects that follow what their line has done: first research, then production, then the market."""
    kinds: dict[tuple[int, int], set[int]] = {}
    right = []
    for project in run.projects:
        done = kinds.setdefault((int(project["alliance"]), int(project["field"])), set())
        kind = int(project["kind"])
        if project["public_total"] > 0.0 and project["started"] >= since(run):
            right.append(kind not in done and (kind == 0 or kind - 1 in done))
        done.add(kind)
    return mean(np.array(right))


@quantity
def awards_of_pilots(run: Recording) -> float:
    """Grants won after being named a pilot, of all."""
    won = run.events[run.events["event"] == Event.GRANT]
    named = run.alliances["pilot"][won["alliance"]]
    return mean((named >= 0) & (named <= won["quarter"]))


@quantity
def funded_again_success(run: Recording) -> float:
    """Success of earlier funded projects, at later awards."""
    won = run.events[run.events["event"] == Event.GRANT]
    state = run.projects["state"]
    rates = []
    for alliance, quarter in zip(won["alliance"], won["quarter"], strict=True):
        mine = (run.projects["alliance"] == alliance) & (run.projects["public_total"] > 0.0)
        mine &= (run.projects["ended"] >= 0) & (run.projects["ended"] < quarter)
        if mine.any():
            rates.append(mean(state[mine] == ProjectState.DONE))
    return mean(np.array(rates))


@quantity
def funded_leavers(run: Recording) -> float:
    """Partners that left funded projects before these ended, of all their partners."""
    members = run.project_members
    mine = (run.projects["public_total"][members["project"]] > 0.0) & (members["joined"] >= since(run))
    ended = run.projects["ended"][members["project"]]
    return mean(((members["left"] >= 0) & (members["left"] != ended))[mine])


@quantity
def adoptions_per_yuan(run: Recording) -> float:
    """Adoptions per million yuan spent on projects, on managing alliances and on setting them up."""
    return ratio(curve(run, "adoptions").sum(), paid(run, Flow.JOINT_RESEARCH, Flow.MANAGEMENT, Flow.SET_UP))


@quantity
def revenue_per_yuan(run: Recording) -> float:
    """Sales margin per million yuan of the same."""
    return ratio(paid(run, Flow.SALES_MARGIN), paid(run, Flow.JOINT_RESEARCH, Flow.MANAGEMENT, Flow.SET_UP))


@quantity
def standards_per_yuan(run: Recording) -> float:
    """Standards per million yuan spent on projects."""
    return ratio(curve(run, "standards").sum(), paid(run, Flow.JOINT_RESEARCH))


def speed_of(kind: ProjectKind) -> Quantity:
    """Progress a quarter of projects of a kind that were started after the warm-up and have ended."""
    def value(run: Recording) -> float:
        mine = run.projects[(run.projects["kind"] == kind) & (run.projects["ended"] >= 0)
                            & (run.projects["started"] >= since(run))]
        return mean(mine["progress"] / (mine["ended"] - mine["started"] + 1))
    return value


QUANTITIES["industrialisation_speed"] = speed_of(ProjectKind.INDUSTRIALISATION)
QUANTITIES["launch_speed"] = speed_of(ProjectKind.LAUNCH)


@quantity
def results_of_grants(run: Recording) -> float:
    """Progress of funded projects per million yuan of public money."""
    mine = funded(run)
    return ratio(np.minimum(mine["progress"], 1.0).sum(), mine["public_total"].sum())


@quantity
def compliance(run: Recording) -> float:
    """Money that reports and audits ate, million yuan."""
    return paid(run, Flow.COMPLIANCE)


@quantity
def industrialised(run: Recording) -> float:
    """What can be produced in the lines of alliances founded after the warm-up, mean of their best."""
    found = run.alliances["founded"] >= since(run)
    return mean(run.lines["industrialised"][found].max(axis=1))


@quantity
def stated_need(run: Recording) -> float:
    """Stated need of firms in no alliance, at the end."""
    table = run.organisations
    outside = table["active"] & (table["kind"] == Kind.FIRM) & (table["alliance_count"] == 0)
    return mean(table["stated_need"][outside])


@quantity
def platforms_built(run: Recording) -> float:
    """Platforms built."""
    return float((run.events["event"] == Event.PLATFORM_BUILT).sum())


def at_building(column: str) -> Quantity:
    """Mean of a column of the panel over hosts in the quarter before they build a platform."""
    def value(run: Recording) -> float:
        built = run.events[run.events["event"] == Event.PLATFORM_BUILT]
        place = {(int(line["alliance"]), int(line["quarter"])): i for i, line in enumerate(run.panel)}
        rows = [place[key] for key in zip(built["alliance"].tolist(), (built["quarter"] - 1).tolist(), strict=True)
                if key in place]
        return mean(run.panel[column][rows]) if rows else np.nan
    return value


for _name in ("technology", "standing", "conversion", "label"):
    QUANTITIES[f"hosts_{_name}" if _name != "label" else "hosts_pilots"] = at_building(_name)


@quantity
def hosts_openness(run: Recording) -> float:
    """Openness of hosts of platforms."""
    built = run.events["alliance"][run.events["event"] == Event.PLATFORM_BUILT]
    return mean(run.alliances["openness"][built])


@quantity
def exemplars_patents(run: Recording) -> float:
    """Patents of alliances that were ever graded exemplary, each."""
    graded = run.events[(run.events["event"] == Event.ASSESSED) & (run.events["value"] == 1.0)]
    mine = run.alliances[np.unique(graded["alliance"])]
    return mean(mine["core_patents"] + mine["generic_patents"])


@quantity
def generic_spread(run: Recording) -> float:
    """Correlation, over lines with adopters, of the generic part of property with adopters."""
    lines = run.lines[run.lines["launched"] > 0.05]
    part = lines["generic_patents"] / np.maximum(lines["generic_patents"] + lines["core_patents"], 1.0)
    return float(np.corrcoef(part, lines["diffusion"])[0, 1]) if len(lines) > 3 else np.nan


@quantity
def dominant_revenue(run: Recording) -> float:
    """Revenue of alliances whose main line holds most of its market, a quarter."""
    share = run.alliances["market_share"]
    lines = panel(run)
    strong = share[lines["alliance"]] > 0.4
    return mean(lines["revenue"][strong])


@quantity
def leaked(run: Recording) -> float:
    """How far competitors abroad have what alliances found, at the end of each."""
    return mean(founded_later(run)["leaked"])


@quantity
def subsidised_size(run: Recording) -> float:
    """Size of firms among the founders of subsidised alliances, million yuan a quarter, mean."""
    helped = (run.alliances["start_subsidy"] > 0.0)[run.members["alliance"]]
    first = run.members["joined"] == run.alliances["founded"][run.members["alliance"]]
    return mean(run.members["size"][helped & first & (run.members["kind"] == Kind.FIRM)])


@quantity
def elsewhere_share(run: Recording) -> float:
    """Adopters of other sectors, of all that took up results of subsidised alliances."""
    mine = run.lines[run.alliances["start_subsidy"] > 0.0]
    return ratio(mine["adopters_elsewhere"].sum(), mine["adopters"].sum())


@quantity
def strange_founders(run: Recording) -> float:
    """Members of subsidised alliances that work in another sector, of all."""
    helped = (run.alliances["start_subsidy"] > 0.0)[run.members["alliance"]]
    return mean((run.members["sector"] != run.alliances["sector"][run.members["alliance"]])[helped])


@quantity
def pilot_support(run: Recording) -> float:
    """Support paid to pilots, million yuan."""
    return paid(run, Flow.PILOT_SUPPORT)


@quantity
def hosts_bodies(run: Recording) -> float:
    """Institutes and agencies among the members of hosts of platforms, each."""
    built = run.events[run.events["event"] == Event.PLATFORM_BUILT]
    bodies = (run.members["kind"] == Kind.INSTITUTE) | (run.members["kind"] == Kind.AGENCY)
    counts = []
    for alliance, quarter in zip(built["alliance"], built["quarter"], strict=True):
        there = bodies & (run.members["alliance"] == alliance) & (run.members["joined"] < quarter)
        counts.append((there & ((run.members["left"] < 0) | (run.members["left"] >= quarter))).sum())
    return mean(np.array(counts))

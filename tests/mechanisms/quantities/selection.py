"""Quantities of who is chosen by an instrument, and of what it brings."""

import numpy as np

from alliancelab.agents.codes import Event, Kind, ProjectKind, ProjectState
from alliancelab.model.accounts import Flow
from alliancelab.model.simulation import Recording
from alliancelab.scenarios.moments import founded_later
from tests.mechanisms.quantities.common import QUANTITIES, Quantity, curve, mean, paid, panel, quantity, ratio, since


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


for _name in ("technology", "standing", "conversion", "label"):
    QUANTITIES[f"hosts_{_name}" if _name != "label" else "hosts_pilots"] = at_building(_name)

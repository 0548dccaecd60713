"""Who joins what with whom: consortia out of simulated projects and public project data, and facts of them.

Source: H5.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from alliancelab.agents.codes import Kind
from alliancelab.agents.errors import UserError
from alliancelab.model.simulation import Recording
from alliancelab.scenarios.consortium import OTHER, Consortia, numbered
from alliancelab.scenarios.project_tables import read_cordis

__all__ = ["MEASURES", "Consortia", "Measure", "by_programme", "consortia_of", "giant_component", "projects_of",
           "read_cordis", "tail_exponent"]

LEAST_PROJECTS = 30  # of a programme that is compared with others
NULL_DRAWS = 20  # shufflings that the null of repeat ties is averaged over
SWEEPS = 10  # swaps tried for each seat in one shuffling


class Measure(NamedTuple):
    """A fact of consortia: name, title, unit and the function that gives it."""

    name: str
    title: str
    unit: str
    of: Callable[[Consortia], float]


# --- where they come from ------------------------------------------------------------------------------------------


def consortia_of(recording: Recording, most: int | None = None) -> Consortia:
    """Partners of the projects of a recorded run at their start, from the end of the warm-up on.

    Parameters
    ----------
    most : int, optional
        Only so many projects, the first ones: who joins once or again depends on how many projects one looks at.

    Raises
    ------
    UserError
        When memberships were not recorded.
    """
    projects, members = recording.projects, recording.project_members
    if len(projects) and not len(members):
        raise UserError("the run keeps no memberships; record it in full")
    since = recording.setup.sizes["warm_up"]
    chosen = np.flatnonzero(projects["started"] >= since)[:most]  # rows are in order of their start
    seats = members[np.isin(members["project"], chosen)]
    kind = np.where(seats["kind"] == Kind.AGENCY, OTHER, seats["kind"])
    sector = recording.alliances["sector"][projects["alliance"][seats["project"]]]
    return numbered(seats["joined"].astype(np.int64), seats["project"], seats["organisation"], kind, sector)


def by_programme(consortia: Consortia, programme: np.ndarray, least: int = LEAST_PROJECTS,
                 most: int | None = None) -> list[Consortia]:
    """The consortia of each programme that has at least so many projects, largest programme first.

    Parameters
    ----------
    most : int, optional
        Only so many projects of each, the first ones, as `consortia_of` takes the first alliances of a run.
    """
    names, counts = np.unique(programme, return_counts=True)
    large = names[counts >= least][np.argsort(-counts[counts >= least], kind="stable")]
    parts = [_part(consortia, programme[consortia.project] == name) for name in large if name]
    return [_part(part, part.project < most) if most else part for part in parts]


def projects_of(programmes: Sequence[Consortia]) -> int:
    """Median number of projects of a programme; a simulated world is compared with as many alliances."""
    return int(np.median([len(sizes(programme)) for programme in programmes]))


def _part(consortia: Consortia, chosen: np.ndarray) -> Consortia:
    project, organisation, kind, sector = (column[chosen] for column in consortia)
    return numbered(project, project, organisation, kind, sector)


# --- facts of them ---------------------------------------------------------------------------------------------------


def sizes(consortia: Consortia) -> np.ndarray:
    """Members of each project."""
    return np.bincount(consortia.project)


def size_mean(consortia: Consortia) -> float:
    """Mean size."""
    return float(sizes(consortia).mean()) if consortia.project.size else float("nan")


def size_cv(consortia: Consortia) -> float:
    """Coefficient of variation of sizes."""
    found = sizes(consortia)
    return float(found.std(ddof=1) / found.mean()) if found.size > 1 else float("nan")


def participations(consortia: Consortia) -> np.ndarray:
    """Projects of each organisation."""
    return np.bincount(consortia.organisation)


def _of_kind(*kinds: Kind) -> Callable[[Consortia], float]:
    """Share of these kinds among firms, universities and institutes."""

    def share(consortia: Consortia) -> float:
        known = consortia.kind[consortia.kind >= 0]
        return float(np.isin(known, kinds).mean()) if known.size else np.nan

    return share


def firm_share_spread(consortia: Consortia) -> float:
    """Standard deviation over projects of the share of firms among firms, universities and institutes."""
    known = consortia.kind >= 0
    members = np.bincount(consortia.project[known])
    firms = np.bincount(consortia.project[known], consortia.kind[known] == Kind.FIRM)
    shares = firms[members > 0] / members[members > 0]
    return float(shares.std(ddof=1)) if shares.size > 1 else np.nan


def _each(kind: Kind) -> Callable[[Consortia], float]:
    """Members of a kind in a project."""
    return lambda consortia: float((consortia.kind == kind).sum() / (consortia.project.max(initial=-1) + 1))


def mixed(consortia: Consortia) -> float:
    """Share of projects with at least one firm and one university or institute."""
    firm = np.bincount(consortia.project, consortia.kind == Kind.FIRM) > 0
    research = np.bincount(consortia.project, np.isin(consortia.kind, (Kind.UNIVERSITY, Kind.INSTITUTE))) > 0
    return float((firm & research).mean()) if firm.size else np.nan


def top_tenth(consortia: Consortia) -> float:
    """Share of all seats that the tenth of organisations with most of them holds; the last one counts in part."""
    found = np.sort(participations(consortia))[::-1]
    if not found.size:
        return np.nan
    tenth = found.size / 10
    whole = int(tenth)
    part = (tenth - whole) * found[whole] if whole < found.size else 0.0
    return float((found[:whole].sum() + part) / found.sum())


def repeat_ties(consortia: Consortia) -> float:
    """Share of pairs of members that were members of an earlier project together."""
    first, second, project = _pairs(consortia.project, consortia.organisation)
    pair = first * (consortia.organisation.max(initial=0) + 1) + second
    order = np.lexsort((project, pair))
    again = pair[order][1:] == pair[order][:-1]
    return float(again.sum() / pair.size) if pair.size else np.nan


def repeat_ties_over_null(consortia: Consortia) -> float:
    """Repeat ties relative to those where members sit by chance, each organisation and project as busy as it is.

    The null keeps the number of projects of every organisation and the size of every project: seats are exchanged
    between random pairs of the same sector, unless an organisation would sit twice in one project. Chance knows sectors
    because programmes of public data are each of one field: members who meet again for want of others are no sign of
    faith.
    """
    draws = np.random.default_rng(0)
    chance = np.mean([repeat_ties(_shuffled(consortia, draws)) for _ in range(NULL_DRAWS)])
    return float(repeat_ties(consortia) / chance) if chance > 0 else float("nan")


def newcomers(consortia: Consortia) -> float:
    """Share of seats, in the later half of the projects, taken by organisations that were in no earlier project."""
    _, first = np.unique(consortia.organisation, return_index=True)  # seats are in order of projects
    late = consortia.project >= (consortia.project.max(initial=0) + 1) / 2
    new = np.zeros(consortia.project.size, bool)
    new[first] = True
    return float(new[late].mean()) if late.any() else np.nan


def tail_exponent(consortia: Consortia, least: int = 5) -> float:
    """Exponent of a power law fitted to the numbers of projects of organisations that are in at least `least`.

    The discrete maximum-likelihood estimate in its usual approximation (Clauset, Shalizi and Newman 2009).
    """
    found = participations(consortia)
    found = found[found >= least]
    return float(1.0 + found.size / np.log(found / (least - 0.5)).sum()) if found.size > 1 else np.nan


def giant_component(consortia: Consortia) -> float:
    """Share of organisations in the largest part of the network that projects connect."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    projects = int(consortia.project.max(initial=-1)) + 1
    organisations = int(consortia.organisation.max(initial=-1)) + 1
    if not organisations:
        return np.nan
    edges = (np.ones(consortia.project.size), (consortia.project, projects + consortia.organisation))
    graph = coo_matrix(edges, shape=(projects + organisations,) * 2)
    _, part = connected_components(graph, directed=False)
    return float(np.bincount(part[projects:]).max() / organisations)


def _pairs(project: np.ndarray, organisation: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every pair of members of every project, the lower number first."""
    parts = []
    for members in np.split(organisation, np.flatnonzero(np.diff(project)) + 1):
        ordered = np.sort(members)
        parts.append(np.stack([ordered[index] for index in np.triu_indices(ordered.size, 1)]))
    number = np.repeat(np.arange(len(parts)), [part.shape[1] for part in parts])
    first, second = np.concatenate(parts, axis=1)
    return first.astype(np.int64), second.astype(np.int64), number


def _shuffled(consortia: Consortia, draws: np.random.Generator) -> Consortia:
    seats = list(zip(consortia.project.tolist(), consortia.organisation.tolist(), strict=True))
    taken = set(seats)
    picks = draws.integers(0, len(seats), (SWEEPS * len(seats), 2)).tolist()
    sector = consortia.sector.tolist()
    for i, j in picks:
        (p, a), (q, b) = seats[i], seats[j]
        if sector[i] == sector[j] and p != q and a != b and (p, b) not in taken and (q, a) not in taken:
            taken -= {(p, a), (q, b)}
            taken |= {(p, b), (q, a)}
            seats[i], seats[j] = (p, b), (q, a)
    return consortia._replace(organisation=np.array([member for _, member in seats]))


MEASURES = (
    Measure("size_mean", "Mean size", "members", size_mean),
    Measure("size_cv", "Coefficient of variation of sizes", "-", size_cv),
    Measure("size_log_sd", "Standard deviation of log sizes", "-", lambda c: float(np.log(sizes(c)).std(ddof=1))),
    Measure("firm_share", "Firms among the three kinds", "share of seats", _of_kind(Kind.FIRM)),
    Measure("firm_share_sd", "Spread over projects of firms among the three kinds", "share of seats",
            firm_share_spread),
    Measure("university_share", "Universities among the three kinds", "share of seats", _of_kind(Kind.UNIVERSITY)),
    Measure("institute_share", "Institutes among the three kinds", "share of seats", _of_kind(Kind.INSTITUTE)),
    Measure("firms_each", "Firms in a project", "members", _each(Kind.FIRM)),
    Measure("universities_each", "Universities in a project", "members", _each(Kind.UNIVERSITY)),
    Measure("institutes_each", "Institutes in a project", "members", _each(Kind.INSTITUTE)),
    Measure("mixed", "Projects that mix firms with research", "share", mixed),
    Measure("single", "Organisations in one project only", "share", lambda c: float((participations(c) == 1).mean())),
    Measure("top_tenth", "Seats of the busiest tenth of organisations", "share", top_tenth),
    Measure("newcomers", "Newcomers among members of the later half", "share of seats", newcomers),
    Measure("repeat_ties", "Pairs that have worked together before", "share of pairs", repeat_ties),
    Measure("repeat_ties_over_null", "Repeat ties relative to chance", "ratio", repeat_ties_over_null),
)

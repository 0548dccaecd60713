"""A registry as it was read: its tables, what holds on its day, what they tell and what is drawn. Source: H5."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliancelab.agents.codes import Kind

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NAMED", "NO_KIND", "Registry", "described", "gaps_of", "left_out", "origins"]

NO_KIND = -1
NAMED = 5  # so many of what is noticed are named


@dataclass(frozen=True)
class Registry:
    """Alliances, their members and projects as the tables tell them.

    Dates are texts, YYYY-MM-DD, "" where the tables tell none.

    Attributes
    ----------
    folder : Path
    date : str
        Day that the registry is of: what holds on it is where worlds start.
    organisations : DataFrame
        Indexed by identifier: name, kind (code of `Kind`, -1 unknown), sector, region ("" unknown), size (NaN unknown;
        in any unit), founded.
    alliances : DataFrame
        Indexed by identifier: sector, founded, ended, label (bool).
    memberships : DataFrame
        One row a spell: organisation, alliance, from, to.
    projects : DataFrame or None
        One row a project: id, alliance, start, end, cost (NaN unknown), members (tuple of identifiers, or None); None
        without such a table.
    since : str
        Day from which on nothing is missing: no founding, no ending, no member who came or went.
    notes : tuple of str
        What was taken although it is unusual, and what the tables do not tell.
    """

    folder: Path
    date: str
    organisations: "pd.DataFrame" = field(repr=False)
    alliances: "pd.DataFrame" = field(repr=False)
    memberships: "pd.DataFrame" = field(repr=False)
    projects: "pd.DataFrame | None" = field(repr=False)
    since: str
    notes: tuple[str, ...] = field(repr=False)

    def living(self) -> "pd.DataFrame":
        """Alliances that exist on the day and have members."""
        alliances = self.alliances
        there = (alliances["founded"] <= self.date) & ((alliances["ended"] == "") | (alliances["ended"] > self.date))
        return alliances[there & alliances.index.isin(self._held()["alliance"])]

    def members(self) -> "pd.DataFrame":
        """Memberships that hold on the day in alliances that exist: rows of `memberships`, in their order."""
        held = self._held()
        return held[held["alliance"].isin(self.living().index)]

    def running(self) -> "pd.DataFrame | None":
        """Projects that run on the day in alliances that exist; None where there is no table of them."""
        if self.projects is None:
            return None
        projects = self.projects
        now = (projects["start"] <= self.date) & ((projects["end"] == "") | (projects["end"] > self.date))
        return projects[now & projects["alliance"].isin(self.living().index)]

    def similar_names(self, least: float = 90.0) -> "pd.DataFrame":
        """Pairs of organisations whose names are nearly the same, see `scenarios.registry.similar.similar_names`."""
        from alliancelab.scenarios.registry.similar import similar_names

        return similar_names(self.organisations, least)

    def _held(self) -> "pd.DataFrame":
        spells = self.memberships
        return spells[(spells["from"] <= self.date) & ((spells["to"] == "") | (spells["to"] > self.date))]

    def summary(self) -> str:
        """How much there is on the day, in one sentence."""
        living, members, running = self.living(), self.members(), self.running()
        projects = "no table of projects" if running is None else f"{len(running):,} running projects"
        return (f"On {self.date}: {len(living):,} alliances with {len(members):,} memberships of "
                f"{members['organisation'].nunique():,} organisations, {projects}; in the tables "
                f"{len(self.organisations):,} organisations, {len(self.alliances):,} alliances and "
                f"{len(self.memberships):,} memberships.")


def origins(registry: Registry) -> "pd.DataFrame":
    """What the tables tell of those that worlds start from, and where the rest comes from.

    Returns
    -------
    DataFrame
        ``what``, ``given`` of ``all`` (0 where nobody knows how many), ``rest``: where what they do not tell comes
        from; ``gap``: the same as a sentence with gaps for numbers, "" where no sentence is worth the reading.
    """
    import pandas as pd

    members, living, running = registry.members(), registry.living(), registry.running()
    there = registry.organisations.loc[members["organisation"].unique()]
    drawn, of_alliance, of_members = "drawn", "that of their alliance, else drawn", "that of most members, else drawn"
    rows = [("alliances", len(living), len(living), "", ""), ("memberships", len(members), len(members), "", "")]
    for of, what, known, rest in (
        ("members", "kind", there["kind"] != NO_KIND, drawn), ("members", "sector", there["sector"] != "", of_alliance),
        ("members", "region", there["region"] != "", drawn), ("members", "size", there["size"].notna(), drawn),
        ("alliances", "sector", living["sector"] != "", of_members),
        ("alliances", "founding date", living["founded"] != "", drawn),
    ):
        gap = f"the {what} of {{gap:,}} of {{all:,}} {of} is not in the tables and is {rest}"
        rows.append((f"{what} of {of}", int(known.sum()), len(known), rest, gap))
    if running is None:
        rows.append(("running projects", 0, 0, drawn, "running projects are not in the tables and are drawn"))
    else:
        rows += [("running projects", len(running), len(running), "", ""),
                 ("partners of running projects", int(running["members"].notna().sum()), len(running),
                  "drawn among the members", "")]
    rows.append(("trust, knowledge, expertise and stages", 0, len(living), "those of an alliance of the drawn world "
                 "that is alike", ""))
    table = pd.DataFrame(rows, columns=["what", "given", "all", "rest", "gap"])
    return table.assign(rest=table["rest"].where((table["given"] < table["all"]) | (table["all"] == 0), ""))


def gaps_of(registry: Registry) -> list[str]:
    """What the tables do not tell of those that worlds start from, a sentence each."""
    return [row.gap.format(gap=row.all - row.given, all=row.all) for row in origins(registry).itertuples()
            if row.gap and (row.given < row.all or not row.all)]


def left_out(registry: Registry) -> list[str]:
    """What no world starts from, and alliances that do not live long in one, a sentence each."""
    notes = []
    later = int((registry.memberships["from"] > registry.date).sum())
    if later:
        notes.append(f"{later:,} of {len(registry.memberships):,} memberships begin after {registry.date}; they are "
                     "left out")
    left = registry.alliances[(registry.alliances["founded"] <= registry.date) & (registry.alliances["ended"] == "")]
    left = left[~left.index.isin(registry.living().index)]
    if len(left):
        names = ", ".join(map(str, left.index[:NAMED])) + (", ..." if len(left) > NAMED else "")
        notes.append(f"{len(left):,} alliances have not ended and have no members on {registry.date}; they are left "
                     f"out: {names}")
    members = registry.members()
    kind = registry.organisations["kind"].reindex(members["organisation"]).to_numpy()
    few = members.assign(firm=kind == int(Kind.FIRM)).groupby("alliance")["firm"].sum()
    if (kind != NO_KIND).all() and (few < 2).any():
        notes.append(f"{int((few < 2).sum()):,} alliances have fewer than two firms; in the model such an alliance "
                     "breaks up at once")
    return notes


def described(registry: Registry) -> dict[str, Any]:
    """What the document of a result says of the registry that it starts from, as plain data."""
    given = origins(registry)[["what", "given", "all", "rest"]].to_dict("records")
    gaps = set(gaps_of(registry))
    return {"folder": str(registry.folder), "date": registry.date, "since": registry.since, "given": given,
            "notes": [note for note in registry.notes if note not in gaps]}

"""What a run is judged by: one declared outcome each, computed from its recording.

All count what happens after the warm-up; where alliances are looked at one by one, those founded after it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from alliancelab.agents.codes import Door, ProjectState
from alliancelab.model.accounts import FLOWS, Flow
from alliancelab.model.setup import QUARTERS_A_YEAR
from alliancelab.model.simulation import Recording

__all__ = ["OUTCOMES", "Outcome", "outcomes_of"]


class Outcome(NamedTuple):
    """An outcome of one run.

    Attributes
    ----------
    name, title, unit, description : str
    better : int
        1 if more is better, -1 if less is better, 0 if it is neither.
    value : callable
        Takes a `Recording`, returns a float; NaN where the run gives no answer. A recording has `curves`, `ages`,
        `alliances`, `projects`, `panel`, `events`, `members`, `project_members` as structured arrays with the columns
        of docs/reference.md, codes as numbers, and `setup` with `sizes["warm_up"]`.

    Examples
    --------
    >>> import alliancelab as al
    >>> large = al.Outcome("large", "Large alliances", "share", 1, "Alliances founded by more than eight.",
    ...                    lambda run: float((run.alliances["founding_size"] > 8).mean()))
    >>> small = {"world.firms": 60, "world.quarters": 40, "world.warm_up": 8}
    >>> float(al.run("no_policy", outcomes=[large], overrides=small).outcomes["large"]) <= 1.0
    True
    """

    name: str
    title: str
    unit: str
    better: int
    description: str
    value: Callable[[Recording], float]


_INSTRUMENT_FLOWS = [i for i, flow in enumerate(FLOWS) if flow.instrument]


def _since(run: Recording) -> int:
    return int(run.setup.sizes["warm_up"])


def _curve(run: Recording, name: str) -> np.ndarray:
    return run.curves[name][_since(run) :]


def _founded(run: Recording, column: str) -> np.ndarray:
    """A column of the alliances founded after the warm-up."""
    return run.alliances[column][run.alliances["founded"] >= _since(run)]


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else float("nan")


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _disputes(run: Recording) -> float:
    return _ratio(float(_curve(run, "disputes").sum()), float(_curve(run, "alliances").sum()) / QUARTERS_A_YEAR)


def _weighted_vitality(run: Recording) -> float:
    weights = _curve(run, "alliances")
    return _ratio(float((_curve(run, "vitality") * weights).sum()), float(weights.sum()))


def _hazard(run: Recording) -> float:
    ended = float(_curve(run, "ended").sum())  # the quarter in which an alliance ends is one of its life
    return _ratio(ended, (float(_curve(run, "alliances").sum()) + ended) / QUARTERS_A_YEAR)


def _survival(years: int) -> Callable[[Recording], float]:
    """Share alive at an age among alliances founded early enough to be seen that long: no censoring among them."""

    def alive(run: Recording) -> float:
        founded, ended = _founded(run, "founded"), _founded(run, "ended")
        seen = founded <= len(run.curves) - 1 - years * QUARTERS_A_YEAR
        ended_early = (ended >= 0) & (ended - founded < years * QUARTERS_A_YEAR)
        return _mean(~ended_early[seen])

    return alive


def _regrown(run: Recording) -> float:
    return _mean(_founded(run, "regrowths") > 0)


def _renewed_without_fall(run: Recording) -> float:
    """Share of alliances that opened a second line and never declined: whoever hedges does not fall. Source: A3."""
    return _mean((_founded(run, "renewed") >= 0) & (_founded(run, "declines") == 0))


def _door(door: Door) -> Callable[[Recording], float]:
    """Share of re-grown alliances whose last re-growth `door` carried. Source: A3, E3."""

    def share(run: Recording) -> float:
        return _mean(_founded(run, "door")[_founded(run, "regrowths") > 0] == door)

    return share


def _projects(run: Recording) -> np.ndarray:
    """Projects started after the warm-up."""
    return run.projects[run.projects["started"] >= _since(run)]


def _unsuccessful(run: Recording) -> float:
    state = _projects(run)["state"]
    return _ratio(float((state > ProjectState.DONE).sum()), float((state != ProjectState.RUNNING).sum()))


def _misuse(run: Recording) -> float:
    flows = run.ledger[_since(run) :]
    entrusted = flows[:, [Flow.GRANT, Flow.PILOT_SUPPORT, Flow.SPECIAL_SUPPORT, Flow.EXEMPLAR_SUPPORT,
                          Flow.RESCUE_PROJECT, Flow.OWN_TO_ALLIANCES]].sum()
    return _ratio(float(flows[:, Flow.MISUSE].sum()), float(entrusted))


def _deadweight(run: Recording) -> float:
    return _mean(_founded(run, "deadweight")[_founded(run, "start_subsidy") > 0])


def _outlay(run: Recording) -> float:
    return float(run.ledger[_since(run) :, _INSTRUMENT_FLOWS].sum())


def _strong_participation(run: Recording) -> float:
    return _ratio(float(_curve(run, "strong_participants").sum()), float(_curve(run, "strong_firms").sum()))


def _participation(run: Recording) -> float:
    return _ratio(float(_curve(run, "participants").sum()), float(len(run.organisations) * len(_curve(run, "firms"))))


OUTCOMES: tuple[Outcome, ...] = (
    Outcome("founded", "Alliances founded", "alliances", 0, "Contracts signed.",
            lambda r: float(len(_founded(r, "key")))),
    Outcome("living", "Living alliances", "alliances", 0, "Mean number alive.",
            lambda r: _mean(_curve(r, "alliances"))),
    Outcome("motive", "Motive at founding", "[0, 1]", 1, "Mean stated need of founders.",
            lambda r: _mean(_founded(r, "motive"))),
    Outcome("duplication", "Duplication", "share", -1,
            "Mean share of lines of alliances beyond the first of their field.",
            lambda r: _mean(_curve(r, "duplication"))),
    Outcome("founding_size", "Size at founding", "members", 0, "Mean members that sign.",
            lambda r: _mean(_founded(r, "founding_size"))),
    Outcome("mixed", "Mixed alliances", "share", 0, "Founded by firms together with a university or institute.",
            lambda r: _mean(_founded(r, "mixed"))),
    Outcome("participation", "Participation", "share", 1, "Mean share of all places for organisations in an alliance.",
            _participation),
    Outcome("strong_participation", "Strong firms taking part", "share", 1,
            "Firms of standing in at least one alliance.", _strong_participation),
    Outcome("hazard", "Hazard of ending", "per year", 0, "Endings per year of life of all alliances.", _hazard),
    Outcome("survival_5y", "Alive at five years", "share", 0, "Among alliances founded early enough.", _survival(5)),
    Outcome("survival_10y", "Alive at ten years", "share", 0, "Among alliances founded early enough.", _survival(10)),
    Outcome("vitality", "Vitality", "[0, 1]", 1, "Mean over alliances and quarters.", _weighted_vitality),
    Outcome("regrown", "Re-grown", "share", 1, "Alliances founded after the warm-up that entered re-growth.", _regrown),
    Outcome("renewed_without_fall", "Renewed without a fall", "share", 1,
            "Alliances that opened a second line and never declined.", _renewed_without_fall),
    *(Outcome(f"door_{door.name.lower()}", f"Re-growth through {door.name.lower().replace('_', ' ')}",
              "share of re-grown", 0, "Door of the project that carried the last re-growth.", _door(door))
      for door in Door if door != Door.NONE),
    Outcome("projects", "Projects started", "projects", 0, "After the warm-up.", lambda r: float(len(_projects(r)))),
    Outcome("unsuccessful", "Unsuccessful projects", "share", -1,
            "Failed, stopped, abandoned or superseded, among those that ended.", _unsuccessful),
    Outcome("disputes", "Disputes", "per alliance and year", -1, "Disputes over property.", _disputes),
    Outcome("patents", "Patents", "patents", 1, "Core and generic.", lambda r: float(_curve(r, "patents").sum())),
    Outcome("standards", "Standards", "standards", 1, "Set.", lambda r: float(_curve(r, "standards").sum())),
    Outcome("products", "Products", "products", 1, "Brought to market.",
            lambda r: float(_curve(r, "products").sum())),
    Outcome("adoptions", "Adoptions", "adoptions", 1, "Outsiders that took results up.",
            lambda r: float(_curve(r, "adoptions").sum())),
    Outcome("patents_per_alliance", "Patents per alliance", "patents", 1, "Over alliances founded after the warm-up.",
            lambda r: _mean(_founded(r, "core_patents") + _founded(r, "generic_patents"))),
    Outcome("adopters_per_alliance", "Adopters per alliance", "organisations", 1,
            "Over alliances founded after the warm-up.", lambda r: _mean(_founded(r, "adopters"))),
    Outcome("diffused_innovation", "Diffused innovation", "quality-quarters", 1,
            "Sum over alliances and quarters of relative quality in outsiders' use.",
            lambda r: float(_curve(r, "diffused").sum())),
    Outcome("productivity", "Sector productivity", "-", 1, "Firms' technology in use over best practice, mean.",
            lambda r: _mean(_curve(r, "relative_productivity"))),
    Outcome("revenue", "Alliance revenue", "million yuan", 1, "Sales margin earned together.",
            lambda r: float(_curve(r, "revenue").sum())),
    Outcome("effort", "Joint R&D", "million yuan", 1, "Effective spending on joint R&D.",
            lambda r: float(_curve(r, "effort").sum())),
    Outcome("public_outlay", "Public outlay", "million yuan", -1, "Spending on all instruments.", _outlay),
    Outcome("misuse", "Misuse", "share", -1, "Diverted part of public money for running work.", _misuse),
    Outcome("deadweight", "Deadweight of start-up subsidies", "share", -1,
            "Chance, relative to the subsidised one, that a subsidised founder would have started alone.", _deadweight),
    Outcome("pilots", "Pilots", "alliances", 0, "Named.", lambda r: float((r.alliances["pilot"] >= _since(r)).sum())),
)


def outcomes_of(run: Recording, measures: Sequence[Outcome] = OUTCOMES) -> np.ndarray:
    """All outcomes of a run, float64 of shape (len(measures),)."""
    return np.array([outcome.value(run) for outcome in measures], float)

"""The same alliances with and without a policy: matched by key over scenarios that share their seeds.

Source: H3.

An alliance's key mixes its founder and its quarter, and draws are keyed by entity. So an alliance of one scenario that
has its key in another is the same firm starting in the same quarter with the same luck. What differs is what policy
changed, directly or through others.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alliancelab.analysis.statistics.clusters import Estimate, jackknife, pooled_mean, pooled_share, ratio
from alliancelab.analysis.statistics.contrasts import difference, with_holm
from alliancelab.analysis.statistics.intervals import Interval, mean_interval
from alliancelab.model.accounts import FLOWS, Flow
from alliancelab.model.setup import QUARTERS_A_YEAR

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MEASURES", "Measure", "Pairs", "additionality", "crowding", "matched_effects", "matching",
           "matching_by_year", "pairs"]


class Measure(NamedTuple):
    """What is compared over matched alliances: name, unit, and its values from rows of alliances and the run's length.

    Both scenarios watch a matched alliance equally long, so years lived are cut off alike on both sides.
    """

    name: str
    unit: str
    value: Callable[[np.ndarray, int], np.ndarray]


def _years_lived(rows: np.ndarray, quarters: int) -> np.ndarray:
    return (np.where(rows["ended"] < 0, quarters - 1, rows["ended"]) - rows["founded"]) / QUARTERS_A_YEAR


MEASURES = (
    Measure("years_lived", "years", _years_lived),
    Measure("regrown", "share", lambda rows, _: rows["regrowths"] > 0),
    Measure("patents", "patents", lambda rows, _: rows["core_patents"] + rows["generic_patents"]),
    Measure("products", "products", lambda rows, _: rows["products"]),
    Measure("adopters", "organisations", lambda rows, _: rows["adopters"]),
    Measure("private_money", "million yuan", lambda rows, _: rows["private_total"]),
    Measure("public_money", "million yuan", lambda rows, _: rows["public_total"]),
)
SHIFT = 8           # quarters by which a founding of the same firm counts as moved in time
_Lines = dict[str, tuple[Estimate | Interval, str]]
_PAID = [i for i, flow in enumerate(FLOWS) if flow.instrument]


class Pairs(NamedTuple):
    """Alliances founded after the warm-up in two scenarios, run by run; all arrays have one entry a run.

    Attributes
    ----------
    base, arm : tuple of ndarray of record
        Rows of the alliances table.
    in_base, in_arm : tuple of ndarray of int
        Rows of the same alliances, those with one key, in `base` and in `arm`.
    quarters : tuple of int
        Length of the runs.
    """

    base: tuple[np.ndarray, ...]
    arm: tuple[np.ndarray, ...]
    in_base: tuple[np.ndarray, ...]
    in_arm: tuple[np.ndarray, ...]
    quarters: tuple[int, ...]


def pairs(base: Sequence, arm: Sequence) -> Pairs:
    """Match the alliances of two scenarios by key; `base` and `arm` are recordings of the same seeds in one order."""
    found: list[tuple] = []
    for without, with_ in zip(base, arm, strict=True):
        left, right = (r.alliances[r.alliances["founded"] >= r.setup.sizes["warm_up"]] for r in (without, with_))
        _, in_base, in_arm = np.intersect1d(left["key"], right["key"], return_indices=True)
        found.append((left, right, in_base, in_arm, len(without.curves)))
    return Pairs(*zip(*found, strict=True))


def matching(matched: Pairs, level: float = 0.95) -> "pd.DataFrame":
    """How many alliances are in both scenarios, in one only, and the shares of each scenario that are matched.

    Indexed by ``what``; columns ``value`` per run (or share), ``low``, ``high``, ``unit``.
    """
    both = np.array([len(rows) for rows in matched.in_arm], float)
    in_base, in_arm = (np.array([len(rows) for rows in table], float) for table in (matched.base, matched.arm))
    lines: _Lines = {"founded in both": (mean_interval(both, level), "alliances a run")}
    for name, alone, all_ in (("base", in_base - both, in_base), ("scenario", in_arm - both, in_arm)):
        lines[f"founded in the {name} only"] = (mean_interval(alone, level), "alliances a run")
        lines[f"matched share of the {name}"] = (ratio(both, all_, level), "share")
    return _lines(lines, "what")


def matching_by_year(matched: Pairs, base: Sequence, level: float = 0.95) -> "pd.DataFrame":
    """Share of the base's alliances that the scenario has, too, by calendar year of founding.

    Keys stay, worlds drift apart: a firm that was once drawn in by policy has other partners, funds and needs ever
    after, and so have those that met it. The later the founding, the fewer are the same. Indexed by ``year``; columns
    ``share``, ``low``, ``high``, ``alliances``.
    """
    import pandas as pd

    runs = len(matched.base)
    founded = np.concatenate([rows["founded"] for rows in matched.base])
    run = np.repeat(np.arange(runs), [len(rows) for rows in matched.base])
    hit = np.concatenate([np.isin(np.arange(len(rows)), same)
                          for rows, same in zip(matched.base, matched.in_base, strict=True)])
    year = np.floor(base[0].setup.year(founded)).astype(int)
    lines = {}
    for one in np.unique(year):
        share = pooled_share(hit[year == one], run[year == one], runs, level)
        lines[one] = {"share": float(share.value), "low": float(share.low), "high": float(share.high),
                      "alliances": int((year == one).sum())}
    return pd.DataFrame(list(lines.values()), pd.Index(list(lines), name="year"))


def matched_effects(matched: Pairs, level: float = 0.95) -> "pd.DataFrame":
    """Scenario less base for the same alliance, indexed by (whom, measure).

    ``all`` matched alliances; those ``reached`` by public money in the scenario and not in the base; and those ``not
    reached`` in either, whose difference is what the policy did to them through others. Columns: ``unit``, ``base``
    mean, ``difference``, ``low``, ``high``, ``p``, ``p_holm`` for the whole table, ``alliances``. Runs are clusters.

    Source: H3.
    """
    runs = len(matched.base)
    run = np.repeat(np.arange(runs), [len(rows) for rows in matched.in_base])
    base, arm = ([table[rows] for table, rows in zip(tables, places, strict=True)] for tables, places in
                 ((matched.base, matched.in_base), (matched.arm, matched.in_arm)))
    money = [np.concatenate([rows["public_total"] > 0.0 for rows in side]) for side in (base, arm)]
    whom = {"all": np.ones(len(run), bool), "reached": money[1] & ~money[0], "not reached": ~money[1] & ~money[0]}
    lines = {}
    for measure in MEASURES:
        before, after = (np.concatenate([np.asarray(measure.value(rows, quarters), float)
                                         for rows, quarters in zip(side, matched.quarters, strict=True)])
                         for side in (base, arm))
        for name, chosen in whom.items():
            found = pooled_mean((after - before)[chosen], run[chosen], runs, level)
            lines[name, measure.name] = {
                "unit": measure.unit, "base": float(before[chosen].mean()) if chosen.any() else np.nan,
                **difference(found), "alliances": int(chosen.sum())}
    table = _frame({key: lines[key] for key in sorted(lines, key=lambda key: list(whom).index(key[0]))},
                   ["whom", "measure"])
    return with_holm(table)


def additionality(matched: Pairs, level: float = 0.95) -> "pd.DataFrame":
    """What start-up subsidies bought: foundings that were there anyway, moved in time, or additional.

    A subsidised alliance is *deadweight* if the same firm signs in the same quarter without subsidy; *moved in time* if
    the same firm founds, without, an alliance up to two years before or after that the scenario lacks; else
    *additional*. ``displaced`` counts alliances that the scenario lacks, without
    one of the same firm to stand for them; ``net`` is the difference in all alliances founded. Shares are of subsidised
    alliances and, with "of money", of the money paid to them. ``deadweight as the model expects it`` is the chance,
    relative to the subsidised one, that these founders start alone in the quarter in which they did.

    Indexed by ``what``; columns ``value``, ``low``, ``high``, ``unit``. Empty if nobody was subsidised, or somebody was
    in the base, too.

    Source: A5, B2.
    """
    if any((rows["start_subsidy"] > 0.0).any() for rows in matched.base):
        return _lines({}, "what")
    fates = [_fates(*run) for run in zip(matched.base, matched.arm, matched.in_base, matched.in_arm, strict=True)]
    count = np.array([len(fate) for fate, *_ in fates], float)
    if not count.any():
        return _lines({}, "what")
    money = np.array([paid.sum() for _, paid, *_ in fates])
    lines: _Lines = {"subsidised alliances": (mean_interval(count, level), "alliances a run")}
    for code, name in enumerate(("deadweight", "moved in time", "additional")):
        hits = np.array([(fate == code).sum() for fate, *_ in fates], float)
        spent = np.array([paid[fate == code].sum() for fate, paid, *_ in fates])
        lines[name] = (ratio(hits, count, level), "share")
        lines[f"{name}, of money"] = (ratio(spent, money, level), "share")
    expected = np.array([chance.sum() for _, _, chance, _ in fates])
    lines["deadweight as the model expects it"] = (ratio(expected, count, level), "share")
    net = np.array([len(arm) - len(base) for base, arm in zip(matched.base, matched.arm, strict=True)], float)
    lines["displaced"] = (ratio(np.array([lost for *_, lost in fates]), count, level), "per subsidised alliance")
    lines["net"] = (ratio(net, count, level), "per subsidised alliance")
    return _lines(lines, "what")


def _fates(base: np.ndarray, arm: np.ndarray, in_base: np.ndarray, in_arm: np.ndarray):
    """Fate, money and chance without it of each subsidised alliance of one run; the number of alliances displaced."""
    subsidised = np.flatnonzero(arm["start_subsidy"] > 0.0)
    fate = np.where(np.isin(subsidised, in_arm), 0, 2)
    lost = np.setdiff1d(np.arange(len(base)), in_base)
    for place in np.flatnonzero(fate == 2):
        new = arm[subsidised[place]]
        distance = np.abs(base["founded"][lost] - new["founded"])
        near = np.flatnonzero((base["founder"][lost] == new["founder"]) & (distance <= SHIFT))
        if near.size:
            fate[place] = 1
            lost = np.delete(lost, near[distance[near].argmin()])
    return fate, arm["start_subsidy"][subsidised], arm["deadweight"][subsidised], float(len(lost))


def crowding(base: Sequence, arm: Sequence, matched: Pairs, level: float = 0.95) -> "pd.DataFrame":
    """Private R&D money that a yuan of public money brought in (above zero) or pushed out (below).

    In the whole economy: members' contributions to alliances, organisations' own R&D, and both together, as differences
    of the ledgers after the warm-up over the difference in outlay. In the alliances that the same firm founded:
    contributions of members per yuan of public money, over firms that founded an alliance with a start-up
    subsidy in the scenario and none in the base.

    Indexed by ``what``; columns ``value``, ``low``, ``high`` (leaving out one run at a time), ``unit``. Empty if the
    two scenarios spend the same.
    """
    ledgers = np.stack([arm_run.ledger[arm_run.setup.sizes["warm_up"]:].sum(axis=0)
                        - base_run.ledger[base_run.setup.sizes["warm_up"]:].sum(axis=0)
                        for base_run, arm_run in zip(base, arm, strict=True)])
    outlay = ledgers[:, _PAID].sum(axis=1)
    if not outlay.any():
        return _lines({}, "what")
    gave, own = ledgers[:, Flow.CONTRIBUTION], ledgers[:, Flow.OWN_RESEARCH]
    firms = np.array([_of_founders(*run) for run in zip(matched.base, matched.arm, strict=True)])
    unit = "yuan per yuan of public outlay"
    rows = {"members' contributions": (gave, outlay, unit), "organisations' own R&D": (own, outlay, unit),
            "both": (gave + own, outlay, unit),
            "contributions to alliances of subsidised founders": (firms[:, 0], firms[:, 1],
                                                                  "yuan per yuan of public money there")}
    return _lines({name: (jackknife(partial(_weighted_ratio, part, whole), len(base), level), text)
                   for name, (part, whole, text) in rows.items()}, "what")


def _of_founders(base: np.ndarray, arm: np.ndarray) -> tuple[float, float]:
    """Private and public money, scenario less base, in all alliances of firms that founded a subsidised one."""
    firms = np.setdiff1d(arm["founder"][arm["start_subsidy"] > 0.0], base["founder"][base["start_subsidy"] > 0.0])
    inside = [table[np.isin(table["founder"], firms)] for table in (arm, base)]
    private, public = (inside[0][c].sum() - inside[1][c].sum() for c in ("private_total", "public_total"))
    return float(private), float(public)


def _weighted_ratio(part: np.ndarray, whole: np.ndarray, weights: np.ndarray) -> float:
    return float(weights @ part / (weights @ whole)) if weights @ whole else np.nan


def _frame(lines: dict, names: list[str]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(list(lines.values()), pd.MultiIndex.from_tuples(lines, names=names))


def _lines(lines: _Lines, name: str) -> "pd.DataFrame":
    """Estimates or intervals by name as ``value``, ``low``, ``high``, ``unit``."""
    import pandas as pd

    rows = [{"value": float(found[0]), "low": float(found.low), "high": float(found.high), "unit": unit}
            for found, unit in lines.values()]
    return pd.DataFrame(rows, pd.Index(list(lines), name=name), ["value", "low", "high", "unit"])

"""What a policy did to the same alliances of one pair of runs, as numbers that many worlds are compared by.

Source: H3, H5.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from alliancelab.analysis.causal.matching import MEASURES, additionality, crowding, matched_effects, pairs
from alliancelab.model.outcomes import Outcome

__all__ = ["DECLARED", "numbers_of_pair"]

_WHOM = {"all": "all matched alliances", "reached": "alliances that public money reached",
         "not reached": "alliances that it did not reach"}
_SUBSIDISED = ("deadweight", "moved in time", "additional", "displaced", "net")
_CROWDED = ("members' contributions", "organisations' own R&D", "both")


class _Number(NamedTuple):
    """Table and row in which a number stands, and how it is told."""

    table: str
    row: Any
    outcome: Outcome


def _numbers() -> Iterator[_Number]:
    for whom, words in _WHOM.items():
        for measure in MEASURES:
            title = f"{measure.name.replace('_', ' ').capitalize()}, {words}"
            yield _Number("effects", (whom, measure.name), _declared(f"{measure.name} {whom}", title, measure.unit))
    for row in _SUBSIDISED:
        unit = "per subsidised alliance" if row in ("displaced", "net") else "share"
        yield _Number("additionality", row, _declared(f"subsidised {row}", f"Subsidised alliances: {row}", unit))
    for row in _CROWDED:
        yield _Number("crowding", row, _declared(f"crowding {row}", f"Private R&D per yuan of outlay: {row}", "ratio"))


def _declared(name: str, title: str, unit: str) -> Outcome:
    plain = "".join(letter if letter.isalnum() else "_" for letter in name.replace("'", ""))
    return Outcome(plain.lower(), title, unit, 0, "", lambda recording: float("nan"))


_NUMBERS = tuple(_numbers())
DECLARED: tuple[Outcome, ...] = tuple(number.outcome for number in _NUMBERS)
"""What `numbers_of_pair` gives: differences of matched alliances, fates of subsidised ones, private money drawn in."""


def numbers_of_pair(base: Any, arm: Any) -> np.ndarray:
    """Numbers of a base and a scenario on one seed.

    Parameters
    ----------
    base, arm : Recording

    Returns
    -------
    ndarray of float64, shape (2, len(DECLARED))
        Of the base and of the scenario, whose difference is the effect. What has no value without the policy, such as
        deadweight, is zero in the base. NaN where the pair has no such alliance.
    """
    matched = pairs([base], [arm])
    tables = {"effects": matched_effects(matched), "additionality": additionality(matched),
              "crowding": crowding([base], [arm], matched)}
    found = np.full((2, len(_NUMBERS)), np.nan)
    for j, number in enumerate(_NUMBERS):
        table = tables[number.table]
        if number.row not in table.index:
            continue
        row = table.loc[number.row]
        if number.table == "effects":
            found[:, j] = row["base"], row["base"] + row["difference"]
        elif np.isfinite(row["value"]):
            found[:, j] = 0.0, row["value"]
    return found


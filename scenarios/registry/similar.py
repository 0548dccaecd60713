"""Organisations whose names are nearly the same and that may be one, listed on request. Source: H5."""

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.checks import is_number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["similar_names"]

_BLOCK = 512  # names compared with all others at a time
_FORMS = re.compile(r"\b(ag|bv|co|corp|corporation|gmbh|inc|kg|limited|llc|ltd|nv|oy|plc|sa|sarl|se|spa|srl)\b"
                    r"|(股份)?有限(责任)?公司|集团")


def similar_names(organisations: "pd.DataFrame", least: float) -> "pd.DataFrame":
    """Pairs of organisations with nearly the same name, the most similar first.

    Capitals, signs, the order of words and legal forms (Ltd, GmbH, 有限公司) count for nothing. What is listed is for
    people to look at: similar names may be of two organisations, and one organisation may have two names.

    Parameters
    ----------
    organisations : DataFrame
        Of a registry, indexed by identifier, with the column ``name``.
    least : float
        Similarity from which pairs are listed, 50 to 100: share of letters in common, in per cent (the token sort
        ratio of RapidFuzz).

    Returns
    -------
    DataFrame
        ``first``, ``second``: identifiers; ``first_name``, ``second_name``; ``similarity`` in per cent.

    Raises
    ------
    UserError
        When `least` is out of range, or the package rapidfuzz is not installed.

    Examples
    --------
    >>> import alliancelab as al
    >>> al.registry("mine").similar_names(95)  # doctest: +SKIP
    """
    import pandas as pd

    if not is_number(least) or not 50.0 <= least <= 100.0:
        raise UserError(f"the similarity is {least!r}; it is a number from 50 to 100")
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        raise UserError("similar names need the package rapidfuzz, which is not installed; install it, or "
                        "alliancelab[linkage]") from None
    listed = organisations["name"].where(organisations["name"] != "", organisations.index)
    names = [_plain(name) for name in listed]
    rows: list[tuple[int, int, float]] = []
    for begin in range(0, len(names), _BLOCK):
        scores = process.cdist(names[begin: begin + _BLOCK], names[begin:], scorer=fuzz.token_sort_ratio,
                               score_cutoff=least, dtype=np.float32, workers=-1)
        found = np.argwhere(np.triu(scores, 1) > 0.0)
        rows += [(begin + int(i), begin + int(j), round(float(scores[i, j]), 1)) for i, j in found]
    rows.sort(key=lambda row: (-row[2], row[0], row[1]))
    first, second = [row[0] for row in rows], [row[1] for row in rows]
    return pd.DataFrame({
        "first": listed.index[first], "second": listed.index[second], "first_name": listed.to_numpy()[first],
        "second_name": listed.to_numpy()[second], "similarity": [row[2] for row in rows]})


def _plain(name: str) -> str:
    """A name without capitals, signs and legal forms; the whole name where nothing else is left."""
    text = re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(_FORMS.sub(" ", text).split()) or text

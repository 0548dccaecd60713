"""Scenarios that follow from others by a rule: one instrument alone at three strengths, and the chain without one.

Source: H2.
"""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from alliancelab.model.instruments import INSTRUMENTS

__all__ = ["STRENGTHS", "base_of", "variant", "variant_names"]

FILE = Path(__file__).parent / "single_levers.toml"
STRENGTHS = ("low", "mid", "high")
CHAIN = "full_chain"


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def base_of(instrument: str) -> str:
    """Name of the scenario that an instrument is tried over, and compared with."""
    return _declared()[instrument]["base"]


@cache
def _documents() -> dict[str, dict[str, Any]]:
    """Content of every variant by name."""
    found: dict[str, dict[str, Any]] = {}
    for instrument in INSTRUMENTS:
        given = _declared()[instrument.name]
        for step, value in zip(STRENGTHS, given["strength"], strict=True):
            found[f"only_{instrument.name}_{step}"] = {
                "title": f"{instrument.title}, {step}",
                "purpose": f"What {instrument.title.lower()} does alone, over {given['base']}.",
                "source": "Strength and budget assumed; see scenarios/single_levers.toml.",
                "base": given["base"],
                "policy": {instrument.name: {instrument.strength: value, "budget": given["budget"]}},
            }
        found[f"{CHAIN}_without_{instrument.name}"] = {
            "title": f"Full chain without {instrument.title.lower()}",
            "purpose": f"What {instrument.title.lower()} adds to the full chain.",
            "source": "The full chain less one instrument.",
            "base": CHAIN,
            "policy": {instrument.name: False},
        }
    return found


def variant_names() -> list[str]:
    """Names of all variants, in the order of the policy chain."""
    return list(_documents())


def variant(name: str) -> dict[str, Any] | None:
    """Content of a variant as a scenario file would have it, None if there is none of that name."""
    return _documents().get(name)

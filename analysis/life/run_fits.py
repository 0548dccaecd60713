"""Curves fitted to the vitality of every alliance of one run. Source: H4."""

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from alliancelab.agents.codes import Stage
from alliancelab.analysis.life.curve_fits import SHORTEST, CurveFits, fit_curves
from alliancelab.analysis.life.phases import margins_of, phases
from alliancelab.analysis.life.turning_points import POINTS, turning_points

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RunFits", "fits_of"]


class RunFits:
    """Curves fitted to the vitality of the alliances of one run that were founded after the warm-up.

    Attributes
    ----------
    fits : CurveFits
        One series an alliance.
    alliances : ndarray of int, shape (series,)
        Their rows in the alliances table.
    stages : ndarray of int, shape (series, quarters)
        Online stages, zero after the end.
    phases : ndarray of int, shape (series, quarters)
        Phases of the fitted curves, see `phases.phases`.
    """

    def __init__(self, fits: CurveFits, alliances: np.ndarray, stages: np.ndarray, phases: np.ndarray):
        self.fits, self.alliances, self.stages, self.phases = fits, alliances, stages, phases

    @cached_property
    def table(self) -> "pd.DataFrame":
        """One row per alliance, with its fit and turning points.

        Columns: ``shape`` of the curve, a name of `step_curves.SHAPES`; ``steps`` and their Akaike ``weight``;
        ``quarters``; ``error`` (root mean square) and ``correlation`` of neighbouring errors; and each turning point in
        years of age with ``_low`` and ``_high``, NaN where the curve has none.
        """
        import pandas as pd

        fits, points = self.fits, turning_points(self.fits)
        squares = (fits.errors**2).sum(axis=1)
        beside = (fits.errors[:, 1:] * fits.errors[:, :-1]).sum(axis=1)
        columns = {
            "shape": fits.shapes,
            "steps": np.array(fits.steps)[fits.chosen],
            "weight": fits.weights.max(axis=1),
            "quarters": fits.length,
            "error": np.sqrt(squares / fits.length),
            "correlation": beside / np.where(squares > 0, squares, np.nan),
        }
        for i, point in enumerate(POINTS):
            columns |= {point: points.age[:, i], f"{point}_low": points.low[:, i], f"{point}_high": points.high[:, i]}
        return pd.DataFrame(columns, pd.Index(self.alliances, name="alliance"))

    def __repr__(self) -> str:
        return f"RunFits({len(self.alliances)} alliances)"

    def _repr_html_(self) -> str:
        return self.table.to_html(float_format=lambda value: f"{value:,.3g}")


def fits_of(recording) -> RunFits:
    """Fit curves to every alliance of a run that was founded after the warm-up and lived four quarters."""
    panel, alliances = recording.panel, recording.alliances
    length = np.bincount(panel["alliance"], minlength=len(alliances))
    rows = np.flatnonzero((alliances["founded"] >= recording.setup.sizes["warm_up"]) & (length >= SHORTEST))
    ages = int(length[rows].max(initial=SHORTEST))
    place = np.full(len(alliances), -1)
    place[rows] = np.arange(len(rows))
    mine = panel[place[panel["alliance"]] >= 0]
    at = place[mine["alliance"]], mine["age"]
    values, stages = np.full((len(rows), ages), np.nan), np.zeros((len(rows), ages), np.int64)
    values[at], stages[at] = mine["vitality"], mine["stage"]
    fits = fit_curves(values)
    formation = (stages == Stage.FORMATION) & np.isfinite(values)
    margins = margins_of(recording.setup.parameters)
    found = phases(fits.fitted, formation.sum(axis=1), fits.length, margins)
    return RunFits(fits, rows, stages, found)

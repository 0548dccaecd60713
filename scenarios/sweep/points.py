"""Points of a design in the space of its factors: grids, samples, trajectories.

Source: H5. McKay, Beckman, Conover 1979 (Latin hypercube); Sobol' 1967; Morris 1991, Campolongo et al. 2007
(trajectories); Saltelli et al. 2010 (indices of variance). Sequences come from scipy, trajectories from SALib.
"""

import numpy as np

from alliancelab.scenarios.sweep.design import Design, Factor

__all__ = ["LEVELS", "levels_of", "points_of", "values_at"]

LEVELS = 4  # of a Morris design where it names none: the usual number


def points_of(design: Design) -> np.ndarray:
    """All points of a design. Source: H5.

    Returns
    -------
    ndarray of float64, shape (points, factors)
        In units of the factors; NaN where a point leaves a factor as it is in the scenario.
    """
    if design.given is not None:
        return design.given
    if design.form.method == "grid":
        axes = np.meshgrid(*(levels_of(factor, design.form.steps) for factor in design.factors), indexing="ij")
        return np.stack([axis.ravel() for axis in axes], axis=1)
    if design.form.method == "oat":
        return _one_at_a_time(design)
    unit = _sampled(design)
    return np.stack([values_at(unit[:, j], factor) for j, factor in enumerate(design.factors)], axis=1)


def levels_of(factor: Factor, steps: int | None) -> np.ndarray:
    """Values of a factor on a grid: its own, or so many evenly from low to high, whole where only these make sense."""
    if factor.values:
        return np.array(factor.values)
    values = np.linspace(factor.low, factor.high, steps or 0)
    return np.unique(np.rint(values)) if factor.integer else values


def values_at(unit: np.ndarray, factor: Factor) -> np.ndarray:
    """Values of a factor at places in [0, 1]; whole numbers have equal shares of it."""
    if not factor.integer:
        return factor.low + unit * (factor.high - factor.low)
    count = factor.high - factor.low + 1
    return factor.low + np.minimum(np.floor(unit * count), count - 1)


def _one_at_a_time(design: Design) -> np.ndarray:
    """The scenario as it is, then each factor alone at each of its values."""
    rows = [np.full(len(design.factors), np.nan)]
    for j, factor in enumerate(design.factors):
        for value in levels_of(factor, design.form.steps):
            row = np.full(len(design.factors), np.nan)
            row[j] = value
            rows.append(row)
    return np.array(rows)


def _sampled(design: Design) -> np.ndarray:
    """Places in the unit cube, shape (points, factors)."""
    count, seed = len(design.factors), design.form.design_seed or 0
    if design.form.method in ("lhs", "sobol"):
        from scipy.stats import qmc

        kind = qmc.LatinHypercube if design.form.method == "lhs" else qmc.Sobol
        return kind(count, seed=seed).random(design.form.samples)
    problem = {"num_vars": count, "names": [f.name for f in design.factors], "bounds": [[0.0, 1.0]] * count}
    if design.form.method == "morris":
        from SALib.sample import morris

        return morris.sample(problem, design.form.samples, num_levels=design.form.levels or LEVELS, seed=seed)
    from SALib.sample import sobol

    return sobol.sample(problem, design.form.samples, calc_second_order=False, seed=seed)

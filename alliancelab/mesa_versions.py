"""What Mesa 4 takes away, for both: many runs of a model over lists of parameters.

Source: H1.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any

__all__ = ["batch_run"]


def batch_run(model: type, parameters: Mapping[str, Any], every: int | None = None) -> list[dict[str, Any]]:
    """Run a Mesa model for every combination of parameters, as `mesa.batch_run` did until Mesa 3.

    Runs one after another; `compare` and `sweep` use all cores and need no Mesa.

    Parameters
    ----------
    model : type
        A `mesa.Model` with a data collector, such as `AllianceModel`.
    parameters : mapping of str to object
        A value, or a list of values to be tried; a text is one value.
    every : int, optional
        Rows of every so many steps; by default of the last one only.

    Returns
    -------
    list of dict
        A row has the number of the run, that of the step, the parameters, and what the data collector had.
    """
    lists = [list(value) if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping) else [value]
             for value in parameters.values()]
    rows = []
    for run, values in enumerate(product(*lists)):
        named = dict(zip(parameters, values, strict=True))
        one = model(**named)
        while one.running:
            one.step()
        collected = one.datacollector.model_vars
        steps = max(map(len, collected.values()), default=0)
        chosen = range(steps - 1, steps) if every is None else range(0, steps, every)
        rows += [{"run": run, "step": step + 1, **named, **{name: kept[step] for name, kept in collected.items()}}
                 for step in chosen]
    return rows

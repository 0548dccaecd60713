"""What there is to choose from, as tables: levers, parameters, outcomes and scenarios. Source: H4."""

from collections.abc import Iterable, Sequence

import pandas as pd

from alliancelab.agents.errors import UserError, did_you_mean
from alliancelab.model.declarations import Declaration
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.regional import REGIONAL
from alliancelab.model.regional.parameters import REGION
from alliancelab.scenarios.layers import library_names
from alliancelab.scenarios.regional_outcomes import ALL_OUTCOMES
from alliancelab.scenarios.scenario import load

__all__ = ["levers", "list_scenarios", "outcomes", "parameters"]


def levers(stage: str | None = None) -> pd.DataFrame:
    """Every lever of every instrument, by the name under which a scenario or an override sets it.

    Parameters
    ----------
    stage : str, optional
        Only those of a policy stage: "formation", "growth", ..., "services", "bureau"; all by default.

    Returns
    -------
    DataFrame
        Indexed by name, such as ``programme_grants.amount``, with instrument, policy stage, default, bounds, unit,
        description and source.

    Raises
    ------
    UserError
        When there is no such stage.

    Examples
    --------
    >>> import alliancelab as al
    >>> al.levers("growth").loc["programme_grants.amount", "unit"]
    'million yuan a year per grant'
    """
    chains: Sequence[Sequence[Instrument]] = (INSTRUMENTS, REGIONAL)
    table = _table((f"{one.name}.{lever.name}", {"instrument": one.title, "policy_stage": one.policy_stage}, lever)
                   for chain in chains for one in chain for lever in one.levers)
    stages = list(dict.fromkeys(table["policy_stage"]))
    if stage is not None and stage not in stages:
        raise UserError(f"there is no policy stage {stage!r}; {did_you_mean(str(stage), stages)}")
    return table if stage is None else table[table["policy_stage"] == stage]


def parameters() -> pd.DataFrame:
    """Every parameter of the model, by the name under which a scenario or an override sets it.

    Returns
    -------
    DataFrame
        Indexed by name, such as ``parameters.exit_rate`` or ``region.uptake``, with default, bounds, unit,
        description and source.

    Examples
    --------
    >>> import alliancelab as al
    >>> al.parameters().loc["parameters.term", "unit"]
    'quarters'
    """
    return _table((f"{place}.{one.name}", {}, one)
                  for place, declared in (("parameters", PARAMETERS), ("region", REGION)) for one in declared)


def outcomes() -> pd.DataFrame:
    """Every outcome that `compare` prints and that a sweep or a calibration can ask for.

    Those that begin with ``regional_`` are of scenarios with a ``[region]``.

    Returns
    -------
    DataFrame
        Indexed by name, with title, unit, description and `better`: 1 where more is better, -1 where less is, else 0.

    Examples
    --------
    >>> import alliancelab as al
    >>> al.outcomes().loc["patents", "unit"]
    'patents'
    """
    rows = [{"name": one.name, "title": one.title, "unit": one.unit, "better": one.better,
             "description": one.description} for one in ALL_OUTCOMES.values()]
    return pd.DataFrame(rows).set_index("name")


def list_scenarios() -> pd.DataFrame:
    """The scenarios of the library.

    Returns
    -------
    DataFrame
        Indexed by name, with title, purpose and source.

    Examples
    --------
    >>> import alliancelab as al
    >>> al.list_scenarios().loc["no_policy", "title"]
    'No policy'
    """
    found = [load(name) for name in library_names()]
    rows = [{"name": one.name, "title": one.title, "purpose": one.purpose, "source": one.source} for one in found]
    return pd.DataFrame(rows).set_index("name")


def _table(declared: Iterable[tuple[str, dict[str, str], Declaration]]) -> pd.DataFrame:
    """Declarations by name, each with what stands before its own columns."""
    columns = ("default", "low", "high", "unit", "description", "source")
    rows = [{"name": name, **first, **{column: getattr(one, column) for column in columns}}
            for name, first, one in declared]
    return pd.DataFrame(rows).set_index("name")

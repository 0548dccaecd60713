"""Controls made from the declarations of levers and uncertainties, and the scenario that their texts ask for.

Source: H6.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from alliancelab.agents.errors import ScenarioError, UserError, did_you_mean
from alliancelab.analysis.report.common import shown
from alliancelab.model.declarations import Declaration
from alliancelab.model.parameters import UNCERTAINTIES
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.policy.own import known_instruments
from alliancelab.model.regional import REGIONAL
from alliancelab.scenarios.calendar import Calendar
from alliancelab.scenarios.layers import library_names
from alliancelab.scenarios.scenario import Scenario, load
from alliancelab.scenarios.toml_text import toml_text

__all__ = [
    "Change", "Control", "change", "difference_text", "instrument_controls", "instruments_for", "library",
    "uncertainty_controls",
]

PREFIX = "the changes asked for: "


class Control(NamedTuple):
    """One number that can be changed.

    Attributes
    ----------
    key : str
        What `load` takes as an override, such as "programme_grants.amount".
    declared : Lever or Parameter
        Its name, description, unit, default, bounds, and whether it is whole.
    text : str
        Its value in the unchanged scenario, as a person would type it; empty where it changes by calendar.
    calendar : str
        The calendar in words, if there is one; an empty text keeps it.
    """

    key: str
    declared: Declaration
    text: str
    calendar: str = ""


class Change(NamedTuple):
    """What texts of controls came to.

    Attributes
    ----------
    scenario : Scenario or None
        With the changes; None where nothing is changed or something is refused.
    refused : mapping of str to str
        By key, what is wrong with a control by itself, in the schema's words.
    sentence : str
        What is wrong with controls only together, in the schema's words; empty if nothing is.
    asked : mapping
        What differs from the scenario of the library, as overrides.
    """

    scenario: Scenario | None
    refused: Mapping[str, str]
    sentence: str = ""
    asked: Mapping[str, Any] = MappingProxyType({})


def library(name: str) -> Scenario:
    """A scenario of the library, and nothing else: no path, no variant.

    Raises
    ------
    UserError
        When there is none of that name.
    """
    if name not in library_names():
        raise UserError(f"there is no scenario '{name[:64]}' in the library; {did_you_mean(name, library_names())}")
    return load(name)


def instruments_for(scenario: Scenario) -> list[Instrument]:
    """Instruments that a scenario can use: those of regional systems only where it has one."""
    return [one for one in known_instruments() if scenario.region is not None or one not in REGIONAL]


def instrument_controls(scenario: Scenario, instrument: Instrument) -> list[Control]:
    """A control for every lever of an instrument, at the scenario's values, or at defaults where it is not used."""
    block = scenario.policy.get(instrument.name)
    return [_control(f"{instrument.name}.{lever.name}", lever,
                     lever.default if block is None else getattr(block, lever.name)) for lever in instrument.levers]


def uncertainty_controls(scenario: Scenario) -> list[Control]:
    """A control for every uncertainty, at the scenario's values."""
    return [_control(f"parameters.{one.name}", one, scenario.parameters[one.name]) for one in UNCERTAINTIES]


def _control(key: str, declared: Declaration, value: float | Calendar) -> Control:
    if isinstance(value, Calendar):
        return Control(key, declared, "", shown(value.model_dump(mode="json", exclude_none=True)))
    return Control(key, declared, f"{value:.12g}")


def change(
    name: str, controls: Sequence[Control], texts: Mapping[str, str], instruments: Sequence[str],
    stages: Mapping[str, Sequence[str]],
) -> Change:
    """The scenario of the library with what was typed laid over it, checked by the schema.

    Parameters
    ----------
    name : str
        In the library.
    controls : sequence of Control
        All that are on the page; what `texts` does not hold is unchanged.
    texts : mapping of str to str
        By key of a control. Numbers are read, nothing is evaluated.
    instruments : sequence of str
        Names of those that act; others of the scenario are taken out.
    stages : mapping of str to sequence of str
        By instrument, the stages of alliances that it addresses, where it knows any.

    Raises
    ------
    UserError
        When there is no such scenario in the library.
    """
    base = library(name)
    blocks: dict[str, Any] = {one: {} for one in instruments if one not in base.policy}
    blocks |= {one: False for one in base.policy if one not in instruments}
    asked: dict[str, Any] = {one.key: value for one in controls
                             if (value := _value(texts.get(one.key, one.text), one)) != _value(one.text, one)}
    asked |= {f"{one}.stages": tuple(chosen) for one, chosen in stages.items()
              if set(chosen) != _stages(base, one)}
    if not blocks and not asked:
        return Change(None, {})
    try:
        changed = load(name, blocks | asked)
    except ScenarioError as error:
        refused = {key: sentence for key, value in asked.items()
                   if (sentence := _refusal(name, blocks | {key: value})) and not _refusal(name, blocks)}
        return Change(None, refused, "" if refused else _plain(error))
    return Change(replace(changed, name=f"{name}_changed", title=f"Changed: {base.title}", base=name,
                          purpose=f"What do changes to “{base.title}” do?",
                          source="Changed in the dashboard."), {}, "", blocks | asked)


def difference_text(change: Change) -> str:
    """Text of a scenario file that says its base and what differs from it, and nothing else.

    Source: H2.
    """
    assert change.scenario is not None and change.scenario.base is not None
    words = {word: getattr(change.scenario, word) for word in ("title", "purpose", "source")}
    sections: dict[str, dict[str, Any]] = {"parameters": {}, "policy": {}}
    for key, value in change.asked.items():
        name, _, lever = key.partition(".")
        if name == "parameters":
            sections["parameters"][lever] = value
        elif lever:
            sections["policy"].setdefault(name, {})[lever] = list(value) if isinstance(value, tuple) else value
        else:
            sections["policy"].setdefault(name, value)
    changed = {section: content for section, content in sections.items() if content}
    return f'base = "{change.scenario.base}"\n' + toml_text({**words, **changed})


def _value(text: str, control: Control) -> int | float | str:
    """The number that a text stands for; the text itself where it is none, which the schema then says."""
    for kind in (int, float) if control.declared.integer else (float,):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip()


def _stages(scenario: Scenario, instrument: str) -> set[str]:
    """Stages that an instrument addresses in a scenario, or by default where it is not used."""
    declared = next(one for one in known_instruments() if one.name == instrument)
    return set(getattr(scenario.policy.get(instrument), "stages", declared.stages))


def _refusal(name: str, asked: Mapping[str, Any]) -> str:
    """What the schema says to changes by themselves; empty where it takes them."""
    try:
        load(name, asked)
    except ScenarioError as error:
        return _plain(error)
    return ""


def _plain(error: ScenarioError) -> str:
    return str(error).removeprefix(PREFIX)

"""The form of a scenario, made from the declarations of the model: what validation and editors go by."""

import re
from collections.abc import Callable
from functools import cache
from math import isfinite
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    Strict,
    Tag,
    ValidationError,
    create_model,
    model_validator,
)

from alliancelab.agents.codes import Stage
from alliancelab.agents.errors import ScenarioError, did_you_mean
from alliancelab.model.declarations import Lever, Parameter
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.policy.own import known_instruments
from alliancelab.model.regional.parameters import REGION
from alliancelab.model.setup import SIZES
from alliancelab.scenarios.calendar import Calendar, Strictly, Year, plain_number
from alliancelab.scenarios.regional import region_type, scorecard_type

__all__ = ["BLOCK_WORDS", "Block", "Layer", "describe", "layer_type", "say", "short"]

BLOCK_WORDS = ("from", "until", "stages")  # what an instrument's block knows besides its levers
STAGE_NAMES = tuple(stage.name.lower() for stage in Stage)
Text = Annotated[str, Strict(), Field(max_length=5000)]
# Forms that a value may have, as errors name them among the keys; with spaces, so that no lever has such a name.
_NUMBER, _CALENDAR, _BLOCK, _ABSENT = _FORMS = ("a number", "a calendar", "a block", "taken out")


class Block(Strictly):
    """What every instrument's block knows besides its levers."""

    from_: Year | None = Field(None, alias="from", description="Calendar year in which it starts; default start_year.")
    until: Year | None = Field(None, description="Calendar year in which it ends; default never.")

    @model_validator(mode="after")
    def _window_is_open(self) -> Self:
        if self.from_ is not None and self.until is not None and self.until <= self.from_:
            raise ValueError(f"wants until ({self.until:g}) later than from ({self.from_:g})")
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """A block travels as its values: its type is made in each process from the declarations."""
        return _block, (type(self).__name__, {name: getattr(self, name) for name in type(self).model_fields})


def _block(instrument: str, values: dict[str, Any]) -> "Block":
    """A block as it was; budgets that were made equal may lie outside of their bounds."""
    known = next((one for one in known_instruments() if one.name == instrument), None)
    if known is None:
        raise ScenarioError(f"there is no instrument '{instrument}' in this process; register it first")
    return _block_type(known).model_construct(set(values), **values)


class Layer(Strictly):
    """One scenario file before it is laid over its base."""

    title: Text = Field("", description="A few words for tables and figures.")
    purpose: Text = Field("", description="The question this scenario is for.")
    source: Text = Field("", description="Where its numbers come from.")
    base: Annotated[str, Strict()] | None = Field(None, description="The scenario this one differs from.")


def _describe(item: Parameter | Lever) -> str:
    return f"{item.description} Unit: {item.unit}. Default {item.default:g}. Source: {item.source}."


def _number(item: Parameter | Lever) -> Any:
    if item.integer:
        return Annotated[int, BeforeValidator(_whole), Strict(), Field(ge=int(item.low), le=int(item.high))]
    return Annotated[float, BeforeValidator(plain_number), Strict(), Field(ge=item.low, le=item.high,
                                                                           allow_inf_nan=False)]


def _whole(value: Any) -> Any:
    """A whole number however it is written: tables and arrays of floats give 1 as 1.0."""
    number = plain_number(value)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _within(lever: Lever) -> Any:
    def check(calendar: Calendar) -> Calendar:
        for year, value in calendar.points:
            if not lever.low <= value <= lever.high:
                raise ValueError(
                    f"has {value:g} in {year:g}, outside its bounds {lever.low:g} to {lever.high:g} ({lever.unit})"
                )
        return calendar

    return check


def _form_of(value: Any) -> str:
    return _CALENDAR if isinstance(value, dict | Calendar) else _NUMBER


def _lever_field(lever: Lever) -> Any:
    number: Any = Annotated[_number(lever), Tag(_NUMBER)]
    calendar: Any = Annotated[Calendar, AfterValidator(_within(lever)), Tag(_CALENDAR)]
    form = Annotated[number | calendar, Discriminator(_form_of)]
    return form, Field(_default(lever), description=_describe(lever))


def _all_different(stages: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(stages)) < len(stages):
        raise ValueError("names a stage twice")
    return stages


@cache
def _block_type(instrument: Instrument) -> Any:
    fields: dict[str, Any] = {lever.name: _lever_field(lever) for lever in instrument.levers}
    if instrument.stages:
        known = Literal[STAGE_NAMES]  # type: ignore[valid-type]  # the names are those of an enumeration
        form = Annotated[tuple[known, ...], Field(min_length=1), AfterValidator(_all_different)]
        fields["stages"] = (form, Field(instrument.stages, description="Alliance stages that it addresses."))
    summary = f"{instrument.title}. {instrument.eligible} {instrument.delivery}"
    return create_model(instrument.name, __base__=Block, __doc__=summary, **fields)


def _section(name: str, doc: str, declared: tuple[Parameter, ...]) -> Any:
    fields: dict[str, Any] = {item.name: (_number(item), Field(_default(item), description=_describe(item)))
                              for item in declared}
    return create_model(name, __base__=Strictly, __doc__=doc, **fields)


def _default(item: Parameter | Lever) -> float:
    return int(item.default) if item.integer else float(item.default)


def layer_type() -> type[Layer]:
    """Type of a scenario file, built once from all declarations, and anew when an own instrument is registered.

    Returns
    -------
    type
        A pydantic model; ``world``, ``parameters`` and ``policy`` hold one field for each declared name.
    """
    return _layer_type(known_instruments())


@cache
def _layer_type(instruments: tuple[Instrument, ...]) -> type[Layer]:
    blocks: dict[str, Any] = {}
    for instrument in instruments:
        block: Any = Annotated[_block_type(instrument), Tag(_BLOCK)]
        absent: Any = Annotated[Literal[False], Tag(_ABSENT)]
        form = Annotated[block | absent, Discriminator(lambda value: _ABSENT if value is False else _BLOCK)]
        blocks[instrument.name] = (form, Field(False, description=f"{instrument.title}; false takes it out."))
    world = _section("world", "Sizes of the world.", SIZES)
    parameters = _section("parameters", "Uncertainties and constants.", PARAMETERS)
    policy = create_model("policy", __base__=Strictly, __doc__="Instruments; one acts if its block is there.", **blocks)
    return create_model(
        "scenario", __base__=Layer, __doc__="A scenario: a small named difference from its base.",
        world=(world, Field(default_factory=world)),
        parameters=(parameters, Field(default_factory=parameters)),
        policy=(policy, Field(default_factory=policy)),
        region=(region_type() | None, Field(None, description="A regional system.")),
        scorecard=(scorecard_type(), Field(default_factory=dict, description="Start and targets of indicators.")),
    )


def describe() -> dict[str, Any]:
    """JSON Schema of a scenario file, for editors."""
    return layer_type().model_json_schema()


# --- from a list of errors to one sentence -------------------------------------------------------------------------

_WANTED = {
    "float_type": "must be a number", "int_type": "must be a whole number", "int_from_float": "must be a whole number",
    "string_type": "must be text in quotes", "finite_number": "must be a finite number, not NaN or infinity",
    "tuple_type": "must be a list", "dict_type": "must be a table of names and values",
    "model_type": "must be a table of names and values",
    "model_attributes_type": "must be a table of names and values", "missing": "must be a pair of a year and a value",
    "too_long": "must have at most 1,000 entries", "too_short": "must have at least one entry",
    "string_too_long": "must have at most 5,000 characters", "string_unicode": "must be plain text",
}


def _homes() -> dict[str, str]:
    """Section that each name belongs in."""
    return {
        **{item.name: "[world]" for item in SIZES},
        **{item.name: "[parameters]" for item in PARAMETERS},
        **{item.name: "[region]" for item in REGION},
        **{item.name: f"[policy.{item.name}]" for item in known_instruments()},
    }


def _known(path: list[str]) -> list[str]:
    names: dict[str, list[str]] = {
        "": ["title", "purpose", "source", "base", "world", "parameters", "policy", "region", "scorecard"],
        "region": [*(item.name for item in REGION), "carriers"],
        "world": [item.name for item in SIZES],
        "parameters": [item.name for item in PARAMETERS],
        "policy": [item.name for item in known_instruments()],
    }
    for item in known_instruments():
        words = BLOCK_WORDS if item.stages else BLOCK_WORDS[:2]
        names[f"policy.{item.name}"] = [lever.name for lever in item.levers] + list(words)
    return names.get(".".join(path), ["step", "ramp", "table"])


def _one(error: Any, known: Callable[[list[str]], list[str]] | None) -> str:
    path = [str(part)[:80] for part in error["loc"] if part not in _FORMS]
    key = ".".join(path)
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        name = path[-1]
        if known is None and len(path) == 1 and name in _homes():
            return f"{key} belongs in {_homes()[name]}"
        return f"{key} is not known here; {did_you_mean(name, (known or _known)(path[:-1]))}"
    if isinstance(error["input"], float) and not isfinite(error["input"]):
        return f"{key} must be a finite number, not {error['input']}"
    if kind in ("greater_than_equal", "less_than_equal"):
        side = "at least" if kind.startswith("greater") else "at most"
        limit = context.get("ge", context.get("le"))
        return f"{key} is {short(error['input'])} and has to be {side} {limit:g}"
    if kind == "missing" and not isinstance(error["loc"][-1], int):
        return f"{key} is missing"
    if kind == "greater_than":
        return f"{key} is {short(error['input'])} and has to be more than {context['gt']:g}"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']+)'", context["expected"])
        if not allowed:  # numbers, which nobody mistypes by a letter
            return f"{key} is {short(error['input'])} and has to be {context['expected']}"
        return f"{key} is {short(error['input'])}; {did_you_mean(str(error['input']), allowed)}"
    if kind == "value_error":
        return f"{key} {context['error']}".strip()
    wanted = _WANTED.get(kind) or error["msg"][:1].lower() + error["msg"][1:]
    return f"{key or 'the scenario'} {wanted}, not {short(error['input'])}"


def short(value: Any) -> str:
    """A value as messages show it: on one line, and cut where it is long."""
    if isinstance(value, bool):
        return str(value).lower()
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits, an endless nest
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def say(error: ValidationError, known: Callable[[list[str]], list[str]] | None = None) -> str:
    """Put a validation error into one sentence: key path, what is wrong, what would be right.

    `known` gives the names that a table of another kind of file knows, from the path to it.
    """
    errors = error.errors(include_url=False)
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return _one(errors[0], known) + more

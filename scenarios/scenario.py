"""A scenario: a small named difference from its base, read from TOML, checked, resolved to what the engine takes.

Source: H2.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from pydantic import ValidationError

from alliancelab.agents.errors import ScenarioError, did_you_mean
from alliancelab.model.declarations import record_type
from alliancelab.model.instruments import INSTRUMENTS
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.policy.instrument import Instrument
from alliancelab.model.policy.own import OwnLevers, known_instruments, text_of
from alliancelab.model.regional import REGIONAL
from alliancelab.model.regional.setup import RegionSetup, region_levers
from alliancelab.model.setup import QUARTERS_A_YEAR, Setup, lever_schedule, stage_mask
from alliancelab.scenarios.calendar import Calendar
from alliancelab.scenarios.regional import carrier_groups, check_region, numbers, watched
from alliancelab.scenarios.schema import Block, Layer, describe, layer_type, say
from alliancelab.scenarios.toml_text import parse_toml
from alliancelab.scenarios.variants import variant, variant_names

__all__ = ["LIBRARY", "Scenario", "ScenarioError", "describe", "library_names", "load", "read_toml", "restore"]

LIBRARY = Path(__file__).parent / "library"
LARGEST_FILE = 1_000_000  # bytes; a scenario of a thousand lines has 50,000
LONGEST_CHAIN = 20  # bases of bases
LARGEST_SEED = 2**63 - 1
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True)
class Scenario:
    """What is tried: a world, its parameters and the instruments of policy that act on it.

    Attributes
    ----------
    name : str
        Name in the library, or of the file.
    title, purpose, source : str
        For tables and readers.
    base : str or None
        What it was laid over; everything of the base is contained already.
    world : mapping of str to int
        Every name of `SIZES`.
    parameters : mapping of str to float
        Every declared parameter.
    policy : mapping of str to Block
        The instruments that act, each with all its levers.
    region : mapping, optional
        What the scenario says of its regional system; None where there is none.
    scorecard : mapping
        Start and targets by indicator.
    """

    name: str
    title: str
    purpose: str
    source: str
    base: str | None
    world: Mapping[str, int]
    parameters: Mapping[str, float]
    policy: Mapping[str, Block]
    region: Mapping[str, Any] | None = None
    scorecard: Mapping[str, Any] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        """Views of dictionaries do not travel to other processes; what they show does."""
        return {name: dict(value) if isinstance(value, MappingProxyType) else value
                for name, value in self.__dict__.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({name: MappingProxyType(value) if isinstance(value, dict) else value
                              for name, value in state.items()})

    def setup(self, seed: int) -> Setup:
        """Resolve to numbers for the engine.

        Raises
        ------
        ScenarioError
            When the seed is not a whole number from 0 to 2**63 - 1.
        """
        if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed <= LARGEST_SEED:
            raise ScenarioError(f"the seed {seed!r} has to be a whole number from 0 to {LARGEST_SEED}")
        changed = {p.name: float(self.parameters[p.name]) for p in PARAMETERS if self.parameters[p.name] != p.default}
        return Setup(self.name, int(seed), dict(self.world), changed, self.lever_values(), self.own_levers(),
                     self.region_setup())

    def region_setup(self) -> RegionSetup | None:
        """What the engine is given of the regional system; None where there is none. Source: F11, G8."""
        if self.region is None:
            return None
        levers = region_levers(self.world["quarters"])
        for instrument in REGIONAL:
            if instrument.name in self.policy:
                for lever, values in self._values_of(instrument).items():
                    levers[f"{instrument.name}_{lever}"] = values
        return RegionSetup(numbers(self.region), carrier_groups(self.region), levers, watched(self.scorecard))

    def years(self) -> np.ndarray:
        """Calendar year at the start of each quarter, shape (quarters,)."""
        quarters = np.arange(self.world["quarters"])
        return self.world["start_year"] + (quarters - self.world["warm_up"]) / QUARTERS_A_YEAR

    def lever_values(self) -> np.ndarray:
        """Value of every lever in every quarter: structured array of shape (quarters,), see `lever_schedule`."""
        schedule = lever_schedule(self.world["quarters"])
        for instrument in INSTRUMENTS:
            if instrument.name in self.policy:
                for lever, values in self._values_of(instrument).items():
                    schedule[f"{instrument.name}_{lever}"] = values
        return schedule

    def own_levers(self) -> tuple[OwnLevers, ...]:
        """Own instruments of the scenario with their levers in every quarter, in the order of their names."""
        found = []
        for instrument in self.own_instruments:
            values = self._values_of(instrument)
            table = np.zeros(self.world["quarters"], record_type(tuple(values)))
            for lever, given in values.items():
                table[lever] = given
            found.append(OwnLevers(instrument, table))
        return tuple(found)

    @property
    def own_instruments(self) -> tuple[Instrument, ...]:
        """Instruments of a researcher's own in this scenario."""
        return tuple(i for i in known_instruments() if i.act is not None and i.name in self.policy)

    def _values_of(self, instrument: Instrument) -> dict[str, np.ndarray]:
        """Values of an instrument's levers in every quarter, its strength zero outside its window, and its stages."""
        block, years = self.policy[instrument.name], self.years()
        values = {}
        for lever in instrument.levers:
            given = getattr(block, lever.name)
            every = given.values(years, lever.default) if isinstance(given, Calendar) else given
            values[lever.name] = np.array(np.broadcast_to(every, years.shape), float)
        start = self.world["start_year"] if block.from_ is None else block.from_
        inside = (years >= start) & (years < (np.inf if block.until is None else block.until))
        values[instrument.strength][~inside] = 0.0
        if instrument.stages:
            values["stages"] = np.full(years.shape, stage_mask(block.stages))  # type: ignore[attr-defined]
        return values

    def as_dict(self) -> dict[str, Any]:
        """The scenario in full as plain data: every size, parameter and lever, and the words."""
        words = {"name": self.name, "title": self.title, "purpose": self.purpose, "source": self.source}
        return {**words, "base": self.base, **self._deciding()}

    def _deciding(self) -> dict[str, Any]:
        policy = {name: block.model_dump(mode="json", by_alias=True, exclude_none=True)
                  for name, block in self.policy.items()}
        deciding = {"world": dict(self.world), "parameters": dict(self.parameters), "policy": policy}
        if self.region is not None:
            deciding["region"] = dict(self.region)
        if self.scorecard:
            deciding["scorecard"] = dict(self.scorecard)
        return deciding

    @property
    def hash(self) -> str:
        """SHA-256 of everything that decides a run but the seed; the words do not count."""
        deciding = self._deciding()
        if self.own_instruments:
            deciding["acts"] = {own.name: text_of(own) for own in self.own_instruments}
        text = json.dumps(deciding, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def spends(self) -> bool:
        """Whether any instrument has a budget."""
        return any(_most(getattr(block, "budget", 0.0)) > 0.0 for block in self.policy.values())

    def notes(self) -> list[str]:
        """What is allowed but hardly meant: an instrument that is switched on and has no budget, or the reverse."""
        found = []
        for instrument in known_instruments():
            block = self.policy.get(instrument.name)
            if block is None:
                continue
            if _most(getattr(block, instrument.strength)) <= 0.0:
                found.append(f"policy.{instrument.name} does nothing: its {instrument.strength} is 0")
            elif _most(getattr(block, "budget", 1.0)) <= 0.0:
                found.append(f"policy.{instrument.name} pays nothing: its budget is 0")
        return found

    def with_budgets_times(self, factor: float) -> "Scenario":
        """Return the same scenario with the budget of every instrument times `factor`."""
        blocks = {}
        for name, block in self.policy.items():
            budget = getattr(block, "budget", 0.0)
            scaled = budget.scaled(factor) if isinstance(budget, Calendar) else budget * factor
            blocks[name] = block.model_copy(update={"budget": scaled})
        return replace(self, policy=MappingProxyType(blocks))


def _most(value: float | Calendar) -> float:
    return max(v for _, v in value.points) if isinstance(value, Calendar) else value


def library_names() -> list[str]:
    """Names of the scenarios that come with the package, in alphabetical order."""
    return sorted(path.stem for path in LIBRARY.glob("*.toml"))


def load(
    source: "str | Path | Mapping[str, Any] | Scenario", overrides: Mapping[str, Any] | None = None
) -> Scenario:
    """Read, check and resolve a scenario. Source: H2.

    Parameters
    ----------
    source : str, Path, mapping or Scenario
        A name of the library, the path of a ``.toml`` file, or the same content as a dictionary, which is named by
        its title.
    overrides : mapping, optional
        Changes on top: ``{"programme_grants.amount": 5, "world.firms": 100, "parameters.pace": 0.3}``;
        an instrument is taken out by ``{"programme_grants": False}``.

    Raises
    ------
    ScenarioError
        One sentence that names the file and the key and says what would be right.
    """
    if isinstance(source, Scenario):
        if not overrides:
            return source
        layers = [_Layer(source.name, "", _document(source))]
    elif isinstance(source, Mapping):
        layers = _chain(_Layer(_name_of(source), "the scenario", _plain(source, "the scenario")), None)
    elif (content := variant(str(source))) is not None:
        layers = _chain(_Layer(str(source), str(source), content), None)
    else:
        path = _find(source)
        layers = _chain(_read(path), path.parent)
    if overrides:
        layers.insert(0, _Layer(layers[0].name, "the changes asked for", _unfold(overrides)))
    return _resolve(layers)


def _name_of(content: Mapping[str, Any]) -> str:
    """Name of a scenario given as a dictionary: its title in small letters, so that several can be compared."""
    return re.sub(r"\W+", "_", str(content.get("title", "")).lower()).strip("_") or "custom"


def restore(document: Mapping[str, Any]) -> Scenario:
    """Make the scenario again from what `Scenario.as_dict` gave."""
    content = {key: value for key, value in document.items() if key not in ("name", "base")}
    scenario = _resolve([_Layer(str(document.get("name", "custom")), "the stored scenario", content)])
    base = document.get("base")
    return replace(scenario, base=None if base is None else str(base))


def read_toml(path: Path) -> dict[str, Any]:
    """Content of a TOML file.

    Raises
    ------
    ScenarioError
        One sentence that names the file and the place in it.
    """
    return _read(path).content


# --- reading -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layer:
    name: str
    place: str  # how messages call it
    content: dict[str, Any]


def _document(scenario: Scenario) -> dict[str, Any]:
    return {key: value for key, value in scenario.as_dict().items() if key not in ("name", "base")}


def _find(source: str | Path) -> Path:
    """File of a library name or a path."""
    text = str(source)
    if isinstance(source, Path) or text.endswith(".toml") or "/" in text or "\\" in text:
        if not text.endswith(".toml"):
            raise ScenarioError(f"{text[:200]!r} is no scenario: a file has to end in .toml, a library name has no /")
        return Path(source)
    if not _NAME.fullmatch(text):
        raise ScenarioError(f"{text[:200]!r} is no scenario name: letters, digits, dot, dash, underscore, at most 64")
    if text not in library_names():
        known = library_names() + variant_names()
        raise ScenarioError(f"there is no scenario '{text}' in the library; {did_you_mean(text, known)}")
    return LIBRARY / f"{text}.toml"


def _read(path: Path) -> _Layer:
    """Parse one file."""
    place = path.name if path.parent == LIBRARY else str(path)
    try:
        if not path.is_file():
            raise ScenarioError(f"{place}: there is no such file; give the path of a .toml file or a library name")
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise ScenarioError(f"{place!r} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(raw) > LARGEST_FILE:
        raise ScenarioError(f"{place}: the file is larger than 1 MB; a scenario is a few kilobytes of text")
    return _Layer(path.stem, place, _parse(raw, place))


def _parse(raw: bytes, place: str) -> dict[str, Any]:
    try:
        content = parse_toml(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{place}: byte {error.start + 1} is not UTF-8; save the file as UTF-8 text") from None
    except RecursionError:
        raise ScenarioError(f"{place}: lists or tables are nested too deep; three levels are enough") from None
    except tomllib.TOMLDecodeError as error:
        problem = re.sub(r"^Cannot overwrite a value|^Cannot declare .* twice|^Cannot mutate .*?(?= \()",
                         "a key is given twice", str(error))
        problem = problem.replace("(at end of document)", "(at the end of the file)")
        raise ScenarioError(f"{place}: not valid TOML, {problem[:1].lower() + problem[1:]}") from None
    except ValueError as error:  # an integer of thousands of digits
        raise ScenarioError(f"{place}: a value cannot be read: {error}") from None
    if not content:
        raise ScenarioError(f"{place}: the file is empty; a scenario has at least a title")
    return content


def _plain(source: Mapping[str, Any], place: str) -> dict[str, Any]:
    if not all(isinstance(key, str) for key in source):
        raise ScenarioError(f"{place}: every key has to be a text")
    return dict(source)


def _chain(first: _Layer, folder: Path | None) -> list[_Layer]:
    """Follow the bases: the layer itself first, the deepest base last."""
    layers = [first]
    seen = [first.place]
    while (base := layers[-1].content.get("base")) is not None:
        place = layers[-1].place
        if not isinstance(base, str) or not _NAME.fullmatch(base):
            raise ScenarioError(f"{place}: base is {str(base)[:80]!r}; it has to be a name of the library, "
                                "or of a .toml file in the same folder")
        layer, folder = _base(base, place, folder)
        if layer.place in seen:
            raise ScenarioError(f"{first.place}: its bases go round in a circle: {' -> '.join([*seen, layer.place])}")
        if len(layers) >= LONGEST_CHAIN:
            raise ScenarioError(f"{first.place}: it has more than {LONGEST_CHAIN} bases; lay it over a nearer one")
        seen.append(layer.place)
        layers.append(layer)
    return layers


def _base(base: str, place: str, folder: Path | None) -> tuple[_Layer, Path | None]:
    """Layer of a base, and the folder in which its own base is looked for."""
    content = variant(base)
    if content is not None:
        return _Layer(base, base, content), None
    if base.endswith(".toml") and folder is not None:
        path = folder / base
    elif base in library_names():
        path = LIBRARY / f"{base}.toml"
    else:
        raise ScenarioError(f"{place}: there is no base '{base}' in the library; "
                            f"{did_you_mean(base, library_names() + variant_names())}")
    if not path.is_file():
        raise ScenarioError(f"{place}: its base '{base}' is not in the same folder; "
                            "give a .toml file beside it or a name of the library")
    return _read(path), path.parent


def _unfold(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Nest dotted keys; a key that begins with an instrument belongs to the policy."""
    instruments = {instrument.name for instrument in known_instruments()}
    content: dict[str, Any] = {}
    for key, value in overrides.items():
        parts = str(key).split(".")
        if parts[0] in instruments:
            parts.insert(0, "policy")
        if parts[0] not in ("world", "parameters", "policy", "region", "scorecard", "title", "purpose", "source"):
            known = ["world", "parameters", "region", *instruments]
            raise ScenarioError(f"{key!r} cannot be set: write world.NAME, parameters.NAME or INSTRUMENT.LEVER; "
                                f"{did_you_mean(parts[0], known)}")
        target = content
        for part in parts[:-1]:
            target = target.setdefault(part, {})
            if not isinstance(target, dict):
                raise ScenarioError(f"{key!r} cannot be set: {part} is set to {target!r} at the same time")
        if isinstance(target.get(parts[-1]), dict):
            raise ScenarioError(f"{key!r} cannot be set: parts of it are set at the same time")
        target[parts[-1]] = value
    return content


# --- resolving -----------------------------------------------------------------------------------------------------


def _resolve(layers: list[_Layer]) -> Scenario:
    """Check each layer by itself, so that messages name the right file, then lay them over one another."""
    merged: dict[str, Any] = {}
    for layer in reversed(layers):
        checked = _checked(layer)
        given = checked.model_dump(by_alias=True, exclude_unset=True)
        merged.update({word: given.get(word, "") for word in ("title", "purpose", "source")
                       if word in given or layer.place != "the changes asked for"})
        for section in ("world", "parameters"):
            merged[section] = merged.get(section, {}) | given.get(section, {})
        for section in ("region", "scorecard"):
            if given.get(section):
                merged[section] = merged.get(section, {}) | given[section]
        if "scorecard" in merged:
            merged["scorecard"] = {name: line for name, line in merged["scorecard"].items() if line is not False}
        merged["policy"] = _over(merged.get("policy", {}), given.get("policy", {}))
    top = layers[0]
    full: Any = _checked(_Layer(top.name, layers[0].place or top.name, merged))
    scenario = Scenario(
        name=top.name,
        title=full.title or top.name,
        purpose=full.purpose,
        source=full.source,
        base=next((layer.content["base"] for layer in layers if "base" in layer.content), None),
        world=MappingProxyType(full.world.model_dump()),
        parameters=MappingProxyType(full.parameters.model_dump()),
        policy=MappingProxyType({i.name: block for i in known_instruments()
                                 if (block := getattr(full.policy, i.name)) is not False}),
        region=None if merged.get("region") is None else MappingProxyType(merged["region"]),
        scorecard=MappingProxyType(merged.get("scorecard", {})),
    )
    _check_together(scenario, layers[0].place or top.name)
    return scenario


def _checked(layer: _Layer) -> Layer:
    try:
        return layer_type().model_validate(layer.content)
    except ValidationError as error:
        raise ScenarioError(f"{layer.place}: {say(error)}") from None
    except RecursionError:
        raise ScenarioError(f"{layer.place}: lists or tables are nested too deep; three levels are enough") from None


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Lay the instruments of one file over those of its base, lever by lever."""
    merged = dict(below)
    for name, block in above.items():
        under = merged.get(name, False)
        merged[name] = block if block is False or under is False else {**under, **block}
    return merged


def _check_together(scenario: Scenario, place: str) -> None:
    world = scenario.world
    if world["quarters"] <= world["warm_up"]:
        raise ScenarioError(f"{place}: world.quarters is {world['quarters']} and has to be more than "
                            f"world.warm_up, {world['warm_up']}")
    if world["sectors"] > world["firms"]:
        raise ScenarioError(f"{place}: world.sectors is {world['sectors']} and has to be at most "
                            f"world.firms, {world['firms']}")
    check_region(place, scenario.region, scenario.scorecard, scenario.policy, world)

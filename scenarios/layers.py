"""What scenarios are read from: files, the library and dictionaries, each a layer over its base.

Source: H2.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alliancelab.agents.errors import ScenarioError, did_you_mean
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.policy.own import known_instruments
from alliancelab.scenarios.toml_text import parse_toml
from alliancelab.scenarios.variants import variant, variant_names

__all__ = [
    "CHANGES", "LARGEST_FILE", "LIBRARY", "Layer", "changes_of", "layer_of_changes", "layers_of", "library_names",
    "read_toml",
]

LIBRARY = Path(__file__).parent / "library"
LARGEST_FILE = 1_000_000  # bytes; a scenario of a thousand lines has 50,000
LONGEST_CHAIN = 20  # bases of bases
CHANGES = "the changes asked for"  # how messages call the layer of overrides
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_CHANGED = re.compile(r"(.+?):(?=[A-Za-z_.]+\s*=)(.*)", re.DOTALL)  # a scenario with changes of its own
_NEXT_CHANGE = re.compile(r",\s*(?=[A-Za-z_.]+\s*=)")


def library_names() -> list[str]:
    """Names of the scenarios that come with the package, in alphabetical order."""
    return sorted(path.stem for path in LIBRARY.glob("*.toml"))


def read_toml(path: Path) -> dict[str, Any]:
    """Content of a TOML file.

    Raises
    ------
    ScenarioError
        One sentence that names the file and the place in it.
    """
    return _read(path).content


@dataclass(frozen=True)
class Layer:
    """One file or dictionary, as it was given."""

    name: str
    place: str  # how messages call it
    content: dict[str, Any]


def layers_of(source: "str | Path | Mapping[str, Any]") -> list[Layer]:
    """The source and its bases, the deepest last; arguments and errors as in `scenario.load`."""
    if isinstance(source, Mapping):
        return _chain(Layer(_name_of(source), "the scenario", _plain(source, "the scenario")), None)
    if isinstance(source, str) and (changed := _CHANGED.fullmatch(source)):
        return _changed(source, changed[1], changed[2])
    if (content := variant(str(source))) is not None:
        return _chain(Layer(str(source), str(source), content), None)
    path = _find(source)
    return _chain(_read(path), path.parent)


def _changed(text: str, source: str, changes: str) -> list[Layer]:
    """Layers of a scenario written with changes of its own, ``growth_only:programme_grants.amount=5``."""
    below = layers_of(source)
    parts = _NEXT_CHANGE.split(changes)
    title = next((layer.content["title"] for layer in below if "title" in layer.content), source)
    top = layer_of_changes(text, {"title": f"{title} ({', '.join(parts)})"} | changes_of(parts, repr(text)))
    return [replace(top, place=text), *below]


def changes_of(texts: Sequence[str], place: str) -> dict[str, Any]:
    """Changes written as KEY=VALUE, values as in a scenario file.

    Raises
    ------
    ScenarioError
        When a text is not KEY=VALUE or a key is given twice; the sentence begins with `place`.
    """
    values: dict[str, Any] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise ScenarioError(f"{place} {text!r} has to be KEY=VALUE, such as programme_grants.amount=5")
        if key.strip() in values:
            raise ScenarioError(f"{place} gives {key.strip()!r} twice; give it once")
        try:
            read = parse_toml(f"value = {value}")
        except (ValueError, RecursionError):
            read = {}
        values[key.strip()] = read["value"] if set(read) == {"value"} else value.strip()
    return values


def _name_of(content: Mapping[str, Any]) -> str:
    """Name of a scenario given as a dictionary: its title in small letters, so that several can be compared."""
    return re.sub(r"\W+", "_", str(content.get("title", "")).lower()).strip("_") or "custom"


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


def _read(path: Path) -> Layer:
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
    return Layer(path.stem, place, _parse(raw, place))


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


def _chain(first: Layer, folder: Path | None) -> list[Layer]:
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


def _base(base: str, place: str, folder: Path | None) -> tuple[Layer, Path | None]:
    """Layer of a base, and the folder in which its own base is looked for."""
    content = variant(base)
    if content is not None:
        return Layer(base, base, content), None
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


def layer_of_changes(name: str, overrides: Mapping[str, Any]) -> Layer:
    """Changes asked for; dotted keys are nested, and a key that begins with an instrument belongs to the policy."""
    instruments = {instrument.name for instrument in known_instruments()}
    content: dict[str, Any] = {}
    for key, value in overrides.items():
        parts = str(key).split(".")
        if parts[0] in instruments:
            parts.insert(0, "policy")
        if parts[0] not in ("world", "parameters", "policy", "region", "scorecard", "title", "purpose", "source"):
            if key in {parameter.name for parameter in PARAMETERS}:
                raise ScenarioError(f"{key!r} cannot be set: did you mean 'parameters.{key}'?")
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
    return Layer(name, CHANGES, content)

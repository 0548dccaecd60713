"""A new scenario file that differs from its base in nothing yet, with the levers to choose from as comments."""

import re
from pathlib import Path
from textwrap import wrap

from alliancelab.agents.errors import ScenarioError
from alliancelab.model.policy.own import known_instruments
from alliancelab.model.regional import REGIONAL
from alliancelab.scenarios.calendar import Calendar
from alliancelab.scenarios.layers import library_names
from alliancelab.scenarios.region_template import moved_calendar, read_figures, region_lines
from alliancelab.scenarios.scenario import Scenario, load
from alliancelab.scenarios.toml_text import value_text

__all__ = ["write_template"]


def write_template(file: Path, base: str, region: bool = False, figures: Path | None = None,
                   year: int | None = None) -> None:
    """Write a scenario file laid over `base`.

    Parameters
    ----------
    file : Path
    base : str
        A name of the library, or a file beside the new one.
    region : bool
        With the sections ``[region]`` and ``[scorecard]`` of a county or cluster of one's own.
    figures : Path, optional
        Table of its figures, see `region_template.read_figures`.
    year : int, optional
        First year of its plan; calendars of the base move there.

    Raises
    ------
    ScenarioError
        If the file exists or cannot be written, the base is unknown, or the figures cannot be used.
    """
    stem_is_name = re.fullmatch(r"[A-Za-z0-9._-]{1,64}", file.stem)
    if file.suffix != ".toml" or not stem_is_name:
        raise ScenarioError(f"{file}: a scenario file is called NAME.toml, with letters, digits, dot, dash, underscore")
    if base.endswith(".toml"):
        if Path(base).name != base:
            raise ScenarioError(f"the base {base!r} has to be a library name or a .toml file beside the new one")
        scenario = load(file.parent / base)
    else:
        scenario = load(base)
    if not region and (figures is not None or year is not None):
        raise ScenarioError("figures and a year are for a region: add --region")
    text = _text(file.stem, base, scenario, region, figures, year)
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        raise ScenarioError(f"{file}: the file is there already; choose another name") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ScenarioError(f"{file}: the file cannot be written: {reason}") from None


def _text(name: str, base: str, scenario: Scenario, region: bool, figures: Path | None, year: int | None) -> str:
    title = name.replace("_", " ").capitalize()
    lines = [
        f'title = "{title}"',
        '# purpose = "Which question is it for?"',  # as a comment: reports then say that none was written down
        '# source = "Where do its numbers come from?"',
        f'base = "{base}"',
        "",
        "# Take the # away from what you change. What is not given here is as in the base.",
        "# A lever may change by calendar: { step = [[2007, 0.2], [2012, 0.5]] }, also ramp and table.",
        f"# Bases in the library: {', '.join(library_names())}.",
        f"{'' if year else '# '}[world]",
        f"# firms = {scenario.world['firms']}",
    ]
    if year is not None:
        lines.append(f"start_year = {year}")
    if region:
        lines += region_lines(scenario, {} if figures is None else read_figures(figures, scenario))
    lines += _inherited(scenario)
    for instrument in known_instruments():
        if instrument in REGIONAL and scenario.region is None:
            continue
        block = scenario.policy.get(instrument.name)
        moved = {} if year is None else moved_calendar(scenario, instrument, year - scenario.world["start_year"])
        lines += ["", f"{'' if moved else '# '}[policy.{instrument.name}]  # {instrument.title}"]
        lines += [f"{name} = {value_text(value)}" for name, value in moved.items()]
        for lever in instrument.levers:
            if lever.name in moved:
                continue
            value = lever.default if block is None else getattr(block, lever.name)
            shown = _calendar(value) if isinstance(value, Calendar) else f"{value:g}"
            bounds = f"{lever.low:g} to {lever.high:g}, {lever.unit}"
            lines.append(f"# {lever.name} = {shown}  # {bounds}: {lever.description}")
    return "\n".join(lines) + "\n"


def _inherited(scenario: Scenario) -> list[str]:
    """What the new file has of its base's policy without saying so, and how an instrument is dropped."""
    if not scenario.policy:
        return []
    return ["", "# The policy of the base acts here, too, with all its levers as the blocks below show them:",
            *(f"# {line}" for line in wrap(", ".join(scenario.policy) + ".", 116)),
            "# Set them as yours are. An instrument is dropped by false, in place of its block:",
            "# [policy]", *(f"# {name} = false" for name in list(scenario.policy)[:1])]


def _calendar(value: Calendar) -> str:
    points = ", ".join(f"[{year:g}, {number:g}]" for year, number in value.points)
    return f"{{ {value.kind} = [{points}] }}"

"""Rates of a region tuned until the flows of its base year recur, and what no rate can reach.

Source: F11, G8.
"""

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from alliancelab.agents.errors import ScenarioError
from alliancelab.model.declarations import Parameter
from alliancelab.model.regional.parameters import REGION
from alliancelab.model.simulation import simulate
from alliancelab.scenarios.checks import check_count
from alliancelab.scenarios.own_indicators import indicators_of
from alliancelab.scenarios.regional import set_by, starts
from alliancelab.scenarios.runner import Progress, run_in_threads
from alliancelab.scenarios.scenario import Scenario, load
from alliancelab.scenarios.scorecard import check_scorecard

__all__ = ["RATES", "Fit", "Line", "fit_region", "fragment", "write_into"]

CLOSE = 0.10   # of a figure: within this it counts as reached
GOAL = 0.03    # of a figure: within this tuning leaves it alone
ROUNDS = 20
AGAIN = 8      # rounds after a rate has gone back: the others are near their places
LARGEST_STEP = 0.7  # of the logarithm of an indicator that one round asks for
FLOOR = 1e-4   # of a number's upper bound: a rate tuned by its logarithm nears 0 and never comes to it
NOISE = 0.02   # changes of an indicator's logarithm that tell nothing of the slope


class Rate(NamedTuple):
    """A number of ``[region]`` and the flow that it is tuned to.

    Attributes
    ----------
    number : str
    indicators : tuple of str
        The first of them that has a figure counts.
    slope : float
        Change of the indicator's logarithm by one unit of the number, or of its logarithm where `log` is true.
    log : bool
    beside : tuple of str
        Indicators of which one has to have a figure, too: a bar follows what passes it as long as something else says
        how many come to it.
    """

    number: str
    indicators: tuple[str, ...]
    slope: float
    log: bool
    beside: tuple[str, ...] = ()


RATES = (
    Rate("file_city", ("filed_city", "filed_upper", "approved_city", "approved"), 1.0, True),
    Rate("file_province", ("filed_province", "approved_province"), 1.0, True),
    Rate("file_nation", ("filed_nation", "approved_nation"), 1.0, True),
    Rate("bar_city", ("approved_city", "approved"), -4.0, False, ("filed_city", "filed_upper")),
    Rate("bar_province", ("approved_province",), -5.0, False, ("filed_province",)),
    Rate("bar_nation", ("approved_nation",), -6.0, False, ("filed_nation",)),
    Rate("agriculture_filing", ("agriculture_filed", "agriculture_approved"), 1.0, True),
    Rate("social_filing", ("social_filed", "social_approved"), 1.0, True),
    Rate("agriculture_bar", ("agriculture_approved",), -4.0, False, ("agriculture_filed",)),
    Rate("social_bar", ("social_approved",), -4.0, False, ("social_filed",)),
    Rate("results_record", ("results_approved",), -12.0, False),
    Rate("complete_base", ("completed",), 1.0, True),
    Rate("grant_province", ("upper_funds",), 0.7, True),
    Rate("need_counts", ("needs",), -6.0, False),
    Rate("agree_constant", ("agreements",), 0.7, False),
    Rate("joint_centre", ("joint_centres",), 1.0, True),
    Rate("certify_rate", ("certified_tried", "certified_new"), 1.0, True),
    Rate("certify_bar", ("certified_new",), -4.0, False, ("certified_tried",)),
    Rate("product_rate", ("products_new",), 1.0, True),
    Rate("centre_rate", ("engineering_new",), 1.0, True),
    Rate("technology_rate", ("technology_new",), 1.0, True),
    Rate("patent_filing", ("patents_filed",), 1.0, True),
    Rate("patent_granted", ("patents_granted",), 1.0, True),
    Rate("talent_constant", ("talent_arrived",), 0.8, False),
    Rate("contract_value", ("contract_value",), 1.0, True),
    Rate("fee", ("service_revenue",), 1.0, True),
    Rate("incubate", ("incubated",), 0.5, True),
    Rate("certify_years", ("output",), 0.4, True),
)
"""In the order in which flows follow one another: what is filed before what is approved.

Output is set, as far as certified firms have the revenue; where the flows of certificates leave too few of them,
certificates that hold longer keep more.
"""

_LIMITS = {
    "certified_output": "certified firms have a revenue of {0} in all; a larger certified_new brings more of them",
    "above_scale": "the first sector has {0} firms; region.firms_least founds more",
    "revenue": "no firm is above region.scale",
    "firms_least": "births keep {0} firms in the first sector, and none is closed",
    "alliances_named": "{0} alliances live that can be named",
}
"""What bounds a figure that is set, by the number of ``[region]`` that sets it, as `initialise.settle` has it."""


class Line(NamedTuple):
    """A figure of the base year after tuning.

    Attributes
    ----------
    indicator : str
    target, before, after : float
        The figure; the mean over replicates with the numbers of the scenario, and with those tuned.
    number : str
        Tuned to it, "" where no rate moves it or a set figure needs none.
    old, new : float
        Its value, NaN without one.
    verdict : str
        "reached"; "reached, at its bound", the number's; "left as it was", the number, as none within its bounds
        reaches the figure; "not reached"; or "no rate".
    why : str
        What keeps a figure that is set from being met, and that a number was left as it was, in a sentence; "" else.
    """

    indicator: str
    target: float
    before: float
    after: float
    number: str
    old: float
    new: float
    verdict: str
    why: str = ""

    @property
    def reached(self) -> bool:
        """Whether the figure recurs."""
        return _reached(self.target, self.after)


class Fit(NamedTuple):
    """Result of `fit_region`: the lines of the base year, and numbers that differ from those of the scenario."""

    lines: tuple[Line, ...]
    numbers: dict[str, float]


def fit_region(source: str | Path | Mapping[str, Any] | Scenario, replicates: int = 64,
               workers: int | None = None, progress: Progress | None = None) -> Fit:
    """Tune the rates of a region until the flows of the base year recur.

    Each rate is moved by what its flow lacks over the slope that the last two rounds have shown; all at once, as what
    is filed decides what can be approved. Replicates share their seeds over rounds. A rate that misses its figure even
    at a bound goes back to the value it had, and the others are tuned on: no number is spoilt for nothing. One at a
    time, as the flow of another may have been missed for its sake.

    Parameters
    ----------
    source : str, Path, mapping or Scenario
    replicates : int
        Runs of a round, to the end of the base year.
    workers : int, optional
        Threads; their number changes no result.

    Raises
    ------
    ScenarioError
        When the scenario has no region, or its scorecard gives no figure of the base year.
    """
    scenario = load(source)
    if scenario.region is None:
        raise ScenarioError(f"{scenario.name}: it has no [region] whose rates could be fitted")
    check_count("replicates", replicates)
    check_scorecard(scenario)
    figures = starts(scenario.scorecard)
    if not figures:
        raise ScenarioError(f"{scenario.name}: its scorecard has no start to fit rates to; give lines such as "
                            "patents_filed = { start = 625 }")
    tuned = _tuned(figures)
    first = scenario.region_setup()
    assert first is not None  # there is a region
    given = {item.name: float(first.numbers.get(item.name, item.default)) for item in REGION}
    tell = progress or (lambda done, total: None)

    def means(numbers: Mapping[str, float]) -> dict[str, float]:
        return _means(scenario, numbers, tuple(figures), replicates, workers)

    tell(0, ROUNDS)
    numbers = {rate.number: given[rate.number] for rate, _ in tuned}
    before = means(numbers)
    numbers, found = _tune(tuned, numbers, before, figures, means, ROUNDS, tell)
    free, left = tuned, set[str]()
    while stuck := next((rate for rate, name in free if not _reached(figures[name], found[name])
                         and _at_bound(rate, numbers[rate.number], FLOOR)), None):
        left.add(stuck.number)
        free = [(rate, name) for rate, name in free if rate is not stuck]
        numbers = numbers | {stuck.number: given[stuck.number]}
        numbers, found = _tune(free, numbers, means(numbers), figures, means, AGAIN, tell)
    tell(ROUNDS, ROUNDS)
    rates = {name: rate for rate, name in tuned}
    sets = {name: number for name, number in set_by(given["above_scale"]).items() if given[number] > 0.0}
    lines = tuple(_line(name, figure, before[name], found[name], rates.get(name), given, numbers, left, sets.get(name))
                  for name, figure in figures.items())
    return Fit(lines, {name: value for name, value in numbers.items() if value != given[name]})


def fragment(fit: Fit) -> str:
    """The tuned numbers as the section of a scenario file."""
    return "\n".join(["[region]", *(f"{name} = {value:.4g}" for name, value in fit.numbers.items())]) + "\n"


def write_into(path: Path, fit: Fit) -> None:
    """Put the tuned numbers into the section ``[region]`` of a scenario file; all else in it stays as it is.

    Raises
    ------
    ScenarioError
        When the file cannot be written.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next((i for i, line in enumerate(lines) if line.strip() == "[region]"), None)
    if start is None:
        lines += ["", "[region]"]
        start = len(lines) - 1
    end = next((i for i in range(start + 1, len(lines)) if lines[i].startswith("[")), len(lines))
    for name, value in fit.numbers.items():
        line = f"{name} = {value:.4g}"
        place = next((i for i in range(start + 1, end) if re.match(rf"(# *)?{name}\s*=", lines[i])), None)
        if place is None:
            lines.insert(start + 1, line)
            end += 1
        else:  # what the line says of the number stays
            comment = re.search(r"\s+#.*$", lines[place].lstrip("# "))
            lines[place] = line + (comment.group() if comment else "")
    try:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"{path}: the file cannot be written: {error.strerror}") from None


def _tuned(figures: Mapping[str, float]) -> list[tuple[Rate, str]]:
    """Rates that have a figure to be tuned to, each with its indicator."""
    found = []
    for rate in RATES:
        name = next((one for one in rate.indicators if one in figures), None)
        if name is not None and (not rate.beside or any(one in figures for one in rate.beside)):
            found.append((rate, name))
    return found


def _tune(tuned: list[tuple[Rate, str]], numbers: Mapping[str, float], found: Mapping[str, float],
          figures: Mapping[str, float], means: Callable[[Mapping[str, float]], dict[str, float]], rounds: int,
          tell: Progress) -> tuple[dict[str, float], dict[str, float]]:
    """Move rates, all at once in each round, until no flow asks for more; numbers and what they give."""
    now, given = dict(numbers), dict(found)
    slopes = [rate.slope for rate, _ in tuned]
    for turn in range(rounds):
        moved = now | {rate.number: _step(rate, now[rate.number], figures[name], given[name], slope)
                       for (rate, name), slope in zip(tuned, slopes, strict=True)}
        if moved == now:
            break
        after = means(moved)
        slopes = [_slope(rate, now[rate.number], moved[rate.number], given[name], after[name], slope)
                  for (rate, name), slope in zip(tuned, slopes, strict=True)]
        now, given = moved, after
        tell(turn + 1, ROUNDS)
    return now, given


def _means(scenario: Scenario, numbers: Mapping[str, float], names: tuple[str, ...], replicates: int,
           workers: int | None) -> dict[str, float]:
    """Means over replicates of indicators in the base year."""
    known = indicators_of(scenario.scorecard)
    world = dict(scenario.world)
    year = world["start_year"] - 1
    world["quarters"] = world["warm_up"] + 1
    changed = replace(scenario, world=MappingProxyType(world),
                      region=MappingProxyType({**(scenario.region or {}), **numbers}))
    values = np.full((len(names), replicates), np.nan)

    def one(place: tuple[int, int]) -> None:
        run = simulate(changed.setup(place[1]), record=False)
        for i, name in enumerate(names):
            values[i, place[1]] = known[name].value(run, year)

    run_in_threads(one, [(0, k) for k in range(replicates)], workers, None)
    return dict(zip(names, values.mean(axis=1).tolist(), strict=True))


def _coordinate(rate: Rate) -> tuple[Callable[[float], float], Callable[[float], float]]:
    return (np.log, np.exp) if rate.log else (float, float)


def _lack(target: float, found: float) -> float:
    """Logarithm of target over found; half a piece more in both, so that it exists where nothing was found, too."""
    return float(np.log((target + 0.5) / (max(found, 0.0) + 0.5)))


def _step(rate: Rate, now: float, target: float, found: float, slope: float) -> float:
    lack = _lack(target, found)
    if not np.isfinite(lack) or abs(found - target) <= GOAL * abs(target):
        return now
    to, back = _coordinate(rate)
    item = _declared(rate)
    step = float(np.clip(lack, -LARGEST_STEP, LARGEST_STEP)) / slope
    start = max(now, FLOOR * item.high) if rate.log else now
    return float(f"{np.clip(back(to(start) + step), item.low, item.high):.4g}")


def _slope(rate: Rate, old: float, new: float, before: float, after: float, slope: float) -> float:
    """Slope that a round has shown, within a factor of four of what is declared."""
    to, _ = _coordinate(rate)
    if new == old or (rate.log and old <= 0.0):
        return slope
    shown = -_lack(before, after) / (to(new) - to(old))
    if abs(_lack(before, after)) < NOISE or shown * rate.slope <= 0.0:
        return slope
    size = float(np.clip(abs(0.5 * (shown + slope)), abs(rate.slope) / 4.0, abs(rate.slope) * 4.0))
    return float(np.copysign(size, rate.slope))


def _reached(target: float, found: float) -> bool:
    return abs(found - target) <= CLOSE * abs(target)


def _at_bound(rate: Rate, number: float, floor: float = 0.0) -> bool:
    item = _declared(rate)
    return number in (item.low, item.high) or (rate.log and number <= floor * item.high)


def _declared(rate: Rate) -> Parameter:
    return next(item for item in REGION if item.name == rate.number)


def _line(name: str, target: float, before: float, after: float, rate: Rate | None, given: Mapping[str, float],
          numbers: Mapping[str, float], left: Set[str], set_by_number: str | None) -> Line:
    reached = _reached(target, after)
    why = "" if reached or set_by_number is None else (
        f"{name} cannot be {target:,.4g}: {_LIMITS[set_by_number].format(f'{after:,.4g}')}")
    if rate is None or (set_by_number is not None and numbers[rate.number] == given[rate.number] and (
            rate.number not in left)):  # what is set needs no rate as long as it is met
        verdict = "reached" if reached else "not reached" if why else "no rate"
        return Line(name, target, before, after, "", float("nan"), float("nan"), verdict, why)
    old, new, item = given[rate.number], numbers[rate.number], _declared(rate)
    if reached:
        verdict = "reached, at its bound" if _at_bound(rate, new) and new != old else "reached"
    elif rate.number in left:
        verdict = "left as it was"
        why = (f"{why or f'{name} cannot be {target:,.4g}'}; no {rate.number} within its bounds, {item.low:g} to "
               f"{item.high:g}, reaches it, so it was left at {old:.4g}")
    else:
        verdict = "not reached"
    return Line(name, target, before, after, rate.number, old, new, verdict, why)

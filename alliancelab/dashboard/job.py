"""One computation at a time in a thread of its own, watched and stopped from the page. Source: H6."""

import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread
from typing import Annotated, Any, NamedTuple

from pydantic import Field, Strict, ValidationError

from alliancelab import api
from alliancelab.agents.errors import UserError
from alliancelab.analysis.figures.networks import Frames
from alliancelab.analysis.report import page as report
from alliancelab.analysis.report.parts import Report
from alliancelab.analysis.results.comparison import Comparison
from alliancelab.analysis.results.run import Run
from alliancelab.analysis.results.scorecard import Scorecard
from alliancelab.analysis.results.worlds import WorldComparison
from alliancelab.scenarios.calendar import Strictly
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.schema import say

__all__ = [
    "DRAWING", "ComparisonPage", "Progress", "Request", "RunPage", "ScorecardPage", "Stopped", "Worker",
    "comparison_page", "run_page", "scorecard_page", "seconds_for", "whole",
]

DRAWING = Lock()
"""Held by whoever draws: Matplotlib's settings are those of the whole process, and each session has a thread."""

RUN_SECONDS = 1.6e-7  # of one core, an organisation and quarter of a national world; docs/architecture.md
REGIONAL_FACTOR = 6.0  # what a regional system costs, measured on `dongying`
FIGURES_SECONDS = 1.0  # tables and figures of a comparison
SHOWN = {Comparison.kind: ("figures", "differences", "means", "reproduction"),
         WorldComparison.kind: ("figures", "effects", "variance", "reproduction")}
"""Sections of a report of comparisons that the page shows."""

Progress = Callable[[str, int, int], None]


class Stopped(Exception):
    """Raised in the thread of a computation that was told to stop."""


class Request(Strictly):
    """How many runs of each scenario there are, in each of how many worlds if in many, and their seeds."""

    replicates: Annotated[int, Strict(), Field(ge=2, le=200)]
    seed: Annotated[int, Strict(), Field(ge=0, le=2**31 - 1)]
    worlds: Annotated[int, Strict(), Field(ge=2, le=200)] | None = None

    @property
    def runs(self) -> int:
        """Runs of each scenario."""
        return self.replicates * (self.worlds or 1)

    @classmethod
    def of(cls, replicates: str, seed: str, worlds: str | None = None) -> "Request":
        """Read from what was typed; `worlds` is None for one world only.

        Raises
        ------
        UserError
            In the schema's words.
        """
        try:
            return cls.model_validate({"replicates": whole(replicates), "seed": whole(seed),
                                       "worlds": None if worlds is None else whole(worlds)})
        except ValidationError as error:
            raise UserError(say(error)) from None


def whole(text: str) -> int | str:
    """The whole number that a text stands for; the text itself where it is none, which whoever checks then says."""
    try:
        return int(text)
    except ValueError:
        return text


def seconds_for(scenarios: Sequence[Scenario], replicates: int) -> float:
    """About how long so many runs of each take on all cores of a machine as in docs/architecture.md, once compiled."""
    return FIGURES_SECONDS + sum(map(_cost, scenarios)) * replicates / (os.cpu_count() or 1)


def _cost(scenario: Scenario) -> float:
    world = scenario.world
    organisations = sum(world[kind] for kind in ("firms", "universities", "institutes", "agencies"))
    factor = 1.0 if scenario.region is None else REGIONAL_FACTOR
    return RUN_SECONDS * factor * organisations * world["quarters"]


class Worker:
    """Where a session's one computation lies: what it is at, what came of it, what went wrong.

    The page reads the attributes; only the thread of the computation writes them.

    Attributes
    ----------
    what : str
        What is being done.
    done, total : int
        How much of it.
    result : object
        What the last computation gave; None until it ends, and if it did not end well.
    sentence : str
        Why the last computation gave nothing.
    """

    def __init__(self) -> None:
        self.what, self.done, self.total, self.sentence = "", 0, 0, ""
        self.result: Any = None
        self._thread: Thread | None = None
        self._stop = Event()

    @property
    def busy(self) -> bool:
        """Whether a computation runs."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, work: Callable[[Progress], Any]) -> bool:
        """Begin a computation, unless one runs; tells whether it began.

        Parameters
        ----------
        work : callable
            Gets a function to be called with what is being done, how much of it is done and how much there is.
        """
        if self.busy:
            return False
        self._stop.clear()
        self.result, self.what, self.done, self.total, self.sentence = None, "", 0, 0, ""
        self._thread = Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()
        return True

    def stop(self) -> None:
        """Ask the computation to end at the next replicate or picture."""
        self._stop.set()

    def _run(self, work: Callable[[Progress], Any]) -> None:
        try:
            self.result = work(self._progress)
        except Stopped:
            self.sentence = "Stopped; nothing is kept of it."
        except UserError as error:
            self.sentence = str(error)
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self.sentence = f"The computation failed: {type(error).__name__}: {error}"

    def _progress(self, what: str, done: int, total: int) -> None:
        self.what, self.done, self.total = what, done, total
        if self._stop.is_set():
            raise Stopped


class ComparisonPage(NamedTuple):
    """A comparison, its report, the sections that the page shows as HTML, and how long it took."""

    comparison: Comparison | WorldComparison
    report: Report
    html: str
    seconds: float


class RunPage(NamedTuple):
    """A run, its report, sections as HTML, and the network by quarter, or why there is none."""

    run: Run
    report: Report
    html: str
    frames: Frames | None
    sentence: str


class ScorecardPage(NamedTuple):
    """A scorecard, its report, and the sections that the page shows as HTML."""

    card: Scorecard
    report: Report
    html: str


def comparison_page(scenarios: Sequence[Scenario], request: Request, language: str, progress: Progress
                    ) -> ComparisonPage:
    """Compare scenarios as `al.compare` does, and draw what the page shows. Source: H3, H5, H6."""
    started = time.perf_counter()
    result = api.compare(scenarios, request.replicates, request.seed, progress=progress,
                         announce=lambda sentence: progress(sentence, 0, 1), worlds=request.worlds)
    progress("drawing", 0, 1)
    with DRAWING:
        page = result.page()
        html = _html(page, SHOWN[result.kind], language)
    return ComparisonPage(result, page, html, time.perf_counter() - started)


def run_page(scenario: Scenario, seed: str, language: str, progress: Progress) -> RunPage:
    """Run a scenario once with the seed that was typed, and draw what the page shows. Source: H6."""
    result = api.run(scenario, whole(seed),  # type: ignore[arg-type]  # what is no number is refused in words
                     announce=lambda sentence: progress(sentence, 0, 1))
    progress("drawing", 0, 1)
    with DRAWING:
        page = result.page()
        html = _html(page, ("figures", "outcomes", "reproduction"), language)
    try:
        return RunPage(result, page, html, Frames(result.plot.ties), "")
    except UserError as error:
        return RunPage(result, page, html, None, str(error))


def scorecard_page(scenario: Scenario, request: Request, language: str, progress: Progress) -> ScorecardPage:
    """Score a scenario as `al.scorecard` does, and draw what the page shows. Source: F11, G8, H6."""
    card = api.scorecard(scenario, request.replicates, request.seed, progress=progress,
                         announce=lambda sentence: progress(sentence, 0, 1))
    assert isinstance(card, Scorecard)
    progress("drawing", 0, 1)
    with DRAWING:
        page = card.page()
        html = _html(page, ("scorecard", "courses", "reproduction"), language)
    return ScorecardPage(card, page, html)


def _html(page: Report, keys: Sequence[str], language: str) -> str:
    sections = {section.key: section for section in page.sections}
    return report.fragment([sections[key] for key in keys if key in sections], language)

"""The page of one session: what to compare and change, what came of it, one run watched over time, a scorecard.

Source: H6.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import panel as pn

from alliancelab.agents.errors import UserError
from alliancelab.analysis.words.glossary import translator
from alliancelab.analysis.words.numbers import number
from alliancelab.dashboard.controls import library
from alliancelab.dashboard.editor import Editor
from alliancelab.dashboard.job import (
    ComparisonPage,
    Progress,
    Request,
    RunPage,
    ScorecardPage,
    Worker,
    comparison_page,
    run_page,
    scorecard_page,
    seconds_for,
)
from alliancelab.dashboard.parts import Boxes, alarm, html, soft, titles
from alliancelab.dashboard.result import Result
from alliancelab.dashboard.score import Score
from alliancelab.dashboard.watch import Watch
from alliancelab.scenarios.scenario import Scenario

__all__ = ["Page"]

MOST = 4  # scenarios of the library in one comparison
FIRST = ("no_policy", "stage_matched")
WORLDS = "20"  # where nothing else is typed
POLL = 200  # milliseconds between looks at the computation


class Page:
    """What one browser tab shows, with a computation of its own.

    Parameters
    ----------
    language : str
        "en" or "zh".
    worker : Worker
        Where the session computes.
    """

    def __init__(self, language: str, worker: Worker):
        self._language, self._desk = language, worker
        self._translate = translate = translator(language)
        wide = {"sizing_mode": "stretch_width"}
        self.first = pn.widgets.Select(label=translate("Baseline scenario"), options=titles(translate),
                                       value=FIRST[0], **wide)
        self.others = Boxes(translate("Scenarios compared with it, at most three"), titles(translate), [FIRST[1]])
        self.chosen = self.others.group
        self.replicates = pn.widgets.TextInput(label=translate("Replicates"), value="20", **wide)
        self.seed = pn.widgets.TextInput(label=translate("First seed"), value="0", **wide)
        # A group of one: a single box of this library has no name that a screen reader is told.
        self.in_worlds = pn.widgets.CheckBoxGroup(
            options=[translate("In many worlds that the data do not rule out")], value=[], **wide)
        self.worlds = pn.widgets.TextInput(label=translate("Worlds, with the replicates in each"), value=WORLDS,
                                           visible=False, **wide)
        self.compare = pn.widgets.Button(label=translate("Compare"), color="primary", **wide)
        self.stop = pn.widgets.Button(label=translate("Stop"), disabled=True, **wide)
        self.plan = html(margin=(0, 10))
        self.status = self._progress_in = html(margin=(5, 10))
        self.editor = Editor(translate)
        self.editor.on_change = self._replan
        self.comparison = Result("comparison", language, "Choose scenarios and press Compare.")
        self.watch = Watch(language)
        self.score = Score(language)
        self._poll = pn.state.add_periodic_callback(self._look, period=POLL, start=False)
        for widget in (self.first, self.chosen, self.replicates, self.seed, self.in_worlds, self.worlds):
            widget.param.watch(self._replan, "value")
        self.compare.on_click(self._compare)
        self.watch.go.on_click(self._run)
        self.score.go.on_click(self._score)
        self.stop.on_click(lambda _: worker.stop())
        self._replan()

    def view(self) -> pn.viewable.Viewable:
        """The whole page: choices at the left, results beside them, or below where the window is narrow."""
        translate = self._translate
        wide = {"sizing_mode": "stretch_width"}
        line = soft(translate("Policy packages for technology alliances, compared on many runs."))
        head = html(f"<h1>alliancelab</h1>{line}", margin=(10, 10, 0, 10))
        left = pn.Column(
            html(f"<h2>{translate('Comparison')}</h2>", margin=(10, 10, 0, 10)), self.first, self.others.view,
            pn.Row(self.replicates, self.seed, **wide), self.in_worlds, self.worlds, self.plan,
            pn.Row(self.compare, self.stop, **wide),
            self.status, self.editor.view, styles={"flex": "1 1 320px", "min-width": "0"}, max_width=420)
        tabs: dict[str, Result | Watch | Score] = {
            "Comparison": self.comparison, "Single run": self.watch, "Scorecard": self.score}
        right = pn.Tabs(*((translate(title), tab.view) for title, tab in tabs.items()),
                        styles={"flex": "3 1 560px", "min-width": "0"}, **wide)
        return pn.Column(head, pn.FlexBox(left, right, gap="16px", **wide), **wide)

    def _scenarios(self) -> list[Scenario]:
        """Scenarios to compare, the changed one last.

        Raises
        ------
        UserError
            When there are too many, or the changes are refused.
        """
        change = self.editor.change
        for sentence in (*change.refused.values(), change.sentence):
            if sentence:
                raise UserError(sentence)
        changed = [] if change.scenario is None else [change.scenario]
        names = list(dict.fromkeys([self.first.value, *self.chosen.value]))
        if len(names) > MOST:
            raise UserError(f"a comparison has at most {MOST} scenarios of the library")
        return [library(name) for name in names] + changed

    def _request(self) -> Request:
        worlds = (self.worlds.value or "") if self.in_worlds.value else None
        return Request.of(self.replicates.value or "", self.seed.value or "", worlds)

    def _replan(self, *_: object) -> None:
        """Say what Compare would do and about how long it takes, or why it would not."""
        for place in (self.watch.choice, self.score):
            place.offer(self.editor.change.scenario)
        self.worlds.visible = bool(self.in_worlds.value)
        try:
            scenarios, request = self._scenarios(), self._request()
        except UserError as error:
            self.plan.object = alarm(self._translate(str(error)))
            return
        runs, seconds = len(scenarios) * request.runs, seconds_for(scenarios, request.runs)
        self.plan.object = soft(self._translate(f"{runs} runs, about {number(seconds, 2)} s"))

    def _compare(self, *_: object) -> None:
        try:
            work = partial(comparison_page, self._scenarios(), self._request(), self._language)
        except UserError as error:
            self.plan.object = alarm(self._translate(str(error)))
            return
        self._begin(work, self.status)

    def _run(self, *_: object) -> None:
        work = partial(run_page, self.watch.choice.scenario(), self.watch.seed.value or "", self._language)
        self._begin(work, self.watch.status)

    def _score(self, *_: object) -> None:
        try:
            work = partial(scorecard_page, self.score.choice.scenario(), self.score.request(), self._language)
        except UserError:
            return  # its plan says why
        self._begin(work, self.score.status)

    def _begin(self, work: Callable[[Progress], Any], status: pn.pane.HTML) -> None:
        """Start a computation, whose progress is shown in a place of the page; nothing where one runs."""
        if self._desk.start(work):
            self._progress_in = status
            self._switch(busy=True)
            self._poll.start()

    def _switch(self, busy: bool) -> None:
        self.compare.disabled = self.watch.go.disabled = self.score.go.disabled = busy
        self.stop.disabled = not busy

    def _look(self) -> None:
        """Show how far the computation is, and what came of it when it has ended."""
        worker, translate, status = self._desk, self._translate, self._progress_in
        if worker.busy:
            known = f' max="{worker.total}" value="{worker.done}"' if worker.total > 1 else ""
            count = f": {worker.done} / {worker.total}" if worker.total > 1 else ""
            status.object = f"<progress{known}></progress>{soft(translate(worker.what) + count)}"
            return
        self._poll.stop()
        self._switch(busy=False)
        status.object = alarm(translate(worker.sentence))
        if isinstance(worker.result, ComparisonPage):
            self.comparison.show(worker.result.report, worker.result.html)
            status.object = soft(translate(f"Done in {number(worker.result.seconds, 2)} s."))
        elif isinstance(worker.result, RunPage):
            self.watch.show(worker.result)
        elif isinstance(worker.result, ScorecardPage):
            self.score.result.show(worker.result.report, worker.result.html)

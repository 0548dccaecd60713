"""The page of one session: what to compare, what to change, what came of it, and one run watched over time.

Source: H6.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import panel as pn

from alliancelab.analysis.glossary import translator
from alliancelab.analysis.report_parts import number
from alliancelab.dashboard.controls import library
from alliancelab.dashboard.editor import Editor
from alliancelab.dashboard.job import Compared, Desk, Order, Progress, Ran, compared, ran, seconds_for
from alliancelab.dashboard.parts import alarm, html, soft, titles
from alliancelab.dashboard.result import Result
from alliancelab.dashboard.watch import Watch
from alliancelab.scenarios.errors import UserError
from alliancelab.scenarios.scenario import Scenario

__all__ = ["Page"]

MOST = 4  # scenarios of the library in one comparison
FIRST = ("no_policy", "stage_matched")
POLL = 200  # milliseconds between looks at the computation


class Page:
    """What one browser tab shows, with a computation of its own.

    Parameters
    ----------
    language : str
        "en" or "zh".
    desk : Desk
        Where the session computes.
    """

    def __init__(self, language: str, desk: Desk):
        self._language, self._desk = language, desk
        self._translate = translate = translator(language)
        wide = {"sizing_mode": "stretch_width"}
        self.chosen = pn.widgets.MultiChoice(
            label=translate("Scenarios, one to four; the first is the yardstick"), options=titles(translate),
            value=list(FIRST), max_items=MOST, **wide)
        self.replicates = pn.widgets.TextInput(label=translate("Replicates"), value="20", **wide)
        self.seed = pn.widgets.TextInput(label=translate("First seed"), value="0", **wide)
        self.compare = pn.widgets.Button(label=translate("Compare"), color="primary", **wide)
        self.stop = pn.widgets.Button(label=translate("Stop"), disabled=True, **wide)
        self.plan = html(margin=(0, 10))
        self.status = self._told_in = html(margin=(5, 10))
        self.editor = Editor(translate)
        self.editor.told = self._replan
        self.comparison = Result("comparison", language, "Choose scenarios and press Compare.")
        self.watch = Watch(language)
        self._poll = pn.state.add_periodic_callback(self._look, period=POLL, start=False)
        for widget in (self.chosen, self.replicates, self.seed):
            widget.param.watch(self._replan, "value")
        self.compare.on_click(self._compare)
        self.watch.go.on_click(self._run)
        self.stop.on_click(lambda _: desk.stop())
        self._replan()

    def view(self) -> pn.viewable.Viewable:
        """The whole page: choices at the left, results beside them, or below where the window is narrow."""
        translate = self._translate
        wide = {"sizing_mode": "stretch_width"}
        line = soft(translate("Policy packages for technology alliances, compared on many runs."))
        head = html(f"<h1>alliancelab</h1>{line}", margin=(10, 10, 0, 10))
        left = pn.Column(
            html(f"<h2>{translate('Comparison')}</h2>", margin=(10, 10, 0, 10)), self.chosen,
            pn.Row(self.replicates, self.seed, **wide), self.plan, pn.Row(self.compare, self.stop, **wide),
            self.status, self.editor.view, styles={"flex": "1 1 320px", "min-width": "0"}, max_width=420)
        right = pn.Tabs((translate("Comparison"), self.comparison.view), (translate("Single run"), self.watch.view),
                        styles={"flex": "3 1 560px", "min-width": "0"}, **wide)
        return pn.Column(head, pn.FlexBox(left, right, gap="16px", **wide), **wide)

    def _scenarios(self) -> list[Scenario]:
        """Scenarios to compare, the changed one last.

        Raises
        ------
        UserError
            When there is none, or too many, or the changes are refused.
        """
        change = self.editor.change
        for sentence in (*change.refused.values(), change.sentence):
            if sentence:
                raise UserError(sentence)
        changed = [] if change.scenario is None else [change.scenario]
        if not self.chosen.value and not changed:
            raise UserError("there is no scenario to run; name at least one")
        if len(self.chosen.value) > MOST:
            raise UserError(f"a comparison has at most {MOST} scenarios of the library")
        return [library(name) for name in self.chosen.value] + changed

    def _order(self) -> Order:
        return Order.of(self.replicates.value or "", self.seed.value or "")

    def _replan(self, *_: object) -> None:
        """Say what Compare would do and about how long it takes, or why it would not."""
        self.watch.offer(self.editor.change.scenario)
        try:
            scenarios, order = self._scenarios(), self._order()
        except UserError as error:
            self.plan.object = alarm(self._translate(str(error)))
            return
        runs, seconds = len(scenarios) * order.replicates, seconds_for(scenarios, order.replicates)
        self.plan.object = soft(self._translate(f"{runs} runs, about {number(seconds, 2)} s"))

    def _compare(self, *_: object) -> None:
        try:
            work = partial(compared, self._scenarios(), self._order(), self._language)
        except UserError as error:
            self.plan.object = alarm(self._translate(str(error)))
            return
        self._begin(work, self.status)

    def _run(self, *_: object) -> None:
        work = partial(ran, self.watch.scenario(), self.watch.seed.value or "", self._language)
        self._begin(work, self.watch.status)

    def _begin(self, work: Callable[[Progress], Any], status: pn.pane.HTML) -> None:
        """Start a computation, whose progress is told in a place of the page; nothing where one runs."""
        if self._desk.start(work):
            self._told_in = status
            self._switch(busy=True)
            self._poll.start()

    def _switch(self, busy: bool) -> None:
        self.compare.disabled = self.watch.go.disabled = busy
        self.stop.disabled = not busy

    def _look(self) -> None:
        """Show how far the computation is, and what came of it when it has ended."""
        desk, translate, status = self._desk, self._translate, self._told_in
        if desk.busy:
            known = f' max="{desk.total}" value="{desk.done}"' if desk.total > 1 else ""
            count = f": {desk.done} / {desk.total}" if desk.total > 1 else ""
            status.object = f"<progress{known}></progress>{soft(translate(desk.what) + count)}"
            return
        self._poll.stop()
        self._switch(busy=False)
        status.object = alarm(translate(desk.sentence))
        if isinstance(desk.result, Compared):
            self.comparison.show(desk.result.report, desk.result.html)
            status.object = soft(translate(f"Done in {number(desk.result.seconds, 2)} s."))
        elif isinstance(desk.result, Ran):
            self.watch.show(desk.result)

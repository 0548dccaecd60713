"""Plan against outcome on the page: the scorecard of a scenario that declares one. Source: F11, G8, H6."""

import panel as pn

from alliancelab.agents.errors import UserError
from alliancelab.analysis.words.glossary import translator
from alliancelab.analysis.words.numbers import number
from alliancelab.dashboard.choice import Choice
from alliancelab.dashboard.job import Request, seconds_for
from alliancelab.dashboard.parts import alarm, html, soft
from alliancelab.dashboard.result import Result
from alliancelab.scenarios.scenario import Scenario
from alliancelab.scenarios.scorecard import runs_of

__all__ = ["Score"]

FIRST = "county_bureau"


class Score:
    """What to score, and its scorecard.

    Parameters
    ----------
    language : str
        "en" or "zh".

    Attributes
    ----------
    choice : Choice
        Scenarios that declare a scorecard.
    replicates, seed : TextInput
    go : Button
        The page starts the runs.
    plan, status : HTML
        What Score would do, or why it would not; how far it is.
    result : Result
    view : Column
    """

    def __init__(self, language: str):
        self._translate = translate = translator(language)
        wide = {"sizing_mode": "stretch_width"}
        self.choice = Choice(translate, FIRST, lambda scenario: bool(scenario.scorecard))
        self.replicates = pn.widgets.TextInput(label=translate("Replicates"), value="20", **wide)
        self.seed = pn.widgets.TextInput(label=translate("First seed"), value="0", **wide)
        self.go = pn.widgets.Button(label=translate("Score"), color="primary", **wide)
        self.plan, self.status = html(margin=(0, 10)), html()
        self.result = Result("scorecard", language, "Choose a scenario with a plan and press Score.")
        parts = (self.choice.select, self.replicates, self.seed, self.go)
        self.view = pn.Column(pn.FlexBox(*(pn.Column(one, styles={"flex": "1 1 140px", "align-self": "end"}, margin=0)
                                           for one in parts), **wide),
                              self.plan, self.status, self.result.view, **wide)
        for widget in parts[:-1]:
            widget.param.watch(self._replan, "value")
        self._replan()

    def request(self) -> Request:
        """How many runs, and their seeds; errors as in `Request.of`."""
        return Request.of(self.replicates.value or "", self.seed.value or "")

    def offer(self, changed: Scenario | None) -> None:
        """Let the changed scenario be chosen, too, or no more."""
        self.choice.offer(changed)
        self._replan()

    def _replan(self, *_: object) -> None:
        try:
            runs = runs_of(self.request().replicates)
        except UserError as error:
            self.plan.object = alarm(self._translate(str(error)))
            return
        seconds = seconds_for([self.choice.scenario()], runs)
        self.plan.object = soft(self._translate(f"{runs} runs, about {number(seconds, 2)} s"))

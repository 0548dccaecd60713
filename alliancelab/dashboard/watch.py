"""One run on the page, its network played over the quarters. Source: H6."""

import panel as pn

from alliancelab.analysis.glossary import translator
from alliancelab.analysis.networks import Frames
from alliancelab.analysis.report import drawn
from alliancelab.dashboard.controls import library
from alliancelab.dashboard.job import DRAWING, Ran
from alliancelab.dashboard.parts import alarm, html, titles
from alliancelab.dashboard.result import Result
from alliancelab.scenarios.scenario import Scenario

__all__ = ["Watch"]

FIRST = "stage_matched"
INTERVAL = 700  # milliseconds a quarter


class Watch:
    """What to run once, and what the run was.

    Parameters
    ----------
    language : str
        "en" or "zh".

    Attributes
    ----------
    chosen : Select
        Of the library, or the changed scenario.
    seed : TextInput
    go : Button
        The page starts the run.
    status : HTML
        How far it is.
    player : Player or None
        Quarter whose network is shown; there is none before the first run.
    picture : HTML
    view : Column
    """

    def __init__(self, language: str):
        self._language, self._translate = language, translator(language)
        translate, wide = self._translate, {"sizing_mode": "stretch_width"}
        self._changed: Scenario | None = None
        self._frames: Frames | None = None
        self._drawn: dict[int, str] = {}
        self.chosen = pn.widgets.Select(label=translate("Scenario"), options=titles(translate), value=FIRST, **wide)
        self.seed = pn.widgets.TextInput(label=translate("Seed"), value="0", **wide)
        self.go = pn.widgets.Button(label=translate("Run"), color="primary", **wide)
        self.status = html()
        self.player: pn.widgets.Player | None = None
        self._timeline = pn.Column(margin=0, **wide)
        self.picture = html()
        self._result = Result("run", language, "Choose a scenario and press Run.")
        self.view = pn.Column(pn.FlexBox(*(pn.Column(one, styles={"flex": "1 1 180px", "align-self": "end"}, margin=0)
                                           for one in (self.chosen, self.seed, self.go)), **wide),
                              self.status, self._timeline, self.picture, self._result.view, **wide)

    def offer(self, changed: Scenario | None) -> None:
        """Let the changed scenario be chosen, too, or no more."""
        self._changed = changed
        options = dict(titles(self._translate))
        if changed is not None:
            options[self._translate(changed.title)] = changed.name
        if list(options) != list(self.chosen.options):
            kept = self.chosen.value if self.chosen.value in options.values() else FIRST
            self.chosen.param.update(options=options, value=kept)

    def scenario(self) -> Scenario:
        """What is chosen."""
        if self._changed is not None and self.chosen.value == self._changed.name:
            return self._changed
        return library(self.chosen.value)

    def show(self, ran: Ran) -> None:
        """Put a run here, at the first quarter after its warm-up."""
        self._result.show(ran.report, ran.html)
        self._frames, self._drawn = ran.frames, {}
        self.picture.object = alarm(self._translate(ran.sentence))
        self._timeline.objects = []
        if ran.frames is not None:
            first, last = ran.frames.quarters[0], ran.frames.quarters[-1]
            # A player of its own for each run: one that is there already does not move its ends in the browser.
            self.player = pn.widgets.Player(label=self._translate("Quarter"), start=first, end=last, value=first,
                                            interval=INTERVAL, loop_policy="once", show_loop_controls=False,
                                            sizing_mode="stretch_width")
            self.player.param.watch(self._draw, "value")
            self._timeline.objects = [self.player]
            self._draw()

    def _draw(self, *_: object) -> None:
        """Show the network of the player's quarter, drawn once."""
        if self.player is None or self._frames is None:
            return  # a late word from the player of an earlier run
        quarter = self.player.value
        if quarter not in self._drawn:
            with DRAWING:
                self._drawn[quarter] = drawn(self._frames.picture(quarter), self._language)
        self.picture.object = f'<img src="{self._drawn[quarter]}" alt="{self._translate("Network")}">'

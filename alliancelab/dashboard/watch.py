"""One run on the page, its network played over the quarters. Source: H6."""

import panel as pn

from alliancelab.analysis.figures.networks import Frames
from alliancelab.analysis.report.page import drawn
from alliancelab.analysis.words.glossary import translator
from alliancelab.dashboard.choice import Choice
from alliancelab.dashboard.job import DRAWING, RunPage
from alliancelab.dashboard.parts import STYLE, alarm, html
from alliancelab.dashboard.result import Result

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
    choice : Choice
    seed : TextInput
    go : Button
        The page starts the run.
    status : HTML
        How far it is.
    player : IntInput or None
        Quarter whose network is shown; there is none before the first run.
    play : Button
        Goes through the quarters, and stops where it is.
    picture : HTML
    view : Column
    """

    def __init__(self, language: str):
        self._language, self._translate = language, translator(language)
        translate, wide = self._translate, {"sizing_mode": "stretch_width"}
        self._frames: Frames | None = None
        self._drawn: dict[int, str] = {}
        self.choice = Choice(translate, FIRST)
        self.seed = pn.widgets.TextInput(label=translate("Seed"), value="0", **wide)
        self.go = pn.widgets.Button(label=translate("Run"), color="primary", **wide)
        self.status = html()
        self.player: pn.widgets.IntInput | None = None
        self._first, self._last = 0, 0
        self.play = pn.widgets.Button(label=translate("Play"), width=120, align="end")
        self.play.on_click(self._start_or_stop)
        self._clock = pn.state.add_periodic_callback(self._advance, period=INTERVAL, start=False)
        self._timeline = pn.Column(margin=0, **wide)
        self.picture = html()
        self._result = Result("run", language, "Choose a scenario and press Run.")
        self.view = pn.Column(pn.FlexBox(*(pn.Column(one, styles={"flex": "1 1 180px", "align-self": "end"}, margin=0)
                                           for one in (self.choice.select, self.seed, self.go)), **wide),
                              self.status, self._timeline, self.picture, self._result.view, **wide)

    def show(self, ran: RunPage) -> None:
        """Put a run here, at the first quarter after its warm-up."""
        self._pause()
        self._result.show(ran.report, ran.html)
        self._frames, self._drawn = ran.frames, {}
        self.picture.object = alarm(self._translate(ran.sentence))
        self._timeline.objects = []
        if ran.frames is not None:
            first, last = self._first, self._last = ran.frames.quarters[0], ran.frames.quarters[-1]
            # A line to type in and a button, which have names; the buttons of Panel's player have none.
            self.player = pn.widgets.IntInput(label=f"{self._translate('Quarter')} ({first} – {last})", start=first,
                                              end=last, value=first, width=160, stylesheets=[STYLE])
            self.player.param.watch(self._draw, "value")
            self._timeline.objects = [pn.Row(self.player, self.play)]
            self._draw()

    def _start_or_stop(self, *_: object) -> None:
        """Begin to play, from the start where the end is reached, or stop."""
        if self.player is None or self._clock.running:
            self._pause()
            return
        if self._quarter() >= self._last:
            self.player.value = self._first
        self.play.label = self._translate("Pause")
        self._clock.start()

    def _pause(self) -> None:
        if self._clock.running:
            self._clock.stop()
        self.play.label = self._translate("Play")

    def _advance(self) -> None:
        """One quarter on."""
        if self.player is None or self._quarter() >= self._last:
            self._pause()
        else:
            self.player.value = self._quarter() + 1

    def _quarter(self) -> int:
        """The quarter that is chosen; the first one where the line was emptied."""
        chosen = None if self.player is None else self.player.value
        return self._first if chosen is None else min(max(chosen, self._first), self._last)

    def _draw(self, *_: object) -> None:
        """Show the network of the player's quarter, drawn once."""
        if self._frames is None:
            return  # a late word from the line of an earlier run
        quarter = self._quarter()
        if quarter not in self._drawn:
            with DRAWING:
                self._drawn[quarter] = drawn(self._frames.picture(quarter), self._language)
        self.picture.object = f'<img src="{self._drawn[quarter]}" alt="{self._translate("Network")}">'

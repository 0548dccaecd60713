"""The part of the page in which a scenario is changed: a control for each lever and uncertainty. Source: H6."""

from collections.abc import Callable
from io import BytesIO

import panel as pn

from alliancelab.analysis.words.numbers import number
from alliancelab.analysis.words.titles import STAGE_TITLES, unit_text
from alliancelab.dashboard.controls import (
    Change,
    Control,
    change,
    difference_text,
    instrument_controls,
    instruments_for,
    library,
    uncertainty_controls,
)
from alliancelab.dashboard.parts import STYLE, Boxes, Translate, alarm, html, soft, titles
from alliancelab.model.policy.instrument import Instrument

__all__ = ["Editor"]

FIRST = "stage_matched"


class Field:
    """A control on the page: a line to type in, what it means, and what is wrong with it."""

    def __init__(self, control: Control, translate: Translate, check: Callable[[object], None]):
        declared = control.declared
        self.control, self._translate = control, translate
        self.input = pn.widgets.TextInput(
            label=f"{declared.name.replace('_', ' ')} ({translate(unit_text(declared.unit))})", value=control.text,
            placeholder=control.calendar, stylesheets=[STYLE], sizing_mode="stretch_width")
        self._remark = soft(f"{translate(declared.description)} {number(declared.low)} – {number(declared.high)}; "
                            f"{translate('default')} {number(declared.default)}")
        self._below = html(self._remark, margin=(0, 10, 6, 10))
        self.view = pn.Column(self.input, self._below, sizing_mode="stretch_width", margin=0)
        self.input.param.watch(check, "value")

    def tell(self, refused: str) -> None:
        """Mark whether the value is changed, and say why it is refused."""
        self.input.css_classes = [] if self.input.value == self.control.text else ["changed"]
        self._below.object = alarm(self._translate(refused)) + self._remark


class Editor:
    """A scenario of the library and what is changed of it.

    Parameters
    ----------
    translate : callable
        From English to the language of the page.

    Attributes
    ----------
    on_change : callable
        Called after every change; whoever wants to know sets it.
    change : Change
        What the controls come to.
    base : Select
        Scenario of the library.
    used, unsure : CheckBoxGroup
        Instruments that act, uncertainties that have a control.
    fields : dict of str to Field
        By key of the control.
    file : FileDownload
        The changed scenario.
    view : Column
    """

    def __init__(self, translate: Translate):
        self._translate = translate
        self.on_change: Callable[[], None] = lambda: None
        self.change = Change(None, {})
        wide = {"sizing_mode": "stretch_width"}
        self.base = pn.widgets.Select(label=translate("Scenario to change"), options=titles(translate), value=FIRST,
                                      **wide)
        instruments = Boxes(translate("Instruments that act: add or take out"))
        uncertain = Boxes(translate("Uncertainties to change"), folded=True)
        self.used, self.unsure = instruments.group, uncertain.group
        self._said = html(margin=(4, 10))
        self.file = pn.widgets.FileDownload(callback=self._toml, filename="changed.toml", auto=True, visible=False,
                                            label=translate("Save the changed scenario (.toml)"), **wide)
        self._cards = pn.Column(margin=0, **wide)
        self.fields: dict[str, Field] = {}
        self._stages: dict[str, pn.widgets.CheckBoxGroup] = {}
        self._made: dict[str, pn.Card] = {}
        self._rebase()
        self.base.param.watch(self._rebase, "value")
        for choice in (self.used, self.unsure):
            choice.param.watch(self._draw, "value")
        self.view = pn.Column(html(f"<h2>{translate('Change a scenario')}</h2>", margin=(10, 10, 0, 10)), self.base,
                              instruments.view, uncertain.view, self._cards, self._said, self.file, **wide)

    def _rebase(self, *_: object) -> None:
        """Begin anew from a scenario of the library."""
        scenario = library(self.base.value)
        self.fields, self._stages, self._made = {}, {}, {}
        self._uncertain = {control.declared.name: control for control in uncertainty_controls(scenario)}
        self._instruments = {one.name: one for one in instruments_for(scenario)}
        self.used.param.update(options={self._translate(one.title): name for name, one in self._instruments.items()},
                               value=list(scenario.policy))
        self.unsure.param.update(options=list(self._uncertain), value=[])
        self._draw()

    def _draw(self, *_: object) -> None:
        """Show the controls of what is chosen; those that were there keep what was typed."""
        for name in self.used.value:
            if name not in self._made:
                self._made[name] = self._card(self._instruments[name])
        cards: list[pn.viewable.Viewable] = [self._made[name] for name in self._instruments if name in self.used.value]
        for name in self.unsure.value:
            key = self._uncertain[name].key
            if key not in self.fields:
                self.fields[key] = Field(self._uncertain[name], self._translate, self._check)
            cards.append(self.fields[key].view)
        self._cards.objects = cards
        self._check()

    def _card(self, instrument: Instrument) -> pn.Card:
        parts: list[pn.viewable.Viewable] = []
        for control in instrument_controls(library(self.base.value), instrument):
            self.fields[control.key] = Field(control, self._translate, self._check)
            parts.append(self.fields[control.key].view)
        if instrument.stages:
            block = library(self.base.value).policy.get(instrument.name)
            stages = Boxes(self._translate("Stages of alliances that it addresses"),
                           {self._translate(title): name for name, title in STAGE_TITLES.items()},
                           list(getattr(block, "stages", instrument.stages)))
            self._stages[instrument.name] = stages.group
            stages.group.param.watch(self._check, "value")
            parts.append(stages.view)
        return pn.Card(*parts, title=self._translate(instrument.title), collapsed=True, sizing_mode="stretch_width",
                       margin=(3, 10))

    def _check(self, *_: object) -> None:
        """Ask the schema what it says to the changes, and show it."""
        shown = [field for key, field in self.fields.items()
                 if key.split(".")[0] in self.used.value or key.removeprefix("parameters.") in self.unsure.value]
        self.change = change(
            self.base.value, [field.control for field in shown], {f.control.key: f.input.value or "" for f in shown},
            self.used.value, {name: one.value for name, one in self._stages.items() if name in self.used.value})
        for field in shown:
            field.tell(self.change.refused.get(field.control.key, ""))
        self._said.object = self._summary()
        scenario = self.change.scenario
        self.file.visible = scenario is not None
        if scenario is not None:
            self.file.filename = f"{scenario.name}.toml"
        self.on_change()

    def _summary(self) -> str:
        """Whether something is changed, what is wrong with it, and what is allowed but hardly meant."""
        scenario, refused = self.change.scenario, [*self.change.refused.values(), self.change.sentence]
        if scenario is None:
            wrong = "".join(alarm(self._translate(sentence)) for sentence in refused)
            return wrong or soft(self._translate("Nothing is changed yet."))
        notes = "".join(soft(self._translate(note)) for note in scenario.notes())
        return soft(self._translate("The changed scenario takes part in the comparison.")) + notes

    def _toml(self) -> BytesIO:
        return BytesIO(difference_text(self.change).encode())  # the button is hidden where there is none

"""A scenario to compute: one of the library, or the one that is changed on the page. Source: H6."""

from collections.abc import Callable

import panel as pn

from alliancelab.dashboard.controls import library
from alliancelab.dashboard.parts import Translate, titles
from alliancelab.scenarios.scenario import Scenario

__all__ = ["Choice"]


class Choice:
    """A list of scenarios.

    Parameters
    ----------
    first : str
        Name of the one that is chosen at first.
    suits : callable
        Whether a scenario can be chosen here.

    Attributes
    ----------
    select : Select
    """

    def __init__(self, translate: Translate, first: str, suits: Callable[[Scenario], bool] = lambda scenario: True):
        self._translate, self._first, self._suits = translate, first, suits
        self._changed: Scenario | None = None
        self._library = {title: name for title, name in titles(translate).items() if suits(library(name))}
        self.select = pn.widgets.Select(label=translate("Scenario"), options=self._library, value=first,
                                        sizing_mode="stretch_width")

    def offer(self, changed: Scenario | None) -> None:
        """Let the changed scenario be chosen, too, or no more."""
        self._changed = changed if changed is not None and self._suits(changed) else None
        options = dict(self._library)
        if self._changed is not None:
            options[self._translate(self._changed.title)] = self._changed.name
        if list(options) != list(self.select.options):
            kept = self.select.value if self.select.value in options.values() else self._first
            self.select.param.update(options=options, value=kept)

    def scenario(self) -> Scenario:
        """What is chosen."""
        if self._changed is not None and self.select.value == self._changed.name:
            return self._changed
        return library(self.select.value)

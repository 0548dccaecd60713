"""Pictures of life cycles.

Source: H4.
"""

from typing import TYPE_CHECKING

from alliancelab.analysis.results.base import Plots

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from alliancelab.analysis.results.lifecycles import LifeCycles

__all__ = ["LifeCyclePlots"]


class LifeCyclePlots(Plots):
    """Pictures of life cycles; each method returns a matplotlib Figure."""

    def __init__(self, lives: "LifeCycles"):
        self._lives = lives
        self._titles = {scenario.name: scenario.title for scenario in lives.scenarios}

    def survival(self) -> "Figure":
        """Share of alliances that outlive each age, with 95 % bands."""
        from alliancelab.analysis.figures import lifecycle

        return lifecycle.survival(self._lives.survival, self._titles, self._lives.runs)

    def hazards(self) -> "Figure":
        """Endings per alliance and year by year of life."""
        from alliancelab.analysis.figures import lifecycle

        return lifecycle.hazards(self._lives.hazards_by_age, self._titles, self._lives.runs)

    def durations(self) -> "Figure":
        """How long stages last."""
        from alliancelab.analysis.figures import lifecycle

        return lifecycle.durations(self._lives.durations, self._titles, self._lives.runs)

    def turning_points(self) -> "Figure":
        """Turning points of fitted curves by scenario."""
        from alliancelab.analysis.figures import lifecycle

        return lifecycle.turning_points(self._lives.turning_points, self._titles, self._lives.runs)

    def life_courses(self, scenario: str) -> "Figure":
        """Mean courses of vitality of one scenario."""
        from alliancelab.analysis.figures.life_courses import life_courses

        return life_courses(self._lives.life_courses.loc[scenario], self._titles[scenario], self._lives.runs)

    def curves(self, scenario: str) -> "Figure":
        """Alliances of one scenario with their fitted curves, one panel per shape."""
        from alliancelab.analysis.figures import lifecycle

        lives = self._lives
        return lifecycle.curves(lives.examples.loc[scenario], lives.shapes.loc[scenario], self._titles[scenario])

    def all(self) -> "dict[str, Figure]":
        """Every picture by name."""
        pictures = {"survival": self.survival(), "hazards": self.hazards(), "durations": self.durations(),
                    "turning_points": self.turning_points()}
        for name in self._lives.names:
            pictures |= {f"life_courses_{name}": self.life_courses(name), f"curves_{name}": self.curves(name)}
        return pictures

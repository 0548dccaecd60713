"""Folders of results opened again: the class of each kind, and the one for kinds that this version does not know."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from alliancelab.agents.errors import StoreError, UserError
from alliancelab.analysis.report.folder import of_any
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.results.base import Plots, Result
from alliancelab.analysis.results.calibration import Calibration
from alliancelab.analysis.results.comparison import Comparison
from alliancelab.analysis.results.counterfactual import Counterfactual
from alliancelab.analysis.results.discovery import Discovery
from alliancelab.analysis.results.forecast import Forecast
from alliancelab.analysis.results.lifecycles import LifeCycles
from alliancelab.analysis.results.replicate_plan import ReplicatePlan
from alliancelab.analysis.results.run import Run
from alliancelab.analysis.results.scorecard import Scorecard
from alliancelab.analysis.results.sweep import SweepResults
from alliancelab.analysis.results.validation import Validation
from alliancelab.analysis.results.world_scorecard import WorldScorecard
from alliancelab.analysis.results.worlds import WorldComparison
from alliancelab.scenarios.schema import short
from alliancelab.scenarios.store import MANIFEST, Stored, read_json

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["KINDS", "OtherResult", "readable", "read_result"]

KINDS: dict[str, type[Result]] = {one.kind: one for one in (
    Run, Comparison, Scorecard, Validation, Calibration, LifeCycles, Counterfactual, SweepResults, Discovery,
    ReplicatePlan, WorldComparison, WorldScorecard, Forecast)}
"""From the kind of a folder, as its manifest or its document names it, to its class."""


class OtherResult(Result):
    """A folder of a kind that has no class of its own: its tables, and its pictures as they were drawn.

    Attributes
    ----------
    stored : Stored
    """

    kind, file = "other", "result.json"

    def __init__(self, stored: Stored):
        self.stored, self.scenarios, self.provenance = stored, (), stored.document

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The folder as it is."""
        return cls(stored)

    @property
    def plot(self) -> Plots:
        """No pictures are drawn anew."""
        return _NoPlots()

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table by name."""
        return {name: self.stored.table(name) for name in self.stored.tables}

    def page(self) -> Report:
        """Sections of the report."""
        pictures = {path.stem: path.read_bytes() for path in sorted(self.stored.folder.glob("*.png"))}
        return of_any(Content(self.provenance, self.tables(), pictures), self.stored.folder.resolve().name)

    def __repr__(self) -> str:
        return f"OtherResult({str(self.stored.folder)!r}: {', '.join(self.stored.tables)})"


class _NoPlots(Plots):
    def all(self) -> "dict[str, Figure]":
        return {}


def read_result(folder: str | Path, partial: bool = False) -> Result:
    """The result that a folder holds, of the same class as was saved.

    Parameters
    ----------
    partial : bool
        Whether a sweep that is not complete is read as far as it is.

    Raises
    ------
    StoreError
        If it is no folder of results, or a file of it is missing or torn, or it is a sweep that is not complete.
    UserError
        If a partial reading is asked for of something else than a sweep.
    """
    if not isinstance(folder, str | Path):
        raise UserError(f"{short(folder)} is no folder of results; give its path")
    place = Path(folder)
    kind = read_json(place, MANIFEST).get("kind")
    if kind == SweepResults.kind:
        with readable(place):
            return SweepResults(place, partial)
    stored = Stored(place)
    kind = stored.document.get("kind")
    if partial:
        raise UserError(f"{place}: a partial reading is for sweeps; results of the kind {short(kind)} are whole")
    with readable(place):
        return KINDS.get(kind, OtherResult).from_folder(stored) if isinstance(kind, str) else OtherResult(stored)


@contextmanager
def readable(folder: str | Path) -> Iterator[None]:
    """Turn what goes wrong with a folder that a stranger or another version wrote into one sentence."""
    try:
        yield
    except UserError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise StoreError(f"{folder}: the results are not as alliancelab writes them, so nothing can be told of them: "
                         f"{type(error).__name__} {short(str(error))}") from None

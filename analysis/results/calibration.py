"""What `calibrate` hands back: the fit of every target, what the data say of each parameter, and a scenario file.

Source: H5.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from alliancelab.agents.errors import StoreError
from alliancelab.analysis.report.fit import of_calibration
from alliancelab.analysis.report.parts import Content, Report
from alliancelab.analysis.results.base import Plots, Result, kept_table, origin_of
from alliancelab.analysis.results.stored_scenario import stored_scenarios
from alliancelab.scenarios.calibration import Estimate, Recovery
from alliancelab.scenarios.store import Stored
from alliancelab.scenarios.targets import Problem
from alliancelab.scenarios.toml_text import toml_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Calibration", "CalibrationPlots"]

MISSED = 3.0   # spreads from which a target counts as missed
LITTLE = 0.25  # of the prior spread taken away: what is learnt less does not identify a parameter
ALIKE = 0.7    # posterior correlation from which two parameters can stand for each other
_OWN = ("scenario_file", "targets", "measured", "distance", "points", "fit", "parameters", "recovered", "correlation")
"""What the document of a folder has beside the provenance."""


class Calibration(Result):
    """Parameters fitted to targets.

    Parameters
    ----------
    problem : Problem
    estimate : Estimate
    recovery : Recovery, optional
        Whether known parameters were found again.
    provenance : mapping, optional
        Written into ``calibration.json`` as it is.
    """

    kind, file = "calibrate", "calibration.json"

    def __init__(self, problem: Problem, estimate: Estimate, recovery: Recovery | None = None,
                 provenance: Mapping[str, Any] | None = None) -> None:
        self.problem, self.estimate, self.recovery = problem, estimate, recovery
        self.provenance = dict(provenance or {})
        self.scenarios = tuple(problem.scenarios)

    @classmethod
    def from_folder(cls, stored: Stored) -> Self:
        """The calibration that was saved into a folder: its tables and scenario file, without the runs."""
        made, found = cls.__new__(cls), {name: stored.document.get(name) for name in _OWN}
        if not isinstance(found["scenario_file"], str) or found["scenario_file"] not in stored.files:
            raise StoreError(f"{stored.folder}: the document names no scenario file of the folder")
        made._take(
            scenarios=stored_scenarios(stored), provenance=origin_of(stored, _OWN), found=found,
            fit=kept_table(stored, "fit", "target", ("title", "value", "spread", "model", "deviation", "fitted")),
            parameters=kept_table(stored, "parameters", "parameter", ("estimate", "low", "high", "learnt", "note")),
            recovered=stored.table("recovered") if "recovered" in stored.tables else _nothing_recovered(),
            scenario_file=(stored.folder / found["scenario_file"]).read_text(encoding="utf-8"))
        return made

    @cached_property
    def found(self) -> dict[str, Any]:
        """What is to be known of the fit beside its tables, as plain data: targets, points tried, distance, ..."""
        return {
            "scenario_file": f"{self.problem.name}.toml", "targets": self.problem.file.model_dump(),
            "measured": self.problem.measured, "distance": self.estimate.distance, "points": self.estimate.tried,
            "fit": self.fit.reset_index().to_dict("records"),
            "parameters": self.parameters.reset_index().to_dict("records"),
            "recovered": self.recovered.to_dict("records"),
            "correlation": np.round(self.estimate.correlation, 3).tolist(),
        }

    @cached_property
    def fit(self) -> "pd.DataFrame":
        """One row per target.

        Columns: ``title``, ``unit``, ``scenario``, ``value``, ``spread``, ``model``, ``error``, ``deviation``,
        ``fitted``, ``note``. ``model`` is the mean over replicates with its standard ``error``; ``deviation`` is in
        units of the spread; ``fitted`` tells targets that were fitted to from those that check; ``note`` marks those
        that the model is far from.
        """
        import pandas as pd

        problem, found = self.problem, self.estimate
        deviation = (found.mean - problem.values) / problem.spreads
        return pd.DataFrame({
            "title": [moment.title for moment in problem.moments], "unit": [moment.unit for moment in problem.moments],
            "scenario": [problem.scenarios[arm].name for arm in problem.arm],
            "value": problem.values, "spread": problem.spreads, "model": found.mean, "error": found.error,
            "deviation": deviation, "fitted": problem.fitted,
            "note": ["" if abs(one) <= MISSED else f"beyond {MISSED:g} spreads" if np.isfinite(one) else "no answer"
                     for one in deviation],
        }, pd.Index(problem.names, name="target"))

    def missed(self) -> str:
        """A sentence on fitted targets that the model is far from; "" where there are none."""
        rows = self.fit[self.fit["fitted"]]
        far = rows[rows["note"] != ""]
        if far.empty:
            return ""
        return (f"{len(far)} of {len(rows)} fitted targets are more than {MISSED:g} spreads off, so that this fit is "
                f"none: {', '.join(far.index)}; the model cannot show them together, or not with such spreads")

    @cached_property
    def parameters(self) -> "pd.DataFrame":
        """One row per parameter.

        Columns: ``unit``, ``estimate``, ``low``, ``high`` (95 %), ``sd``, ``from`` and ``to`` (the range tried),
        ``learnt``: one less the posterior spread over that of the range; ``note``: where data do not identify it.
        """
        import pandas as pd

        problem, found = self.problem, self.estimate
        return pd.DataFrame({
            "unit": [p.unit for p in problem.parameters], "estimate": found.point, "low": found.low,
            "high": found.high, "sd": found.sd, "from": problem.low, "to": problem.high, "learnt": found.learnt,
            "note": [self._note(k) for k in range(len(problem.parameters))],
        }, pd.Index(problem.varied, name="parameter"))

    def _note(self, k: int) -> str:
        names = self.problem.varied
        notes = ["on its bound"] if self.estimate.bound[k] else []
        if self.estimate.learnt[k] < LITTLE:
            notes.append("not identified")
        alike = [names[j] for j in range(len(names)) if j != k and abs(self.estimate.correlation[k, j]) > ALIKE]
        return "; ".join(notes + ([f"goes together with {', '.join(alike)}"] if alike else []))

    @cached_property
    def recovered(self) -> "pd.DataFrame":
        """Known parameters found again, one row per world and parameter; empty where none was asked for."""
        import pandas as pd

        names = pd.Index(self.problem.varied, name="parameter")
        if self.recovery is None:
            return _nothing_recovered()
        parts = [
            pd.DataFrame({"world": k, "truth": truth, "estimate": found.point, "low": found.low, "high": found.high,
                          "covered": hit}, names)
            for k, (truth, found, hit) in enumerate(
                zip(self.recovery.truth, self.recovery.estimates, self.recovery.covered, strict=True))
        ]
        return pd.concat(parts).reset_index()

    @cached_property
    def scenario_file(self) -> str:
        """Text of a scenario file that sets the parameters; another scenario takes it as its base.

        Over a scenario of the library it says only what is fitted; over a file everything stands in it, so that it can
        be read where that file is not.
        """
        problem = self.problem
        sections: dict[str, dict[str, Any]] = {"parameters": {}, "region": {}}
        for name, row in self.parameters.iterrows():
            section, _, key = str(name).rpartition(".")
            sections[section or "parameters"][key] = row
        words = {
            "title": f"Calibrated: {problem.file.title or problem.name}",
            "purpose": f"Parameters fitted to {int(problem.fitted.sum())} targets; "
                       f"sum of squared standardised deviations {self.estimate.distance:.2f}.",
            "source": f"alliancelab calibrate {problem.name}.targets.toml: measured as {problem.measured}, "
                      f"{problem.file.replicates} replicates from seed {problem.file.first_seed}.",
        }
        whole: dict[str, Any] = {}
        if problem.file.base.endswith(".toml"):
            whole = problem.base.as_dict()
            text = toml_text({name: part for name, part in whole.items() if name not in sections} | words)
        else:
            text = f'{toml_text(words)}base = "{problem.file.base}"\n'
        for section, fitted in sections.items():  # last of each section, so that those fitted stand together
            others = {key: value for key, value in (whole.get(section) or {}).items() if key not in fitted}
            text += toml_text({section: others}) if others else f"\n[{section}]\n" if fitted else ""
            for key, row in fitted.items():
                note = f"; {row['note']}" if row["note"] else ""
                text += f"{key} = {row['estimate']:.4g}  # {row['low']:.4g} to {row['high']:.4g}{note}\n"
        return text

    @property
    def plot(self) -> "CalibrationPlots":
        """Pictures, such as ``fit.plot.parameters()``."""
        return CalibrationPlots(self)

    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table that has rows, by name."""
        found = {"fit": self.fit, "parameters": self.parameters}
        return found | ({"recovered": self.recovered} if len(self.recovered) else {})

    def notes(self) -> list[str]:
        """Targets that the model is far from, where there are some."""
        return [f"{self.missed()}."] if self.missed() else []

    def document(self) -> dict[str, Any]:
        """Everything that is to be known of the calibration, as plain data."""
        return {**self.provenance, **self.found}

    def texts(self) -> dict[str, str]:
        """The scenario file by its name."""
        return {self.found["scenario_file"]: self.scenario_file}

    def page(self) -> Report:
        """Sections of the report."""
        return of_calibration(Content(self.document(), self.tables(), self.plot.all(), self.notes(), self.texts()))

    def __repr__(self) -> str:
        name = self.found["scenario_file"].removesuffix(".toml")
        return (f"Calibration({name!r}: {len(self.parameters)} parameters, {int(self.fit['fitted'].sum())} targets, "
                f"distance {self.found['distance']:.3g})")

    def _shown(self) -> "dict[str, pd.DataFrame]":
        return {"fit": self.fit, "parameters": self.parameters}


class CalibrationPlots(Plots):
    """Pictures of a calibration; each method returns a matplotlib Figure."""

    def __init__(self, fit: Calibration) -> None:
        self._fit = fit

    def parameters(self) -> "Figure":
        """Every parameter: the range tried, the estimate with its interval, how much was learnt."""
        from alliancelab.analysis.figures import calibration

        return calibration.parameters(self._fit.parameters)

    def all(self) -> "dict[str, Figure]":
        """The picture by its name."""
        return {"parameters": self.parameters()}


def _nothing_recovered() -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(columns=["parameter", "world", "truth", "estimate", "low", "high", "covered"])

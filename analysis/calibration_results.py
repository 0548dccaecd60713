"""What `calibrate` hands back: the fit of every target, what the data say of each parameter, and a scenario file.

Source: H5.
"""

from collections.abc import Mapping
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from alliancelab.scenarios import store
from alliancelab.scenarios.calibration import Estimate, Recovery
from alliancelab.scenarios.targets import Problem
from alliancelab.scenarios.toml_text import toml_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Calibration"]

LITTLE = 0.25  # of the prior spread taken away: what is learnt less does not identify a parameter
ALIKE = 0.7    # posterior correlation from which two parameters can stand for each other


class Calibration:
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

    def __init__(self, problem: Problem, estimate: Estimate, recovery: Recovery | None = None,
                 provenance: Mapping[str, Any] | None = None) -> None:
        self.problem, self.estimate, self.recovery = problem, estimate, recovery
        self.provenance = dict(provenance or {})

    @cached_property
    def fit(self) -> "pd.DataFrame":
        """One row a target.

        Columns: ``title``, ``unit``, ``scenario``, ``value``, ``spread``, ``model``, ``error``, ``deviation``,
        ``fitted``. ``model`` is the mean over replicates with its standard ``error``; ``deviation`` is in units of the
        spread; ``fitted`` tells targets that were fitted to from those that check.
        """
        import pandas as pd

        problem, found = self.problem, self.estimate
        return pd.DataFrame({
            "title": [moment.title for moment in problem.moments], "unit": [moment.unit for moment in problem.moments],
            "scenario": [problem.scenarios[arm].name for arm in problem.arm],
            "value": problem.values, "spread": problem.spreads, "model": found.mean, "error": found.error,
            "deviation": (found.mean - problem.values) / problem.spreads, "fitted": problem.fitted,
        }, pd.Index(problem.names, name="target"))

    @cached_property
    def parameters(self) -> "pd.DataFrame":
        """One row a parameter.

        Columns: ``unit``, ``estimate``, ``low``, ``high`` (95 %), ``sd``, ``from`` and ``to`` (the range tried),
        ``learnt``: one less the posterior spread over that of the range; ``note``: where data do not identify it.
        """
        import pandas as pd

        problem, found = self.problem, self.estimate
        return pd.DataFrame({
            "unit": [p.unit for p in problem.parameters], "estimate": found.point, "low": found.low,
            "high": found.high, "sd": found.sd, "from": problem.low, "to": problem.high, "learnt": found.learnt,
            "note": [self._note(k) for k in range(len(problem.parameters))],
        }, pd.Index([p.name for p in problem.parameters], name="parameter"))

    def _note(self, k: int) -> str:
        names = [p.name for p in self.problem.parameters]
        notes = ["on its bound"] if self.estimate.bound[k] else []
        if self.estimate.learnt[k] < LITTLE:
            notes.append("not identified")
        alike = [names[j] for j in range(len(names)) if j != k and abs(self.estimate.correlation[k, j]) > ALIKE]
        return "; ".join(notes + ([f"goes together with {', '.join(alike)}"] if alike else []))

    @cached_property
    def recovered(self) -> "pd.DataFrame":
        """One row a world and parameter: ``truth``, ``estimate``, ``low``, ``high``, ``covered``; empty without any."""
        import pandas as pd

        names = pd.Index([p.name for p in self.problem.parameters], name="parameter")
        if self.recovery is None:
            return pd.DataFrame(columns=["world", "truth", "estimate", "low", "high", "covered"])
        parts = [
            pd.DataFrame({"world": k, "truth": truth, "estimate": found.point, "low": found.low, "high": found.high,
                          "covered": hit}, names)
            for k, (truth, found, hit) in enumerate(
                zip(self.recovery.truth, self.recovery.estimates, self.recovery.covered, strict=True))
        ]
        return pd.concat(parts).reset_index()

    def scenario_file(self) -> str:
        """Text of a scenario file that sets the parameters: another scenario takes it as its base.

        Over a scenario of the library it says only what is fitted; over a file everything stands in it, so that it can
        be read where that file is not.
        """
        problem, table = self.problem, self.parameters
        words = {
            "title": f"Calibrated: {problem.file.title or problem.name}",
            "purpose": f"Parameters fitted to {int(problem.fitted.sum())} targets; "
                       f"sum of squared standardised deviations {self.estimate.distance:.2f}.",
            "source": f"alliancelab calibrate {problem.name}.targets.toml: measured as {problem.measured}, "
                      f"{problem.file.replicates} replicates from seed {problem.file.first_seed}.",
        }
        if problem.file.base.endswith(".toml"):
            told = problem.base.as_dict() | words
            others = {name: value for name, value in told.pop("parameters").items() if name not in table.index}
            text = toml_text({**told, "parameters": others})  # last, so that those fitted go on where it ends
        else:
            text = f'{toml_text(words)}base = "{problem.file.base}"\n\n[parameters]\n'
        for name, row in table.iterrows():
            note = f"; {row['note']}" if row["note"] else ""
            text += f"{name} = {row['estimate']:.4g}  # {row['low']:.4g} to {row['high']:.4g}{note}\n"
        return text

    def plot(self) -> "Figure":
        """Every parameter: the range tried, the estimate with its interval, how much was learnt."""
        from alliancelab.analysis import calibration_figures

        return calibration_figures.parameters(self.parameters)

    def save(self, folder: str | Path) -> Path:
        """Write tables, ``calibration.json``, the scenario file and the figure into a folder of results.

        Raises
        ------
        StoreError
            When the folder cannot be written.
        """
        with store.staged(folder) as place:
            store.write_table(place, "fit", self.fit)
            store.write_table(place, "parameters", self.parameters)
            if self.recovery is not None:
                store.write_table(place, "recovered", self.recovered)
            self.plot().savefig(place / "parameters.png", dpi=150)
            document = self.document()
            (place / document["scenario_file"]).write_text(self.scenario_file(), encoding="utf-8")
            store.write_json(place, "calibration.json", document)
        return Path(folder)

    def document(self) -> dict[str, Any]:
        """Everything that is to be known of the calibration, as plain data."""
        return {
            **self.provenance, "scenario_file": f"{self.problem.name}.toml",
            "targets": self.problem.file.model_dump(), "measured": self.problem.measured,
            "distance": self.estimate.distance, "points": self.estimate.tried,
            "fit": self.fit.reset_index().to_dict("records"),
            "parameters": self.parameters.reset_index().to_dict("records"),
            "recovered": self.recovered.to_dict("records"),
            "correlation": np.round(self.estimate.correlation, 3).tolist(),
        }

    def __repr__(self) -> str:
        return (f"Calibration({self.problem.name!r}: {len(self.problem.parameters)} parameters, "
                f"{int(self.problem.fitted.sum())} targets, distance {self.estimate.distance:.3g})")

    def _repr_html_(self) -> str:
        tables = (self.fit, self.parameters)
        return f"<b>{escape(repr(self))}</b>" + "".join(t.to_html(float_format="{:.4g}".format) for t in tables)

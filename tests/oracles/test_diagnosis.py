"""Recorded stages and vitality against what is recorded beside them."""

import numpy as np
import pytest

from alliancelab.agents.codes import Stage
from alliancelab.model.life_cycle import remembered_peak, stage
from alliancelab.model.simulation import simulate
from alliancelab.model.tables import ALLIANCES, table_type
from tests.support.oracles import PLENTY
from tests.support.worlds import small_setup, world_at


def test_the_recorded_stages_are_read_off_the_recorded_vitality_and_nothing_else():
    run = simulate(small_setup(22, parameters=PLENTY))
    p = world_at(small_setup(22, parameters=PLENTY), 0).parameters[0]
    begun = {}  # the first project of an alliance ends its formation
    for project in run.projects:
        begun.setdefault(int(project["alliance"]), int(project["started"]))
    changes = 0
    for alliance in range(len(run.alliances)):
        track = np.zeros(1, table_type(ALLIANCES))
        before = Stage.FORMATION
        for line in run.panel[run.panel["alliance"] == alliance]:
            vitality = float(line["vitality"])
            if line["age"] == 0:
                for column in ("smoothed", "past_year", "peak", "trough", "start"):
                    track[column] = vitality
            track["smoothed"] += p.smoothing * (vitality - track["smoothed"])
            track["peak"] = remembered_peak(track[0], p)
            track["trough"] = min(track["trough"][0], track["smoothed"][0])
            at_work_ = begun.get(alliance, 999) <= line["quarter"]
            now = Stage(stage(int(before), track[0], at_work_, p))
            assert now == line["stage"], f"alliance {alliance}, quarter {line['quarter']}"
            if now != before:
                if now in (Stage.GROWTH, Stage.REGROWTH):
                    track["start"] = track["trough" if now == Stage.REGROWTH else "smoothed"]
                    track["peak"] = track["smoothed"]
                if before not in (Stage.MATURITY, Stage.DECLINE):
                    track["trough"] = track["smoothed"]
            track["past_year"][0] = [*track["past_year"][0, 1:], track["smoothed"][0]]
            changes += now != before
            before = now
    assert changes > 30


def test_vitality_is_the_mean_of_the_six_dimensions_told():
    equal = {f"weight_{name}": 1.0
             for name in ("technology", "economics", "standing", "stability", "governance", "clarity")}
    run = simulate(small_setup(23, parameters=PLENTY | equal))
    six = ("technology_dimension", "economics", "standing", "stability", "governance", "clarity")
    mean = sum(run.panel[name] for name in six) / 6.0
    # A vote or a path may move an alliance after the diagnosis of its quarter; nothing that is told here.
    assert len(mean) > 200
    assert run.panel["vitality"] == pytest.approx(mean)

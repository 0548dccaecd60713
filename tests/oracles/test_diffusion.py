"""Who adopts, against slow and obvious Python; and the Bass equation as the mean-field limit."""

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from alliancelab.model import diffusion
from alliancelab.model.randomness import Process
from tests.support.oracles import NOW, living, luck
from tests.support.worlds import plain_setup, world_at

spread = diffusion.spread


def test_adopters_are_the_binomial_quantile_of_the_draw_and_each_closes_a_part_of_the_gap(busy):
    p = busy.parameters[0]
    adopted = 0
    for a in living(busy):
        world = busy.copy()
        world.parameters["spread_spontaneous"] = 0.2
        world.parameters["spill_over"] = 0.0
        for column in ("mandate", "rewarded", "shown", "confined"):
            world.alliances[column][a] = 0.0
        for column in ("enforcement", "antitrust", "warning", "promotion"):
            world.sectors[column] = 0.0
        home, sector = busy.alliances[a], busy.sectors[busy.alliances["sector"][a]]
        line = busy.lines[a, 0].copy()
        line["launched"] = world.lines["launched"][a, 0] = 0.8
        outsiders = int(sector["firm_count"] - home["firms"])
        rate = (0.2 + p.spread_imitation * line["diffusion"]) * 0.8
        waiting = max(outsiders - int(line["adopters"]), 0)
        count = int(stats.binom.ppf(luck(world, Process.DIFFUSION, NOW, home["key"], 0), waiting, rate))
        productivity = busy.organisations["productivity"].copy()
        quality = 0.8 * busy.fields["vintage"][home["sector"], line["field"]]
        for j in range(count):
            place = int(luck(world, Process.ADOPTERS, NOW, home["key"], 3 * j) * sector["firm_rows"])
            row = int(sector["first_firm"]) + place
            if busy.organisations["active"][row]:
                productivity[row] += p.adopters_absorb * max(quality - productivity[row], 0.0)
        spread(world, NOW, a, 0)
        assert world.lines["adopters"][a, 0] == pytest.approx(line["adopters"] + count)
        assert world.lines["diffusion"][a, 0] == pytest.approx(min((line["adopters"] + count) / outsiders, 1.0))
        assert world.organisations["productivity"] == pytest.approx(productivity)
        adopted += count
    assert adopted > 5


def distance_from_bass(firms, quarters=40, runs=60, innovation=0.01, imitation=0.2):
    """Outsiders, and the root mean square distance of single runs from the Bass equation, which their mean follows."""
    setup = plain_setup(
        3, sizes={"firms": firms, "sectors": 1},
        parameters={"initiation_rate": 1.0, "need_threshold": 0.0, "spread_spontaneous": innovation,
                    "spread_imitation": imitation},
    )
    start = world_at(setup, 12)
    a = living(start)[0]
    start.lines["launched"][a, 0] = 1.0
    start.lines["adopters"][a, 0] = start.lines["diffusion"][a, 0] = 0.0
    outsiders = int(start.sectors["firm_count"][0] - start.alliances["firms"][a])
    followed = np.zeros((runs, quarters))
    for run in range(runs):
        world = start.copy()
        world.seed[0] = run
        for quarter in range(quarters):
            spread(world, quarter, a, 0)
            followed[run, quarter] = world.lines["diffusion"][a, 0]
    bass, level = [], 0.0
    for _ in range(quarters):
        level += (innovation + imitation * level) * (1.0 - level)
        bass.append(level)
    assert 0.9 < bass[-1] < 1.0
    error = followed.std(axis=0, ddof=1) / sqrt(runs)
    # Beyond chance the mean of a finite population lags the equation by the order of one over its size.
    assert (np.abs(followed.mean(axis=0) - bass) < 4.0 * error + 3.0 / outsiders).all()
    return outsiders, sqrt(np.mean((followed - bass) ** 2))


def test_adoption_follows_the_bass_equation_with_an_error_that_falls_as_the_root_of_the_number_of_firms():
    sizes, errors = zip(*(distance_from_bass(firms) for firms in (150, 600, 2400)), strict=True)
    slope = np.polyfit(np.log(sizes), np.log(errors), 1)[0]
    assert -0.7 < slope < -0.35, (sizes, errors)  # minus one half, from three noisy points

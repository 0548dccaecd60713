"""What causes what in the two regional systems: paired effects, each at a stated cost, on common random numbers.

Intervals are 99 %, of paired differences over replicates.
"""

from functools import cache

import numpy as np
import pytest

from alliancelab.agents.codes import FirmStage, Kind
from alliancelab.model.accounts import Flow
from alliancelab.model.initialise import new_world
from alliancelab.model.regional import REGIONAL
from alliancelab.model.regional.codes import Carrier, Grade, Service
from alliancelab.model.regional.incubation import spin_off
from alliancelab.model.regional.indicators import INDICATORS
from alliancelab.model.regional.initialise import new_region
from alliancelab.model.simulation import run_quarter, simulate
from alliancelab.model.step import steps_of
from alliancelab.scenarios.scenario import load
from alliancelab.scenarios.scorecard import kept, years_of
from tests.support.bench import plain
from tests.support.experiments import interval
from tests.support.regional import CLUSTER, after, apart, lowers, mean, raises, runs

CLUSTERS = "dongying"
BUREAU = "county_bureau"
MANY = 96  # replicates of the county, which takes a tenth of a second a run

ENDED = {"matching__until": 2009.0}
OFF = {f"{name}__until": 2009.0 for name in ("matching", "county_projects", "applications")}
"""Programmes end with the report year: the region's past, by which firms elsewhere are measured, is the same."""
FLAT = {f"region__worth_{stage.name.lower()}_{service.name.lower()}": 0.63
        for stage in FirmStage for service in Service}
CHAIN = {"technology_transfer__chain": 0.25, "technology_transfer__budget": 10.0}
FOUNDERS = {"incubation__subsidy": 0.5, "incubation__budget": 1000.0}
EXCHANGE = {"internationalisation__exchange": 1.0, "internationalisation__budget": 20.0}

# (rows, scenario, before, after, indicator, direction, most that it costs in million yuan a year)
EFFECTS = [
    ("F1", CLUSTERS, {}, CHAIN, "stated_need", 1, 10.0),
    ("F2", CLUSTERS, FLAT, {}, "worth", 1, 10.0),
    ("F3, F1", CLUSTERS, {}, FOUNDERS, "incubated", 1, 30.0),
    ("F7", CLUSTERS, {"stage_finance__guarantee": 0.0}, {"stage_finance__guarantee": 1.0}, "lent", 1, 2.0),
    ("F7", CLUSTERS, {"stage_finance__cover": 0.0}, {"stage_finance__cover": 1.0}, "private_stakes", 1, 5.0),
    ("F7", CLUSTERS, {"stage_finance__seed": 0.0, "stage_finance__venture": 0.0, "stage_finance__equity": 0.0}, {},
     "productivity", 1, 60.0),
    ("F8", CLUSTERS, {"talent_programme": False}, {}, "patents_filed", 1, 20.0),
    ("F8", CLUSTERS, {"talent_programme": False}, {}, "contract_value", 1, 20.0),
    ("F8, G6", BUREAU, {"talent_programme": False}, {}, "patents_filed", 1, 3.0),
    ("F9", CLUSTERS, {"internationalisation": False}, {}, "exports", 1, 5.0),
    ("F9", CLUSTERS, {"internationalisation__exchange": 0.0}, EXCHANGE, "foreign_contracts", 1, 5.0),
    ("F9", CLUSTERS, {"internationalisation__exchange": 0.0}, EXCHANGE, "productivity", 1, 5.0),
    ("F10", "dongying_expansion", {"expansion": False}, {}, "incubated", 1, 30.0),
    ("G1", BUREAU, {"county_projects": False}, {}, "filed_city", 1, 10.0),
    ("G1", BUREAU, {"region__ladder": 1.0}, {"region__ladder": 0.0}, "filed_nation", -1, 1.0),
    ("G2, G7", BUREAU, ENDED, {}, "output_all", 1, 3.0),
    ("G1, G7", BUREAU, OFF, {}, "output_all", 1, 12.0),
    ("G7, G3", BUREAU, OFF, {}, "output", 1, 12.0),
    ("G3", BUREAU, {"certification": False}, {}, "output", 1, 2.0),
    ("G3", BUREAU, {"certification": False}, {}, "certified_new_province", 1, 2.0),
    ("G5", BUREAU, {"responsibility": False}, {}, "patents_filed", 1, 2.0),
    ("G7", BUREAU, {"doubling_plan": False}, {"doubling_plan__support": 0.1, "doubling_plan__budget": 10.0},
     "output_share", 1, 10.0),
    ("G7", BUREAU, {"doubling_plan": False}, {"doubling_plan__support": 0.1, "doubling_plan__budget": 10.0},
     "output_all", 1, 10.0),
    ("G2", BUREAU, {"matching__experts": 0.0}, {"matching__experts": 100.0, "matching__budget": 5.0}, "agreements", 1,
     2.0),
    ("G3", BUREAU, {"certification__award": 0.0, "certification__budget": 5.0},
     {"certification__award": 0.1, "certification__budget": 5.0}, "certified_tried", 1, 4.0),
    ("G3", BUREAU, {"certification__centre_award": 0.0}, {"certification__centre_award": 5.0}, "technology_new", 1,
     1.0),
    ("G3", BUREAU, {"certification__centres": 0.0}, {"certification__centres": 1.0, "certification__budget": 3.0},
     "technology_new", 1, 1.0),
    ("G4", BUREAU, {"patent_programme__subsidy": 0.0},
     {"patent_programme__subsidy": 0.005, "patent_programme__budget": 9.0}, "patents_filed", 1, 6.0),
    ("G4", BUREAU, {"patent_programme__pilot": 0.0}, {"patent_programme__pilot": 1.0}, "paid_province", 1, 1.0),
]


@pytest.mark.parametrize("rows, scenario, before, after, indicator, direction, most", EFFECTS,
                         ids=[f"{line[0]} {line[4]}" for line in EFFECTS])
def test_a_lever_moves_what_it_acts_on_at_a_cost_that_is_stated(rows, scenario, before, after, indicator, direction,
                                                                most):
    """Rows: F1, F2, F3, F7, F8, F9, F10, G1, G2, G3, G4, G5, G6, G7."""
    count = MANY if scenario == BUREAU else 16
    low, high = apart(scenario, indicator, before, after, count)
    assert direction * (low if direction > 0 else high) > 0
    cost = mean(runs(scenario, count, **after), "outlay") - mean(runs(scenario, count, **before), "outlay")
    assert cost.mean() < most


INSTRUMENTS = {i.name: BUREAU if any(row.startswith("G") for row in i.rows) else CLUSTERS for i in REGIONAL}
STRONG = {"patent_programme": {"patent_programme__subsidy": 0.05}, "certification": {"certification__award": 0.5},
          "matching": {"matching__experts": 200.0}, "expansion": {"expansion__pace": 2.0},
          "stage_finance": {"stage_finance__guarantee": 1.0, "stage_finance__loans": 200.0}}


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_an_instrument_that_nobody_pays_for_does_nothing(name):
    """Section 5, a region: what is promised counts as far as the year's money reaches."""
    scenario = INSTRUMENTS[name]
    off, = runs(scenario, 1, **{name: False})
    unpaid, = runs(scenario, 1, **STRONG.get(name, {}), **{f"{name}__budget": 1e-9})
    for column in off.region.indicators.dtype.names:
        np.testing.assert_allclose(unpaid.region.indicators[column], off.region.indicators[column], rtol=1e-5,
                                   atol=1e-5, err_msg=f"{name}: {column}")


def shares(times):
    """Share of the nation at the end, of clusters whose firms all get `times` their technology in the first year."""
    found = []
    for seed in range(12):
        setup = load(CLUSTERS, CLUSTER).setup(seed)
        world = new_world(setup, recorded=False)
        region = new_region(setup.region, world)
        steps = steps_of(setup, region=region)
        for tick in range(setup.sizes["quarters"]):
            if tick == setup.sizes["warm_up"]:
                firms = world.organisations["kind"] == Kind.FIRM
                world.organisations["productivity"][firms] *= times
            run_quarter(world, steps, tick)
        found.append(region.indicators["revenue"][-1] / region.indicators["national"][-1])
    return np.array(found)


def test_better_technology_in_all_firms_raises_the_clusters_share_of_the_nation():
    """Rows: F11, F2."""
    low, high = interval(shares(1.2) - shares(1.0), 0.99)
    print(f"national share, technology times 1.2: [{low:.4g}, {high:.4g}]")
    assert low > 0


def test_stage_finance_does_not_lower_the_revenue_of_the_cluster():
    """Rows: F7."""
    assert apart(CLUSTERS, "revenue", {"stage_finance": False}, {})[1] > 0


def test_neighbours_in_the_chain_who_are_brought_together_found_more_alliances():
    """Rows: F1. Few alliances are founded in a third of the cluster: it takes many pairs, and meetings of all firms."""
    before, after = ({"technology_transfer__chain": strength, "technology_transfer__budget": 60.0}
                     for strength in (0.0, 1.0))
    assert raises(CLUSTERS, "founded", before, after, 64)


def test_private_money_gives_way_to_much_public_money():
    """Rows: F7. Of a yuan of public money, less private money joins where ten times as much is there."""
    ratios = []
    for times in (1.0, 10.0):
        funds = {f"stage_finance__{name}": times * base for name, base in
                 (("seed", 5.0), ("venture", 20.0), ("equity", 30.0))} | {"stage_finance__budget": 600.0}
        totals = [run.region.indicators for run in runs(CLUSTERS, **funds)]
        ratios.append(np.array([table["joined"].sum() / table["invested"].sum() for table in totals]))
    assert interval(ratios[1] - ratios[0], 0.99)[1] < 0


def test_of_fifty_stations_at_odds_of_one_half_about_half_are_approved():
    """Rows: F3."""
    changes = {"region.panel_slope": 0.0, "research_platforms.postdoc_station": 200.0,
               "research_platforms.budget": 2000.0, "world.warm_up": 20, "world.quarters": 21}
    built = [simulate(load(CLUSTERS, changes).setup(seed), record=False).region.indicators["built"]
             [20, Carrier.POSTDOC_STATION] for seed in range(8)]
    assert 22 <= np.mean(built) <= 28


def test_correction_lifts_a_lagging_line_at_equal_outlay():
    """Rows: F4. Talents lag far behind their target; outlay as a whole changes by less than a twentieth."""
    corrected = {"correction__speed": 1.0, "correction__budget": 1.0}
    assert apart(CLUSTERS, "regional_talent", {}, corrected)[0] > 0
    before, after = (mean(runs(CLUSTERS, **changes), "outlay").mean() for changes in ({}, corrected))
    assert abs(after / before - 1.0) < 0.05


def test_correction_lifts_patents_of_the_county_less_where_a_target_out_of_reach_takes_the_money():
    """Rows: F4 (and its harm). No money brings the output that the doubling plan aims at."""
    corrected = {"correction__speed": 1.0, "correction__budget": 5.0}
    gains = []
    for plan in ({"doubling_plan": False}, {}):
        before, after = (mean(runs(BUREAU, 24, **plan, **more), "patents_filed") for more in ({}, corrected))
        gains.append(after - before)
    assert interval(gains[0], 0.99)[0] > 0
    assert interval(gains[1] - gains[0], 0.99)[1] < 0


@pytest.mark.parametrize(("subsidy", "luck", "born", "knowing"), [
    (0.0, 0.7, True, True), (0.0, 0.9, False, False), (0.5, 0.9, True, False), (0.5, 1.6, False, False),
])
def test_founders_who_come_for_a_subsidy_bring_no_knowledge(subsidy, luck, born, knowing):
    """Rows: F3 (and its harm), F1. Luck is in units of the odds that full knowledge gives; `founder_pay` doubles it."""
    world, region = after(load(CLUSTERS, CLUSTER).setup(0), 8)
    region.numbers["founder_pay"] = 0.5
    research = world.organisations["kind"] != Kind.FIRM
    world.organisations["reputation"][research] = 0.8
    vacant = np.flatnonzero((world.organisations["sector"] == 0) & ~world.organisations["active"] & ~research)[0]
    luck *= region.numbers["spin_offs"][0]
    plain(spin_off, luck=luck)(world, region, 8, 1.0, subsidy)
    firm = world.organisations[vacant]
    assert firm["active"] == born
    if born:
        usual = world.sectors["mean_productivity"][0] * (0.7 + 0.6 * luck)
        assert firm["productivity"] == pytest.approx(usual * (1.0 if knowing else 0.8))


def test_people_of_upper_programmes_are_paid_by_upper_levels():
    """Rows: G6, F8. The region pays for applying, the award comes from province or nation."""
    changes = {"talent_programme.regional": 0.0, "talent_programme.provincial": 40.0, "region.talent_constant": 5.0,
               "matching": False}
    run = simulate(load(BUREAU, changes).setup(0), record=False)
    ledger = run.ledger.sum(axis=0)
    came = run.region.indicators["arrived"][:, Grade.PROVINCIAL].sum()
    assert came > 0 and ledger[Flow.TALENT_AWARD] == 0.0
    assert ledger[Flow.PROVINCE_GRANT] >= came * 1.0  # half a million yuan for each grade


def test_nothing_of_the_system_serves_industries_that_are_not_opened():
    """Rows: F10."""
    for run in runs(CLUSTERS):
        outside = run.organisations["sector"] > 0
        clients = run.region.clients
        assert not (clients["place"][outside] >= 0).any() and not clients["talent"][outside].any()
        assert not clients["projects"][outside].any()


def test_a_firm_certified_anew_adds_no_output_by_the_certificate_alone():
    """Rows: G3, G7. Without products nothing of what certified firms sell counts as high-tech."""
    bare = {"region.certified_output": 0.0, "region.certified_high_tech": 0.0, "region.product_rate": 0.0,
            "region.project_product": 0.0, "region.agreement_product": 0.0, "region.centre_product": 0.0,
            "region.conversion_most": 0.0}
    run = simulate(load(BUREAU, bare | {"scorecard.output": False, "scorecard.output_share": False}).setup(0),
                   record=False)
    assert run.region.indicators["certified"][-1] > 20
    assert run.region.indicators["certified_output"].max() == 0.0


def test_departments_are_held_to_targets_as_townships_are():
    """Rows: G5."""
    run = simulate(load(BUREAU).setup(0), record=False)
    assert (run.region.departments["effort"] > run.region.numbers["effort_start"][0]).all()
    assert run.region.departments["target"].sum() > 0


def test_a_refused_host_refuses_nobody_else():
    """Rows: F3. Where many stations are asked for in one year, approval goes on host by host."""
    many = {"research_platforms__postdoc_station": 60.0, "research_platforms__academician_station": 0.0,
            "research_platforms__engineering_centre": 0.0, "research_platforms__technology_centre": 0.0,
            "research_platforms__key_laboratory": 0.0, "research_platforms__budget": 2000.0}
    for run in runs(CLUSTERS, 6, **many):
        built = run.region.indicators["built"][:, Carrier.POSTDOC_STATION]
        assert built[built > 0].max() >= 3, "a quarter's stations go to several hosts"
        assert built.sum() > 20


def test_more_own_projects_reach_weaker_applications():
    """Rows: G6, G1."""
    pressed = {"responsibility__strictness": 1.0, "responsibility__verification": 0.0}  # many file for the count
    many = pressed | {"county_projects__number": 150.0, "county_projects__budget": 20.0}
    assert raises(BUREAU, "approved_own", pressed, many)
    shares = []
    for changes in (pressed, many):
        recordings = runs(BUREAU, **changes)
        first = recordings[0].setup.sizes["warm_up"]
        shares.append(np.array([run.region.indicators["completed"][first:, 0].sum()
                                / run.region.indicators["approved"][first - 6:-6, 0].sum() for run in recordings]))
    assert interval(shares[1] - shares[0], 0.99)[1] < 0


def test_the_doubling_plan_raises_high_tech_output_at_falling_returns():
    """Rows: G7."""
    gains = []
    for support in (0.1, 10.0, 100.0):
        plan = {"doubling_plan__support": support, "doubling_plan__budget": 100_000.0}
        assert raises(BUREAU, "output", {"doubling_plan": False}, plan)
        gain = mean(runs(BUREAU, **plan), "output") - mean(runs(BUREAU, doubling_plan=False), "output")
        gains.append(gain.mean() / support)
    assert min(gains[:2]) > gains[2]


STEADY = {CLUSTERS: ("alliances", "filed_upper", "national_share", "backbone_agencies"),
          BUREAU: ("alliances", "filed_upper", "backbone_agencies", "output_all")}
DRIFTS = {(CLUSTERS, "above_scale"): -7.0}
"""What does not stand still: change by the last year, mean of 144 replicates, told in docs/regional.md."""


@cache
def trends(scenario, first, count):
    """Changes from the base year to the last by indicator, one a seed, where policy stays as it is."""
    names = (*STEADY[scenario], *(name for place, name in DRIFTS if place == scenario))
    changes = {name: [] for name in names}
    chosen = load(scenario)
    start, *_, end = (int(year) for year in years_of(chosen))
    for seed in range(first, first + count):
        run = simulate(kept(chosen, chosen.setup(seed)), record=False)
        for name in names:
            changes[name].append(INDICATORS[name].value(run, end) - INDICATORS[name].value(run, start))
    return {name: np.array(found) for name, found in changes.items()}


@pytest.mark.parametrize("scenario, first, count, level", [
    (CLUSTERS, 200, 6, 0.99), (BUREAU, 200, 144, 1.0 - 0.05 / 4),
    pytest.param(CLUSTERS, 200, 24, 0.95, marks=pytest.mark.slow)])
def test_what_runs_start_from_stands_still_under_constant_policy(scenario, first, count, level):
    """Rows: F11, G8. What does drift is as docs/regional.md tells, which has what is left over many more seeds.

    The county's four lines are tested together at 95 %: at 95 % each one in five such tests would fail by chance.

    The causes were searched for on lower seeds, but these were looked at, too, when the reversion of sizes was chosen.
    """
    found = {name: interval(values, level) for name, values in trends(scenario, first, count).items()}
    print(scenario, {name: f"[{low:.4g}, {high:.4g}]" for name, (low, high) in found.items()})
    assert all(found[name][0] < DRIFTS.get((scenario, name), 0.0) < found[name][1] for name in found)


def test_firms_that_fail_cost_a_region_no_share_of_the_nation_if_they_fail_elsewhere_too():
    """Rows: F11. What firms elsewhere leave unserved stands against what firms here are expected to lose."""
    for run in runs(CLUSTERS, 4):
        assert (run.region.industries["left"] > 0).all()


def test_a_step_of_the_ladder_counts_for_some_years():
    """Rows: G1."""
    short, long = {"region__ladder_years": 1.0}, {"region__ladder_years": 20.0}
    assert raises(BUREAU, "filed_province", short, long)


def test_centres_of_firms_that_fall_behind_close():
    """Rows: G3, F3. Where they are assessed more often fewer are open, though no fewer are founded."""
    often, never = {"region__centre_years": 0.5, "region__certify_bar": 0.4}, {
        "region__centre_years": 100.0, "region__certify_bar": 0.4}
    kept_open = [np.array([run.region.indicators["carriers"][-1, Carrier.TECHNOLOGY_CENTRE]
                           for run in runs(BUREAU, **changes)]) for changes in (often, never)]
    assert interval(kept_open[1] - kept_open[0], 0.99)[0] > 0
    assert not lowers(BUREAU, "technology_new", never, often)

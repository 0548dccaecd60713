"""Agents and alliances of the Mesa model read the tables, and what they are asked the rules answer."""

from copy import deepcopy

import numpy as np
import pytest

from alliancelab.agents import firm_rules, organisation_rules
from alliancelab.agents.alliance import Alliance
from alliancelab.agents.codes import Kind, Path, Reason, Stage
from alliancelab.agents.government import Government
from alliancelab.agents.organisations import Firm, Organisation
from alliancelab.agents.views import Column, Field, total
from alliancelab.model import membership, tables
from alliancelab.model.accounts import Count
from alliancelab.model.policy import reengineering
from alliancelab.model.policy.startup_subsidy import promised
from alliancelab.model.simulation import recording_of
from tests.support.mesa import after, keys_of, small

admit, diagnose = membership.admit, reengineering.diagnose


@pytest.fixture(scope="module")
def grown():
    """A model in the middle of its life, not to be stepped."""
    return after(45)


@pytest.mark.parametrize(("view", "columns"), [
    (Organisation, tables.ORGANISATIONS), (Firm, tables.ORGANISATIONS), (Government, tables.GOVERNMENT),
    (Alliance, tables.ALLIANCES), (Field, tables.FIELDS),
])
def test_every_attribute_read_from_a_table_is_a_column_of_it(view, columns):
    named = {name for name, value in vars(view).items() if isinstance(value, Column)}
    assert named and named <= {column.name for column in columns}


def test_an_agent_reads_its_row_and_refuses_to_be_set(grown):
    firm = next(iter(grown.agents_by_type[Firm]))
    row = grown.world.organisations[firm.row]
    assert (firm.funds, firm.stage, firm.kind) == (row["funds"], row["stage"], Kind.FIRM)
    assert firm.age == 45 - row["born"]
    firm.expertise[:] = 0.0
    assert firm.expertise.tolist() == row["expertise"].tolist() != [0.0] * tables.CLASSES
    with pytest.raises(AttributeError, match="change a lever"):
        firm.funds = 1.0


def test_agents_follow_births_and_failures():
    model = small()
    seen = {agent.row: agent for agent in model.organisations}
    failed = born = 0
    while model.running:
        model.step()
        table = model.world.organisations
        assert keys_of(model) == set(table["key"][table["active"]].tolist())
        now = {agent.row: agent for agent in model.organisations}
        for row, agent in seen.items():
            if agent.exists:
                assert now[row] is agent
            else:
                failed += 1
                assert agent not in model.agents
                with pytest.raises(LookupError, match="is no more"):
                    agent.funds  # noqa: B018
        for row, agent in now.items():
            if seen.get(row) is not agent:
                born += 1
                assert isinstance(agent, Firm) and agent.age == 1
        seen = now
    assert failed > 5 and born > 5


def test_membership_reads_the_same_from_both_sides(grown):
    assert grown.alliances
    for alliance in grown.alliances:
        assert len(alliance.members) == len(alliance.seats) == alliance.size
        assert all(alliance in member.alliances for member in alliance.members)
        assert alliance.firms == sum(isinstance(member, Firm) for member in alliance.members)
        for member in alliance.members:
            assert set(member.partners) >= set(alliance.members) - {member}
            assert member not in member.partners


def test_an_alliance_is_readable(grown):
    curve = grown.world.curves[44]
    stages = [alliance.stage for alliance in grown.alliances]
    assert all(isinstance(stage, Stage) for stage in stages)
    assert [stages.count(stage) for stage in Stage] == [curve[stage.name.lower()] for stage in Stage]
    alliance = grown.alliances[0]
    assert alliance == grown.alliance(alliance.row) and len({alliance, grown.alliance(alliance.row)}) == 1
    assert alliance.stage.name.lower() in repr(alliance)
    assert alliance.field.share == grown.world.fields[alliance.sector, alliance.field.number]["share"]
    assert alliance.alive and alliance.reason is Reason.ALIVE


def test_an_ended_alliance_shows_its_last_state_and_invites_nobody():
    model = after(60)
    row = int(np.flatnonzero(model.recording.alliances["ended"] >= 0)[0])
    alliance = model.alliance(row)
    assert not alliance.alive and alliance not in model.alliances and alliance.reason is not Reason.ALIVE
    assert alliance.members == [] and alliance.age == alliance.ended - alliance.founded
    with pytest.raises(LookupError, match="invites nobody"):
        alliance.invitation()


def test_the_ledger_of_the_government_is_that_of_the_run(grown):
    ledger = grown.government.ledger
    assert ledger.shape == (45, len(grown.flows))
    assert ledger.to_numpy().tobytes() == recording_of(grown.world, grown.setup).ledger[:45].tobytes()
    paid = [flow.column for flow in grown.flows if flow.instrument]
    assert grown.government.outlay == pytest.approx(ledger[paid].iloc[-1].sum())
    assert grown.government.budget == sum(grown.government.budgets.values()) > 0.0
    for name, spent in grown.government.spent.items():
        assert 0.0 <= spent <= grown.government.budgets[name] + 1e-9


def test_an_evaluation_is_the_chance_with_which_the_model_lets_a_candidate_in(grown):
    """The process of membership, on a copy of the world, admits just below the probability and refuses just above."""
    p, tick, tried = grown.parameters, grown.quarter, 0
    best = np.empty(tables.CLASSES)
    for alliance in grown.alliances:
        invitation = alliance.invitation()
        for firm in grown.agents_by_type[Firm]:
            gain = organisation_rules.coverage_gain(firm.record, invitation.weights, invitation.best)
            taken = firm.sector != alliance.sector or firm in alliance.members or gain < p.entry_gain
            if taken or not firm.has_room():
                continue
            chance = firm.evaluate(invitation)
            assert not admit(deepcopy(grown.world), tick, alliance.row, firm.row, best, chance)
            other = deepcopy(grown.world)
            other.counts[Count.RECORD] = 0  # the copy has no spare rows for a record of who joins
            assert admit(other, tick, alliance.row, firm.row, best, np.nextafter(chance, 0.0))
            tried += 1
            if tried == 40:
                return
    assert tried > 20


def test_a_label_attracts(grown):
    alliance = grown.alliances[0]
    for agent in grown.organisations:
        assert agent.evaluate(alliance.invitation(label=1.0)) > agent.evaluate(alliance.invitation(label=0.0))


def test_an_initiation_hazard_is_that_of_the_rule(grown):
    p = grown.parameters
    for firm in grown.agents_by_type[Firm]:
        subsidy = promised(grown.world, grown.quarter, firm.sector)
        sector = grown.world.sectors[firm.sector]
        loss = firm_rules.public_loss(sector.mandate, sector.public_belief, p)
        hazard = firm_rules.initiation_hazard(firm.record, subsidy, loss, p)
        assert firm.initiation_hazard() == (hazard if firm.has_room() else 0.0)
        assert 0.0 <= firm.failure_hazard() <= 1.0
        assert 0.0 < firm.evaluate(firm.invitation(firm.fields[-1])) < 1.0
        assert all(np.isfinite(firm.appeal(field)) for field in firm.fields)


def test_members_engage_by_the_rule(grown):
    for alliance in grown.alliances:
        for seat in alliance.seats:
            member, p = seat.member, grown.parameters
            record = alliance.seat_of(member)
            if seat.projects == 0:
                assert member.exit_hazard(alliance) == organisation_rules.exit_hazard(record, alliance.record, p)
            assert member.satisfaction(alliance) == seat.satisfaction
        assert 0.0 <= alliance.dispute_hazard() <= 1.0


def test_sums_add_one_number_after_the_other():
    values = np.array([1.0, 1e100, 1.0, -1e100] * 3)
    by_hand = 0.0
    for value in values:
        by_hand += value
    assert total(values) == by_hand == 0.0


def test_an_outsider_has_no_seat(grown):
    alliance = grown.alliances[0]
    outsider = next(firm for firm in grown.agents_by_type[Firm] if alliance not in firm.alliances)
    with pytest.raises(LookupError, match="is no member"):
        outsider.satisfaction(alliance)


def test_acquaintances_exist_and_are_those_remembered(grown):
    remembered = 0
    for agent in grown.organisations:
        rows = set(agent.record["partner_rows"].tolist())
        assert all(other.exists and other.row in rows for other in agent.acquaintances)
        remembered += len(agent.acquaintances)
    assert remembered > 10


def test_the_government_sees_what_its_diagnosis_would_see(grown):
    for alliance in grown.alliances:
        seen = np.empty(tables.DIMENSIONS)
        effort = diagnose(deepcopy(grown.world), grown.quarter, alliance.row, seen)
        assert grown.government.observe(alliance, effort).tolist() == seen.tolist()
    with pytest.raises(ValueError, match="from 0 to 1"):
        grown.government.observe(alliance, 2.0)


def test_the_government_ranks_alliances(grown):
    for alliance in grown.alliances:
        assert 0.0 <= grown.government.pilot_score(alliance) <= 1.0
        assert 0.0 < grown.government.rescue_odds(alliance, Path.REFOCUS) < 1.0

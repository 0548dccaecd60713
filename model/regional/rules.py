"""Rules of the regional systems on single rows: worth of services, capability, willingness, odds."""

from math import exp, log

from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.agents.organisation_rules import sigmoid
from alliancelab.model.regional.codes import Service
from alliancelab.model.tables import CLASSES

__all__ = [
    "approval_odds", "attraction", "bank_odds", "capability", "command", "exit_multiple", "fund_fit",
    "investment_effect", "leaving_hazard", "private_share", "worth",
]


@compiled
def worth(client, values, q):
    """Worth of the services that a firm has: their sum, and what each is worth more beside each other.

    `values` is the worth of each service in the firm's stage, shape (5,). Source: F2, F6.
    """
    total = 0.0
    for v in range(len(values)):
        here = values[v] * client.served[v]
        total += here
        for w in range(v + 1, len(values)):
            total += q.complement * here * values[w] * client.served[w]
    return total


@compiled
def command(organisation, demand):
    """Expertise of an organisation in what its sector's market asks for, in [0, 1]; `demand` has shape (CLASSES,)."""
    total = 0.0
    for d in range(CLASSES):
        total += demand[d] * organisation.expertise[d]
    return total


@compiled
def capability(organisation, client, sector, q):
    """Capability of a firm to carry projects and certificates, in [0, 1]. Source: G1, G3."""
    technology = min(organisation.productivity / sector.best_practice, 1.0)
    partner = max(client.served[Service.KNOWLEDGE], min(client.agreements, 1.0))
    total = (
        q.able_technology * technology
        + q.able_expertise * command(organisation, sector.demand)
        + q.able_record * client.record
        + q.able_partner * partner
    )
    return min(total, 1.0)


@compiled
def approval_odds(quality, bar, trust, q):
    """Odds that a panel approves: quality against a bar, higher where applications have been weak. Source: G1."""
    return sigmoid(q.panel_slope * (quality - bar - q.distrust * (1.0 - trust)))


@compiled
def fund_fit(fund, stage, q):
    """How well a form of finance suits a firm's stage: fully one, less by each stage apart. Source: F7."""
    return q.misfit ** abs(fund - stage)


@compiled
def investment_effect(spent, size, fit):
    """Part of an investment's full effect: falling returns in money over size, times fit. Source: F7, G7."""
    return fit * (1.0 - exp(-spent / max(size, 1e-9)))


@compiled
def bank_odds(guarantee, relative, q):
    """Odds that a bank lends: they rise with the guarantee and fall with technology below the sector's mean.

    Source: F7.
    """
    return sigmoid(q.bank_constant + q.bank_guarantee * guarantee - q.bank_risk * max(1.0 - relative, 0.0))


@compiled
def private_share(relative, cover, outstanding, q):
    """Private money that joins a yuan of public money: for good firms, covered risk, and what is left of good firms.

    Source: F7.
    """
    shared = q.private_alone + (1.0 - q.private_alone) * cover
    return q.private_ratio * min(relative, 2.0) * shared * q.private_market / (q.private_market + outstanding)


@compiled
def exit_multiple(size, before, q):
    """What a stake brings for a yuan: the growth of the firm since. Source: F7."""
    return min(size / max(before, 1e-9), q.multiple_most)


@compiled
def attraction(organisation, client, sector, award, grade, q):
    """Logit of a person to come to a host: the award, what there is to work on, rarity of the grade. Source: F8."""
    level = min(organisation.productivity / sector.best_practice, 1.0) if organisation.kind == Kind.FIRM else 1.0
    host = level * (1.0 - q.talent_station) + q.talent_station * client.served[Service.TALENT]
    return q.talent_constant + q.talent_award * log(1.0 + award) + q.talent_host * host - q.talent_rare * grade


@compiled
def leaving_hazard(used, kept, q):
    """Quarterly hazard that a person leaves: falls with being used well and with retention. Source: F8."""
    return q.talent_leave * exp(-q.talent_slope * used) * (1.0 - q.retention_effect * kept)

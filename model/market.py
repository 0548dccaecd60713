"""Process 7: products compete, sales are shared among members, and the alliance's purse pays for managing it."""

from alliancelab.agents.alliance_rules import dominance
from alliancelab.agents.codes import Kind
from alliancelab.agents.compiled import compiled
from alliancelab.model.accounts import Count, Flow

__all__ = ["market"]


@compiled
def strength(alliance, line, p):
    """Weight of a line's products in their market: squared quality used, more with help to enter it. Source: D2."""
    return line.launched * line.launched * (1.0 + p.entry_effect * alliance.entry)


@compiled
def compete(world):
    """Add up the quality used and imitated in every field: what each alliance's product competes with.

    What is kept within a region is imitated less; what has leaked abroad competes, too. Source: A5, D7.
    """
    p = world.parameters[0]
    for s in range(world.sectors.shape[0]):
        for f in range(world.sectors[s].field_count):  # also those without a market: products are still in use there
            field = world.fields[s, f]
            field.rivalry = 0.0
            field.imitation = 0.0
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        alliance = world.alliances[a]
        for x in range(alliance.lines):
            line = world.lines[a, x]
            field = world.fields[alliance.sector, line.field]
            field.rivalry += strength(alliance, line, p)
            copied = min(line.diffusion * (1.0 - alliance.confined) + alliance.leaked, 1.0)
            field.imitation += copied * line.launched * line.launched


@compiled
def share_of_market(field, weight, sector, p):
    """Share of a field's market by squared quality; duplicates, imitators and the world outside split it.

    Enforced rights and early warning hold imitators back. Source: A5, D4, D5, D8.
    """
    outside = p.outside_strength * field.frontier * field.frontier
    held = (1.0 - p.enforce_imitation * sector.enforcement) * (1.0 - p.warning_imitation * sector.warning)
    return weight / (field.rivalry + outside + p.imitation_strength * field.imitation * held + 1e-9)


@compiled
def sell(world, tick, a):
    """Earn the margin on the markets of all lines; competition law takes part of a monopolist's. Source: D2, D4."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    sector = world.sectors[alliance.sector]
    alliance.power = 0.0
    alliance.market_share = 0.0
    for x in range(alliance.lines):
        line = world.lines[a, x]
        field = world.fields[alliance.sector, line.field]
        line.market_share = min(share_of_market(field, strength(alliance, line, p), sector, p), 1.0)
        alliance.power += field.share * line.market_share
        if field.alive:
            alliance.market_share = max(alliance.market_share, line.market_share)
    allowed = 1.0 - p.antitrust_cut * sector.antitrust * dominance(alliance, p)
    abroad = 1.0 + p.entry_abroad * alliance.entry
    alliance.revenue = p.margin * p.addressable * sector.market * alliance.power * abroad * allowed
    alliance.funds += alliance.revenue
    world.ledger[tick, Flow.SALES_MARGIN] += alliance.revenue


@compiled
def manage(world, tick, a):
    """Pay the managing body from the purse, into which members pay fees; what is missing shows in governance."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    if alliance.signed < 0 or alliance.size == 0:
        return
    price = p.management_price * alliance.size ** p.management_span
    paid = min(price, max(alliance.funds, 0.0))
    alliance.funds -= paid
    alliance.public_funds = min(alliance.public_funds, alliance.funds)
    alliance.managed = paid / price if price > 0.0 else 1.0
    world.ledger[tick, Flow.MANAGEMENT] += paid


@compiled
def collect_fees(world, tick, a):
    """Members pay their fee and write off what they have given; returns the claims of firms and of the others."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    from_firms = 0.0
    from_others = 0.0
    fees = 0.0
    place = alliance.first_seat
    while place >= 0:
        seat = world.seats[place]
        fee = min(p.fee, max(world.organisations[seat.row].funds, 0.0)) if alliance.signed >= 0 else 0.0
        world.organisations[seat.row].funds -= fee
        seat.contribution += fee
        fees += fee
        seat.cost += p.write_off * (seat.contribution - seat.cost)
        if world.organisations[seat.row].kind == Kind.FIRM:
            from_firms += seat.cost + p.benefit_floor
        else:
            from_others += seat.cost + p.benefit_floor
        place = seat.next
    world.ledger[tick, Flow.CONTRIBUTION] += fees
    alliance.private_total += fees
    alliance.funds += fees
    return from_firms, from_others


@compiled
def share_benefit(world, tick, a):
    """Split what is paid out by what members gave; research partners get royalties and value publications.

    Source: A1 (shared benefit).
    """
    p = world.parameters[0]
    alliance = world.alliances[a]
    # Public money is not paid out, nor what managing the alliance has used up.
    payable = min(alliance.revenue * (1.0 - p.retention), max(alliance.funds - alliance.public_funds, 0.0))
    from_firms, from_others = collect_fees(world, tick, a)
    royalty = p.royalty if from_others > 0.0 else 0.0
    if from_firms <= 0.0:
        royalty = 1.0
    total = 0.0
    cost = 0.0
    mean = 0.0
    place = alliance.first_seat
    while place >= 0:
        seat = world.seats[place]
        member = world.organisations[seat.row]
        part = seat.cost + p.benefit_floor
        if member.kind == Kind.FIRM:
            money = payable * (1.0 - royalty) * part / from_firms
            worth = money + seat.rebate
        else:
            money = payable * royalty * part / from_others
            worth = money + p.publication_value * seat.contribution
        member.funds += money
        alliance.funds -= money
        world.ledger[tick, Flow.BENEFIT] += money
        seat.benefit += p.money_memory * (worth - seat.benefit)
        total += worth
        cost += seat.contribution
        mean += seat.benefit / part
        place = seat.next
    alliance.funds = max(alliance.funds, 0.0)  # parts add up to the whole but for rounding
    alliance.benefit += p.money_memory * (total - alliance.benefit)
    alliance.cost += p.write_off * (cost - alliance.cost)
    measure_fairness(world, a, mean / max(alliance.size, 1))


@compiled
def measure_fairness(world, a, mean):
    """Inequality of benefit over cost among members, and how widely what they risk is spread. Source: A1, A7."""
    p = world.parameters[0]
    alliance = world.alliances[a]
    deviation = 0.0
    total = 0.0
    squares = 0.0
    place = alliance.first_seat
    while place >= 0:
        seat = world.seats[place]
        deviation += abs(seat.benefit / (seat.cost + p.benefit_floor) - mean)
        total += seat.cost
        squares += seat.cost * seat.cost
        place = seat.next
    alliance.inequality = min(deviation / max(alliance.size, 1) / (2.0 * mean + 0.5), 1.0)
    # Less than a yuan is nobody's risk, and its square may be nothing to divide by.
    alliance.risk_spread = 1.0 - squares / (total * total) if total > 1e-6 else 0.0


@compiled
def market(world, tick):
    """Process 7 of the tick."""
    compete(world)
    for k in range(world.counts[Count.LIVE]):
        a = world.live[k]
        sell(world, tick, a)
        manage(world, tick, a)
        share_benefit(world, tick, a)

"""The core of the model, without policy, as a plain Mesa model: one object an agent, no arrays, nothing compiled.

The decision rules are the project's own, as plain Python functions; what differs from the engine is everything around
them: agents with attributes, lists of partners, Mesa's random numbers.
"""

from math import exp, log
from types import SimpleNamespace

import mesa

from alliancelab.agents import alliance_rules, firm_rules, organisation_rules
from alliancelab.agents.codes import Door, FirmStage, Kind, Reason, Stage
from alliancelab.agents.own_rules import plain
from alliancelab.model import life_cycle
from alliancelab.model.initialise import FIRST_FIELDS
from alliancelab.model.parameters import PARAMETERS
from alliancelab.model.setup import Setup
from alliancelab.model.tables import CLASSES, PARTNERS

__all__ = ["PlainModel"]

RULES = SimpleNamespace(**{
    name: plain(getattr(module, name))
    for module in (organisation_rules, firm_rules, alliance_rules)
    for name in module.__all__ if hasattr(getattr(module, name), "py_func")
}, stage=plain(life_cycle.stage))


def poisson(random, mean: float) -> int:
    """Poisson draw by multiplying uniforms (Knuth), for small means."""
    limit, count, product = exp(-mean), 0, random.random()
    while product > limit:
        count += 1
        product *= random.random()
    return count


class Organisation(mesa.Agent):
    """What firms, universities, institutes and agencies share."""

    kind: Kind

    def __init__(self, model: "PlainModel", sector: "Sector") -> None:
        super().__init__(model)
        p, random = model.p, model.random
        self.sector = sector
        self.region = random.randrange(model.regions)
        self.active = True
        self.alliances: list[Alliance] = []
        self.partners: list[Organisation | None] = [None] * PARTNERS
        self.next_partner = 0
        self.taste = p.need_taste * random.gauss(0.0, 1.0)
        self.opportunism = random.random() * p.opportunism_most
        self.reputation = 0.5
        self.method_skill = 0.4 * random.random()
        self.need = 0.6 * random.random()
        self.stated_need = 0.5 * self.need
        scale = p.expertise_firm if self.kind == Kind.FIRM else p.expertise_research
        self.expertise = [min(scale * random.random() ** 4, 1.0) for _ in range(CLASSES)]
        self.size = p.research_budget * exp(p.research_spread * random.gauss(0.0, 1.0))
        self.funds = self.size
        self.given = 0.0

    @property
    def alliance_count(self) -> int:
        """Alliances it belongs to."""
        return len(self.alliances)

    def earn(self) -> tuple[float, float, float]:
        """Income, R&D budget and reserve of a quarter."""
        return self.size, self.size, self.size

    def gap(self) -> float:
        """Technology gap that need answers to."""
        return 0.5

    def step(self) -> None:
        """A quarter at home: cash, learning, need."""
        p = self.model.p
        income, budget, reserve = self.earn()
        research = max(budget - self.given, 0.0)
        self.given = 0.0
        self.funds += income - min(research, max(self.funds + income, 0.0))
        self.funds -= p.payout * max(self.funds - reserve, 0.0)
        demand, most = self.sector.demand, max(self.sector.demand)
        self.expertise = [
            e + e * (p.learning * d / most * (1.0 - e) - p.forgetting)
            for e, d in zip(self.expertise, demand, strict=True)
        ]
        self.need += p.need_speed * (RULES.need_target(self, self.gap(), p) - self.need)
        self.stated_need += p.activation * (self.need - self.stated_need)
        self.method_skill *= 1.0 - p.method_fade
        self.reputation += p.reputation_fade * (0.5 - self.reputation)

    def remember(self, other: "Organisation") -> None:
        """Put a partner into the memory, over the oldest one."""
        self.partners[self.next_partner] = other
        self.next_partner = (self.next_partner + 1) % PARTNERS

    def acquaintance(self) -> "Organisation | None":
        """One of the remembered partners that still exist, None where that place is empty."""
        partner = self.random.choice(self.partners)
        return partner if partner is not None and partner.active else None


class University(Organisation):
    """A university."""

    kind = Kind.UNIVERSITY


class Institute(Organisation):
    """A research institute."""

    kind = Kind.INSTITUTE


class ServiceAgency(Organisation):
    """A service agency."""

    kind = Kind.AGENCY


class Firm(Organisation):
    """A firm: it starts alliances and it can fail."""

    kind = Kind.FIRM

    def __init__(self, model: "PlainModel", sector: "Sector", newborn: bool) -> None:
        super().__init__(model, sector)
        p, random = model.p, model.random
        self.born = model.quarter if newborn else -int(random.random() * 80.0)
        self.stage = FirmStage.GROWTH
        if newborn:
            self.size = p.newborn_size * exp(sector.mean_log_size + 0.5 * random.gauss(0.0, 1.0))
            self.productivity = sector.mean_productivity * (0.7 + 0.6 * random.random())
        else:
            self.size = p.size_median * exp(p.size_spread * random.gauss(0.0, 1.0))
            self.productivity = sector.best_practice * (0.4 + 0.6 * random.random())
        self.funds = p.reserve * self.size

    def earn(self) -> tuple[float, float, float]:
        """Income, R&D budget and reserve of a quarter."""
        p = self.model.p
        return p.cash_margin * self.size, p.research_intensity * self.size, p.reserve * self.size

    def gap(self) -> float:
        """How far its technology lies behind best practice."""
        return max(1.0 - self.productivity / self.sector.best_practice, 0.0)

    def step(self) -> None:
        """A quarter at home, and its own technical progress."""
        super().step()
        self.productivity += self.model.p.own_progress * max(self.sector.best_practice - self.productivity, 0.0)

    def grow_or_fail(self) -> None:
        """Growth of revenue, or the end."""
        p, sector = self.model.p, self.sector
        relative = self.productivity / max(sector.mean_productivity, 1e-9)
        age = self.model.quarter - self.born
        if self.random.random() < RULES.failure_hazard(self, age, relative, p):
            for alliance in list(self.alliances):
                alliance.lose(self)
            self.active = False
            sector.firms.remove(self)
            sector.vacant += 1
            self.remove()
            return
        shock = self.random.gauss(0.0, 1.0)
        self.size *= exp(sector.growth / 4.0 + RULES.size_growth(self, relative, sector.mean_log_size, shock, p))
        self.stage = RULES.firm_stage(self, age, p)

    def look_for_partners(self) -> None:
        """Start an alliance if need drives it and enough partners say yes."""
        p = self.model.p
        if not RULES.has_room(self, p):
            return
        hazard = RULES.initiation_hazard(self, 0.0, RULES.public_loss(0.0, 0.0, p), p)
        if self.random.random() >= hazard:
            return
        field = self.choose_field()
        members = self.invite(field)
        firms = sum(1 for member in members if member.kind == Kind.FIRM)
        if len(members) >= p.founding_least and firms >= 2:
            self.model.alliances.append(Alliance(self.model, self, field, members))
            self.stated_need *= 1.0 - p.need_relief

    def choose_field(self) -> "Field":
        """The field it expects most of."""
        def appeal(field: Field) -> float:
            fit = sum(w * e for w, e in zip(field.weights, self.expertise, strict=True))
            noise = -log(-log(self.random.random() + 1e-12) + 1e-12)
            p = self.model.p
            return RULES.field_appeal(field, fit, p.crowding_seen, 0.0, p) + p.choice_noise * noise

        return max(self.sector.fields, key=appeal)

    def invite(self, field: "Field") -> list[Organisation]:
        """Ask candidates one by one until enough have refused."""
        p, random = self.model.p, self.random
        members: list[Organisation] = [self]
        best = list(self.expertise)
        refusals = 0
        loss = RULES.public_loss(0.0, 0.0, p)
        for _ in range(int(p.candidates_met)):
            if refusals >= p.refusals_borne * RULES.standing(self.size, p) or len(members) >= p.founding_most:
                break
            candidate = self.meet(members, field)
            if candidate is None or candidate in members or not RULES.has_room(candidate, p):
                continue
            offer = SimpleNamespace(
                size=len(members), reputation=sum(m.reputation for m in members) / len(members),
                opportunism=sum(m.opportunism for m in members) / len(members),
                guard=p.contract_guard, subsidy=0.0, label=0.0, public_loss=loss, bonus=0.0,
            )
            gain = RULES.coverage_gain(candidate, field.weights, best)
            common = RULES.overlap(candidate, field.weights, best)
            near = 1.0 if candidate.region == self.region else 0.0
            willing = RULES.willingness(candidate, offer, gain, common, near, p)
            if random.random() >= RULES.sigmoid(willing):
                refusals += 1
                continue
            members.append(candidate)
            best = [max(b, e) for b, e in zip(best, candidate.expertise, strict=True)]
        return members

    def meet(self, members: list[Organisation], field: "Field") -> Organisation | None:
        """A former partner, a partner's partner, or a stranger of the sector."""
        p, random, sector = self.model.p, self.random, self.sector
        way = random.random()
        if way < p.meet_partner:
            return self.acquaintance()
        if way < p.meet_partner + p.meet_partners_partner:
            between = random.choice(members).acquaintance()
            return between.acquaintance() if between is not None else None
        kind, research = random.random(), RULES.research_sought(field, p)
        if kind < research and sector.research:
            return random.choice(sector.research)
        if kind < research + p.meet_agency and sector.agencies:
            return random.choice(sector.agencies)
        return sector.some_firm()


class Field:
    """A technological trajectory of a sector."""

    def __init__(self, model: "PlainModel", last: "Field | None", born: int) -> None:
        p, random = model.p, model.random
        self.born = born
        self.frontier = 0.0
        self.genericness = 0.2 + 0.6 * random.random()
        raw = [random.random() ** 3 for _ in range(CLASSES)]
        own = [w / sum(raw) for w in raw]
        if last is None:
            self.vintage, self.share, self.weights = 1.0, 1.0, own
        else:
            self.vintage = last.vintage * (1.0 + p.vintage_gain * (0.5 + random.random()))
            self.share = p.field_entry_share
            self.weights = [p.field_similarity * a + (1.0 - p.field_similarity) * b
                            for a, b in zip(last.weights, own, strict=True)]
        self.outlook = self.share
        self.alliances = 0
        self.rivalry = 0.0
        self.imitation = 0.0

    def similarity(self, other: "Field") -> float:
        """Share of requirements in common."""
        return min(sum(map(min, self.weights, other.weights)), 1.0)


class Sector:
    """A sector with its fields, its firms and its market."""

    enforcement = antitrust = 0.0  # what policy would write, and rules read

    def __init__(self, model: "PlainModel", rows: dict[str, int]) -> None:
        p, random = model.p, model.random
        self.model = model
        self.growth = p.market_growth * (0.5 + random.random())
        self.fields: list[Field] = []
        for f in range(FIRST_FIELDS):
            self.arrive(-(FIRST_FIELDS - 1 - f) * int(p.frontier_time / 2.0))
            self.fields[-1].frontier = 1.0 - exp(self.fields[-1].born / p.frontier_time)
        self.summarise_fields()
        self.research: list[Organisation] = [University(model, self) for _ in range(rows["universities"])]
        self.research += [Institute(model, self) for _ in range(rows["institutes"])]
        self.agencies: list[Organisation] = [ServiceAgency(model, self) for _ in range(rows["agencies"])]
        self.firms = [Firm(model, self, False) for _ in range(rows["firms"]) if random.random() < p.rows_filled]
        self.vacant = rows["firms"] - len(self.firms)
        self.market = sum(firm.size for firm in self.firms)
        self.summarise_firms()

    def arrive(self, born: int) -> None:
        """A new field appears."""
        p = self.model.p
        field = Field(self.model, self.fields[-1] if self.fields else None, born)
        for other in self.fields:
            other.share *= 1.0 - p.field_entry_share
        self.fields.append(field)

    def some_firm(self) -> Firm | None:
        """A firm drawn among all places of the sector, None where the place is vacant."""
        place = self.model.random.randrange(len(self.firms) + self.vacant)
        return self.firms[place] if place < len(self.firms) else None

    def summarise_fields(self) -> None:
        """Best practice, the world's frontier, demand for each class."""
        self.best_practice = max(sum(f.share * f.vintage * f.frontier for f in self.fields), 0.05)
        self.world_frontier = max(f.vintage * f.frontier for f in self.fields)
        self.demand = [sum(f.share * f.weights[d] for f in self.fields) for d in range(CLASSES)]

    def summarise_firms(self) -> None:
        """Means over firms."""
        count = max(len(self.firms), 1)
        self.mean_productivity = sum(firm.productivity for firm in self.firms) / count
        self.mean_log_size = sum(log(firm.size) for firm in self.firms) / count

    def step(self) -> None:
        """Fields arrive, the market moves, firms are born, grow and fail."""
        p, random, now = self.model.p, self.model.random, self.model.quarter
        if random.random() < 1.0 - exp(-p.field_arrival):
            self.arrive(now)
        fitness = {}
        for field in self.fields:
            field.frontier = 1.0 - exp(-(now - field.born) / p.frontier_time)
            fitness[field] = log(field.vintage * (p.frontier_floor + (1.0 - p.frontier_floor) * field.frontier))
        mean = sum(field.share * fitness[field] for field in self.fields)
        for field in self.fields:
            advantage = p.replacement_speed * (fitness[field] - mean)
            field.share *= exp(advantage)
            field.outlook = field.share * exp(p.horizon * advantage)
        shares, outlooks = sum(f.share for f in self.fields), sum(f.outlook for f in self.fields)
        for field in self.fields:
            field.share /= shares
            field.outlook /= outlooks
        self.market *= exp(self.growth / 4.0 + p.market_volatility * random.gauss(0.0, 1.0))
        born = sum(1 for _ in range(self.vacant) if random.random() < p.birth_rate)
        for firm in list(self.firms):
            firm.grow_or_fail()
        self.firms += [Firm(self.model, self, True) for _ in range(born)]
        self.vacant -= born
        self.summarise_firms()
        self.summarise_fields()


class Seat:
    """What an alliance means to one of its members."""

    def __init__(self, satisfaction: float) -> None:
        self.satisfaction = satisfaction
        self.engagement = self.contribution = self.benefit = self.learning = 0.0


class Alliance(mesa.Agent):
    """An alliance under contract."""

    # What policy would write, and rules read.
    mandate = supervision = public_total = label = rewarded = shown = access = trials = order = grant = 0.0

    def __init__(self, model: "PlainModel", founder: Firm, field: Field, members: list[Organisation]) -> None:
        super().__init__(model)
        p, random = model.p, model.random
        self.sector, self.field = founder.sector, field
        self.founded, self.ended, self.reason = model.quarter, -1, Reason.ALIVE
        self.seats: dict[Organisation, Seat] = {}
        repeat = sum(1 for member in members[1:] if member in founder.partners)
        self.governance = min(max(p.governance_start + p.governance_spread * (random.random() - 0.5), 0.0), 1.0)
        self.openness = random.random()
        self.term_end = model.quarter + max(int(p.term + p.term_spread * random.gauss(0.0, 1.0)), 4)
        self.exits = 0
        for member in members:
            self.admit(member)
        self.founding_size = len(members)
        self.mixed = self.firms > 0 and self.research > 0
        self.motive = self.mean("stated_need")
        trust = p.trust_start + p.trust_repeat * repeat / self.size
        self.trust = min(max(trust + p.trust_reputation * (self.mean("reputation") - 0.5), 0.05), 0.95)
        self.clarity = min(p.clarity_base + p.clarity_motive * self.motive + p.clarity_ahead, 1.0)
        self.satisfaction = p.satisfaction_start
        self.technology = self.conversion = self.diffusion = self.adopters = self.quality = 0.0
        self.core_patents = self.generic_patents = self.standards = self.products = 0
        self.funds = self.private_total = self.effort = self.progress = self.coverage = 0.0
        self.revenue = self.market_share = self.benefit = self.cost = self.inequality = self.turnover = 0.0
        self.vitality = 0.0
        self.stage, self.low_quarters, self.regrowths, self.door = Stage.FORMATION, 0, 0, Door.NONE
        self.hedge = self.renewal = 0.0
        field.alliances += 1
        each = p.set_up_cost
        for member in members:
            member.funds -= each
        self.private_total += each * self.size

    # --- members -----------------------------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """Members."""
        return len(self.seats)

    @property
    def firms(self) -> int:
        """Firms among them."""
        return sum(1 for member in self.seats if member.kind == Kind.FIRM)

    @property
    def research(self) -> int:
        """Universities and institutes among them."""
        return sum(1 for member in self.seats if member.kind in (Kind.UNIVERSITY, Kind.INSTITUTE))

    def mean(self, name: str) -> float:
        """Mean of an attribute over members."""
        return sum(getattr(member, name) for member in self.seats) / max(self.size, 1)

    def best(self) -> list[float]:
        """Best expertise among members, class by class; nothing where all have failed in one quarter."""
        return [max(column) for column in zip(*(m.expertise for m in self.seats), strict=True)] or [0.0] * CLASSES

    def admit(self, member: Organisation) -> None:
        """Give a seat; newcomer and host remember each other."""
        if self.seats:
            host = next(iter(self.seats))
            member.remember(host)
            host.remember(member)
        self.seats[member] = Seat(self.model.p.satisfaction_start)
        member.alliances.append(self)

    def lose(self, member: Organisation) -> None:
        """Take a seat away."""
        del self.seats[member]
        member.alliances.remove(self)
        self.exits += 1

    # --- working together --------------------------------------------------------------------------------------------

    def research_together(self) -> None:
        """Contributions become effort, effort becomes technology, technology becomes results."""
        p, random = self.model.p, self.random
        given = 0.0
        for member, seat in self.seats.items():
            seat.engagement = RULES.engagement(seat, member, self, p)
            intensity = p.research_intensity if member.kind == Kind.FIRM else 1.0
            budget = intensity * member.size * p.alliance_share / max(member.alliance_count, 1)
            seat.contribution = min(seat.engagement * budget, max(member.funds, 0.0))
            member.funds -= seat.contribution
            member.given += seat.contribution
            given += seat.contribution
        self.effort = given + max(self.funds, 0.0) * p.spending_speed
        self.funds += given - self.effort
        self.private_total += given
        self.cost += p.money_memory * (given - self.cost)
        best, weights = self.best(), self.field.weights
        self.coverage = sum(w * b for w, b in zip(weights, best, strict=True))
        skill = self.mean("method_skill")
        for member, seat in self.seats.items():
            steps = [p.learning_from_partners * w * (b - e)
                     for w, b, e in zip(weights, best, member.expertise, strict=True)]
            member.expertise = [e + s for e, s in zip(member.expertise, steps, strict=True)]
            seat.learning = min(sum(steps) / p.learning_reference, 1.0)
        self.progress = RULES.progress(self, skill, p)
        self.technology = min(self.technology + self.progress, 1.0)
        converted = RULES.conversion_gain(self, 0.0, p)
        self.conversion = min(self.conversion + converted, 1.0)
        expected = p.patent_rate * self.progress * (0.5 + self.technology)
        core = poisson(random, expected * (1.0 - self.field.genericness))
        generic = poisson(random, expected * self.field.genericness)
        standards = poisson(random, p.standard_rate * self.progress * self.technology)
        products = poisson(random, p.product_rate * converted)
        self.core_patents += core
        self.generic_patents += generic
        self.standards += standards
        self.products += products
        self.quality = self.technology * self.conversion * self.field.vintage
        self.model.count(patents=core + generic, products=products)

    def sell_and_share(self) -> None:
        """Sales against rivals, imitators and the world; benefit split by contribution."""
        p, field, used = self.model.p, self.field, self.technology * self.conversion
        outside = p.outside_strength * field.frontier * field.frontier
        against = field.rivalry + outside + p.imitation_strength * field.imitation + 1e-9
        self.market_share = used * used / against
        self.revenue = p.margin * p.addressable * self.sector.market * field.share * self.market_share
        self.funds += self.revenue
        out = self.revenue * (1.0 - p.retention)
        royalty = p.royalty if self.research > 0 else 0.0
        from_firms = sum(s.contribution + 1e-6 for m, s in self.seats.items() if m.kind == Kind.FIRM)
        from_others = sum(s.contribution + 1e-6 for m, s in self.seats.items() if m.kind != Kind.FIRM)
        royalty = 0.0 if from_others <= 0.0 else 1.0 if from_firms <= 0.0 else royalty
        publication = p.publication_value * min(self.progress / p.progress_reference, 1.5)
        ratios, total = [], 0.0
        for member, seat in self.seats.items():
            part = seat.contribution + 1e-6
            if member.kind == Kind.FIRM:
                money = seat.benefit = out * (1.0 - royalty) * part / from_firms
            else:
                money = out * royalty * part / from_others
                seat.benefit = money + publication * seat.contribution
            member.funds += money
            self.funds -= money
            total += seat.benefit
            ratios.append(seat.benefit / (part + p.benefit_floor))
        mean = sum(ratios) / max(len(ratios), 1)
        apart = sum(abs(ratio - mean) for ratio in ratios) / max(len(ratios), 1)
        self.inequality = min(apart / (2.0 * mean + 0.5), 1.0)
        self.benefit += p.money_memory * (total - self.benefit)

    def judge_and_bond(self) -> None:
        """Members judge, fall out, trust and mistrust; rules and goals move."""
        p = self.model.p
        option = min(self.field.outlook / p.clear_outlook, 1.0) * (1.0 - self.technology * self.conversion)
        for member, seat in self.seats.items():
            target = RULES.satisfaction_target(seat, member, self, option, 0.0, p)
            seat.satisfaction += p.satisfaction_speed * (target - seat.satisfaction)
            member.reputation += p.reputation_gain * (seat.engagement - member.reputation)
            member.method_skill += p.method_practice * seat.engagement * (1.0 - member.method_skill)
        self.satisfaction = sum(seat.satisfaction for seat in self.seats.values()) / max(self.size, 1)
        if self.random.random() < RULES.dispute_hazard(self, 0.0, p):
            self.trust *= 1.0 - p.dispute_trust
            for seat in self.seats.values():
                seat.satisfaction *= 1.0 - p.dispute_satisfaction
            self.model.count(disputes=1)
        self.trust = min(max(self.trust + RULES.trust_change(self, p), 0.0), 1.0)
        self.governance = min(max(self.governance + RULES.governance_change(self, p), 0.0), 1.0)
        target = min(RULES.clarity_target(self, self.field.outlook, p), 1.0)
        self.clarity = min(max(self.clarity + p.clarity_speed * (target - self.clarity), 0.0), 1.0)

    def let_go_and_admit(self) -> None:
        """The dissatisfied leave; one outsider may knock."""
        p, random = self.model.p, self.random
        before = self.size
        for member, seat in list(self.seats.items()):
            if random.random() < RULES.exit_hazard(seat, member, self, p):
                self.lose(member)
        self.turnover += p.turnover_memory * (min(self.exits / max(before, 1), 1.0) - self.turnover)
        self.exits = 0
        if self.seats and random.random() < p.entry_rate * self.openness * (0.5 + self.vitality):
            self.consider()

    def consider(self) -> None:
        """An applicant is let in if it has room, adds coverage and wants to."""
        p, random = self.model.p, self.random
        from_research = random.random() < RULES.research_sought(self.field, p) and self.sector.research
        applicant = random.choice(self.sector.research) if from_research else self.sector.some_firm()
        if applicant is None or applicant in self.seats or self.size >= p.members_most:
            return
        best = self.best()
        gain = RULES.coverage_gain(applicant, self.field.weights, best)
        if not RULES.has_room(applicant, p) or gain < p.entry_gain:
            return
        offer = SimpleNamespace(
            size=self.size, reputation=self.mean("reputation"), opportunism=self.mean("opportunism"),
            guard=self.governance, subsidy=0.0, label=0.0, public_loss=RULES.public_loss(0.0, 0.0, p), bonus=0.0,
        )
        common = RULES.overlap(applicant, self.field.weights, best)
        near = 1.0 if next(iter(self.seats)).region == applicant.region else 0.0
        if random.random() < RULES.sigmoid(RULES.willingness(applicant, offer, gain, common, near, p)):
            self.admit(applicant)

    def spread(self) -> None:
        """Members and outsiders take the results up."""
        p, random = self.model.p, self.random
        for member in self.seats:
            if member.kind == Kind.FIRM:
                member.productivity += p.members_absorb * max(self.quality - member.productivity, 0.0)
        outsiders = max(len(self.sector.firms) - self.firms, 0)
        if outsiders == 0 or self.quality <= 0.0:
            return
        innovation, imitation = RULES.imitation_rates(self, self.sector, p)
        ripe = self.technology * self.conversion
        rate = min((innovation + imitation * self.diffusion) * ripe, 1.0)
        waiting = max(outsiders - int(self.adopters), 0)
        adopters = sum(1 for _ in range(waiting) if random.random() < rate)
        for _ in range(adopters):
            firm = self.sector.some_firm()
            if firm is not None:
                firm.productivity += p.adopters_absorb * max(self.quality - firm.productivity, 0.0)
        self.adopters += adopters
        self.diffusion = min(self.adopters / outsiders, 1.0)
        self.model.count(adoptions=adopters)

    # --- life cycle --------------------------------------------------------------------------------------------------

    def diagnose(self) -> None:
        """Six dimensions, vitality, stage."""
        p, field = self.model.p, self.field
        of_market = 1.0 - exp(-p.standing_market * self.market_share * field.share)
        of_industry = 1.0 - exp(-self.size / p.standing_members)
        of_standards = (1.0 - exp(-self.standards / p.standing_standards)) * min(field.share / p.clear_outlook, 1.0)
        self.vitality = RULES.vitality((
            min(self.technology * field.vintage / self.sector.best_quality, 1.0),
            RULES.economics(self.benefit, self.cost),
            (of_market + of_industry + of_standards) / 3.0,
            RULES.stability(self, p), self.governance, self.clarity,
        ), p)
        if self.model.quarter == self.founded:
            self.fast = self.slow = self.peak = self.trough = self.start = self.vitality
        self.fast += p.average_fast * (self.vitality - self.fast)
        self.slow += p.average_slow * (self.vitality - self.slow)
        if self.fast >= self.peak:
            self.peak = self.trough = self.fast
        self.trough = min(self.trough, self.fast)
        self.start = min(self.start, self.fast)
        self.low_quarters = self.low_quarters + 1 if self.fast < p.vitality_floor else 0
        results = self.core_patents + self.generic_patents + self.standards + self.products > 0
        now = RULES.stage(self.stage, self, results, p)
        if now == Stage.REGROWTH != self.stage:
            self.regrowths += 1
            self.start, self.peak, self.trough = self.trough, self.fast, self.fast
        self.stage = now

    def younger_field(self) -> Field | None:
        """The most promising younger field, if one beats its own."""
        p, fields = self.model.p, self.sector.fields
        most = self.field.outlook / (1.0 + p.crowding_seen * max(self.field.alliances - 1, 0))
        best = None
        for field in fields[fields.index(self.field) + 1:]:
            promise = field.outlook / (1.0 + p.crowding_seen * field.alliances)
            if promise > most:
                best, most = field, promise
        return best

    def try_doors(self) -> None:
        """The three doors to re-growth."""
        p, random = self.model.p, self.random
        if self.stage == Stage.FORMATION or self.fast - self.slow > p.plateau_slope:
            return
        other = self.younger_field()
        if other is None:
            return
        agility = exp(-(self.core_patents + self.generic_patents) / p.rigid_patents)
        alike, outlook = self.field.similarity(other), self.field.outlook
        if self.hedge <= 0.0:
            slack = min(max(self.funds, 0.0) / (4.0 * self.effort + 0.1), 1.0)
            if random.random() < p.renewal_rate * agility * p.door_risk * self.governance * slack:
                self.hedge = 1e-3
        else:
            cost = min(p.hedge_cost, max(self.funds, 0.0))
            self.funds -= cost
            self.hedge += p.hedge_speed * cost / p.hedge_cost * (1.0 - self.hedge)
            if self.hedge >= p.hedge_ready and other.outlook > p.hedge_trigger * outlook:
                return self.change_field(other, alike + (1.0 - alike) * self.hedge, Door.RISK_AVOIDANCE)
        advantage = min(max(other.outlook - outlook, 0.0) / (outlook + 0.05), 2.0)
        hazard = p.renewal_rate * agility * p.door_opportunity * self.openness * self.trust
        if random.random() < hazard * advantage:
            return self.change_field(other, alike, Door.OPPORTUNITY)
        if self.renewal <= 0.0:
            steady = p.door_innovation * self.clarity * self.technology
            if random.random() < p.renewal_rate * agility * steady:
                self.renewal = 1e-3
            return None
        cost = min(p.renewal_share * self.effort, max(self.funds, 0.0))
        self.funds -= cost
        self.renewal = min(self.renewal + p.renewal_speed * cost / (p.renewal_share * p.effort_reference), 1.0)
        if self.renewal >= 1.0 - alike:
            self.change_field(other, 1.0 - p.renewal_loss * (1.0 - alike), Door.CONTINUOUS_INNOVATION)
        return None

    def change_field(self, field: Field, kept: float, door: Door) -> None:
        """Move to a younger field and keep a share of the technology."""
        self.field.alliances -= 1
        field.alliances += 1
        self.field = field
        self.technology *= kept
        self.conversion *= kept
        self.adopters *= kept
        self.diffusion *= kept
        self.hedge = self.renewal = 0.0
        self.door = door
        self.clarity += self.model.p.clarity_renewed * (1.0 - self.clarity)

    def verdict(self) -> Reason:
        """Why it ends now, or that it does not."""
        p, now = self.model.p, self.model.quarter
        if self.size < p.members_least or self.firms < 2:
            return Reason.DESERTION
        if self.low_quarters >= 4 and now - self.founded > p.patience:
            return Reason.FAILURE
        if now < self.term_end:
            return Reason.ALIVE
        if self.technology * self.conversion > p.purpose_reached and self.diffusion > p.purpose_diffused:
            return Reason.SUCCESS
        for member, seat in list(self.seats.items()):
            if seat.satisfaction < p.renewal_satisfaction:
                self.lose(member)
        if self.size < p.members_least or self.firms < 2:
            return Reason.EXPIRY
        self.term_end = now + max(int(p.term + p.term_spread * self.random.gauss(0.0, 1.0)), 4)
        return Reason.ALIVE

    def renew_or_end(self) -> None:
        """Renewal, and the end with its reason."""
        self.try_doors()
        self.reason = self.verdict()
        if self.reason == Reason.ALIVE:
            return
        for member in list(self.seats):
            member.funds += self.funds / self.size
            member.alliances.remove(self)
        self.seats.clear()
        self.field.alliances -= 1
        self.ended = self.model.quarter
        self.model.ended.append(self)
        self.remove()


class PlainModel(mesa.Model):
    """The model as a Mesa modeller would write it, fed from the same set-up as the engine.

    Attributes
    ----------
    alliances, ended : list of Alliance
        Living ones in order of founding, and those that ended.
    counts : dict of str to float
        Patents, products, adoptions and disputes after the warm-up; sums of `living` and `vitality` over quarters.
    """

    def __init__(self, setup: Setup) -> None:
        super().__init__(rng=setup.seed)
        self.p = SimpleNamespace(**{x.name: float(setup.parameters.get(x.name, x.default)) for x in PARAMETERS})
        sizes = setup.sizes
        self.regions, self.warm_up, self.quarter = sizes["regions"], sizes["warm_up"], 0
        self.counts: dict[str, float] = dict.fromkeys(
            ("patents", "products", "adoptions", "disputes", "endings", "living", "vitality", "relative"), 0.0)
        self.alliances: list[Alliance] = []
        self.ended: list[Alliance] = []
        rows = {"firms": -int(-sizes["firms"] // self.p.rows_filled), "universities": sizes["universities"],
                "institutes": sizes["institutes"], "agencies": sizes["agencies"]}
        count = sizes["sectors"]
        self.sectors = [Sector(self, {kind: n // count + (s < n % count) for kind, n in rows.items()})
                        for s in range(count)]

    def count(self, **amounts: float) -> None:
        """Add to the totals, after the warm-up."""
        if self.quarter >= self.warm_up:
            for name, amount in amounts.items():
                self.counts[name] += amount

    def step(self) -> None:
        """One quarter, in the order of the engine."""
        for sector in self.sectors:
            sector.step()
        self.agents.select(agent_type=Organisation).do("step")
        self.agents_by_type[Firm].do("look_for_partners")
        for alliance in self.alliances:
            alliance.research_together()
        self.compete()
        for alliance in self.alliances:
            alliance.sell_and_share()
            alliance.judge_and_bond()
        for alliance in self.alliances:
            alliance.let_go_and_admit()
        for alliance in self.alliances:
            alliance.spread()
        for sector in self.sectors:
            sector.best_quality = max(sector.world_frontier, 0.05)
        for alliance in self.alliances:
            level = alliance.technology * alliance.field.vintage
            alliance.sector.best_quality = max(alliance.sector.best_quality, level)
        for alliance in self.alliances:
            alliance.diagnose()
        for alliance in self.alliances:
            alliance.renew_or_end()
        before = len(self.alliances)
        self.alliances = [alliance for alliance in self.alliances if alliance.reason == Reason.ALIVE]
        relative = sum(len(s.firms) * s.mean_productivity / s.best_practice for s in self.sectors)
        self.count(
            endings=before - len(self.alliances), living=len(self.alliances),
            vitality=sum(alliance.vitality for alliance in self.alliances),
            relative=relative / max(sum(len(s.firms) for s in self.sectors), 1),
        )
        self.quarter += 1

    def compete(self) -> None:
        """Quality used and imitated in every field."""
        for sector in self.sectors:
            for field in sector.fields:
                field.alliances, field.rivalry, field.imitation = 0, 0.0, 0.0
        for alliance in self.alliances:
            used = alliance.technology * alliance.conversion
            alliance.field.alliances += 1
            alliance.field.rivalry += used * used
            alliance.field.imitation += alliance.diffusion * used * used

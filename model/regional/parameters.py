"""Every number of the regional systems that is not a lever: the region's base figures, effects and prices."""

from alliancelab.model.declarations import Parameter
from alliancelab.model.regional.codes import Carrier, Level, Service

__all__ = ["REGION"]

P = Parameter
_A = "assumed"
_T = "assumed, tuned so that the report year recurs"
_BIG = 1e7

_BASE = (
    P("firms_least", 0, 0, 100_000, "firms", "data: dy_firms", "Firms of the first sector at the end of the warm-up, "
      "at least; missing ones are founded then.", True),
    P("above_scale", 0, 0, 100_000, "firms", "data: dy_above_scale",
      "Firms of the first sector above scale at the end of the warm-up; 0 leaves sizes as they have grown.", True),
    P("scale", 5.0, 0.01, 1e4, "million yuan a quarter", "statistics: 20 million yuan a year from 2011, 5 before",
      "Revenue from which a firm counts as above scale."),
    P("scale_spread", 1.2, 0.0, 3.0, "log", _A, "Spread of sizes above scale."),
    P("revenue", 0.0, 0.0, _BIG, "million yuan a year", "data: dy_revenue, cb_above_scale",
      "Revenue above scale at the end of the warm-up; 0 leaves it as it has grown."),
    P("national_output", 0.0, 0.0, _BIG, "million yuan a year", "data: dy_national_output",
      "Output of the first sector in the whole nation at the end of the warm-up."),
    P("certified_output", 0.0, 0.0, _BIG, "million yuan a year", "data: cb_output",
      "Output of certified products at the end of the warm-up; 0 leaves it as it has grown."),
    P("certified_share", 0.0, 0.0, 1.0, "share", _A, "Firms certified as high-tech on the first day."),
    P("experience", 0.01, 0.0, 1.0, "per year", "assumed, tuned so that expertise stands still",
      "Learning from partners and services in the years before the first day."),
    P("product_ratio", 0.53, 0.01, 5.0, "share", "statistics: value added of industry over its output 0.265 (2007), "
      "industry in the national product 0.5", "Product of the county over the revenue of its firms."),
    P("open_sectors", 1, 0, 1000, "sectors", "document II, 4.5", "Sectors that the service system serves at first.",
      True),
    P("agriculture", -1, -1, 1000, "sector", "document III, four", "Sector that is agriculture; -1 if none.", True),
    P("social", -1, -1, 1000, "sector", "document III, five", "Sector that is social development; -1 if none.", True),
    P("alliances_named", 0, 0, 1000, "alliances", "data: dy_provincial_alliances",
      "Alliances that the province recognises at the end of the warm-up.", True),
    P("project_rows", 3000, 0, 100_000, "projects", _A, "Projects that can be filed or running at once.", True),
    P("carrier_rows", 800, 0, 100_000, "carriers", _A, "Carriers that can ever be.", True),
)

_DEMAND = (
    P("aware_start", 0.3, 0.0, 1.0, "[0, 1]", _A, "Knowledge of services that a firm has by itself."),
    P("aware_fade", 0.03, 0.0, 1.0, "per quarter", _A, "Speed at which more than that fades."),
    P("hotline_price", 0.05, 1e-4, 100.0, "million yuan a quarter", _A, "A hotline of full strength."),
    P("hotline_aware", 0.05, 0.0, 1.0, "per quarter", _A, "Ignorance of services that it takes away."),
    P("hotline_voices", 0.05, 0.0, 1.0, "per quarter", _A, "Unstated need that it puts into words."),
    P("visit_price", 0.003, 1e-5, 10.0, "million yuan", _A, "Visiting a firm."),
    P("visit_voices", 0.5, 0.0, 1.0, "share", _A, "Unstated need that a visit puts into words."),
    P("visit_time", 0.01, 0.0, 1.0, "share", _A, "Reputed worth of visits that a further one in the year costs: a firm "
      "visited often says less."),
    P("chain_price", 0.004, 1e-5, 10.0, "million yuan", _A, "Bringing a firm together with a neighbour in the chain."),
    P("chain_shown", 0.3, 0.0, 1.0, "share", _A, "Need that a meeting wakes, of a neighbour's lead."),
    P("chain_pull", 0.05, 0.0, 1.0, "per quarter", _A, "Need that a gap to neighbours in the industry chain calls up."),
)

_SERVICE = (
    P("request_rate", 0.5, 0.0, 1.0, "per quarter", _A, "Requests of a firm in utter need that knows of services."),
    P("request_noise", 0.3, 0.0, 3.0, "log", _A, "Chance in the choice of a service."),
    P("uptake", 0.5, 0.0, 1.0, "share", _A, "Part of the way to a carrier's quality that being served brings."),
    P("distance", 0.8, 0.0, 1.0, "share", _A, "Service that firms of another place get."),
    P("service_fade", 0.08, 0.0, 1.0, "per quarter", _A, "Fading of what a service brought."),
    P("complement", 1.0, 0.0, 10.0, "ratio", _A, "Worth of two services together beyond their sum."),
    P("service_absorb", 0.015, 0.0, 1.0, "per quarter", _A, "Gap to best practice that services of worth one close."),
    P("service_method", 0.05, 0.0, 1.0, "per quarter", _A, "Lack of method skill that knowledge services take away."),
    P("service_learning", 0.02, 0.0, 1.0, "per quarter", _A, "Learning from knowledge services."),
    P("service_voices", 0.15, 0.0, 1.0, "per quarter", _A, "Unstated need that information puts into words."),
    P("disappointment", 0.15, 0.0, 1.0, "share", _A, "Stated need that is lost by being turned away."),
    P("practice", 0.06, 0.0, 1.0, "per quarter", _A, "Lack of quality that a carrier at full load loses by practice."),
    P("practice_fade", 0.02, 0.0, 1.0, "per quarter", _A, "Fading of what a carrier has gained by practice."),
    P("load_start", 0.2, 0.0, 1.0, "share", _A, "Load of the first day's carriers in the years before it."),
    P("overload", 0.3, 0.0, 1.0, "share", _A, "Quality that a carrier lacks whose queue is as long as its capacity."),
    P("fee", 0.02, 0.0, 10.0, "million yuan", _A, "Fee for being served once."),
    P("rank_capacity", 0.5, 0.0, 5.0, "ratio per rank", _A, "Capacity that each rank adds."),
    P("rank_quality", 0.1, 0.0, 0.5, "per rank", _A, "Quality that each rank adds."),
    P("carrier_quality", 0.4, 0.0, 1.0, "[0, 1]", _A, "Quality of a local carrier at the start."),
    P("carrier_spread", 0.1, 0.0, 0.5, "[0, 1]", _A, "Spread of it."),
    P("carrier_most", 0.7, 0.0, 1.0, "[0, 1]", _A, "Quality that a local carrier can reach by practice."),
    P("upkeep", 0.02, 0.0, 1.0, "of the price, per quarter", _A, "Running a carrier that was built."),
    P("neglect", 0.1, 0.0, 1.0, "per quarter", _A, "Quality lost where upkeep is not paid."),
    P("host_bar", 0.45, 0.0, 1.0, "[0, 1]", _A,
      "Capability of a host at which half of the centres and stations applied for are approved."),
    P("application_price", 0.1, 0.0, 1.0, "of the price", _A, "Cost of an application that is turned down."),
    P("upgrade_price", 1.0, 1e-3, 100.0, "million yuan", _A, "Bringing a carrier to the next rank."),
    P("upgrade_quality", 0.5, 0.0, 1.0, "[0, 1]", _A, "Quality that a carrier needs for the national rank."),
    P("agency_entry", 0.1, 0.0, 5.0, "per quarter", _A, "Agencies that enter for each that the queue would fill."),
    P("agency_exit", 0.1, 0.0, 1.0, "per quarter", _A, "Hazard of an idle agency."),
    P("agency_load", 0.15, 0.0, 1.0, "share", _A, "Load below which an agency counts as idle."),
    P("backbone_load", 0.3, 0.0, 1.0, "share", _A, "Load from which a carrier can be backbone."),
    P("backbone_quality", 0.53, 0.0, 1.0, "[0, 1]", _A, "Quality from which a carrier can be backbone."),
    P("coordination_price", 0.003, 1e-5, 10.0, "million yuan a quarter per carrier", _A, "Full coordination."),
    P("coordination_time", 0.15, 0.0, 1.0, "share", _A, "Capacity that full coordination of very many carriers takes."),
    P("coordination_size", 100.0, 1.0, 1e5, "carriers", _A, "Carriers at which half of it is taken."),
    P("expansion_price", 5.0, 0.01, 1000.0, "million yuan", _A, "Opening the system to a sector."),
    P("expansion_lessons", 0.5, 0.01, 10.0, "of the price", _A, "Carrying all experience over to a sector."),
    P("sector_fit", 0.4, 0.0, 1.0, "share", _A, "Fit of the services in a new sector without experience."),
    P("fit_speed", 0.03, 0.0, 1.0, "per quarter", _A, "Speed at which it is learnt."),
)

_INCUBATION = (
    P("space", 1000.0, 1.0, 1e5, "m2 per firm", "data: dy_space", "Incubator area of a firm."),
    P("incubate", 0.2, 0.0, 1.0, "per quarter", _A, "Chance that a young firm takes a free place."),
    P("spin_offs", 0.02, 0.0, 1.0, "per quarter", _A, "Chance that free places fill a vacant row with a new firm."),
    P("founder_pay", 0.5, 1e-3, 1e3, "million yuan a year", _A, "Subsidy of places that draws half as many founders as "
      "full knowledge does."),
    P("incubator_information", 0.5, 0.0, 1.0, "share", _A, "Information that an incubator gives, of its quality."),
)

_FINANCE = (
    P("ticket_seed", 0.3, 1e-3, 1000.0, "million yuan", _A, "An investment of a seed fund."),
    P("ticket_venture", 2.0, 1e-3, 1000.0, "million yuan", _A, "An investment of a venture fund."),
    P("ticket_equity", 8.0, 1e-3, 1000.0, "million yuan", _A, "An investment of an equity fund."),
    P("ticket_loan", 5.0, 1e-3, 1000.0, "million yuan", _A, "A guaranteed loan."),
    P("fund_sight", 0.5, 0.0, 1.0, "share", _A,
      "Applicants below the middle that finance services of full quality keep out."),
    P("investment_speed", 0.25, 0.01, 1.0, "per quarter", _A, "Speed at which investment is spent."),
    P("investment_growth", 0.15, 0.0, 1.0, "log", _A, "Growth from investment that is large for the firm."),
    P("investment_technology", 0.15, 0.0, 1.0, "share", _A, "Gap to best practice that it closes."),
    P("handling_price", 0.005, 1e-4, 10.0, "million yuan", _A, "Handling a firm's application for finance."),
    P("advice_price", 0.02, 1e-4, 10.0, "million yuan", _A, "Finding the form of finance that suits a firm."),
    P("private_ratio", 1.0, 0.0, 20.0, "ratio", _A, "Private money that joins a yuan of public money in a firm of the "
      "sector's mean technology, where risks are shared in full and little public money has been invested."),
    P("private_alone", 0.3, 0.0, 1.0, "share", _A, "Part of it that comes where the government covers no loss."),
    P("private_market", 100.0, 1.0, 1e5, "million yuan", _A,
      "Public stakes outstanding beside which half as much comes: good firms are few, and public money takes them."),
    P("bank_constant", -1.0, -10.0, 10.0, "logit", _A, "A bank's willingness to lend to a firm of the sector's mean "
      "technology without a guarantee."),
    P("bank_guarantee", 3.0, 0.0, 20.0, "logit", _A, "Effect of a full guarantee."),
    P("bank_risk", 2.0, 0.0, 20.0, "logit", _A, "Effect of technology below the mean, as a share of it."),
    P("misfit", 0.4, 0.0, 1.0, "share", _A, "What is left of the effect one stage away from the right one."),
    P("exit_rate", 0.04, 0.0, 1.0, "per quarter", _A, "Chance that a stake is sold."),
    P("multiple_most", 5.0, 1.0, 100.0, "ratio", _A, "Most that a sale brings of what was invested."),
    P("bank_interest", 0.018, 0.0, 0.2, "per quarter", _A, "Interest on guaranteed loans."),
    P("bank_repayment", 0.08, 0.0, 1.0, "per quarter", _A, "Repayment of them."),
)

_TALENT = (
    P("talent_constant", -2.0, -10.0, 10.0, "logit", _A, "Willingness to come without reasons."),
    P("talent_award", 1.0, 0.0, 10.0, "logit per log million yuan", _A, "Effect of the award."),
    P("talent_host", 3.0, 0.0, 10.0, "logit", _A, "Effect of an attractive host."),
    P("talent_station", 0.5, 0.0, 1.0, "share", _A, "Part of a host's attraction that rests on talent services."),
    P("talent_rare", 0.8, 0.0, 10.0, "logit per grade", _A, "How much rarer each grade is."),
    P("talent_hosts", 8, 1, 100, "hosts", _A, "Hosts that a person compares.", True),
    P("talent_expertise", 0.03, 0.0, 1.0, "per person and grade", _A, "Expertise that a person brings."),
    P("talent_work", 0.5, 1e-3, 100.0, "million yuan a quarter", _A, "R&D that a person well used carries out."),
    P("talent_files", 0.2, 0.0, 10.0, "ratio per person", _A, "Filing of projects that a person well used adds."),
    P("talent_links", 0.1, 0.0, 1.0, "per quarter", _A, "Chance that a person well used leads the host to a partner."),
    P("talent_founds", 0.005, 0.0, 1.0, "per quarter", _A, "Chance that a person founds a firm where a row is vacant."),
    P("talent_pay", 0.05, 0.0, 10.0, "million yuan a quarter", _A, "Salary of a person, times the grade."),
    P("talent_leave", 0.12, 0.0, 1.0, "per quarter", _A, "Hazard of an idle person to leave."),
    P("talent_slope", 3.0, 0.0, 20.0, "-", _A, "How fast being used well lowers it."),
    P("retention_effect", 0.6, 0.0, 1.0, "share", _A, "Leaving that full retention prevents."),
    P("retention_price", 0.02, 1e-4, 10.0, "million yuan a quarter per person", _A, "Full retention."),
    P("talent_kept", 0.6, 0.0, 1.0, "share", _A, "Expertise that stays when a person leaves."),
)

_MARKETS = (
    P("exhibition_price", 1.0, 1e-3, 1000.0, "million yuan a quarter", _A, "Full exhibition and exchange centre."),
    P("reach_gain", 0.05, 0.0, 1.0, "per quarter", _A, "Foreign market that full exhibition opens to the best firm."),
    P("reach_fade", 0.03, 0.0, 1.0, "per quarter", _A, "Fading of it."),
    P("exchange_price", 0.5, 1e-3, 1000.0, "million yuan a quarter", _A, "Full exchange with foreign partners."),
    P("foreign_demand", 0.01, 0.0, 10.0, "of the sector's revenue", _A,
      "Foreign demand that exhibitions can reach; it grows as the market does, and rivals from elsewhere share in it."),
    P("foreign_offer", 0.06, 0.0, 1.0, "share", _A, "Part of its output that the best firm in reach offers abroad."),
    P("foreign_speed", 0.1, 0.0, 1.0, "per quarter", _A, "Speed at which orders follow what a firm can win."),
    P("foreign_rivalry", 0.0004, 0.0, 0.5, "log, per quarter", _A,
      "Loss of the most backward firm to guests' products."),
    P("foreign_partners", 12, 1, 1000, "partners a sector", _A, "Foreign firms and institutes that can be met.", True),
    P("foreign_meets", 0.1, 0.0, 1.0, "per quarter", _A, "Chance of a firm in full reach to work with one."),
    P("foreign_learning", 0.1, 0.0, 1.0, "share", _A, "Lead of a foreign partner that the firm learns."),
    P("foreign_technology", 0.06, 0.0, 1.0, "share", "assumed, as project_technology", "Gap to best practice that work "
      "with a foreign partner closes."),
)

_PROJECTS = tuple(
    P(f"file_{level}", rate, 0.0, 2.0, "per quarter", _T, f"Filing at the level {level}, for a firm in utter need "
      "that is able enough.")
    for level, rate in zip((level.name.lower() for level in Level), (0.3, 0.3, 0.2, 0.1), strict=True)
) + tuple(
    P(f"able_{level}", able, 0.0, 1.0, "[0, 1]", _A, f"Capability at which half of that is filed at the level {level}.")
    for level, able in zip((level.name.lower() for level in Level), (0.35, 0.4, 0.5, 0.65), strict=True)
) + tuple(
    P(f"bar_{level}", bar, 0.0, 2.0, "[0, 1]", _T, f"Quality at which half is approved at the level {level}.")
    for level, bar in zip((level.name.lower() for level in Level), (0.3, 0.45, 0.55, 0.75), strict=True)
) + tuple(
    P(f"grant_{level}", each, 0.0, 1000.0, "million yuan", source, f"Mean grant at the level {level}.")
    for level, each, source in (
        ("county", 0.0, "lever: county_projects.amount"), ("city", 0.079, "data: cb_city_each"),
        ("province", 1.64, "data: cb_provincial_each"), ("nation", 1.0, _A))
) + (
    P("grant_spread", 0.8, 0.0, 3.0, "log", _A, "Spread of grants around their mean."),
    P("ladder", 0.4, 0.0, 1.0, "share", _A, "Filing at a level by firms that have completed nothing one level below."),
    P("ladder_years", 5.0, 0.25, 100.0, "years", _A,
      "Time for which panels of the next level count a completed project."),
    P("small_firm", 75.0, 0.1, 1e4, "million yuan a quarter", "statistics: revenue of small and medium firms, below "
      "300 million yuan a year, rules of 2003", "Size below which a firm can ask the nation's innovation fund."),
    P("results_record", 0.3, 0.0, 1.0, "[0, 1]", _T, "Record from which a project of city or province asks the funds "
      "for major results, which pay for bringing to market what was found."),
    P("able_slope", 12.0, 0.0, 100.0, "logit", _A, "How sharply capability decides on filing."),
    P("panel_slope", 8.0, 0.0, 100.0, "logit", _A, "How sharply quality decides on approval."),
    P("quality_noise", 0.12, 0.0, 1.0, "[0, 1]", _A, "Spread of the quality of applications."),
    P("weak_quality", 0.35, 0.0, 1.0, "[0, 1]", _A, "Quality that applications made for the count lack."),
    P("coached_quality", 0.12, 0.0, 1.0, "[0, 1]", _A, "Quality that coaching adds."),
    P("coached_filing", 0.3, 0.0, 5.0, "ratio", _A, "Filing that full coaching adds."),
    P("coaching_price", 0.004, 1e-5, 10.0, "million yuan", _A, "Coaching an application."),
    P("partner_quality", 0.08, 0.0, 1.0, "[0, 1]", _A, "Quality that a research partner adds."),
    P("trust_speed", 0.15, 0.0, 1.0, "per quarter", _A, "Speed at which panels learn what applications are worth."),
    P("distrust", 0.3, 0.0, 2.0, "[0, 1]", _A, "Rise of the bar for a region that files nothing but weak ones."),
    P("decision_time", 2, 1, 20, "quarters", _A, "From filing to decision.", True),
    P("project_time", 6, 1, 40, "quarters", _A, "From approval to review.", True),
    P("project_match", 1.0, 0.0, 20.0, "ratio", _A, "Own money that a firm adds to a grant, as far as it has it."),
    P("project_technology", 0.06, 0.0, 1.0, "share", _A, "Gap to best practice that a completed project closes."),
    P("project_money", 0.5, 1e-3, 1000.0, "million yuan", _A, "Money at which it brings two thirds of that."),
    P("complete_base", 0.95, 0.0, 1.0, "share", _T, "Good projects of the best quality that are completed."),
    P("complete_weak", 0.5, 0.0, 1.0, "share", _A, "Weak ones."),
    P("complete_quality", 0.5, 0.0, 1.0, "share", _A, "Part of that which projects of no quality lack."),
    P("agriculture_filing", 1.0, 0.0, 20.0, "ratio", _T, "Filing of farms and food firms against others."),
    P("social_filing", 1.0, 0.0, 20.0, "ratio", _T, "Filing in social development against others."),
    P("agriculture_bar", 0.0, -1.0, 2.0, "[0, 1]", _T, "Rise of upper levels' bars for farms and food firms."),
    P("social_bar", 0.0, -1.0, 2.0, "[0, 1]", _T, "Rise of upper levels' bars in social development."),
)

_CAPABILITY = (
    P("able_technology", 0.4, 0.0, 1.0, "weight", _A, "Weight of technology in use in a firm's capability."),
    P("able_expertise", 0.6, 0.0, 3.0, "weight", _A, "Weight of expertise that the market asks for."),
    P("able_record", 0.15, 0.0, 1.0, "weight", _A, "Weight of its record of projects."),
    P("able_partner", 0.15, 0.0, 1.0, "weight", _A, "Weight of knowledge services or of a research partner."),
    P("record_gain", 0.3, 0.0, 1.0, "share", _A, "Lack of record that a completed project takes away."),
    P("record_fade", 0.03, 0.0, 1.0, "per quarter", _A, "Fading of it."),
)

_MATCHING = (
    P("need_counts", 0.45, 0.0, 1.0, "[0, 1]", _T, "Stated need from which a visit brings a need to note down."),
    P("event_price", 0.05, 1e-4, 10.0, "million yuan", _A, "A matching event."),
    P("event_needs", 6.0, 1.0, 1000.0, "needs", _A, "Needs that an event can deal with."),
    P("expert_price", 0.01, 1e-4, 10.0, "million yuan", _A, "Inviting an expert."),
    P("expert_years", 5.0, 0.5, 50.0, "years", _A, "Time that an expert stays in the pool."),
    P("pool_partners", 4.0, 0.0, 20.0, "partners", _A, "Further partners that a very large pool brings into view."),
    P("pool_half", 50.0, 1.0, 10000.0, "experts", _A, "Pool at which half of them are."),
    P("agree_constant", -2.2, -10.0, 10.0, "logit", _T, "Agreement without reasons."),
    P("agree_need", 2.0, 0.0, 20.0, "logit", _A, "Effect of stated need."),
    P("agree_gain", 4.0, 0.0, 50.0, "logit", _A, "Effect of what the partner adds and both understand."),
    P("agree_load", 0.3, 0.0, 10.0, "logit per agreement", _A,
      "Effect of each agreement that the partner is busy with."),
    P("agree_learning", 0.1, 0.0, 1.0, "share", _A, "Lead of the partner that the firm learns."),
    P("agree_years", 3.0, 0.25, 20.0, "years", _A, "Time that an agreement binds a partner."),
    P("contract_value", 2.0, 0.0, 1000.0, "million yuan", _A, "Technology contract of a firm of full standing."),
    P("contract_rate", 0.3, 0.0, 1.0, "share", _A, "Knowledge and information services that lead to a partner's door."),
    P("joint_centre", 0.12, 0.0, 1.0, "share", _T, "Agreements that found a joint centre."),
)

_CERTIFICATION = (
    P("certify_rate", 0.05, 0.0, 1.0, "per quarter", _T, "Applications of a firm able enough."),
    P("certify_able", 0.5, 0.0, 1.0, "[0, 1]", _A, "Capability at which half of that is applied for."),
    P("certify_bar", 0.45, 0.0, 1.0, "[0, 1]", _A, "Capability at which half passes."),
    P("certify_step", 0.1, 0.0, 1.0, "[0, 1]", _A, "Rise of the bar for each further grade."),
    P("certify_years", 6.0, 0.5, 40.0, "years", _A, "Time after which a certificate lapses unless the firm is able."),
    P("certify_price", 0.02, 1e-4, 10.0, "million yuan", _A, "Coaching a firm to its certificate."),
    P("award_pull", 1.0, 0.0, 10.0, "logit per log", _A, "Effect of an award on the wish to apply, by the logarithm of "
      "one plus the award over the price: of coaching to a certificate, or of building a centre."),
    P("certify_coached", 0.5, 0.0, 10.0, "ratio", _A, "Applications that full coaching adds."),
    P("certified_high_tech", 0.6, 0.0, 1.0, "share", "statistics: least share of high-tech products in the revenue "
      "of a certified firm, rules of 2008", "Revenue of firms certified on the first day that such products bring."),
    P("product_rate", 0.03, 0.0, 2.0, "per quarter", _T, "Own products of a certified firm that are certified."),
    P("product_sales", 0.1, 0.0, 1.0, "of revenue", "statistics: share of new products in the revenue of industry "
      "above scale, 2008, a tenth; for one product assumed", "Sales of a new product."),
    P("product_replaces", 0.6, 0.0, 1.0, "share", "assumed; Harrison and others (2014) find that new products "
      "replace a part of old sales", "Part of its sales that the firm's other products lose."),
    P("product_age", 0.02, 0.0, 1.0, "per quarter", _A, "Certified products that cease to count as high-tech."),
    P("project_product", 0.1, 0.0, 1.0, "share", "assumed; 101 projects completed and 16 new products (cb_completed, "
      "cb_products_new) bound it", "Completed projects that bring a new product."),
    P("agreement_product", 0.015, 0.0, 1.0, "per quarter", _A, "New products of a firm for each agreement in force."),
    P("centre_product", 0.01, 0.0, 1.0, "per quarter", _A, "New products of a firm that hosts a centre."),
    P("conversion_price", 1.0, 1e-3, 1000.0, "million yuan", _A, "Bringing a result of a firm to market, where it has "
      "many."),
    P("conversion_most", 0.1, 0.0, 2.0, "per quarter", _A, "New products of a firm that money for it brings at most."),
    P("centre_rate", 0.02, 0.0, 1.0, "per quarter", _T, "Engineering centres of firms with a research partner."),
    P("centre_years", 2.0, 0.25, 100.0, "years", "assumed; the nation's technology centres are assessed every two "
      "years, rules of 2007", "Time between assessments of a firm's centre, which closes unless the firm is able."),
    P("technology_rate", 0.02, 0.0, 1.0, "per quarter", _T, "Technology centres of able firms, at a full programme."),
)

_PATENTS = (
    P("patent_filing", 0.4, 0.0, 100.0, "per quarter", _T, "Patents of a firm at the reference R&D."),
    P("patent_research", 0.5, 1e-3, 1000.0, "million yuan a quarter", _A, "That reference."),
    P("patent_promoted", 0.3, 0.0, 10.0, "ratio", _A, "Filing that full promotion adds."),
    P("patent_pull", 0.5, 0.0, 10.0, "ratio per 0.01 million yuan", _A, "Filing that a subsidy adds."),
    P("patent_padding", 0.6, 0.0, 1.0, "share", _A, "Part of that, and of what padding adds, that is weak."),
    P("patent_padded", 1.0, 0.0, 20.0, "ratio", _A, "Filing that full padding adds."),
    P("patent_lag", 4, 1, 12, "quarters", _A, "From filing to grant.", True),
    P("patent_granted", 0.52, 0.0, 1.0, "share", _T, "Good ones granted."),
    P("patent_weak", 0.15, 0.0, 1.0, "share", _A, "Weak ones granted."),
    P("pilot_price", 0.1, 0.0, 100.0, "million yuan a year", _A, "Asking the province to be accepted as a pilot."),
    P("pilot_filing", 1.6, 0.0, 1000.0, "per firm and year", _A, "Patents filed from which it accepts."),
    P("pilot_granted", 0.45, 0.0, 1.0, "share", _A, "Patents granted, of those decided on, from which it does."),
    P("pilot_share", 0.5, 0.0, 0.9, "share", _A, "Part of subsidies for filings that the province bears in a pilot."),
    P("promotion_price", 0.1, 1e-4, 10.0, "million yuan a quarter", _A, "Full promotion of property."),
)

_RESPONSIBILITY = (
    P("effort_start", 0.5, 0.0, 1.0, "[0, 1]", _A, "Effort of townships and departments without contracts."),
    P("effort_speed", 0.5, 0.0, 1.0, "per year", _A, "Speed at which effort moves."),
    P("effort_signed", 0.25, 0.0, 1.0, "[0, 1]", _A, "Effort that a strict contract adds."),
    P("effort_gap", 1.0, 0.0, 10.0, "per relative gap", _A, "Further effort after a missed target."),
    P("effort_effect", 0.6, 0.0, 1.0, "share", _A, "Part of filing that rests on townships' effort."),
    P("padding_gap", 1.2, 0.0, 10.0, "per relative gap", _A, "Padding after a missed target."),
    P("padding_signed", 0.1, 0.0, 1.0, "[0, 1]", _A, "Padding that a strict contract brings by itself."),
    P("verified", 0.8, 0.0, 1.0, "share", _A, "Padding that full verification deters."),
    P("point_patent", 0.1, 0.0, 100.0, "points", _A, "Points of a patent filed; a project counts one more each level."),
    P("point_certificate", 2.0, 0.0, 100.0, "points", _A, "Points of a certificate."),
    P("point_agreement", 1.0, 0.0, 100.0, "points", _A, "Points of an agreement."),
    P("assessment_price", 0.02, 1e-4, 10.0, "million yuan a year per contract", _A, "A strict assessment."),
    P("verification_price", 0.05, 1e-4, 10.0, "million yuan a year per contract", _A, "Full verification."),
    P("effort_price", 0.2, 0.0, 10.0, "million yuan a year per contract", _A, "Work of a township or department that "
      "urges firms with one more of effort."),
)

_KINDS = {  # kind: (clients served a quarter, price of building in million yuan, m2)
    Carrier.SCIENCE_PARK: (4, 50, 80_000), Carrier.INCUBATOR: (2, 20, 40_000),
    Carrier.STARTUP_CENTRE: (2, 20, 20_000), Carrier.ACCELERATOR: (4, 40, 50_000),
    Carrier.ENGINEERING_CENTRE: (1, 4, 0), Carrier.TECHNOLOGY_CENTRE: (1, 3, 0), Carrier.KEY_LABORATORY: (1, 6, 0),
    Carrier.RESEARCH_INSTITUTION: (3, 20, 0), Carrier.POSTDOC_STATION: (1, 1, 0),
    Carrier.ACADEMICIAN_STATION: (1, 2, 0), Carrier.PRODUCTIVITY_CENTRE: (2, 2, 0),
    Carrier.TRANSFER_AGENCY: (2, 2, 0), Carrier.TESTING_CENTRE: (3, 15, 0), Carrier.RELAY_STATION: (3, 2, 0),
    Carrier.FINANCE_INSTITUTION: (2, 2, 0), Carrier.SERVICE_AGENCY: (1, 0.5, 0),
}
_CARRIERS = tuple(
    P(f"capacity_{kind.name.lower()}", capacity, 0.0, 1e5, "clients a quarter", _A, "Clients that a local one serves.")
    for kind, (capacity, _, _) in _KINDS.items()
) + tuple(
    P(f"price_{kind.name.lower()}", price, 1e-3, 1e5, "million yuan", _A, "Public part of building one.")
    for kind, (_, price, _) in _KINDS.items()
) + tuple(
    P(f"area_{kind.name.lower()}", area, 0.0, 1e7, "m2", _A, "Area of one.")
    for kind, (_, _, area) in _KINDS.items() if area
)

_STAGES = {  # worth of information, knowledge, talent, finance, platform
    "seed": (0.6, 0.2, 0.1, 1.1, 1.1), "start_up": (0.7, 0.4, 0.6, 1.1, 0.7),
    "growth": (0.7, 1.0, 0.9, 0.7, 0.6), "mature": (0.8, 1.2, 0.7, 0.3, 0.6),
}
_WORTH = tuple(
    P(f"worth_{stage}_{service.name.lower()}", worth[service], 0.0, 5.0, "ratio",
      "document II, 3.3 and 5.2 (needs differ by stage); size assumed",
      f"Worth of {service.name.lower()} services to a firm in this stage.")
    for stage, worth in _STAGES.items() for service in Service
)

REGION: tuple[Parameter, ...] = (
    _BASE + _DEMAND + _SERVICE + _INCUBATION + _FINANCE + _TALENT + _MARKETS + _PROJECTS + _CAPABILITY
    + _MATCHING
    + _CERTIFICATION + _PATENTS + _RESPONSIBILITY + _CARRIERS + _WORTH
)
"""Set under ``[region]`` in a scenario file; a scenario without that section has no regional system."""

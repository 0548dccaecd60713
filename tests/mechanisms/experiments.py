"""The sentences of document I as paired experiments: what is switched, what has to move, and which way.

Each is run on replicates with common random numbers; the interval of the mean difference has to lie on the right side
of zero at 99 %. `docs/traceability.md` prints what was measured beside each row.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["EXPERIMENTS", "Experiment"]

Changes = Mapping[str, Any]


class Experiment(NamedTuple):
    """One claim: under `changed` the quantity lies higher (direction 1) or lower (-1) than under `base`.

    Attributes
    ----------
    row : str
        Mission row, and the sub-item where it has some, e.g. "B3 principles".
    claim : str
        In words.
    base, changed : mapping
        Changes on top of ``no_policy``; `changed` is on top of `base`.
    quantity : str
        Name in `quantities.QUANTITIES`.
    direction : int
    replicates : int
        Pairs.
    against : str
        Quantity that the base is measured by, where it is another one.
    """

    row: str
    claim: str
    base: Changes
    changed: Changes
    quantity: str
    direction: int
    replicates: int = 60
    against: str = ""


def on(instrument: str, budget: float, **levers: float) -> dict[str, float]:
    """An instrument with levers and a yearly budget, million yuan."""
    return {f"{instrument}.{name}": value for name, value in levers.items()} | {f"{instrument}.budget": budget}


def parameters(**values: float) -> dict[str, float]:
    """Parameters of the world."""
    return {f"parameters.{name}": value for name, value in values.items()}


SUBSIDY = on("startup_subsidy", 60, share=0.6)
PILOTS = on("pilot_selection", 60, number=4.0, support=1.0, years=4.0)
FEW_PILOTS = PILOTS | {"pilot_selection.number": 1.0}
GRANTS = on("programme_grants", 60, amount=4.0)
SCARCE = GRANTS | {"programme_grants.budget": 15.0}
SUPERVISED = GRANTS | on("supervision", 20, intensity=0.6, control=0.0, review=0.0)
RESCUE = on("reengineering", 80, effort=0.6)
ASSESSED = PILOTS | on("assessment", 60, effort=0.6, support=0.0, lessons=0.0)
SHUT = parameters(door_risk=0.0, door_opportunity=0.0, door_innovation=0.0)
PLATFORMS = on("platforms", 80, number=4.0)
MARKET = on("ip_market", 20, services=0.8, sale=0.0)
LAYOUT = SUBSIDY | on("layout", 10, strength=0.8)

LOT = PILOTS | {"pilot_selection.lottery": 1.0}
PRINCIPLE = {f"pilot_selection.{one}_weight": 0.0 for one in ("composition", "fit", "plan", "openness")} | {
    "pilot_selection.lottery": 0.0}
GUIDED = GRANTS | on("programme_guide", 20, effort=1.0) | {"programme_grants.need_weight": 10.0}
NONE_BUILT = PLATFORMS | {"platforms.number": 0.0}
SHOWN = ASSESSED | on("demonstration", 60, intensity=0.8)
MANDATE = on("diffusion_mandate", 40, strength=0.8)
WATCHED = GRANTS | on("supervision", 40, intensity=1.0, control=0.0, review=0.0)
ANY_PATH = RESCUE | {"reengineering.targeting": 0.0, "reengineering.base": 0.0, "reengineering.technology": 0.0}
BLIND = RESCUE | {f"reengineering.{one}": 0.0 for one in ("base", "technology", "credit", "importance")}


# Hardly any alliance declines for want of technology where the world takes years to master a new field.
CAUSES = {"technology": parameters(frontier_time=5.0)}
PATHS = (("technology leap", "technology"), ("business transformation", "economics"), ("chain extension", "standing"),
         ("restructuring", "stability"), ("governance renewal", "governance"), ("refocus", "clarity"))
"""Paths of re-engineering, and the dimension that each answers."""


def grants_without(principle: str) -> dict[str, float]:
    """Grants in which one of the five principles counts for nothing."""
    return GRANTS | {f"programme_grants.{principle}_weight": 0.0}


def platforms_of(kind: str) -> dict[str, float]:
    """Platforms of one kind."""
    kinds = ("laboratories", "parks", "public_platforms", "service_centres")
    return {"platforms.number": 4.0} | {f"platforms.{one}": float(one == kind) for one in kinds}


def by(principle: str, weight: float) -> dict[str, float]:
    """A plan that has places enough and chooses sectors by one of the four principles."""
    principles = ("base", "potential", "pull", "fusion")
    weights = {f"layout.{one}_weight": weight * (one == principle) for one in principles}
    return LAYOUT | {"layout.places": 30.0, "layout.strength": 1.0, "layout.sectors": 0.25} | weights


EXPERIMENTS: tuple[Experiment, ...] = (
    # A. the alliance and its life cycle
    Experiment("A1 complementarity", "Partners are sought for what they add: projects cover their fields better.",
               parameters(accept_gain=0.0), parameters(accept_gain=6.0), "mean_coverage", 1),
    Experiment("A1 generic technology", "Universities and institutes are met more where a field is generic.",
               parameters(meet_generic=0.0), parameters(meet_generic=4.0), "science_members", 1, 200),
    Experiment("A1 contract", "Under a contract that binds, fewer members leave.",
               parameters(contract_guard=0.1, terms_spread=0.0), parameters(contract_guard=0.9), "member_exit", -1,
               200),
    Experiment("A1 contract, projects", "Under a contract that binds, partners give more of what they promised.",
               parameters(contract_guard=0.1, terms_spread=0.0), parameters(contract_guard=0.9), "paid_ratio", 1),
    Experiment("A1 shared benefit", "Without royalties and publications universities and institutes leave sooner.",
               {}, parameters(royalty=0.0, publication_value=0.0), "science_exit", 1, 200),
    Experiment("A1 shared risk", "The more evenly cost is shared, the less a failure hurts members.",
               parameters(evenness=0.2, terms_spread=0.0), parameters(evenness=1.0), "mean_loss", -1),
    Experiment("A1 shared risk, partners", "Where a larger consortium saves its partners more, the risk-averse are "
               "found in larger ones.", parameters(accept_risk=6.0, cost_shared=0.0), parameters(cost_shared=1.0),
               "cautious_in_larger", 1, 100),
    Experiment("A1 shared risk, leaving", "Projects whose cost is concentrated are abandoned more often.",
               parameters(evenness=1.0, terms_spread=0.0), parameters(evenness=0.2), "abandoned", 1),
    Experiment("A2 decline", "Without new fields to go to, alliances decline sooner.", {}, SHUT, "decline_onset", 1),
    Experiment("A3 all doors", "With all doors shut hardly anybody re-grows.", {}, SHUT, "regrown", -1),
    Experiment("A3 risk avoidance", "Side lines opened before the fall carry re-growth.",
               SHUT, parameters(door_risk=1.0), "hedged_regrowth", 1),
    Experiment("A3 opportunity", "Opportunities seized in decline carry re-growth.",
               SHUT, parameters(door_opportunity=1.0), "seized_regrowth", 1),
    Experiment("A3 continuous innovation", "The next vintage of the own line carries re-growth.",
               SHUT, parameters(door_innovation=1.0), "own_line_regrowth", 1),
    Experiment("A5 rush", "A subsidy without layout brings more alliances.", {}, SUBSIDY, "founded", 1),
    Experiment("A5 need", "They are founded with less need.", {}, SUBSIDY, "motive", -1),
    Experiment("A5 duplication", "They crowd the same fields.", {}, SUBSIDY, "duplication", 1),
    Experiment("A5 results per alliance", "Each achieves less.", {}, SUBSIDY, "patents_per_alliance", -1),
    Experiment("A5 projects", "Each runs fewer projects.", {}, SUBSIDY, "projects_per_alliance", -1),
    Experiment("A5 results per yuan", "A yuan of joint R&D brings fewer adoptions: of more patents less is taken up.",
               {}, SUBSIDY, "adoptions_per_yuan", -1),
    Experiment("A5 sales per yuan", "A yuan earns less.", {}, SUBSIDY, "revenue_per_yuan", -1),
    Experiment("A5 lives", "Their lives are shorter.", {}, SUBSIDY, "survival_8y", -1),
    Experiment("A6 strong firms stay out", "Without the public-good loss strong firms take part more.",
               {}, parameters(public_good_loss=0.0), "strong_participation", 1),
    Experiment("A6 support draws the strong", "Support draws strong firms more than weak ones.",
               parameters(public_good_loss=0.3), SUBSIDY, "strong_over_weak", 1, 80),
    Experiment("A7 money and failures", "With half of members' money more projects fail.",
               {}, parameters(alliance_share=0.1), "unsuccessful", 1),
    Experiment("A7 money and lives", "With half of members' money lives are shorter.",
               {}, parameters(alliance_share=0.1), "survival_8y", -1),
    Experiment("A7 disputes", "Disputes over existing property end projects.",
               {}, parameters(dispute_existing=1.0, dispute_rate=0.15), "unsuccessful", 1),
    Experiment("A7 turnover", "Members that leave take trust along.", {}, parameters(exit_rate=0.05), "mean_trust", -1),
    Experiment("A7 efficiency", "Without command of methods research yields less.",
               {}, parameters(method_practice=0.0), "patents_per_yuan", -1),
    Experiment("A7 conversion", "Where later projects bring little, few products come.",
               {}, parameters(gain_later=0.6), "products", -1),
    Experiment("A8 experience", "Pilots' experience passes on only where it is taught.",
               PILOTS | {"pilot_selection.experience": 0.0}, {"pilot_selection.experience": 1.0},
               "outsiders_governance", 1),
    Experiment("A8 commercialisation", "Without launches results hardly spread.",
               {}, parameters(worth_launch=0.0), "adoptions", -1),
    # B. formation policy
    Experiment("B1 layout", "A plan lowers duplication under a subsidy.", SUBSIDY, LAYOUT, "duplication", -1),
    Experiment("B1 results per alliance", "A plan restores results per alliance.", SUBSIDY, LAYOUT,
               "patents_per_alliance", 1),
    Experiment("B1 lives", "A plan restores lives.", SUBSIDY, LAYOUT, "survival_8y", 1),
    Experiment("B1 base", "Sectors chosen by their base have the larger firms.", by("base", -1.0), by("base", 1.0),
               "subsidised_size", 1),
    Experiment("B1 potential", "Choosing sectors by potential beats the reverse.", by("potential", -1.0),
               by("potential", 1.0), "patents", 1, 300),
    Experiment("B1 pull", "Results of sectors chosen by pull are taken up by other sectors more.", by("pull", -1.0),
               by("pull", 1.0), "elsewhere_share", 1, 400),
    Experiment("B1 fusion", "Alliances of sectors chosen by fusion have more members of other sectors.",
               by("fusion", -1.0), by("fusion", 1.0), "strange_founders", 1, 200),
    Experiment("B1 place", "Founders react to the place.", LAYOUT, {"layout.place": 1.0}, "home_share", 1),
    Experiment("B1 scale", "Founders react to the scale.", LAYOUT, {"layout.scale": 14.0}, "founding_size", 1),
    Experiment("B1 number", "The number of places limits founding.", LAYOUT | {"layout.places": 8.0},
               {"layout.places": 1.0}, "founded", -1),
    Experiment("B1 time order", "Fields are opened as their time comes.", LAYOUT | {"layout.order": 0.02},
               {"layout.order": 0.6}, "founded", -1),
    Experiment("B2 subsidy", "A subsidy makes it cheaper to found.", {}, on("startup_subsidy", 20, share=0.2),
               "founded", 1),
    Experiment("B2 tax preference", "Tax saved makes members more content.", {}, on("tax_preference", 100, rate=0.4),
               "mean_satisfaction", 1),
    Experiment("B2 cooperation programme", "Who has done a small project together founds with more trust.",
               {}, on("cooperation_programme", 60, projects=8.0), "new_trust", 1),
    Experiment("B2 meetings", "Meetings bring partners that add more.", {}, on("meetings", 20, strength=1.0),
               "mean_coverage", 1),
    Experiment("B2 research incentives", "A bonus draws science.", {}, on("research_incentives", 60, bonus=1.0),
               "science_members", 1),
    Experiment("B2 special support, strong firms", "Bonuses draw strong firms where they lack, before founding.",
               {}, on("special_support", 60, amount=0.5, bonus=2.0, venture=0.0), "strong_in_new", 1),
    Experiment("B2 special support, science", "Bonuses draw science where it lacks, before founding.",
               {}, on("special_support", 60, amount=0.5, bonus=2.0, venture=0.0), "science_in_new", 1),
    Experiment("B2 special support, venture money", "A match draws venture money.",
               on("special_support", 60, amount=0.5, venture=0.0), {"special_support.venture": 0.5}, "venture_money",
               1),
    Experiment("B2 special support, larger match", "A larger match draws more.",
               on("special_support", 60, amount=0.5, venture=0.25), {"special_support.venture": 0.75},
               "venture_money", 1),
    Experiment("B3 principles", "Pilots by the four principles live longer than pilots by lot.",
               PILOTS | {"pilot_selection.lottery": 1.0}, {"pilot_selection.lottery": 0.0}, "pilots_alive_8y", 1),
    Experiment("B3 principles, results", "They achieve more.",
               PILOTS | {"pilot_selection.lottery": 1.0}, {"pilot_selection.lottery": 0.0}, "pilots_patents", 1),
    Experiment("B3 composition", "Pilots by composition alone have better rules than by lot.", LOT,
               PRINCIPLE | {"pilot_selection.composition_weight": 1.0}, "pilots_rules", 1),
    Experiment("B3 fit", "Pilots by fit alone work on what is generic and own more property than by lot.", LOT,
               PRINCIPLE | {"pilot_selection.fit_weight": 1.0}, "pilots_property", 1, 200),
    Experiment("B3 plan", "Pilots by plan and power to diffuse alone spread more than by lot.", LOT,
               PRINCIPLE | {"pilot_selection.plan_weight": 1.0}, "pilots_adopters", 1),
    Experiment("B3 openness", "Pilots by openness alone are more open than by lot.", LOT,
               PRINCIPLE | {"pilot_selection.openness_weight": 1.0}, "pilots_openness", 1),
    Experiment("B4 resources", "Support carries pilots' work.", PILOTS | {"pilot_selection.support": 0.0},
               {"pilot_selection.support": 4.0}, "pilots_patents", 1, 200),
    Experiment("B4 publicity", "Attention brings members to pilots.", PILOTS | {"pilot_selection.publicity": 0.0},
               {"pilot_selection.publicity": 1.0}, "joins_of_pilots", 1),
    Experiment("B4 publicity, founding", "Attention wakes needs: more alliances are founded.",
               PILOTS | {"pilot_selection.publicity": 0.0}, {"pilot_selection.publicity": 1.0}, "founded", 1, 200),
    Experiment("B4 experience", "Experience reaches new contracts.", PILOTS | {"pilot_selection.experience": 0.0},
               {"pilot_selection.experience": 1.0}, "new_governance", 1),
    # C. growth policy
    Experiment("C1 guide", "A guide from needs changes which fields get projects, against one from above.",
               GUIDED | {"programme_guide.bottom_up": 0.0}, {"programme_guide.bottom_up": 1.0}, "funded_outlook", 1),
    Experiment("C1 results per yuan", "A guide from needs makes money achieve more, against one from above.",
               GUIDED | {"programme_guide.bottom_up": 0.0}, {"programme_guide.bottom_up": 1.0}, "adoptions", 1, 400),
    Experiment("C2 money", "Grants raise results.", {}, GRANTS, "patents", 1),
    Experiment("C2 money, spread", "What was paid for spreads.", {}, GRANTS, "adoptions", 1),
    Experiment("C2 size, small", "A budget that is spent achieves more in grants of three million yuan than in many of "
               "a third.", SCARCE | {"programme_grants.amount": 0.33}, {"programme_grants.amount": 3.0}, "patents", 1,
               120),
    Experiment("C2 size, large", "And more than in few of ten.",
               SCARCE | {"programme_grants.amount": 10.0}, {"programme_grants.amount": 3.0}, "patents", 1, 120),
    Experiment("C2 principle 1, need", "Weight on need moves money to fields with a future.", grants_without("need"),
               {"programme_grants.need_weight": 10.0}, "funded_outlook", 1),
    Experiment("C2 principle 2, order", "Weight on order moves money to what comes next in a line.",
               grants_without("order"),
               {"programme_grants.order_weight": 10.0}, "funded_in_order", 1),
    Experiment("C2 principle 3, property", "Weight on property moves money to owners of core patents.",
               grants_without("property"), {"programme_grants.property_weight": 10.0}, "funded_core", 1),
    Experiment("C2 principle 4, firms", "Weight on firms moves money to alliances led by firms.",
               grants_without("firms"),
               {"programme_grants.firms_weight": 10.0}, "funded_firms", 1),
    Experiment("C2 principle 5, contract", "Weight on the contract moves money to those with rules.",
               grants_without("contract"), {"programme_grants.contract_weight": 10.0}, "funded_rules", 1),
    Experiment("C2 pilots first", "Pilots get grants first.", PILOTS | GRANTS | {"programme_grants.pilots_first": 0.0},
               {"programme_grants.pilots_first": 1.0}, "awards_of_pilots", 1),
    Experiment("C2 rolling", "Who did well is supported again.", GRANTS | {"programme_grants.rolling": 0.0},
               {"programme_grants.rolling": 1.0}, "funded_again_success", 1),
    Experiment("C3 use of money", "Watching lowers misuse.", GRANTS, SUPERVISED, "misuse", -1),
    Experiment("C3 control of changes", "Leaving needs consent: fewer partners leave funded projects.",
               SUPERVISED, {"supervision.control": 1.0}, "funded_leavers", -1, 400),
    Experiment("C3 review", "Reviews stop projects that are behind.", SUPERVISED, {"supervision.review": 0.8},
               "stopped", 1),
    Experiment("C3 money freed", "What reviews free does better.", SUPERVISED, {"supervision.review": 0.8},
               "results_of_grants", 1, 150),
    Experiment("C3 harm", "Compliance eats money.", GRANTS, SUPERVISED | {"supervision.intensity": 1.0},
               "compliance", 1),
    Experiment("C4 laboratories", "Laboratories help research.", NONE_BUILT, platforms_of("laboratories"),
               "patents_per_yuan", 1),
    Experiment("C4 parks", "Parks speed industrialisation.", NONE_BUILT, platforms_of("parks"),
               "industrialisation_speed", 1),
    Experiment("C4 public platforms", "Test platforms speed launches.", NONE_BUILT, platforms_of("public_platforms"),
               "launch_speed", 1),
    Experiment("C4 service centres", "Service centres wake needs of firms outside.", NONE_BUILT,
               platforms_of("service_centres"), "stated_need", 1),
    Experiment("C4 condition 1, funds", "Without own money nobody hosts.", PLATFORMS | {"platforms.share": 0.9},
               {"platforms.share": 0.2}, "platforms_built", -1),
    Experiment("C4 condition 1, technology", "Hosts know more than without the condition.",
               PLATFORMS | parameters(host_technology=0.0), parameters(host_technology=0.9), "hosts_technology", 1),
    Experiment("C4 condition 1, leadership", "Hosts lead more than without the condition.",
               PLATFORMS | parameters(host_leadership=0.0), parameters(host_leadership=0.6), "hosts_standing", 1),
    Experiment("C4 condition 2, facilities", "Hosts have test facilities, which fewer have than would be chosen.",
               PLATFORMS | parameters(host_facilities=0.0), parameters(host_facilities=0.7), "hosts_bodies", 1,
               200),
    Experiment("C4 condition 3, reach", "Hosts are more open than without the condition.",
               PLATFORMS | parameters(host_openness=0.0), parameters(host_openness=0.6), "hosts_openness", 1),
    Experiment("C5 training", "Training raises what a yuan of research yields.", {},
               on("method_training", 60, intensity=0.8), "patents_per_yuan", 1),
    Experiment("C5 standards", "And standards.", {}, on("method_training", 60, intensity=0.8), "standards_per_yuan", 1),
    Experiment("C5 decay", "It fades unless renewed.", on("method_training", 60, intensity=0.8),
               parameters(method_fade=0.2), "patents_per_yuan", -1),
    # D. maturity policy
    Experiment("D1 support", "Support of exemplars carries their work on.", ASSESSED,
               {"assessment.support": 6.0}, "exemplars_patents", 1, 200),
    Experiment("D1 rectification", "The weak are made to work by better rules.", PILOTS, ASSESSED,
               "pilots_rules", 1),
    Experiment("D1 dropping, money", "What fails loses its support.", ASSESSED, {"assessment.failing": 0.5,
               "assessment.weak": 0.5}, "pilot_support", -1),
    Experiment("D1 lessons", "Lessons of failure lower others' failure.", ASSESSED, {"assessment.lessons": 1.0},
               "own_failures", -1, 150),
    Experiment("D2 experience", "Exemplars' model spreads to others' management.", ASSESSED,
               on("demonstration", 60, intensity=0.8), "outsiders_governance", 1),
    Experiment("D2 procurement", "Orders help to bring results to market.", {},
               on("procurement", 100, amount=4.0), "products", 1),
    Experiment("D2 procurement, harm", "A sure customer makes slow to open new lines.", {},
               on("procurement", 100, amount=4.0), "mean_lines", -1),
    Experiment("D2 platforms for pilots", "Platforms go to pilots first.", FEW_PILOTS | PLATFORMS | {
               "platforms.pilots_first": 0.0}, {"platforms.pilots_first": 1.0}, "hosts_pilots", 1),
    Experiment("D2 market entry", "Help with new markets raises revenue.", SHOWN, {"demonstration.market_entry": 1.0},
               "revenue", 1),
    Experiment("D2 conversion", "Help with conversion brings products.", SHOWN, {"demonstration.conversion_help": 1.0},
               "products", 1),
    Experiment("D2 confidentiality", "What is kept confidential is not imitated.",
               SHOWN | {"demonstration.confidentiality": 0.0}, {"demonstration.confidentiality": 1.0},
               "pilots_adopters", -1),
    Experiment("D3 mandate", "What was paid for by the public spreads more.", GRANTS, MANDATE, "adoptions", 1),
    Experiment("D3 generic first", "Generic results spread more than core ones.",
               GRANTS | MANDATE | parameters(mandate_basic=1.0), parameters(mandate_basic=0.0), "generic_spread", 1),
    Experiment("D4 conduct", "Enforced rights lower disputes.", {}, on("ip_regime", 60, strength=0.8), "disputes", -1),
    Experiment("D4 conduct, harm", "Enforced rights slow imitation.", {}, on("ip_regime", 60, strength=0.8),
               "adoptions", -1),
    Experiment("D4 monopoly", "Competition law takes from who dominates.", {},
               on("ip_regime", 60, strength=0.8, enforcement=0.0, antitrust=1.0), "dominant_revenue", -1),
    Experiment("D4 standards", "Promoted standards spread results.", {},
               on("ip_regime", 60, strength=0.8, enforcement=0.0, standards=1.0), "adoptions", 1),
    Experiment("D5 analysis", "Analysis finds buyers.", MARKET | {"ip_market.analysis": 0.2},
               {"ip_market.analysis": 1.0}, "licences_home", 1),
    Experiment("D5 valuation", "Valuation makes deals cheaper.", MARKET | {"ip_market.valuation": 0.2},
               {"ip_market.valuation": 1.0}, "transaction_costs", -1),
    Experiment("D5 litigation", "Litigation services settle disputes.", MARKET | {"ip_market.litigation": 0.0},
               {"ip_market.litigation": 1.0}, "disputes", -1),
    Experiment("D5 warning", "Early warning holds imitators back.", MARKET | {"ip_market.warning": 0.0},
               {"ip_market.warning": 1.0}, "adoptions", -1),
    Experiment("D5 sale", "Property is sold.", MARKET, {"ip_market.sale": 0.8}, "property_sold", 1),
    Experiment("D5 sale differs from licence", "A deal that is a sale is no licence.",
               MARKET, {"ip_market.sale": 0.8}, "licences_home", -1),
    Experiment("D5 sale brings more", "A sale brings more than a licence.",
               MARKET, {"ip_market.sale": 0.8}, "deal_price", 1),
    Experiment("D5 pledge", "Pledged property brings loans.", MARKET, {"ip_market.pledge": 0.8}, "loans", 1),
    Experiment("D5 pledge, use", "Loans pay for work that would have starved.", MARKET, {"ip_market.pledge": 0.8},
               "abandoned", -1, 200),
    Experiment("D6 subsidy", "Paying for diffusion spreads results.", {}, on("diffusion_subsidy", 60, rate=0.8),
               "adoptions", 1),
    Experiment("D6 harm", "Owners earn less on what they spend.", {}, on("diffusion_subsidy", 60, rate=0.8),
               "revenue_per_yuan", -1),
    Experiment("D7 nation", "Licences abroad fall.", MARKET, on("leakage_control", 40, strictness=0.9, region=0.0),
               "sales_abroad", -1),
    Experiment("D7 nation, leakage", "Less leaks to competitors abroad.", MARKET,
               on("leakage_control", 40, strictness=0.9, region=0.0), "leaked", -1),
    Experiment("D7 region", "Outsiders of other regions adopt less.", {},
               on("leakage_control", 40, strictness=0.9, nation=0.0), "adoptions", -1),
    Experiment("D8 loss", "Firms that expect to give results away stay out.", GRANTS,
               MANDATE | parameters(mandate_loss=1.0), "strong_participation", -1),
    Experiment("D8 return", "Under a mandate, paying for diffusion spreads more.", GRANTS | MANDATE,
               on("diffusion_subsidy", 60, rate=0.8), "adoptions", 1),
    # E. decline policy
    Experiment("E1 effort", "Effort buys accuracy: more paths fit the weakest dimension.", RESCUE | {
               "reengineering.effort": 0.05}, {"reengineering.effort": 1.0}, "fitting_paths", 1),
    Experiment("E2 all conditions", "Who passes re-grows more than whoever is rescued blindly.", BLIND, {
               f"reengineering.{one}": 1.0 for one in ("base", "technology", "credit", "importance")},
               "rescued_regrown", 1, 100),
    Experiment("E2 base", "Rescued all the same, who has no base to cooperate on re-grows less.", BLIND, {},
               "regrown_with_base", 1, 200, "regrown_without_base"),
    Experiment("E2 technology", "Rescued all the same, who has no core technology re-grows less.", BLIND, {},
               "regrown_with_technology", 1, 200, "regrown_without_technology"),
    Experiment("E2 credit", "Who has used public money honestly re-grows more.", BLIND | WATCHED,
               {"reengineering.credit": 1.0}, "rescued_regrown", 1, 200),
    Experiment("E2 importance", "Whose fields matter re-grows more.", BLIND, {"reengineering.importance": 1.0},
               "rescued_regrown", 1, 200),
    Experiment("E3 rescue", "Re-engineering carries re-growth.", {}, RESCUE, "regrown", 1),
    Experiment("E3 as diagnosed", "Paths as diagnosed beat paths at random.", RESCUE | {"reengineering.targeting": 0.0},
               {"reengineering.targeting": 1.0}, "rescued_regrown", 1, 150),
    Experiment("E3 always leap", "Always leap loses per yuan to as diagnosed.", RESCUE | {"reengineering.path": 0},
               {"reengineering.path": -1}, "cost_per_regrowth", -1, 150),
    *(Experiment(f"E3 {path}", f"It raises {dimension} more than other paths do.", ANY_PATH, {},
                 f"{dimension}_by_own_path", 1, 60, f"{dimension}_by_other_paths") for path, dimension in PATHS),
    *(Experiment(f"E3 cause {dimension}", f"Where {dimension} is weakest, {path} leaves more vitality after two years "
                 "than other paths do; what has ended has none.", ANY_PATH | CAUSES.get(dimension, {}), {},
                 f"vitality_by_own_path_of_{dimension}", 1, 4800,
                 f"vitality_by_other_paths_of_{dimension}") for path, dimension in PATHS),
    *(Experiment(f"E3 cause {dimension}, re-growth", f"Where {dimension} is weakest, {path} carries re-growth more "
                 "than others.", ANY_PATH | CAUSES.get(dimension, {}), {}, f"regrown_by_own_path_of_{dimension}", 1,
                 4800, f"regrown_by_other_paths_of_{dimension}") for path, dimension in PATHS),
)

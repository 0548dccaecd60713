"""Small Mesa models."""

import alliancelab as al

SMALL = {"world.firms": 120, "world.sectors": 2, "world.universities": 6, "world.institutes": 6, "world.agencies": 4,
         "world.quarters": 60, "world.warm_up": 20}


def small(scenario: str = "stage_matched", **arguments) -> al.AllianceModel:
    return al.AllianceModel(scenario, **{"rng": 0, **SMALL, **arguments})


def after(quarters: int, scenario: str = "stage_matched", **arguments) -> al.AllianceModel:
    model = small(scenario, **arguments)
    for _ in range(quarters):
        model.step()
    return model


def keys_of(model) -> set[int]:
    return {agent.key for agent in model.organisations}

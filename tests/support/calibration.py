"""A small world to fit, and targets for it."""

import json

WORLD = {"title": "small", "base": "no_policy",
         "world": {"firms": 180, "universities": 15, "institutes": 10, "agencies": 5, "sectors": 1, "quarters": 60}}
TARGETS = {
    "base": "small.toml", "replicates": 6, "first_seed": 500,
    "search": {"points": 16, "starts": 1, "seed": 3},
    "vary": {"partner_cost": [0.2, 0.8], "project_length": [8.0, 20.0], "meet_research": [0.2, 0.8]},
    "targets": {
        "planned_mean": {"value": 40.0, "spread": 1.0}, "yearly_cost": {"value": 15.0, "spread": 1.5},
        "firm_share": {"value": 0.5, "spread": 0.04}, "size_mean": {"value": 9.0, "spread": 3.0, "fit": False},
    },
}


def small_world(folder, **changes):
    """Write the scenario file that the targets are measured in."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in WORLD.items() if key != "world"] + ["[world]"]
    lines += [f"{key} = {value}" for key, value in (WORLD["world"] | changes).items()]
    (folder / "small.toml").write_text("\n".join(lines), encoding="utf-8")

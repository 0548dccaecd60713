"""Make the pictures of README.md and publishing.md anew: `python docs/pictures.py`, half a minute on two free cores."""

from pathlib import Path

import alliancelab as al

FOLDER = Path(__file__).parent / "images"
PACKAGES = ("no_policy", "formation_only", "stage_matched")  # those of `make demo`


def main() -> None:
    """Mean courses under three packages, single lives, and a network over time."""
    run = al.run("stage_matched", seed=1)
    figures = {
        "lifecycle": al.compare(PACKAGES).plot.lifecycle(),
        "lives": al.run("no_policy", seed=1).plot.lives(12),
        "network": run.figures()["network"],
    }
    for name, figure in figures.items():
        figure.savefig(FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()

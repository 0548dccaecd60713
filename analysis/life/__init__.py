"""The life of alliances: means by age, fitted curves, turning points, phases, survival."""

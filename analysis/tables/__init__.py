"""A recording as tidy tables."""

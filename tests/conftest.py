"""What holds for all tests: property tests search the same cases every time, without a stopwatch."""

from hypothesis import settings

# The first call of a compiled rule may compile it, which no deadline of a single case allows for.
settings.register_profile("alliancelab", deadline=None, derandomize=True)
settings.load_profile("alliancelab")

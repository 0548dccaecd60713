"""Worlds that nobody can rule out: what is unknown, which values fit the data, and runs of scenarios in each of them.

Source: H5.
"""

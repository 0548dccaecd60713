"""Sweeps: designs over levers, uncertainties and dates; an immutable plan; shards of runs that survive what dies.

Source: H5.
"""

"""Intervals, clustered intervals and sample sizes: what every table and figure is judged by."""

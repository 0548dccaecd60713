"""Figures, drawn from tables and titles."""

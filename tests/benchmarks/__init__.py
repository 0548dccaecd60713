"""Tests of what the engine is measured against."""

"""Registries of alliances: tables read and checked, worlds that start from them, forecasts and their scores."""

__all__: list[str] = []

"""The regional systems: a cluster's innovation services and a county bureau's plan, beside the national chain."""

from alliancelab.model.regional import (
    applications,
    building,
    certification,
    coordination,
    doubling,
    expansion,
    finance,
    incubation,
    markets,
    matching,
    patents,
    responsibility,
    talent,
    transfer,
)

REGIONAL = (
    transfer.INSTRUMENT,
    coordination.INSTRUMENT,
    building.RESEARCH_PLATFORMS,
    building.SERVICE_PLATFORMS,
    incubation.INSTRUMENT,
    finance.INSTRUMENT,
    talent.INSTRUMENT,
    markets.INSTRUMENT,
    expansion.INSTRUMENT,
    applications.APPLICATIONS,
    applications.COUNTY_PROJECTS,
    matching.INSTRUMENT,
    certification.INSTRUMENT,
    patents.INSTRUMENT,
    responsibility.INSTRUMENT,
    doubling.INSTRUMENT,
)
"""Instruments for scenarios with a ``[region]``, in the order of the two documents; as `codes.RegionalPurse`."""

__all__ = ["REGIONAL"]

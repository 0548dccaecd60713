"""Who takes part in what, as numbers: the one form of simulated alliances and of public project data. Source: H5."""

from typing import NamedTuple

import numpy as np

__all__ = ["OTHER", "Consortia", "numbered"]

OTHER = -1
"""Kind of members that are neither firm, university nor institute, or of which nothing is known."""


class Consortia(NamedTuple):
    """Participations, one entry a seat, ordered by the start of the project.

    Attributes
    ----------
    project : ndarray of int64
        Projects numbered from 0 in order of their start.
    organisation : ndarray of int64
        Organisations numbered from 0.
    kind : ndarray of int64
        Code of `Kind`, -1 for others and unknown ones.
    sector : ndarray of int64
        Sector of the project, within which it finds members; one for all in public data.
    """

    project: np.ndarray
    organisation: np.ndarray
    kind: np.ndarray
    sector: np.ndarray


def numbered(start: np.ndarray, project: np.ndarray, organisation: np.ndarray, kind: np.ndarray,
             sector: np.ndarray) -> Consortia:
    """Number projects by start and name, organisations by name; a member twice in a project counts once."""
    named = np.unique(project, return_inverse=True)[1]
    order = np.lexsort((named, start))
    _, first, named = np.unique(named[order], return_index=True, return_inverse=True)
    number = np.empty(len(first), np.int64)
    number[np.argsort(first, kind="stable")] = np.arange(len(first))
    _, member = np.unique(organisation[order], return_inverse=True)
    seats = np.stack([number[named], member], axis=1).reshape(-1, 2)
    _, once = np.unique(seats, axis=0, return_index=True)
    of_kind, of_sector = (np.asarray(column, np.int64)[order][once] for column in (kind, sector))
    return Consortia(seats[once, 0], seats[once, 1], of_kind, of_sector)

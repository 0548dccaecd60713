"""Folders of results as a whole: refused before anything is computed, written or not at all, nobody's files lost."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from alliancelab.agents.errors import StoreError
from alliancelab.scenarios.files import read_json, reason, write_json

__all__ = [
    "MANIFEST", "MARK", "MARK_WITHIN", "PROGRAM", "REPORT", "check_folder", "package_version", "staged", "sum_of",
]

MANIFEST = "manifest.json"
REPORT = "report.html"
"""A report may be put beside the results that it tells of; new results replace it with them."""
MARK = b'<meta name="generator" content="alliancelab'
"""Beginning of the line by which a page is known as ours, so that no other file is ever replaced."""
MARK_WITHIN = 4_000  # bytes in which that line stands
PROGRAM = "alliancelab"


def package_version(package: str) -> str:
    """Version of an installed package, as results tell it."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def check_folder(folder: str | Path, overwrite: bool = False, inputs: Iterable[Any] = ()) -> Path:
    """Refuse, before anything is computed, a folder that could not be written.

    Parameters
    ----------
    overwrite : bool
        Whether earlier results of this program may be replaced; files of anybody else never are.
    inputs : iterable
        What the computation reads: paths, and names of scenarios, of which those that end in ``.toml`` are files.

    Raises
    ------
    StoreError
        When something that is read lies in it, it is a file, the present folder or a disk of its own, holds earlier
        results that nobody said may go, or files that this program did not write or that have changed since, or cannot
        be written.
    """
    target = Path(os.path.abspath(folder))
    try:
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise StoreError(f"{folder}: this is a file or a link; give the name of a new folder")
        if target.is_dir():
            _check_inputs(folder, target, inputs)
            _check_there(folder, target, overwrite)
        target.parent.mkdir(parents=True, exist_ok=True)
        probe = tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent)
        os.rmdir(probe)
    except (OSError, ValueError) as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError(f"{folder}: {reason(error)}; give a folder that can be written") from None
    return target


def _check_inputs(folder: str | Path, target: Path, inputs: Iterable[Any]) -> None:
    """Refuse what would be deleted by what is made of it."""
    for one in inputs:
        is_path = isinstance(one, Path) or (isinstance(one, str) and one.endswith(".toml"))
        if is_path and os.path.exists(one) and Path(one).resolve().is_relative_to(target.resolve()):
            raise StoreError(f"{folder}: what is read lies there ({one}); give a new folder for the results")


def _check_there(folder: str | Path, target: Path, overwrite: bool) -> None:
    if os.path.ismount(target):
        raise StoreError(f"{folder}: a disk of its own is mounted there; give the name of a new folder inside it")
    if Path.cwd().resolve().is_relative_to(target.resolve()):
        raise StoreError(f"{folder}: this is the folder that you are in; give the name of a new folder inside it")
    strangers = _strangers(target)
    if strangers:
        name, problem = strangers[0]
        raise StoreError(f"{folder}: the folder holds '{name}', which {problem}; give a new or empty folder")
    if not overwrite and any(target.iterdir()):
        raise StoreError(f"{folder}: the folder holds earlier results; give a new folder, or say --overwrite "
                         "(in Python overwrite=True) to replace them")


def _strangers(folder: Path) -> list[tuple[str, str]]:
    """What lies in a folder that its manifest does not list as it is, each with the reason."""
    sizes, sums = _listed(folder)
    found = []
    for place, folders, files in os.walk(folder):
        for name in sorted([*folders, *files]):
            path = Path(place) / name
            relative = path.relative_to(folder).as_posix()
            if path.is_dir() and not path.is_symlink():
                if not any(one.startswith(f"{relative}/") for one in sizes):
                    found.append((relative, "alliancelab did not write"))
            elif relative not in sizes or path.is_symlink():
                if not (sizes and relative == REPORT and not path.is_symlink() and _is_report(path)):
                    found.append((relative, "alliancelab did not write"))
            elif relative != MANIFEST and not (path.stat().st_size == sizes[relative]
                                               and sums.get(relative) in (None, sum_of(path))):
                found.append((relative, "has changed since alliancelab wrote it"))
    return found


def _listed(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sizes and checksums of the files that a manifest of ours lists, itself included; nothing without such a one."""
    try:
        manifest = read_json(folder, MANIFEST)
    except StoreError:
        return {}, {}
    sizes, sums = manifest.get("files"), manifest.get("sha256", {})
    if manifest.get("program") != PROGRAM or not isinstance(sizes, dict) or not isinstance(sums, dict):
        return {}, {}
    return {**sizes, MANIFEST: None}, sums


def _is_report(path: Path) -> bool:
    with path.open("rb") as file:
        return MARK in file.read(MARK_WITHIN)


def sum_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def staged(folder: str | Path) -> Iterator[Path]:
    """Give a temporary folder to write into; it takes the place of `folder` when all went well.

    Earlier results of this program under that name are replaced; whoever asks first calls `check_folder`. Anything else
    there is refused and left alone, and what somebody has put there meanwhile is put into the new folder.

    Raises
    ------
    StoreError
        As `check_folder`, and when the disk is full or the folder disappears meanwhile.
    """
    target = check_folder(folder, overwrite=True)
    staging: Path | None = None
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        staging.chmod(0o755)  # mkdtemp keeps others out; results are for reading
        yield staging
        _seal(staging)
        done, staging = staging, None
        _swap(done, target)
    except OSError as error:
        raise StoreError(f"{folder}: the results could not be written: {reason(error)}") from None
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)


def _seal(staging: Path) -> None:
    """List what is there and bring it to the disk."""
    paths = {path.relative_to(staging).as_posix(): path for path in sorted(staging.rglob("*")) if path.is_file()}
    write_json(staging, MANIFEST, {
        "program": PROGRAM, "version": package_version(PROGRAM),
        "files": {name: path.stat().st_size for name, path in paths.items()},
        "sha256": {name: sum_of(path) for name, path in paths.items()}})
    for path in [*staging.rglob("*"), staging]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _swap(staging: Path, target: Path) -> None:
    """Put the new folder in the place of the old one; the old one goes only when the new one is there."""
    aside: Path | None = None
    try:
        if target.exists():
            aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
            os.rename(target, aside / "old")
        os.rename(staging, target)
    except OSError as error:
        if aside is not None and (aside / "old").exists() and not target.exists():
            os.rename(aside / "old", target)
        if aside is not None and not any(aside.iterdir()):
            aside.rmdir()
        raise StoreError(f"{target}: the results could not be put there: {reason(error)}; they are in {staging}, whole"
                         ) from None
    if aside is not None:
        _give_back(aside / "old", target)
        shutil.rmtree(aside, ignore_errors=True)


def _give_back(old: Path, target: Path) -> None:
    """Move what this program did not write, and what was changed, from the old folder into the new one."""
    for name, _ in _strangers(old):
        here, there = old / name, target / name
        if not os.path.lexists(here):
            continue  # went with the folder that it was in
        number = 0
        while os.path.lexists(there):
            number += 1
            there = target / f"{name}.kept{number}"
        there.parent.mkdir(parents=True, exist_ok=True)
        os.rename(here, there)

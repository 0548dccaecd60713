"""Folders of results: Parquet tables and JSON, written as a whole or not at all, and read back."""

import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliancelab.scenarios.errors import StoreError, did_you_mean
from alliancelab.scenarios.scenario import Scenario, restore

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.parquet as pq

__all__ = [
    "REPORT", "Stored", "check_folder", "parquet_file", "provenance", "read_json", "read_table", "staged", "write_file",
    "write_json", "write_table",
]

MANIFEST = "manifest.json"
REPORT = "report.html"
"""A report may be put beside the results that it tells of; new results replace it with them."""
PROGRAM = "alliancelab"
_PACKAGES = ("mesa", "numpy", "numba", "pandas", "scipy", "matplotlib", "pyarrow", "pydantic",
             "lifelines")


def provenance(
    kind: str, scenarios: Sequence[Scenario], seeds: Sequence[int], seconds: float, **more: Any
) -> dict[str, Any]:
    """What has to be known to do it again: version, scenarios in full with their hashes, seeds, packages, platform.

    Parameters
    ----------
    kind : str
        "run" or "compare".
    seconds : float
        Duration.
    """
    return {
        "program": PROGRAM,
        "kind": kind,
        "version": _version(PROGRAM),
        "scenarios": [{"hash": scenario.hash, **scenario.as_dict()} for scenario in scenarios],
        "seeds": [int(seed) for seed in seeds],
        "packages": {name: _version(name) for name in _PACKAGES},
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "duration_seconds": round(seconds, 3),
        **more,
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def check_folder(folder: str | Path) -> Path:
    """Refuse, before anything is computed, a folder that could not be written.

    Raises
    ------
    StoreError
        When it is a file, holds files that this program did not write, or cannot be written.
    """
    target = Path(folder)
    try:
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise StoreError(f"{target}: this is a file or a link; give the name of a new folder")
        strangers = _strangers(target) if target.is_dir() else []
        if strangers:
            raise StoreError(f"{target}: the folder holds '{strangers[0]}', which alliancelab did not write; "
                             "give a new or empty folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        probe = tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent)
        os.rmdir(probe)
    except (OSError, ValueError) as error:
        if isinstance(error, StoreError):
            raise
        raise StoreError(f"{target}: {_reason(error)}; give a folder that can be written") from None
    return target


def _strangers(folder: Path) -> list[str]:
    """Files in a folder that its manifest does not list."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    try:
        manifest = read_json(folder, MANIFEST)
        ours = set(manifest["files"]) | {MANIFEST, REPORT} if manifest.get("program") == PROGRAM else set()
    except (StoreError, KeyError, TypeError, AttributeError):
        ours = set()
    return sorted(there - ours)


def _reason(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error)
    return text[:1].lower() + text[1:]


@contextmanager
def staged(folder: str | Path) -> Iterator[Path]:
    """Give a temporary folder to write into; it takes the place of `folder` when all went well.

    Earlier results of this program under that name are replaced; anything else there is refused and left alone.

    Raises
    ------
    StoreError
        As `check_folder`, and when the disk is full or the folder disappears meanwhile.
    """
    target = check_folder(folder)
    staging: Path | None = None
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        staging.chmod(0o755)  # mkdtemp keeps others out; results are for reading
        yield staging
        _seal(staging)
        _swap(staging, target)
    except OSError as error:
        raise StoreError(f"{target}: the results could not be written: {_reason(error)}") from None
    finally:
        if staging is not None and staging.exists():
            shutil.rmtree(staging, ignore_errors=True)


def _seal(staging: Path) -> None:
    """List what is there and bring it to the disk."""
    files = {path.relative_to(staging).as_posix(): path.stat().st_size
             for path in sorted(staging.rglob("*")) if path.is_file()}
    write_json(staging, MANIFEST, {"program": PROGRAM, "version": _version(PROGRAM), "files": files})
    for path in [*staging.rglob("*"), staging]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _swap(staging: Path, target: Path) -> None:
    """Put the new folder in the place of the old one; the old one goes only when the new one is there."""
    if not target.exists():
        os.rename(staging, target)
        return
    aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    os.rename(target, aside / "old")
    try:
        os.rename(staging, target)
    except OSError:
        os.rename(aside / "old", target)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_file(target: Path, content: bytes) -> None:
    """Write one file as a whole or not at all: temporary name, fsync, rename.

    Raises
    ------
    StoreError
        When it cannot be written.
    """
    staging: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        staging = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staging.chmod(0o644)
        os.replace(staging, target)
    except (OSError, ValueError) as error:
        raise StoreError(f"{target}: the file could not be written: {_reason(error)}") from None
    finally:
        if staging is not None:
            staging.unlink(missing_ok=True)


def write_table(folder: Path, name: str, frame: "pd.DataFrame") -> None:
    """Write ``<name>.parquet``; an index that has a name becomes a column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    named = frame.reset_index() if any(frame.index.names) else frame
    table = pa.Table.from_pandas(named, preserve_index=False, nthreads=1)  # no threads: see `parquet_file`
    pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


def write_json(folder: Path, name: str, content: Mapping[str, Any]) -> None:
    """Write a JSON document; numbers that JSON does not know (NaN) become null."""
    text = json.dumps(_without_nan(content), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / name).write_text(text + "\n", encoding="utf-8")


def _without_nan(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if isinstance(value, float) and not abs(value) < float("inf"):
        return None
    return value


def parquet_file(data: bytes) -> "pq.ParquetFile":
    """Open the bytes of a Parquet file, to be read without threads.

    The bytes are held by Arrow, not by a file object of Python, and nothing is read ahead: in one of forty commands a
    thread of Arrow that was still there when the process ended aborted it.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    return pq.ParquetFile(pa.BufferReader(data), pre_buffer=False)


def read_table(folder: str | Path, name: str) -> "pd.DataFrame":
    """Read ``<name>.parquet``.

    Raises
    ------
    StoreError
        When it is missing or torn.
    """
    import pyarrow as pa

    path = Path(folder) / f"{name}.parquet"
    try:
        return parquet_file(path.read_bytes()).read(use_threads=False).to_pandas(use_threads=False)
    except FileNotFoundError:
        raise StoreError(f"{path}: there is no such table; give a folder that alliancelab wrote") from None
    except (pa.ArrowException, OSError, ValueError) as error:
        raise StoreError(f"{path}: the table cannot be read: {str(error).splitlines()[0]}") from None


def read_json(folder: str | Path, name: str) -> dict[str, Any]:
    """Read a JSON document.

    Raises
    ------
    StoreError
        When it is missing or torn.
    """
    path = Path(folder) / name
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StoreError(f"{path}: there is no such file; give a folder that alliancelab wrote") from None
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path}: the file cannot be read: {_reason(error)}") from None
    if not isinstance(content, dict):
        raise StoreError(f"{path}: this is not a document of alliancelab")
    return content


class Stored:
    """A folder of results: its document and its tables, each read when it is asked for.

    Attributes
    ----------
    folder : Path
    document : dict
        Version, scenarios in full, seeds, packages, platform, duration.
    tables : tuple of str
        Names that `table` takes.

    Raises
    ------
    StoreError
        When the folder is not one of ours, or a file that its manifest lists is missing or of another length.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        files = read_json(self.folder, MANIFEST).get("files")
        if not isinstance(files, dict):
            raise StoreError(f"{self.folder / MANIFEST}: this is not a manifest of alliancelab")
        for name, size in files.items():
            path = self.folder / name
            if not path.is_file() or path.stat().st_size != size:
                raise StoreError(f"{path}: the file is missing or torn; write the results again")
        documents = [name for name in files if name.endswith(".json")]
        self.document = read_json(self.folder, documents[0]) if documents else {}
        self.tables = tuple(name.removesuffix(".parquet") for name in files if name.endswith(".parquet"))

    def table(self, name: str) -> "pd.DataFrame":
        """One of `tables` as it was written."""
        if name not in self.tables:
            raise StoreError(f"{self.folder}: there is no table '{name}'; {did_you_mean(name, self.tables)}")
        return read_table(self.folder, name)

    @property
    def scenarios(self) -> list[Scenario]:
        """The scenarios of the run or comparison, ready to be run again."""
        return [restore({key: value for key, value in document.items() if key != "hash"})
                for document in self.document["scenarios"]]

    def __repr__(self) -> str:
        return f"Stored({str(self.folder)!r}: {', '.join(self.tables)})"

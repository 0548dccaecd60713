"""Folders of results: Parquet tables and JSON, written as a whole or not at all, and read back."""

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliancelab.agents.errors import StoreError, did_you_mean
from alliancelab.scenarios.files import is_file, read_json, write_file, write_json
from alliancelab.scenarios.folders import MANIFEST, PROGRAM, REPORT, check_folder, package_version, staged, sum_of
from alliancelab.scenarios.scenario import Scenario, restore

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.parquet as pq

__all__ = [
    "PROGRAM", "REPORT", "Stored", "check_folder", "parquet_file", "provenance", "read_json", "read_table", "staged",
    "write_file", "write_json", "write_table",
]

_PACKAGES = ("mesa", "numpy", "numba", "pandas", "scipy", "matplotlib", "pyarrow", "pydantic", "lifelines")


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
        "version": package_version(PROGRAM),
        "scenarios": [{"hash": scenario.hash, **scenario.as_dict()} for scenario in scenarios],
        "seeds": [int(seed) for seed in seeds],
        "packages": {name: package_version(name) for name in _PACKAGES},
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": os.cpu_count(),
        "duration_seconds": round(seconds, 3),
        **more,
    }


def write_table(folder: Path, name: str, frame: "pd.DataFrame") -> None:
    """Write ``<name>.parquet``; an index that has a name becomes a column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    named = frame.reset_index() if any(frame.index.names) else frame
    table = pa.Table.from_pandas(named, preserve_index=False, nthreads=1)  # no threads: see `parquet_file`
    pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


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
        When the folder is not one of ours, or a file that its manifest lists is missing, elsewhere, or not as it was
        written.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        manifest = read_json(self.folder, MANIFEST)
        files, sums = manifest.get("files"), manifest.get("sha256", {})
        if not isinstance(files, dict) or not isinstance(sums, dict):
            raise StoreError(f"{self.folder / MANIFEST}: this is not a manifest of alliancelab")
        for name, size in files.items():
            _check_name(self.folder, name)
            path = self.folder / name
            if not is_file(path) or path.is_symlink() or path.stat().st_size != size:
                raise StoreError(f"{path}: the file is missing or torn; write the results again")
        self.files, self._sums = tuple(files), sums
        documents = [name for name in files if name.endswith(".json")]
        self.document = self._read_document(documents[0]) if documents else {}
        self.tables = tuple(name.removesuffix(".parquet") for name in files if name.endswith(".parquet"))

    def _read_document(self, name: str) -> dict[str, Any]:
        self._check_sum(name)
        document = read_json(self.folder, name)
        if not isinstance(document.get("kind", ""), str) or not isinstance(document.get("scenarios", []), list):
            raise StoreError(f"{self.folder / name}: this is not a document of alliancelab")
        return document

    def _check_sum(self, name: str) -> None:
        """Earlier versions kept no checksums; then the length has to do."""
        listed = self._sums.get(name)
        if listed is not None and listed != sum_of(self.folder / name):
            raise StoreError(f"{self.folder / name}: the file has changed since it was written: its checksum is not "
                             "that of the manifest; write the results again")

    def table(self, name: str) -> "pd.DataFrame":
        """One of `tables` as it was written."""
        if name not in self.tables:
            raise StoreError(f"{self.folder}: there is no table '{name}'; {did_you_mean(name, self.tables)}")
        self._check_sum(f"{name}.parquet")
        return read_table(self.folder, name)

    @property
    def scenarios(self) -> list[Scenario]:
        """The scenarios of the run or comparison, ready to be run again.

        Raises
        ------
        ScenarioError, StoreError
            When the document tells none, or one that cannot be run.
        """
        documents = self.document.get("scenarios", [])
        if not documents or not all(isinstance(one, dict) for one in documents):
            raise StoreError(f"{self.folder}: the document tells no scenarios")
        return [restore({key: value for key, value in document.items() if key != "hash"}) for document in documents]

    def __repr__(self) -> str:
        return f"Stored({str(self.folder)!r}: {', '.join(self.tables)})"


def _check_name(folder: Path, name: str) -> None:
    """Refuse a name that leads out of the folder."""
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ":" in name or "\0" in name or not {"", ".", ".."}.isdisjoint(parts):
        raise StoreError(f"{folder / MANIFEST}: it lists {name[:80]!r}, which is no file of the folder")

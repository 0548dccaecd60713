"""Execute the notebooks of this folder from top to bottom; `make notebooks` saves what they print and draw in place.

Each runs in an empty folder of its own. Nothing is saved of a notebook that raises, warns or names a folder of this
machine.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

__all__ = ["NOTEBOOKS", "execute", "pictures", "troubles"]

NOTEBOOKS = sorted(Path(__file__).parent.glob("[0-9]_*.ipynb"))
PATIENCE = 600  # seconds for one cell, or for the kernel to start: on a busy machine the first cell may compile
_FOLDERS = re.compile(r"(?<![\w.:/-])/(?:home|root|tmp|work|usr|var|opt|mnt|Users|private)/|\b[A-Z]:\\\\?Users")


def execute(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Copy of a notebook with new outputs, and nothing of the machine or the hour in its metadata.

    A cell that raises is the last one executed, with the error as its output.

    Source: H6.
    """
    fresh = nbformat.from_dict(notebook)
    for cell in fresh.cells:
        cell.metadata = nbformat.NotebookNode()
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(fresh, timeout=PATIENCE, startup_timeout=PATIENCE, kernel_name="python3",
                                record_timing=False, extra_arguments=["--log-level=ERROR"],
                                resources={"metadata": {"path": folder}})
        try:
            # A user's own settings of IPython would change what is shown, and its history would grow.
            client.execute(env={**os.environ, "IPYTHONDIR": os.path.join(folder, ".ipython")})
        except CellExecutionError:
            pass  # the error is in the outputs, where `troubles` finds it
    fresh.metadata = nbformat.from_dict({
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    })
    return fresh


def troubles(notebook: nbformat.NotebookNode) -> list[str]:
    """What a reader should not meet: cells out of order or not executed, errors, warnings, folders of a machine."""
    found = []
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for place, cell in enumerate(cells, 1):
        if cell.execution_count != place:
            found.append(f"code cell {place} was executed as number {cell.execution_count}")
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"code cell {place} raises {output.ename}: {output.evalue}")
            elif output.get("name") == "stderr":
                found.append(f"code cell {place} warns: {output.text.strip()}")
        if place_named := _FOLDERS.search("\n".join([cell.source, *map(_text, cell.outputs)])):
            found.append(f"code cell {place} names the folder {place_named.group()}")
    return found


def pictures(notebook: nbformat.NotebookNode) -> int:
    """How many pictures its outputs hold."""
    return sum("image/png" in output.get("data", ()) for cell in notebook.cells for output in cell.get("outputs", ()))


def _text(output: nbformat.NotebookNode) -> str:
    """All that an output says in words."""
    shown = [text for kind, text in output.get("data", {}).items() if not kind.startswith("image/")]
    return "\n".join([output.get("text", ""), *map(str, shown), *output.get("traceback", ())])


def main(names: Sequence[str]) -> int:
    """Execute and save the notebooks of these names, or all; returns the exit code."""
    known = {path.stem: path for path in NOTEBOOKS}
    stems = [Path(name).stem for name in names]
    if unknown := [stem for stem in stems if stem not in known]:
        print(f"there is no notebook '{unknown[0]}'; there are {', '.join(known)}", file=sys.stderr)
        return 2
    failed = False
    for stem in stems or known:
        started = time.perf_counter()
        notebook = execute(nbformat.read(known[stem], as_version=4))
        if lines := troubles(notebook):
            failed = True
            print(f"{stem} is left as it was:", *lines, sep="\n  ", file=sys.stderr)
            continue
        temporary = known[stem].with_suffix(".part")
        nbformat.write(notebook, temporary)
        os.replace(temporary, known[stem])
        seconds, size = time.perf_counter() - started, known[stem].stat().st_size / 1e6
        print(f"{stem}: {seconds:.0f} s, {pictures(notebook)} pictures, {size:.2f} MB", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

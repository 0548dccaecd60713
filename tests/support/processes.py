"""What runs on this machine."""

from pathlib import Path


def children(pid: int) -> list[int]:
    """Child processes of any thread of a process."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            found += [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            pass
    return found

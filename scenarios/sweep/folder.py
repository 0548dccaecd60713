"""The folder of a sweep looked after: how far it is, whether it is sound, fewer and larger files, a script for SLURM.

Source: H5.
"""

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from alliancelab.agents.errors import StoreError, UserError
from alliancelab.scenarios.sweep.claims import Claims
from alliancelab.scenarios.sweep.parts import ASIDE, PARTS, Part, Shard, chosen, parts_in, read_part, write_part
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.pool import open_shards

__all__ = [
    "Finding", "Status", "compact", "drop_needless_claims", "fraction_of", "set_failed_aside", "set_unsound_aside",
    "slurm_script", "status", "verify",
]

ROWS_OF_A_FILE = 500_000  # about 100 MB


class Status(NamedTuple):
    """How far a sweep is.

    Attributes
    ----------
    runs, done, failed : int
        Runs of the plan, those with a result or a recorded failure, those that failed.
    shards, open, claimed : int
        Shards of the plan, those without a part, those of the latter that somebody has claimed.
    reasons : dict of str to int
        Why runs failed, and how many for each reason.
    seconds_left : float
        Of one core, at the speed measured when planning.
    """

    runs: int
    done: int
    failed: int
    shards: int
    open: int
    claimed: int
    reasons: dict[str, int]
    seconds_left: float

    @property
    def complete(self) -> bool:
        """Whether every shard has its part."""
        return self.open == 0


class Finding(NamedTuple):
    """Something wrong in a folder: the file or shard, what is wrong with it, whether it was set aside."""

    name: str
    problem: str
    aside: bool


def status(sweep: Sweep) -> Status:
    """How far a sweep is, read from the names of its files and the failures that they record."""
    shards = sweep.shards()
    waiting = open_shards(sweep, shards)
    claimed = {name.removesuffix(".json") for name in sweep.storage.names("claims")}
    reasons: dict[str, int] = {}
    for part in chosen(parts_in(sweep.storage)[0]):
        for reason in read_part(sweep.storage, part, ["error"]).column("error").drop_null().to_pylist():
            reasons[reason] = reasons.get(reason, 0) + 1
    left = sum(shard.rows for shard in waiting)
    return Status(sweep.runs, sweep.runs - left, sum(reasons.values()), len(shards), len(waiting),
                  sum(shard.name in claimed for shard in waiting), reasons, left * sweep.manifest["seconds_a_run"])


def verify(sweep: Sweep) -> list[Finding]:
    """Read every part, set aside those that are torn, changed or foreign, and name shards that are missing.

    Shards whose part was set aside are done again by the next `sweep run`. Nothing is deleted but temporary files
    that a writer left unfinished long ago.
    """
    findings = set_unsound_aside(sweep, sweep.shards())
    claims = Claims(sweep.storage)
    for shard in open_shards(sweep, sweep.shards()):
        if claims.holder(shard.name) is None:
            findings.append(Finding(shard.name, "has no part yet", False))
    sweep.storage.clean()
    drop_needless_claims(sweep)
    return findings


def drop_needless_claims(sweep: Sweep) -> None:
    """Remove claims of shards that are done: a runner that died may have left one after its worker had finished."""
    waiting = {f"{shard.name}.json" for shard in open_shards(sweep, sweep.shards())}
    for name in sweep.storage.names("claims"):
        if name not in waiting:
            sweep.storage.remove(f"claims/{name}")


def set_unsound_aside(sweep: Sweep, shards: Sequence[Shard]) -> list[Finding]:
    """Set aside what is torn, changed or foreign among the parts of some shards; what was found."""
    known = {(shard.block, shard.place): shard for shard in sweep.shards()}
    wanted = {(shard.block, shard.place) for shard in shards}
    parts, foreign = parts_in(sweep.storage)
    findings = [_put_aside(sweep, name, "is not the name of a part") for name in foreign]
    for part in parts:
        places = [(part.block, index) for index in range(part.first, part.last + 1)]
        if wanted.isdisjoint(places) and not known.keys().isdisjoint(places):
            continue
        problem = _problem(sweep, part, [known.get(place) for place in places])
        if problem:
            findings.append(_put_aside(sweep, part.name, problem))
    return findings


def _problem(sweep: Sweep, part: Part, shards: Sequence[Shard | None]) -> str | None:
    """What is wrong with a part; None if nothing."""
    if None in shards:
        return "belongs to no shard of the plan"
    try:
        table = read_part(sweep.storage, part)
    except StoreError as error:
        return str(error).partition(": ")[2]
    planned = [run_id for shard in shards if shard for run_id in sweep.rows(shard).column("run_id").to_pylist()]
    if "run_id" not in table.column_names or table.column("run_id").to_pylist() != planned:
        return "holds other runs than those planned"
    return None


def _put_aside(sweep: Sweep, name: str, problem: str) -> Finding:
    there, number, free = set(sweep.storage.names(ASIDE)), 1, name
    while free in there:
        number, free = number + 1, f"{name}.{number + 1}"
    sweep.storage.move(f"{PARTS}/{name}", f"{ASIDE}/{free}")
    return Finding(f"{PARTS}/{name}", problem, True)


def set_failed_aside(sweep: Sweep) -> int:
    """Set aside parts in which runs failed, so that their shards are tried again; how many."""
    count = 0
    for part in chosen(parts_in(sweep.storage)[0]):
        errors = read_part(sweep.storage, part, ["error"]).column("error")
        if errors.null_count < len(errors):
            _put_aside(sweep, part.name, "has failed runs")
            count += 1
    return count


def compact(sweep: Sweep) -> tuple[int, int]:
    """Join parts into few large ones and remove the small; how many files there were and are.

    Raises
    ------
    StoreError
        When the sweep is not complete, or a part is not sound.
    """
    import pyarrow as pa

    missing = open_shards(sweep, sweep.shards())
    if missing:
        raise StoreError(f"{sweep.storage.url}: {len(missing)} shards have no part yet; finish the sweep first")
    before = parts_in(sweep.storage)[0]
    kept: set[str] = set()
    shards = {(shard.block, shard.place): shard for shard in sweep.shards()}
    for group in _groups(chosen(before)):
        covered = [shards[part.block, i] for part in group for i in range(part.first, part.last + 1)]
        if len(group) == 1:
            kept.add(group[0].name)
        else:
            table = pa.concat_tables([read_part(sweep.storage, part) for part in group]).unify_dictionaries()
            kept.add(write_part(sweep.storage, covered, table).name)
    for part in before:
        if part.name not in kept:
            sweep.storage.remove(f"{PARTS}/{part.name}")
    return len(before), len(kept)


def _groups(parts: Sequence[Part]) -> list[list[Part]]:
    """Consecutive parts of a block, as many as make a large file."""
    groups: list[list[Part]] = []
    for part in parts:
        last = groups[-1] if groups else []
        if last and last[0].block == part.block and sum(p.rows for p in last) + part.rows <= ROWS_OF_A_FILE:
            last.append(part)
        else:
            groups.append([part])
    return groups


def fraction_of(shards: Sequence[Shard], text: str) -> list[Shard]:
    """Every n-th shard: ``2/10`` is the second tenth.

    Raises
    ------
    UserError
        When the text is not i/n with 1 <= i <= n.
    """
    first, _, count = text.partition("/")
    if not (first.isdecimal() and count.isdecimal() and 1 <= int(first) <= int(count)):
        raise UserError(f"--shard {text!r} has to be i/n with i from 1 to n, such as 3/10")
    return list(shards)[int(first) - 1 :: int(count)]


def slurm_script(sweep: Sweep, tasks: int, cores: int) -> str:
    """A script for `sbatch`: an array of tasks, each doing its share of the shards on so many cores.

    The time asked for is twice what the speed measured when planning says, and ten minutes.
    """
    seconds = 2.0 * status(sweep).seconds_left / (tasks * cores) + 600.0
    hours, minutes = divmod(int(-(-seconds // 60)), 60)
    return "\n".join([
        "#!/bin/sh",
        "#SBATCH --job-name=alliancelab",
        f"#SBATCH --array=1-{tasks}",
        f"#SBATCH --cpus-per-task={cores}",
        f"#SBATCH --time={hours}:{minutes:02d}:00",
        "# Submitting the script again does what is missing: tasks that were cut short leave whole parts only.",
        f'exec alliancelab sweep run {shlex.quote(sweep.storage.url)} --shard "$SLURM_ARRAY_TASK_ID/{tasks}" '
        f"--workers {cores}",
        "",
    ])

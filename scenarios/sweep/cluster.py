"""The same shards on a Dask cluster: workers claim them and write their own parts, so nothing funnels through here.

Source: H5.
"""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from typing import Any

from alliancelab.agents.errors import UserError
from alliancelab.scenarios.sweep.parts import Shard
from alliancelab.scenarios.sweep.plan import Sweep
from alliancelab.scenarios.sweep.pool import WAIT, open_shards
from alliancelab.scenarios.sweep.work import do_claimed

__all__ = ["run_on_cluster"]

PATIENCE = "10s"  # for a scheduler to answer


def run_on_cluster(
    sweep: Sweep, shards: Sequence[Shard], address: str, progress: Callable[[int, int], None] | None = None
) -> tuple[str, ...]:
    """Do shards on the workers of a Dask scheduler. Source: H5.

    A shard whose worker dies is tried elsewhere, by default three times, before it counts as lost; a run that kills
    its worker takes its shard along. The local pool sets such a run aside.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://host:8786``.

    Returns
    -------
    tuple of str
        Names of the shards that were lost with their workers.

    Raises
    ------
    UserError
        When Dask is not installed, or nobody answers at the address.
    StoreError
        When a worker runs another version, or cannot write.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UserError("--cluster needs Dask: pip install 'alliancelab[cluster]'") from None
    waiting = open_shards(sweep, shards)
    total, lost = sum(shard.rows for shard in waiting), list[str]()
    for name in ("asyncio", "distributed", "distributed.client"):  # they write tracebacks where one sentence does
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise UserError(f"--cluster {address}: no scheduler answers there: {error}") from None
    try:
        with client:
            _do_all(sweep, client, waiting, total, lost, progress)
    except (OSError, CancelledError, TimeoutError) as error:  # those of a connection that broke are among them
        raise UserError(f"--cluster {address}: the scheduler went away ({error or type(error).__name__}); what is done "
                        "is kept, and the same command goes on") from None
    return tuple(lost)


def _do_all(sweep: Sweep, client: Any, waiting: list[Shard], total: int, lost: list[str],
            progress: Callable[[int, int], None] | None) -> None:
    """Hand shards out until each has its part or is lost."""
    from distributed import KilledWorker, as_completed

    while waiting:
        futures: dict[Any, Shard] = {
            client.submit(do_claimed, sweep.storage.url, sweep.manifest["plan"], tuple(shard), pure=False): shard
            for shard in waiting}
        left = sum(shard.rows for shard in waiting)
        for future in as_completed(futures):
            try:
                done = future.result()
            except KilledWorker:
                lost.append(futures[future].name)
                continue
            left -= done["rows"] if done else 0
            if progress:
                progress(total - left, total)
        # What somebody else has claimed is looked at again: that one may have died.
        waiting = [shard for shard in open_shards(sweep, waiting) if shard.name not in lost]
        if waiting:
            time.sleep(WAIT)

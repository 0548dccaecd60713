"""What the manifest of a sweep has to say, checked before anything is made of it: the folder may be a stranger's."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, model_validator

from alliancelab.agents.errors import StoreError
from alliancelab.scenarios.schema import say

__all__ = ["MOST_SHARDS", "check_manifest"]

MOST_RUNS = 10_000_000   # of a plan; as many as a design may ask for
MOST_SHARDS = 1_000_000  # so that a list of them fits into memory

Whole = Annotated[int, Strict(), Field(ge=0, le=MOST_RUNS)]
Some = Annotated[int, Strict(), Field(ge=1, le=MOST_RUNS)]
Text = Annotated[str, Strict()]
Sum = Annotated[str, Strict(), Field(pattern=r"^[0-9a-f]{64}$")]


class _Open(BaseModel):
    """A part of a manifest that may say more than is asked for here."""

    model_config = ConfigDict(extra="allow")


class _Factor(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Text
    low: float
    high: float
    integer: bool
    unit: Text
    description: Text
    values: tuple[float, ...]


class _Design(_Open):
    method: Text
    title: Text = ""
    levels: int | None = None
    keep: tuple[Literal["outcomes", "curves"], ...]
    factors: Annotated[tuple[_Factor, ...], Field(min_length=1)]


class _Scenario(_Open):
    name: Text
    hash: Text
    world: dict[str, Annotated[int, Strict()]]


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file: Annotated[str, Strict(), Field(pattern=r"^plan(_[0-9]+)?\.parquet$")]
    rows: Some
    shard_rows: Some
    replicates: tuple[Whole, Whole]
    sha256: Sum


class _Worlds(_Open):
    count: Annotated[int, Strict(), Field(ge=2, le=10_000)]
    base: Whole
    added: Annotated[bool, Strict()]
    sha256: Sum


class _Manifest(_Open):
    schema_: Annotated[int, Strict(), Field(alias="schema")]
    version: Text
    identity: dict[str, Text]
    outcomes: tuple[Text, ...]
    scenarios: Annotated[tuple[_Scenario, ...], Field(min_length=1)]
    design: _Design
    blocks: Annotated[tuple[_Block, ...], Field(min_length=1)]
    worlds: _Worlds | None = None
    seconds_a_run: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    plan: Sum

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(block.rows for block in self.blocks) > MOST_RUNS:
            raise ValueError(f"has blocks of more than {MOST_RUNS:,} runs together")
        if sum(-(-block.rows // block.shard_rows) for block in self.blocks) > MOST_SHARDS:
            raise ValueError(f"has blocks of more than {MOST_SHARDS:,} shards together")
        first = 0
        for block in self.blocks:
            low, high = block.replicates
            if low != first or high <= low or block.rows % ((high - low) * len(self.scenarios)):
                raise ValueError("has blocks whose runs are not whole replicates of each scenario")
            first = high
        worlds = self.worlds
        if worlds is not None:
            if any((high - low) % worlds.count for low, high in (block.replicates for block in self.blocks)):
                raise ValueError("has blocks whose replicates are not whole rounds of its worlds")
            if worlds.base >= sum(block.rows for block in self.blocks) // (first * len(self.scenarios)):
                raise ValueError("has its worlds compared with a point that is not there")
        if len({scenario.name for scenario in self.scenarios}) < len(self.scenarios):
            raise ValueError("names a scenario twice")
        return self


def check_manifest(manifest: Mapping[str, Any], place: str) -> None:
    """Refuse a manifest that is not as a plan was written.

    Raises
    ------
    StoreError
        One sentence with the key that is wrong.
    """
    try:
        _Manifest.model_validate(manifest)
    except ValidationError as error:
        raise StoreError(f"{place}: this is not the manifest of a sweep as it was planned: "
                         f"{say(error, lambda path: [])}") from None
    except RecursionError:
        raise StoreError(f"{place}: this is not the manifest of a sweep: it is nested too deep") from None

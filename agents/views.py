"""What a view is: an object that reads its entity's row of a table and keeps no state of its own."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, overload

import numpy as np

if TYPE_CHECKING:
    from alliancelab.agents.alliance import Alliance
    from alliancelab.agents.organisations import Organisation

__all__ = ["AgentNumbers", "Column", "Field", "Surroundings", "chain", "total"]

T = TypeVar("T")


def total(values: np.ndarray) -> float:
    """Sum of one number after the other, as compiled loops add.

    Python's `sum` corrects its rounding from 3.12 on and NumPy's adds in pairs: both may differ in the last bit.
    """
    return float(np.cumsum(values)[-1])


def chain(table: np.ndarray, first: int, link: str = "next") -> Iterator[int]:
    """Rows of a linked list in a table, from its first on."""
    while first >= 0:
        yield int(first)
        first = table[first][link]


class Surroundings(Protocol):
    """What views need of the model they belong to; `alliancelab.mesa_agents.ModelOfAgents` has it.

    The room of agents may not import the tables and the policy of `model`, so views ask for them here.

    Attributes
    ----------
    world : World
        All tables, see `model.tables`.
    quarter : int
        The quarter that the next step runs.
    parameters, levers : record
        Numbers of the world, and levers as they stand in `quarter`.
    promised_subsidy : callable
        Share of the start-up cost that the firm in a row can count on now as a founder.
    promised_bonus : float
        Bonus that a research partner can count on now, million yuan.
    rules : OwnRules
        The rules that the model runs by.
    instruments : sequence of str
        Names of the instruments, in the order of the government's purses.
    flows : sequence of Flow
        What the columns of the ledger are.
    """

    @property
    def world(self) -> Any: ...
    @property
    def quarter(self) -> int: ...
    @property
    def parameters(self) -> Any: ...
    @property
    def levers(self) -> Any: ...
    def promised_subsidy(self, row: int) -> float: ...
    @property
    def promised_bonus(self) -> float: ...
    @property
    def rules(self) -> Any: ...
    @property
    def instruments(self) -> Sequence[str]: ...
    @property
    def flows(self) -> Sequence[Any]: ...

    def organisation(self, row: int) -> "Organisation":
        """View of the organisation in a row."""

    def alliance(self, row: int) -> "Alliance":
        """View of the alliance in a row."""

    def diagnosis_noise(self, alliance: "Alliance") -> np.ndarray:
        """Standard normal errors of a diagnosis in this quarter, one for each dimension."""


class Column(Generic[T]):
    """One column of a view's `table`, at its `row`, under its own name; `read` makes the type that it shows.

    Assigning is refused: state changes through levers, parameters and the processes of a quarter only.
    """

    def __init__(self, read: Callable[[Any], T]) -> None:
        self._read = read

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, view: None, owner: type) -> Self: ...
    @overload
    def __get__(self, view: Any, owner: type) -> T: ...
    def __get__(self, view: Any, owner: type) -> Self | T:
        return self if view is None else self._read(view.table[self._name][view.row])

    def __set__(self, view: Any, value: object) -> None:
        raise AttributeError(f"{self._name} is read from the model's tables and cannot be set; change a lever instead")


class Field:
    """A technology field of a sector; columns as in `model.tables.FIELDS`."""

    born = Column(int)
    vintage = Column(float)
    frontier = Column(float)
    share = Column(float)
    outlook = Column(float)
    genericness = Column(float)
    alliances = Column(int)
    weights = Column(np.array)

    def __init__(self, model: Surroundings, sector: int, number: int) -> None:
        self.model, self.sector, self.number = model, sector, number
        self.row = sector, number

    @property
    def table(self) -> np.ndarray:
        """The table it is read from."""
        return self.model.world.fields

    @property
    def record(self) -> Any:
        """Its row of the table, as the rules take it."""
        return self.table[self.row]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Field) and self.model is other.model and self.row == other.row

    def __hash__(self) -> int:
        return hash((id(self.model), self.row))

    def __repr__(self) -> str:
        return f"<Field {self.number} of sector {self.sector}, share {self.share:.2f}>"


class AgentNumbers:
    """Hands out Mesa's agent numbers from the model itself.

    Mesa 3.3 keeps one counter for each model in a table of the class `Agent`, so that no model is ever freed. Agents
    put this in the table's place; Mesa 3.5 counts in the model and never asks.
    """

    def __getitem__(self, model: Any) -> Any:
        return model.agent_numbers

"""What a study may use, what it is predicted to take, and how many rows fit."""

from collections.abc import Callable
from dataclasses import dataclass

from widthwise.errors import InvalidArgumentError, MemoryBudgetError
from widthwise.numerics import memory

__all__ = ["BLOCK_BYTES", "Budget", "Cost", "Limits", "rows_within"]

_CLEARLY = 1.3

BLOCK_BYTES = 256 * 2**20
"""Of the blocks that every study works through, and of the libraries."""


@dataclass(frozen=True)
class Budget:
    """What a diagnosis may use.

    Attributes
    ----------
    seconds
        Nominal time on two cores.
    bytes
        Peak memory.
    rows
        The most rows, or None.
    """

    seconds: float | int = 120.0
    bytes: int | None = None
    rows: int | None = None

    def __post_init__(self) -> None:
        for name, least in (("seconds", 0), ("bytes", 0), ("rows", 1)):
            value = getattr(self, name)
            if value is not None and not value > least:
                raise InvalidArgumentError(
                    f"The budget of {name} is {value!r}; it must be more than {least}."
                )

    @property
    def bytes_allowed(self) -> int:
        """The bytes asked for, or half of what the machine has free."""
        return self.bytes if self.bytes is not None else memory.available_bytes() // 2


@dataclass(frozen=True)
class Cost:
    """What a diagnosis of so many rows is predicted to take.

    Attributes
    ----------
    rows, seconds, bytes
        Rows, nominal time on two cores, and peak memory.
    most
        The most seconds, where the time hangs on what is found; else None.
    """

    rows: int
    seconds: float
    bytes: int
    most: float | None = None

    def __str__(self) -> str:
        return self.text()

    def text(self, aside: str = "") -> str:
        """Say it, with an aside on the rows."""
        size = self.bytes / 2**20
        text = f"{size / 1024:.1f} GiB" if size >= 1024 else f"{size:.0f} MiB"
        least, most = (max(1, round(each or 0.0)) for each in (self.seconds, self.most))
        time = f"{least} to {most} s" if most > _CLEARLY * least else f"{least} s"
        return (
            f"{self.rows} rows{aside} need about {text} of memory and {time} on two "
            "cores"
        )


@dataclass(frozen=True)
class Limits:
    """When a table is too large for a study, and what may be asked for instead.

    Attributes
    ----------
    least_rows
        The fewest rows that a sample is worth.
    saving, narrower
        What else saves time, and memory, in words.
    """

    least_rows: int
    saving: str
    narrower: str = ""


def rows_within(
    rows: int, budget: Budget, cost_of: Callable[[int], Cost], limits: Limits
) -> int:
    """Return the most rows, at most `rows`, whose study fits the budget.

    Parameters
    ----------
    cost_of
        Predicts the cost of so many rows; it grows with them.

    Raises
    ------
    MemoryBudgetError
        If not even a sample of `limits.least_rows` rows fits the memory.
    InvalidArgumentError
        If it does not fit the time.
    """

    def fits(count: int) -> bool:
        cost = cost_of(count)
        return cost.bytes <= budget.bytes_allowed and cost.seconds <= budget.seconds

    most = rows if budget.rows is None else min(rows, max(2, budget.rows))
    if fits(most):
        return most
    low, high = min(limits.least_rows, most), most
    cost = cost_of(low)
    if cost.bytes > budget.bytes_allowed:
        raise MemoryBudgetError(
            f"Even {cost}, and the budget is {budget.bytes_allowed / 2**20:.0f} MiB. "
            f"Raise the memory budget (--memory){limits.narrower}."
        )
    if cost.seconds > budget.seconds:
        raise InvalidArgumentError(
            f"Even {cost}, and the budget is {budget.seconds:g} s. Ask for "
            f"{limits.saving}, or raise the time budget (--seconds)."
        )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low

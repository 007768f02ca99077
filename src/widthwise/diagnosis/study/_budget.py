"""What a study may use, what it is predicted to take, and how many rows fit."""

from collections.abc import Callable
from dataclasses import dataclass

from widthwise.errors import InvalidArgumentError, MemoryBudgetError
from widthwise.numerics import memory

__all__ = ["IMPORTED_BYTES", "LIBRARY_BYTES", "Budget", "Cost", "Limits", "rows_within"]

_CLEARLY = 1.3

IMPORTED_BYTES, LIBRARY_BYTES = 400 * 2**20, 470 * 2**20
"""What Python and the libraries hold before there is any table, and with their compiled
loops. Constants, so that the same table and budget always give the same sample."""


@dataclass(frozen=True)
class Budget:
    """What a diagnosis may use.

    Attributes
    ----------
    seconds
        Nominal time on two cores.
    bytes
        Peak memory of the process, with the libraries; None for half of what is free,
        beside what reading the table took.
    rows
        The most rows, or None.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.diagnosis.Budget(seconds=10).seconds
    10
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
        """The bytes asked for, or what is held now and half of what is free."""
        if self.bytes is not None:
            return self.bytes
        return memory.held_bytes() + memory.available_bytes() // 2


@dataclass(frozen=True)
class Cost:
    """What a diagnosis of so many rows is predicted to take.

    Attributes
    ----------
    rows, seconds, bytes
        Rows, nominal time on two cores, and peak memory of the process that computes,
        the libraries among it, beside tables that were given in memory.
    most
        The most seconds, where the time hangs on what is found; else None.
    reading_bytes
        Peak memory of reading and preparing the table, which is over by then.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> cost = ww.diagnosis.plan(data, activations="relu", widths=(20,), trials=1).cost
    >>> cost.rows, cost.seconds < 60
    (12, True)
    """

    rows: int
    seconds: float
    bytes: int
    most: float | None = None
    reading_bytes: int = 0

    @property
    def peak_bytes(self) -> int:
        """Peak memory of the process, from its beginning."""
        return max(self.bytes, self.reading_bytes)

    def __str__(self) -> str:
        return self.text()

    def text(self, aside: str = "") -> str:
        """Say it, with an aside on the rows."""
        size = self.peak_bytes / 2**20
        text = f"{size / 1024:.1f} GiB" if size >= 1024 else f"{size:.0f} MiB"
        least, most = (max(1, round(each or 0.0)) for each in (self.seconds, self.most))
        time = f"{least} to {most} s" if most > _CLEARLY * least else f"{least} s"
        return (
            f"{self.rows} rows{aside} need about {text} of memory, with the libraries, "
            f"and {time} on two cores"
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
    allowed = budget.bytes_allowed

    def has_room(cost: Cost) -> bool:
        # What reading took is over, and is held against what was asked for only.
        return (cost.bytes if budget.bytes is None else cost.peak_bytes) <= allowed

    def fits(count: int) -> bool:
        cost = cost_of(count)
        return has_room(cost) and cost.seconds <= budget.seconds

    most = rows if budget.rows is None else min(rows, max(2, budget.rows))
    if fits(most):
        return most
    low, high = min(limits.least_rows, most), most
    cost = cost_of(low)
    if not has_room(cost):
        raise MemoryBudgetError(
            f"Even {cost}, and the budget is {allowed / 2**20:.0f} MiB. "
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

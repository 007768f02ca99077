"""How much memory and time a diagnosis needs, and how many rows fit a budget."""

import math
from dataclasses import dataclass

from widthwise.diagnosis._settings import Settings
from widthwise.errors import InvalidArgumentError, MemoryBudgetError
from widthwise.numerics import memory

__all__ = ["Budget", "Cost", "cost_of", "empirical_trials", "rows_within"]

_RATE = 2e10
"""Nominal floating-point operations a second. A constant, not a measurement, so that
the same table and budget always give the same sample of rows."""

_LEAST_ROWS = 50
_EMPIRICAL_FLOPS = 1e11
_FEWEST_TRIALS = 20
_BLOCK_BYTES = 256 * 2**20


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
    """What a diagnosis of so many rows is predicted to take."""

    rows: int
    seconds: float
    bytes: int

    def __str__(self) -> str:
        return self.text()

    def text(self, aside: str = "") -> str:
        """Say it, with an aside on the rows."""
        size = self.bytes / 2**20
        text = f"{size / 1024:.1f} GiB" if size >= 1024 else f"{size:.0f} MiB"
        return (
            f"{self.rows} rows{aside} need about {text} of memory "
            f"and {max(1, round(self.seconds))} s on two cores"
        )


def empirical_trials(rows: int, probability: float) -> int:
    """Return how many networks the quick empirical width draws.

    Enough for an upper confidence limit where that is cheap; fewer on larger tables,
    down to none, where the sweep over widths has to serve.
    """
    wanted = math.ceil(math.log(0.025) / math.log(probability))
    affordable = int(_EMPIRICAL_FLOPS / _critical_width_flops(rows))
    return 0 if affordable < _FEWEST_TRIALS else min(wanted, affordable)


def _critical_width_flops(rows: int) -> float:
    """Predict the cost of one network's critical width: some fifteen factorizations."""
    return 90 * rows**3 + 1e8


def cost_of(rows: int, dimension: int, settings: Settings) -> Cost:
    """Predict the cost of a diagnosis of `rows` rows."""
    n, widest = rows, max(settings.widths)
    sweep = settings.trials * (
        2 * widest * n**2
        + 20 * n * widest * dimension
        + 5 * len(settings.widths) * n**3
    )
    training = min(settings.trials, 5) * (
        2 * settings.training_width * n**2 + 25 * n**3
    )
    empirical = empirical_trials(n, settings.probability) * _critical_width_flops(n)
    flops = len(settings.activations) * (sweep + training + empirical + 15 * n**3)
    return Cost(
        rows=n,
        seconds=len(settings.activations) * 0.5 + flops / _RATE,
        bytes=10 * 8 * n**2 + 8 * n * dimension * 3 + _BLOCK_BYTES,
    )


def rows_within(rows: int, dimension: int, settings: Settings, budget: Budget) -> int:
    """Return the most rows, at most `rows`, whose diagnosis fits the budget.

    Raises
    ------
    MemoryBudgetError
        If not even a sample of 50 rows fits the memory.
    InvalidArgumentError
        If it does not fit the time.
    """

    def fits(count: int) -> bool:
        cost = cost_of(count, dimension, settings)
        return cost.bytes <= budget.bytes_allowed and cost.seconds <= budget.seconds

    most = rows if budget.rows is None else min(rows, budget.rows)
    if fits(most):
        return most
    least = min(_LEAST_ROWS, most)
    cost = cost_of(least, dimension, settings)
    if cost.bytes > budget.bytes_allowed:
        raise MemoryBudgetError(
            f"Even {cost}, and the budget is {budget.bytes_allowed / 2**20:.0f} MiB. "
            "Raise the memory budget (--memory)."
        )
    if cost.seconds > budget.seconds:
        raise InvalidArgumentError(
            f"Even {cost}, and the budget is {budget.seconds:g} s. Ask for narrower "
            "networks, fewer trials or fewer activations, or raise the time budget "
            "(--seconds)."
        )
    low, high = least, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low

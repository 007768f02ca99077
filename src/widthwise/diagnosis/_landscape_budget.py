"""How much time and memory the study of a landscape needs, and how many rows fit."""

from widthwise.diagnosis._budget import Budget, Cost
from widthwise.diagnosis._landscape_settings import LandscapeSettings
from widthwise.errors import InvalidArgumentError, MemoryBudgetError

__all__ = ["landscape_cost", "landscape_rows_within"]

_RATE = 3e9
"""Nominal operations a second of the exact loops. A constant, not a measurement, so
that the same table and budget always give the same sample of rows."""

_LEAST_ROWS = 20
_BLOCK_BYTES = 256 * 2**20
_DRAWN_AT_ONCE = 25
_FOUND_WIDTHS = 14
_SEARCH_TRIALS = 300


def landscape_cost(rows: int, inputs: int, settings: LandscapeSettings) -> Cost:
    """Predict the cost: n³ operations a network, between a sure and a doubtful one."""
    n, d = rows, inputs + int(settings.biases)
    if settings.widths is None:
        widest, networks = 4 * -(-n // d), _FOUND_WIDTHS * settings.trials
        networks += _SEARCH_TRIALS
    else:
        widest, networks = settings.widths[-1], len(settings.widths) * settings.trials
    each = n * d * widest + n**2 * (widest / 64 + d) + n**3
    return Cost(
        rows=n,
        seconds=2.0 + networks * each * (1.3 if settings.subsets else 1.0) / _RATE,
        bytes=int(8 * _DRAWN_AT_ONCE * d * (n + widest) + 400 * n**2) + _BLOCK_BYTES,
    )


def landscape_rows_within(
    rows: int, inputs: int, settings: LandscapeSettings, budget: Budget
) -> int:
    """Return the most rows, at most `rows`, whose study fits the budget.

    Raises
    ------
    MemoryBudgetError, InvalidArgumentError
        If not even 20 rows fit the memory or the time.
    """

    def fits(count: int) -> bool:
        cost = landscape_cost(count, inputs, settings)
        return cost.bytes <= budget.bytes_allowed and cost.seconds <= budget.seconds

    most = rows if budget.rows is None else min(rows, max(2, budget.rows))
    if fits(most):
        return most
    low, high = min(_LEAST_ROWS, most), most
    cost = landscape_cost(low, inputs, settings)
    if cost.bytes > budget.bytes_allowed:
        raise MemoryBudgetError(
            f"Even {cost}, and the budget is {budget.bytes_allowed / 2**20:.0f} MiB. "
            "Raise the memory budget (--memory), or ask for narrower networks."
        )
    if cost.seconds > budget.seconds:
        raise InvalidArgumentError(
            f"Even {cost}, and the budget is {budget.seconds:g} s. Ask for fewer "
            "networks (--trials) or narrower ones, or raise the time budget "
            "(--seconds)."
        )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low

"""How much memory and time the diagnosis of a module needs, and how many rows fit."""

from widthwise.diagnosis._budget import Budget, Cost
from widthwise.errors import InvalidArgumentError, MemoryBudgetError

__all__ = ["module_cost", "module_rows_within"]

_RATE = 2e10
"""Nominal floating-point operations a second, as for a table's diagnosis."""

_LEAST_ROWS = 20
_BLOCK_BYTES = 256 * 2**20


def module_cost(rows: int, outputs: int, parameters: int, epochs: int) -> Cost:
    """Predict the cost of diagnosing a module on `rows` rows.

    The tangent kernel of n rows and c outputs is taken to need n² c² p operations,
    which dense layers stay below, and its eigenvectors 25 (n c)³.
    """
    size = rows * outputs
    flops = size**2 * parameters + 25 * size**3 + 6 * rows * parameters * epochs
    return Cost(
        rows=rows,
        seconds=1.0 + flops / _RATE,
        bytes=6 * 8 * size**2 + 8 * 4 * parameters + _BLOCK_BYTES,
    )


def module_rows_within(
    rows: int, outputs: int, parameters: int, epochs: int, budget: Budget
) -> int:
    """Return the most rows, at most `rows`, whose diagnosis fits the budget.

    Raises
    ------
    MemoryBudgetError, InvalidArgumentError
        If not even 20 rows fit the memory or the time.
    """

    def fits(count: int) -> bool:
        cost = module_cost(count, outputs, parameters, epochs)
        return cost.bytes <= budget.bytes_allowed and cost.seconds <= budget.seconds

    most = rows if budget.rows is None else min(rows, budget.rows)
    if fits(most):
        return most
    low, high = min(_LEAST_ROWS, most), most
    cost = module_cost(low, outputs, parameters, epochs)
    if cost.bytes > budget.bytes_allowed:
        raise MemoryBudgetError(
            f"Even {cost}, and the budget is {budget.bytes_allowed / 2**20:.0f} MiB. "
            "Raise the memory budget (--memory)."
        )
    if cost.seconds > budget.seconds:
        raise InvalidArgumentError(
            f"Even {cost}, and the budget is {budget.seconds:g} s. Ask for fewer real "
            "steps (--epochs), or raise the time budget (--seconds)."
        )
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low

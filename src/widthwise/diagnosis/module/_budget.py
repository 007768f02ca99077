"""How much memory and time the diagnosis of a module needs."""

from widthwise.diagnosis.study import BLOCK_BYTES, Cost, Limits

__all__ = ["LIMITS", "module_cost"]

_RATE = 2e10
"""Nominal floating-point operations a second, as for a table's diagnosis."""

LIMITS = Limits(least_rows=20, saving="fewer real steps (--epochs)")


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
        bytes=6 * 8 * size**2 + 8 * 4 * parameters + BLOCK_BYTES,
    )

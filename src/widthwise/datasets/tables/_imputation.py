"""Missing numbers replaced by one of their column, when that is asked for."""

import math
from dataclasses import replace

import numpy as np

from widthwise.datasets.points import PreparationStep
from widthwise.datasets.tables._columns import Column
from widthwise.errors import DataError
from widthwise.prose import say
from widthwise.wording import counted

__all__ = ["imputed", "middle_of", "require_way"]

_WAYS = ("median", "mean")


def require_way(way: str | None) -> None:
    """Refuse an unknown way.

    Raises
    ------
    DataError
        It is neither "median" nor "mean".
    """
    if way is not None and way not in _WAYS:
        raise DataError(f"impute is {way!r}; 'median' or 'mean' was needed.")


def middle_of(present: np.ndarray, way: str) -> float:
    """Return the median or the mean of finite numbers."""
    # Scaled by a power of two, so that no sum overflows.
    power = int(np.frexp(np.abs(present).max())[1])
    scaled = np.ldexp(present, -power)
    middle = np.median(scaled) if way == "median" else math.fsum(scaled) / len(scaled)
    return float(np.ldexp(middle, power))


def imputed(column: Column, way: str) -> Column:
    """Return a column of numbers without gaps; another, or an empty one, as it is."""
    gaps = column.missing
    if column.kind != "number" or column.numbers is None:
        return column
    present = column.numbers[~gaps]
    if not gaps.any() or not len(present) or not np.isfinite(present).all():
        return column
    value = middle_of(present, way)
    rows = np.flatnonzero(gaps).tolist()
    step = PreparationStep(
        "impute",
        say(
            "Replaced {} of {} by the {} {:6}.",
            counted(len(rows), "missing number"),
            repr(column.name),
            way,
            value,
        ),
        {"column": column.name, "value": value, "rows": rows},
    )
    return replace(
        column,
        numbers=np.where(gaps, value, column.numbers),
        missing=np.zeros_like(gaps),
        gaps=(),
        steps=(*column.steps, step),
    )

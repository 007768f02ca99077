"""Columns that number or name the rows: no feature, though a network may use them."""

import re
import shlex
from dataclasses import replace

import numpy as np

from widthwise.datasets.points import PreparationStep
from widthwise.datasets.tables._columns import Column

__all__ = ["without_index"]

_INDEX_NAMES = ("", "Unnamed: 0")
_NAMES = re.compile(
    r"(?:.*[_\-. ])?(?:ids?|idx|index|row|row ?(?:id|nr|no|num|number|name)|uid|uuid|"
    r"guid|pk|key|nr|no|num|number|serial|record|#)\.?",
    re.IGNORECASE,
)
_CAMEL = re.compile(r".*[a-z](?:Id|ID)")
_FEWEST = 5  # Rows that a counter without a telling name must count.


def without_index(
    features: list[Column], were_chosen: bool, steps: list[PreparationStep]
) -> list[Column]:
    """Leave out a nameless column that only numbers the rows, or that is empty.

    One with a name stays, with a caution if it tells every row from every other.
    """
    result = []
    for position, column in enumerate(features):
        if column.name not in _INDEX_NAMES or were_chosen:
            if not were_chosen and _names_rows(column):
                steps.append(_caution(column.name))
            result.append(column)
            continue
        counts = column.kind == "number" and column.numbers is not None
        if column.missing.all():
            what = "is empty"
        elif counts and _is_count(column.numbers):
            what = "only numbers the rows"
        else:
            result.append(column)
            continue
        detail = f"Left out column {position}, which has no name and {what}."
        steps.append(PreparationStep("drop_index", detail, {"column": position}))
    return [
        column if column.name else replace(column, name=f"x{position}")
        for position, column in enumerate(result)
    ]


def _is_count(numbers: np.ndarray | None) -> bool:
    """Say whether numbers are 0, 1, 2, ... or 1, 2, 3, ..."""
    if numbers is None or len(numbers) < 2 or numbers[0] not in (0.0, 1.0):
        return False
    return bool(np.array_equal(numbers, np.arange(len(numbers)) + numbers[0]))


def _names_rows(column: Column) -> bool:
    """Say whether each row has a whole number of its own that seems to be its name."""
    numbers = column.numbers
    if column.kind != "number" or numbers is None or not np.isfinite(numbers).all():
        return False
    if len(numbers) >= _FEWEST and _is_count(numbers):
        return True
    name = column.name
    if not (_NAMES.fullmatch(name) or _CAMEL.fullmatch(name)) or len(numbers) < 3:
        return False
    whole = np.array_equal(numbers, np.rint(numbers))
    return whole and len(np.unique(numbers)) == len(numbers)


def _caution(name: str) -> PreparationStep:
    return PreparationStep(
        "names_rows",
        f"Column {name!r} has a whole number of its own in each row, which tells apart "
        "rows that are otherwise equal. If it only names the rows, leave it out: "
        f"drop={name!r} (--drop {shlex.quote(name)}).",
        {"column": name},
        is_caution=True,
    )

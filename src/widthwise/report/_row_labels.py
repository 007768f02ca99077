"""Names for the rows of two tables, so that a row is compared with its like."""

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["row_labels"]


def row_labels(
    first: list[dict[str, Any]], second: list[dict[str, Any]]
) -> Callable[[int, dict[str, Any]], str]:
    """Return a row's name: the first columns that tell apart all rows of both.

    Measured numbers rarely name a row, so words and whole numbers come first.
    """
    rows = (*first, *second)
    chosen: list[str] = []
    for kinds in ((str, int), (float,)):
        for column in first[0]:
            if not all(isinstance(row.get(column), kinds) for row in rows):
                continue
            chosen.append(column)
            if all(
                len({_label(row, chosen) for row in some}) == len(some)
                for some in (first, second)
            ):
                return lambda _index, row: _label(row, chosen)
    return lambda index, _row: str(index)


def _label(row: Mapping[str, Any], chosen: list[str]) -> str:
    return ", ".join(f"{name}={row[name]}" for name in chosen)

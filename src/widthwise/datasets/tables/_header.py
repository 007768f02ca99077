"""Whether the first line of a table of text holds names or data."""

import re
from typing import TYPE_CHECKING

from widthwise.datasets.tables._notation import MISSING
from widthwise.datasets.tables._oddities import oddity

if TYPE_CHECKING:
    import polars as pl

__all__ = ["is_header", "is_padded_title", "written_as_number"]

_NUMBER = re.compile(
    r"\s*[+-]?(\d+\.?\d*|\.\d+|\d+,\d+)([eE][+-]?\d+)?\s*|[+-]?(nan|inf)\s*",
    re.IGNORECASE | re.ASCII,
)
_COUNTED = re.compile(r"\d+", re.ASCII)
_LOOKED_AT = 50


def written_as_number(cell: str) -> bool:
    """Say whether a cell is a number with a point or a comma."""
    return _NUMBER.fullmatch(cell) is not None


def is_header(first: list[str], frame: "pl.DataFrame") -> bool | None:
    """Say whether the first line holds names; None where it may hold either.

    Names are words, and data are numbers. Of a line with both, a word above a column
    of numbers is a name. Numbers that count the columns are names as often as data.

    Parameters
    ----------
    frame
        All lines, the first one included.
    """
    cells = [cell.strip() for cell in first]
    numeric = [_shows_number(cell) for cell in cells]
    if not any(numeric):
        return True
    counted = [str(j) for j in range(len(cells))]
    if all(numeric):
        return None if cells == counted and len(cells) > 2 else False
    if not cells[0] and cells[1:] == counted[:-1]:
        return True  # As pandas writes an array without names.
    gaps = [cell in MISSING for cell in cells]
    if all(one or other for one, other in zip(numeric, gaps, strict=True)):
        whole = all(_COUNTED.fullmatch(cell) for cell in cells if cell not in MISSING)
        return None if whole else False
    words = [j for j in range(len(cells)) if not numeric[j] and not gaps[j]]
    if any(_is_numeric(frame[1 : _LOOKED_AT + 1].to_series(j)) for j in words):
        return True
    return None


def is_padded_title(first: list[str], frame: "pl.DataFrame") -> bool:
    """Say whether names stand in the second line, below one cell and empty ones.

    So a sheet is written whose table has a title.
    """
    if frame.height < 3 or len(first) < 3 or sum(map(bool, map(str.strip, first))) != 1:
        return False
    second, third = ([(cell or "").strip() for cell in frame.row(k)] for k in (1, 2))
    return (
        all(second)
        and not any(map(_shows_number, second))
        and any(map(_shows_number, third))
    )


def _shows_number(cell: str) -> bool:
    return written_as_number(cell) or oddity(cell) is not None


def _is_numeric(body: "pl.Series") -> bool:
    present = [cell for cell in body.drop_nulls() if cell.strip() not in MISSING]
    return bool(present) and all(map(_shows_number, present))

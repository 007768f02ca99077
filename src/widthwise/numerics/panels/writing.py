"""How tiles of symmetric matrices, and their mirror images, are written."""

import numpy as np

from widthwise.machine import compiled
from widthwise.numerics.panels.past_caches import store, store_turned, store_vector
from widthwise.numerics.panels.registers import COLUMNS, borrowed

__all__ = [
    "STRIP",
    "is_streamed",
    "padded",
    "write_across",
    "write_end",
    "write_tile",
]

STRIP = 32
"""Rows that a panel of others is multiplied by while it is in the nearest cache."""
_LINE = 8
"""Entries that are turned, and written, together."""
_SQUARE = 16


@compiled
def write_tile(
    tile: np.ndarray, out: np.ndarray, top: int, left: int, first_rows: int
) -> None:
    """Write a tile and its mirror image, or what of it is in the window."""
    tile, out = borrowed(tile), borrowed(out)
    height, width = tile.shape
    streamed = is_streamed(out, out, top, left, first_rows)
    if streamed:
        for row in range(height):
            for column in range(0, width, COLUMNS):
                write_across(tile, tile, out, out, 1, top, left, row, column)
    write_end(tile, tile, out, out, 1, top, left, first_rows, streamed)


@compiled
def is_streamed(
    one: np.ndarray, two: np.ndarray, top: int, left: int, first_rows: int
) -> bool:
    """Return whether a tile goes to memory while it is worked out, eight by eight.

    Not on the diagonal, not into a window, and not where eight entries of either matrix
    do not begin where a processor can store them together.
    """
    return bool(
        first_rows == 0 and top != left and _is_aligned(one) and _is_aligned(two)
    )


@compiled
def _is_aligned(out: np.ndarray) -> bool:
    size = _LINE * out.itemsize
    return bool(out.ctypes.data % size == 0 and out.shape[1] % _LINE == 0)


@compiled
def padded(tile: np.ndarray, width: int) -> np.ndarray:
    """Return a tile among zeros, of whole panels.

    An array of its own: of a part of a larger one the compiler does not know that its
    rows follow one another, and leaves loops over it scalar.
    """
    found = np.zeros((tile.shape[0], width))
    found[:, : tile.shape[1]] = tile
    return found


@compiled
def write_across(
    a: np.ndarray,  # (TILE, TILE) or fewer rows, borrowed as all of these
    b: np.ndarray,
    one: np.ndarray,
    two: np.ndarray,
    count: int,  # a goes into one, and b into two where there are two
    top: int,
    left: int,
    row: int,
    column: int,
) -> None:
    """Write a panel of a row that is final."""
    for j in range(column, column + COLUMNS, _LINE):
        store_vector(one, top + row, left + j, a, row, j)
    if count > 1:
        for j in range(column, column + COLUMNS, _LINE):
            store_vector(two, top + row, left + j, b, row, j)


@compiled
def write_end(
    a: np.ndarray,
    b: np.ndarray,
    one: np.ndarray,
    two: np.ndarray,
    count: int,
    top: int,
    left: int,
    first_rows: int,
    streamed: bool,
) -> None:
    """Write what is left: the mirror image, or all of both tiles."""
    if not streamed:
        _write_whole(a, one, top, left, first_rows)
        if count > 1:
            _write_whole(b, two, top, left, first_rows)
        return
    _turn(a, one, top, left)
    if count > 1:
        _turn(b, two, top, left)


@compiled
def _turn(tile: np.ndarray, out: np.ndarray, top: int, left: int) -> None:
    """Write a tile's mirror image, eight columns from end to end at once."""
    for j in range(0, tile.shape[1], _LINE):
        for i in range(0, tile.shape[0], _LINE):
            store_turned(out, left + j, top + i, tile, i, j)


@compiled
def _write_whole(
    tile: np.ndarray, out: np.ndarray, top: int, left: int, first_rows: int
) -> None:
    """Write a tile entry by entry.

    On the diagonal the lower triangle is the truth: rounding is not symmetric.
    """
    height, width = tile.shape
    if first_rows > 0:
        for j in range(width):
            if left + j < first_rows:
                for i in range(max(first_rows - top, 0), height):
                    row = top + i - first_rows
                    lower = top != left or i >= j
                    out[left + j, row] = tile[i, j] if lower else tile[j, i]
        return
    if top == left:
        for i in range(height):
            for j in range(i + 1):
                out[top + i, left + j] = tile[i, j]
                out[left + j, top + i] = tile[i, j]
        return
    for i in range(height):
        _write_along(tile, i, width, out, top + i, left)
    # Turned in small squares, so that what passes the caches by is whole rows.
    room = np.empty((_SQUARE, height))
    turned = borrowed(room)
    for start in range(0, width, _SQUARE):
        stop = min(start + _SQUARE, width)
        for begin in range(0, height, _SQUARE):
            end = min(begin + _SQUARE, height)
            for j in range(start, stop):
                for i in range(begin, end):
                    turned[j - start, i] = tile[i, j]
        for j in range(start, stop):
            _write_along(turned, j - start, height, out, left + j, top)
    room[0, 0] = 0.0  # It is in use until here.


@compiled
def _write_along(
    tile: np.ndarray, k: int, width: int, out: np.ndarray, row: int, column: int
) -> None:
    """Write a row of a tile, in eights from where eight entries fit."""
    place = out.ctypes.data // out.itemsize + row * out.shape[1] + column
    begin = min(-place % _LINE, width)
    end = width - (width - begin) % _LINE
    if out.ctypes.data % out.itemsize:
        begin = end = width
    for j in range(begin):
        store(out, row, column + j, tile[k, j])
    for j in range(begin, end, _LINE):
        store_vector(out, row, column + j, tile, k, j)
    for j in range(end, width):
        store(out, row, column + j, tile[k, j])

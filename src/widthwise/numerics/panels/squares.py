r"""Sums of $A B^\top$ where A and B lie in panels of rows, made in registers.

A panel has 24 rows, and a column's entries of them follow one another: as three vectors
where the panel is on the right, and one by one where it is on the left. So both factors
of $A A^\top$ are one and the same memory, and nothing is packed for a product.
"""

import inspect
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from widthwise.machine import compiled
from widthwise.numerics.panels import LEFT, PANEL
from widthwise.numerics.panels.overwriting import overwrite
from widthwise.numerics.panels.products import by_panels
from widthwise.numerics.panels.registers import LANES, Vectors, borrowed

__all__ = ["add_panels", "add_units", "fill_panels", "in_panels"]

_NEAR = 21
"""Panels that stay in the second cache while others are multiplied by them."""
_DEEP = 256
"""Products of two panels that stay in the first."""


def in_panels(rows: np.ndarray, width: int) -> np.ndarray:
    """Return (n, d) as (panels, d, width); the last row fills up the last panel."""
    missing = -len(rows) % width
    return by_panels(np.pad(rows, ((0, missing), (0, 0)), "edge"), width)


def _add_tile(
    _context: Any,
    left: Any,  # any array, in one piece, as all three
    at: Any,
    step: Any,
    right: Any,
    begin: Any,
    count: Any,
    out: Any,
    corner: Any,
    width: Any,
    is_kept: Any,
) -> Any:
    r"""Add $\sum_k a_{ki} b_{kj}$ to `out[corner + i width + j]`, i < 8 and j < 24.

    $a_{ki}$ lies `at + k step + i` numbers from where `left` begins, $b_{kj}$ lies
    `begin + 24 k + j` from where `right` does. Unless `is_kept`, nothing of `out` is
    read.
    """
    vectors = range(0, PANEL, LANES)

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        v = Vectors(context, builder, signature, given)
        step, count, width = (v.index(n) for n in (2, 5, 8))
        left, right, corner = (
            builder.gep(v.array(n).data, [v.index(n + 1)]) for n in (0, 3, 6)
        )
        ends = [
            builder.gep(corner, [builder.mul(width, v.number(i))]) for i in range(LEFT)
        ]
        for end in ends:  # They arrive while the products are made.
            for m in vectors:
                _fetch(builder, builder.gep(end, [v.number(m)]))

        def added(k: Any, sums: list[Any]) -> list[Any]:
            column = builder.mul(k, v.number(PANEL))
            others = [v.load(right, builder.add(column, v.number(m))) for m in vectors]
            row = builder.mul(k, step)
            found = []
            for i in range(LEFT):
                scale = v.same(left, builder.add(row, v.number(i)))
                own = sums[i * len(others) : (i + 1) * len(others)]
                found += [
                    v.fused(scale, b, s) for b, s in zip(others, own, strict=True)
                ]
            return found

        sums = v.summed(count, LEFT * len(vectors), added)
        places = [(end, v.number(m)) for end in ends for m in vectors]
        is_sum = builder.icmp_signed("!=", v.index(9), v.number(0))
        with builder.if_else(is_sum) as (kept, fresh):
            with kept:
                for new, place in zip(sums, places, strict=True):
                    v.store(builder.fadd(v.load(*place), new), *place)
            with fresh:
                for new, place in zip(sums, places, strict=True):
                    v.store(new, *place)
        return context.get_dummy_value()

    indices = corner, width, is_kept
    return types.void(left, at, step, right, begin, count, out, *indices), made


def _fetch(builder: Any, place: Any) -> None:
    """Ask for a line that is written soon."""
    byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
    kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
    fetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
    builder.call(fetch, [builder.bitcast(place, byte), number(1), number(3), number(1)])


_add: Any = intrinsic(inspect.unwrap(_add_tile))


@compiled
def fill_panels(
    points: np.ndarray,
    units: np.ndarray,
    out: np.ndarray,
    kind: int,
    numbers: np.ndarray,
) -> None:
    """Write the products of points and units, or what an activation makes of them.

    Parameters
    ----------
    points, units, out
        Shapes (p, d, PANEL), (u, d, LEFT) and (p, u LEFT, PANEL).
    kind, numbers
        As `overwrite` has them, which takes a panel while it is in the nearest cache;
        -1 for the products themselves.
    """
    points, units, out = borrowed(points), borrowed(units), borrowed(out)
    depth, columns, every = points.shape[1], out.shape[1], out.reshape(-1)
    for panel in range(points.shape[0]):
        for first in range(0, depth, _DEEP):
            begin = (panel * depth + first) * PANEL
            count = min(_DEEP, depth - first)
            for unit in range(units.shape[0]):
                _add(
                    units,
                    (unit * depth + first) * LEFT,
                    LEFT,
                    points,
                    begin,
                    count,
                    out,
                    (panel * columns + unit * LEFT) * PANEL,
                    PANEL,
                    first,
                )
        if kind >= 0:
            count = columns * PANEL
            overwrite(every, panel * count, count, kind, numbers)


@compiled
def add_panels(
    left: np.ndarray,
    right: np.ndarray,
    count: int,
    out: np.ndarray,
    top: int,
    start: int,
    is_kept: bool,
    room: np.ndarray,
) -> None:
    r"""Add the products of the first columns of two slabs to a part of a sum.

    Parameters
    ----------
    left, right
        Shapes (p, k, PANEL) and (q, k, PANEL): rows from `top` and `start` on; where
        these are the same, only tiles with entries above the diagonal are made.
    count
        How many columns, at most k.
    out
        Shape (n, n): rows of the panels beyond it are no rows.
    is_kept
        Whether there is a sum in `out`.
    room
        Shape (LEFT, PANEL), overwritten.
    """
    left, right, out = borrowed(left), borrowed(right), borrowed(out)
    room, n, size = borrowed(room), out.shape[0], left.shape[1] * PANEL
    for first in range(0, right.shape[0], _NEAR):
        last = min(first + _NEAR, right.shape[0])
        for panel in range(left.shape[0] if top != start else last):
            begin = first if top != start else max(first, panel)
            for part in range(0, PANEL, LEFT):
                row, at = top + panel * PANEL + part, panel * size + part
                for other in range(begin, last):
                    column, to = start + other * PANEL, other * size
                    if row + LEFT <= n and column + PANEL <= n:
                        corner = row * n + column
                        _add(left, at, PANEL, right, to, count, out, corner, n, is_kept)
                        continue
                    _add(left, at, PANEL, right, to, count, room, 0, PANEL, False)
                    for i in range(min(LEFT, n - row)):
                        for j in range(min(PANEL, n - column)):
                            old = out[row + i, column + j] if is_kept else 0.0
                            out[row + i, column + j] = old + room[i, j]


@compiled
def add_units(
    points: np.ndarray,
    drawn: np.ndarray,
    size: int,
    features: np.ndarray,
    out: np.ndarray,
    is_kept: bool,
    kind: int,
    numbers: np.ndarray,
) -> None:
    """Add the products of activated features to the upper triangle of a sum.

    Parameters
    ----------
    points
        Shape (p, d, PANEL).
    drawn
        Shape (b, d), the weights of the units.
    size
        How many of them are summed in registers, a multiple of LEFT.
    features
        Shape (p size PANEL,) at least, overwritten.
    out, is_kept
        As `add_panels` has them.
    kind, numbers
        As `overwrite` has them.
    """
    points, drawn, features, out = (
        borrowed(points),
        borrowed(drawn),
        borrowed(features),
        borrowed(out),
    )
    units, depth = drawn.shape
    held, room = np.empty((size // LEFT, depth, LEFT)), np.empty((LEFT, PANEL))
    for first in range(0, units, size):
        count = min(size, units - first)
        panels = -(-count // LEFT)
        for i in range(panels * LEFT):
            # The last unit fills up the last panel.
            unit = first + min(i, count - 1)
            for k in range(depth):
                held[i // LEFT, k, i % LEFT] = drawn[unit, k]
        rows = panels * LEFT
        some = features[: points.shape[0] * rows * PANEL]
        chunk = some.reshape(points.shape[0], rows, PANEL)
        fill_panels(points, held[:panels], chunk, kind, numbers)
        add_panels(chunk, chunk, count, out, 0, 0, is_kept or first > 0, room)

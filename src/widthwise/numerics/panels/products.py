"""Inner products of rows with panels of others, in the registers that use them next."""

import inspect
from itertools import product
from typing import Any

import numpy as np
from numba.core import types
from numba.extending import intrinsic

from widthwise.numerics.aligned import aligned
from widthwise.numerics.panels.registers import COLUMNS, LANES, WIDE, Vectors

__all__ = ["add_products", "by_panels", "packed"]

_MOST = 256
"""Dimensions of a panel that stays in the caches; of more BLAS takes better care."""


def packed(rows: np.ndarray) -> np.ndarray:
    """Return the rows by panels, (panels, d, COLUMNS), or none where BLAS is faster."""
    if rows.shape[1] > _MOST:
        return np.empty((0, rows.shape[1], COLUMNS))
    return by_panels(rows, COLUMNS)


def by_panels(rows: np.ndarray, columns: int) -> np.ndarray:
    """Return (n, d) as (panels, d, columns), the last panel filled up with zeros."""
    count, width = rows.shape
    whole = count - count % columns
    found = aligned((-(-count // columns), width, columns))
    found[: whole // columns] = (
        rows[:whole].reshape(-1, columns, width).transpose(0, 2, 1)
    )
    if whole < count:
        found[-1] = 0.0
        found[-1, :, : count - whole] = rows[whole:].T
    return found


def _add_products(
    _context: Any,
    panels: Any,  # (panels, d, COLUMNS)
    panel: Any,
    rows: Any,  # (n, d)
    one: Any,
    two: Any,
    out: Any,  # (a, b)
    first: Any,
    second: Any,
    column: Any,
) -> Any:
    """Write the products of two rows with a panel's, into two rows from a column on."""
    places = range(0, COLUMNS, LANES)

    def made(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        v = Vectors(context, builder, signature, given)
        dimension, width = v.extent(0, 1), v.extent(5, 1)
        size = builder.mul(dimension, v.number(COLUMNS))
        panel = builder.gep(v.array(0).data, [builder.mul(v.index(1), size)])
        rows, out = v.array(2).data, v.array(5).data

        def place(start: Any, row: Any, long: Any) -> Any:
            return builder.gep(start, [builder.mul(row, long)])

        left = [place(rows, v.index(n), dimension) for n in (3, 4)]
        ends = [
            builder.gep(place(out, v.index(n), width), [v.index(8)]) for n in (6, 7)
        ]
        # Sixteen sums fill half of the wide registers, and all of the others twice.
        for some in ([0, 1],) if WIDE else ([0], [1]):

            def added(k: Any, sums: list[Any], some: list[int] = some) -> list[Any]:
                offset = builder.mul(k, v.number(COLUMNS))
                others = [
                    v.load(panel, builder.add(offset, v.number(m))) for m in places
                ]
                scales = [v.same(left[n], k) for n in some]
                terms = zip(product(scales, others), sums, strict=True)
                return [v.fused(*pair, total) for pair, total in terms]

            sums = iter(v.summed(dimension, len(some) * len(places), added))
            for n, m in product(some, places):
                v.store(next(sums), ends[n], v.number(m))
        return context.get_dummy_value()

    indices = first, second, column
    return types.void(panels, panel, rows, one, two, out, *indices), made


add_products: Any = intrinsic(inspect.unwrap(_add_products))

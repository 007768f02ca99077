"""How long routines of linear algebra take, timed at smaller orders once in a while.

What one takes is kept for some minutes, so that plans one after another do not time it
again.
"""

import math
import time
from collections.abc import Callable, Sequence

import torch

from widthwise.numerics.cholesky_qr import add_inner_products
from widthwise.numerics.linear_algebra import (
    multiply_transposed,
    stack_triangles,
    svd,
)
from widthwise.numerics.one_thread import on_one_thread
from widthwise.numerics.rate import Seconds, beside_others, grown, rest, timed
from widthwise.numerics.symmetric import TILE, WHOLE, lower_factor, solve_rows

__all__ = [
    "at_most",
    "cholesky_seconds",
    "gram_seconds",
    "merge_seconds",
    "product_seconds",
    "solve_seconds",
    "svd_seconds",
]

_UNTIMED = 5.0  # Seconds that work takes at most of which no piece is timed.
_SLOWER, _SLOWER_ALONE = 4.0, 2.5
"""Times as long as in a product, and in one on one thread, operations take at most.

Seen are 2.5 and 1.5.
"""
_PASSES = 2e-8  # Seconds that an entry takes in all passes over blocks in memory.
_ENOUGH = 0.1  # Seconds of a routine's tries: it is not timed again soon.
_STANDS = 300.0  # Seconds for which the time of a routine stands.


def gram_seconds(rows: int, side: int, effort: int) -> Seconds:
    r"""Return how long adding $B^\top B$ of so many rows takes, as `effort` allows.

    Parameters
    ----------
    effort
        The largest order that is timed; for larger ones operations are counted.
    """
    m, b = min(side, effort), min(rows, effort)
    block = torch.ones(b, m, dtype=torch.float64)
    if side > WHOLE:  # Tile by tile; half a tile a row of them is above the diagonal.
        tile, gram = min(TILE, m), torch.zeros(min(TILE, m), m, dtype=torch.float64)
        found = _routine(
            "tiles", (b, tile, m), lambda: gram.addmm_(block[:, :tile].T, block)
        )
        return found * ((side + TILE) / 2 / m * side / tile * rows / b)
    whole = torch.zeros(m, m, dtype=torch.float64)
    found = _routine("gram", (b, m), lambda: add_inner_products(whole, block))
    return found * ((side / m) ** 2 * rows / b)


def product_seconds(
    rows: int,
    inner: int,
    columns: int,
    effort: int,
    kind: torch.dtype = torch.float64,
) -> Seconds:
    """Return how long the product of two matrices takes."""
    n, d, m = min(rows, effort), min(inner, effort), min(columns, effort)
    left, right, out = (torch.ones(*s, dtype=kind) for s in ((n, d), (m, d), (n, m)))
    found = _routine(
        f"product {kind}",
        (n, d, m),
        lambda: multiply_transposed(left, right, out, kept=1.0),
    )
    return found * (rows / n * inner / d * columns / m)


def cholesky_seconds(
    side: int, effort: int, product: Seconds, kind: torch.dtype = torch.float64
) -> Seconds:
    """Return how long Cholesky's method takes, beside a product's time an operation."""
    m = min(side, effort)
    held = _square(m, kind)
    found = _routine(
        f"Cholesky {kind}", (m,), lambda: lower_factor(held.clone(), in_place=True)
    )
    return grown(found, product * (m**3 / 3), side / m, 3)


def solve_seconds(
    columns: int, side: int, effort: int, kind: torch.dtype = torch.float64
) -> Seconds:
    """Return how long solving with a triangle of so many right-hand sides takes."""
    m, b = min(side, effort), min(columns, effort)
    factor, rows = _square(m, kind), torch.ones(b, m, dtype=kind)
    found = _routine(f"triangle {kind}", (b, m), lambda: solve_rows(factor, rows))
    return found * ((side / m) ** 2 * columns / b)


def svd_seconds(side: int) -> Seconds:
    """Return how long singular values and vectors take."""
    m = min(side, 256)
    matrix = torch.randn(m, m, generator=torch.Generator().manual_seed(0)).double()
    found = _routine("svd", (m,), lambda: svd(matrix))
    product = _product_alone()  # As singular vectors are found.
    return grown(found, product * (10.0 * (m / 512) ** 3), side / m, 3)


def _product_alone() -> Seconds:
    """Return how long a product of order 512 takes on one thread."""
    left, out = torch.ones(2, 512, 512, dtype=torch.float64)
    alone = on_one_thread(multiply_transposed)
    return _routine("product alone", (), lambda: alone(left, left, out))


def merge_seconds(side: int) -> Seconds:
    """Return how long one merge of two triangles takes."""
    m = min(side, 512)
    triangle = torch.ones(m, m, dtype=torch.float64).triu()
    found = _routine(
        "merge", (m,), lambda: stack_triangles(triangle.clone(), triangle.clone())
    )
    return found * (side / m) ** 3


def _square(m: int, kind: torch.dtype) -> torch.Tensor:
    """Return a symmetric positive definite matrix."""
    return torch.eye(m, dtype=kind)


_known = dict[tuple[object, ...], tuple[float, Seconds]]()


def _routine(name: str, size: tuple[int, ...], work: Callable[[], object]) -> Seconds:
    """Return how long a routine takes: timed now, or some minutes ago at this size."""
    key, now = (name, size, torch.get_num_threads()), time.monotonic()
    at, found = _known.get(key, (-math.inf, Seconds()))
    if now - at < _STANDS:
        return beside_others(found.least)
    rest()
    _known[key] = now, timed(work, enough=_ENOUGH)
    return _known[key][1]


def at_most(
    operations: Sequence[float | int],
    entries: float | int,
    reads: Seconds | None = None,
    *,
    is_alone: bool = False,
) -> list[Seconds] | None:
    """Return bounds on the parts of short work; None where a piece is to be timed.

    To time a piece of work that takes a second or two is to make it longer by a fifth.

    Parameters
    ----------
    operations
        Of each part.
    entries
        How many go through all passes over blocks.
    reads
        Of all blocks, at most.
    is_alone
        Whether factorizations are most of it, which BLAS does on one thread.
    """
    total = max(sum(operations), 1.0)
    each = _SLOWER * product_seconds(512, 512, 512, 512).least
    if is_alone:
        each = _SLOWER_ALONE * _product_alone().least
    free = each * total / (2 * 512**3) + _PASSES * entries
    free += (reads or Seconds()).least
    if free > _UNTIMED:
        return None
    most = beside_others(free).most
    return [Seconds(0.0, most * each / total) for each in operations]

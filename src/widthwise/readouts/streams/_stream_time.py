"""How long a stream's passes take, timed on its first rows or units."""

from dataclasses import replace

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.numerics.linear_algebra import stack_triangles, triangular_factor
from widthwise.numerics.rate import (
    Clock,
    Seconds,
    effort_for,
    reads_seconds,
    sample_of,
    svd_seconds,
    timed,
)
from widthwise.readouts.factors import rows_of
from widthwise.readouts.streams._row_work import RowWork
from widthwise.readouts.streams._source import Source

__all__ = ["rows_seconds", "units_seconds"]


def rows_seconds(
    source: Source, block: int, outputs: int, penalties: int, operations: int
) -> Seconds:
    """Return the time of two passes over rows, by the method that the first ones ask.

    Of fewer rows than twice the units nothing is known: both methods are in the range.
    """
    n, m = source.shape
    side = m + outputs + 1
    size = min(block, n, max(2 * side, sample_of(n, m)))
    targets = _numbers(size, outputs)
    rows = rows_of(targets, size, targets.device, intercept=True, weights=None)
    work = RowWork(replace(source, shape=(size, m)), rows, size, is_kept=False)
    first, _ = work.held((0,), "gram")  # The first read may compile.
    read = reads_seconds(lambda k: source.rows(0, k), size, block, n)
    again = timed(lambda: source.rows(0, size))
    whole = n / size

    gram = timed(lambda: work.held((0,), "gram")) * whole
    is_resolved, triangle = first.is_resolved, Seconds()
    if not is_resolved:
        clock = Clock()
        first, _ = work.held((0,))
        triangle = clock.seconds()
    reduced = first.reduced()
    at = targets.new_ones(penalties)
    second = timed(lambda: work.squares(0, at, reduced)) * whole
    rest = svd_seconds(side, effort_for(operations))
    # Both passes read; in one read at a time there is more beside the rows.
    rest = rest + second + _more(read, again * whole) * 2.0
    if is_resolved:
        return rest + gram
    other = triangle * whole + _merge(side) * (-(-n // block) - 1)
    if size >= 2 * side:
        return rest + gram * min(block / n, 1.0) + other
    return rest + Seconds(gram.least, gram.most + other.most)


def _more(whole: Seconds, parts: Seconds) -> Seconds:
    """Return by how much longer reads of blocks take than those of the sample."""
    return Seconds(whole.least - parts.least, whole.most - parts.most)


def units_seconds(source: Source, block: int, operations: int) -> Seconds:
    """Return the time of a pass over units."""
    n, m = source.shape
    size = min(block, m, max(n, sample_of(m, n)))
    features = source.units(0, size)
    read = reads_seconds(lambda k: source.units(0, k), size, block, m)
    factor = timed(
        lambda: triangular_factor((features - features.mean(0)).contiguous())
    )
    merges = _merge(n) * (-(-m // block) - 1)
    return read + factor * (m / size) + merges + svd_seconds(n, effort_for(operations))


def _merge(side: int) -> Seconds:
    """Return the time of one merge of two triangles."""
    small = min(side, 512)
    triangle = torch.from_numpy(np.triu(_numbers(small, small).numpy()))
    found = timed(lambda: stack_triangles(triangle.clone(), triangle.clone()))
    return found * (side / small) ** 3


def _numbers(rows: int, columns: int) -> Array:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(rows, columns, generator=generator, dtype=torch.float64)

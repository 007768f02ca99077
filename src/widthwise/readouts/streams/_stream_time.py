"""How long a stream's passes take, timed on its first rows or units."""

from dataclasses import replace
from functools import cached_property

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
from widthwise.readouts._penalties import around
from widthwise.readouts.factors import rows_of
from widthwise.readouts.streams._accumulator import RowAccumulator
from widthwise.readouts.streams._reduced import Reduced
from widthwise.readouts.streams._row_work import RowWork
from widthwise.readouts.streams._source import Source

__all__ = ["RowPiece", "units_seconds"]


class RowPiece:
    """The first rows of a stream, on which its passes are timed.

    Parameters
    ----------
    source, block, outputs
        Of the stream.
    is_kept
        Whether they are digested, too.
    """

    def __init__(
        self, source: Source, block: int, outputs: int, *, is_kept: bool = False
    ) -> None:
        n, m = source.shape
        self._source, self._block, self._side = source, block, m + outputs + 1
        self._size = min(block, n, max(2 * self._side, sample_of(n, m)))
        targets = _numbers(self._size, outputs)
        device = targets.device
        rows = rows_of(targets, self._size, device, intercept=True, weights=None)
        piece = replace(source, shape=(self._size, m))
        self._work = RowWork(piece, rows, self._size, is_kept)

    @cached_property
    def _first(self) -> RowAccumulator:
        return self._work.held((0,), "gram")[0]  # The first read may compile.

    @cached_property
    def _reduced(self) -> tuple[Reduced, Seconds]:
        """What the rows are reduced to, and the time of their triangle, if it is."""
        if self.is_resolved:
            return self._first.reduced(), Seconds()
        clock = Clock()
        held, _ = self._work.held((0,))
        return held.reduced(), clock.seconds()

    @property
    def is_resolved(self) -> bool:
        """Whether their Gram matrix holds the digits that a solution needs."""
        return self._first.is_resolved

    @property
    def penalties(self) -> int:
        """How many a path has by default, with the eigenvalues of these rows."""
        return len(around(self._reduced[0].modes.eigenvalues))

    def seconds(
        self, penalties: int, operations: int, done: tuple[int, int] = (0, 0)
    ) -> Seconds:
        """Return the time of two passes over rows.

        By the method that the first ones ask. Of fewer rows than twice the units
        nothing is known: both methods are in the range.

        Parameters
        ----------
        done
            Rows that an earlier call summed, which are read again and no more, and
            those it left out.
        """
        n, block, size, work = (
            self._source.shape[0],
            self._block,
            self._size,
            self._work,
        )
        summed, left_out = (min(each, n) for each in done)
        read = reads_seconds(lambda k: self._source.rows(0, k), size, block, n)
        again = timed(lambda: self._source.rows(0, size))
        gram = timed(lambda: work.held((0,), "gram"))
        # Of several blocks the first is summed twice, to see whether it is resolved.
        twice = gram * (block / size) if block < n else Seconds()
        reduced, triangle = self._reduced
        at = work.rows.targets.new_ones(penalties)
        second = timed(lambda: work.squares(0, at, reduced)) * ((n - left_out) / size)
        rest = svd_seconds(self._side, effort_for(operations))
        # Passes read; in one read at a time there is more beside the rows.
        reads = 2.0 - left_out / n
        rest = rest + second + (read - again * (n / size)) * reads
        if summed:
            rest = rest + timed(lambda: work.digest(range(1))) * (summed / size)
        left = (n - summed) / size
        if self.is_resolved:
            return rest + twice + gram * left
        other = triangle * left + _merge(self._side) * (left * size / block)
        if size >= 2 * self._side:
            return rest + twice + other
        return rest + twice + Seconds(gram.least * left, gram.most * left + other.most)


def units_seconds(source: Source, block: int, operations: int, done: int) -> Seconds:
    """Return the time of a pass over units, some of them summed by an earlier call."""
    n, m = source.shape
    size = min(block, m, max(n, sample_of(m, n)))
    features = source.units(0, size)
    read = reads_seconds(lambda k: source.units(0, k), size, block, m)
    factor = timed(
        lambda: triangular_factor((features - features.mean(0)).contiguous())
    )
    left = max(m - done, 0)
    merges = _merge(n) * max(-(-left // block) - (not done), 0)
    return (
        read + factor * (left / size) + merges + svd_seconds(n, effort_for(operations))
    )


def _merge(side: int) -> Seconds:
    """Return the time of one merge of two triangles."""
    small = min(side, 512)
    triangle = torch.from_numpy(np.triu(_numbers(small, small).numpy()))
    found = timed(lambda: stack_triangles(triangle.clone(), triangle.clone()))
    return found * (side / small) ** 3


def _numbers(rows: int, columns: int) -> Array:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(rows, columns, generator=generator, dtype=torch.float64)

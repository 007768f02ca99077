"""How long a stream's passes take, timed on its first rows or units."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch

from widthwise.arrays import Array
from widthwise.numerics.linear_algebra import singular_values
from widthwise.numerics.power_iterations import estimated_condition
from widthwise.numerics.rate import (
    Clock,
    Seconds,
    TimedParts,
    reads_seconds,
    sample_of,
    timed,
)
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.routine_rate import at_most, merge_seconds, svd_seconds
from widthwise.readouts._penalties import around
from widthwise.readouts.factors import Modes, Rows, rows_of
from widthwise.readouts.streams._accumulator import RowAccumulator
from widthwise.readouts.streams._reduced import Reduced
from widthwise.readouts.streams._row_work import RowWork
from widthwise.readouts.streams._source import Source
from widthwise.readouts.streams._unit_work import UnitWork

__all__ = ["RowPiece", "StreamTime", "UnitPiece"]

_LOOK = 64  # Rows or units read for a bound on all reads.


@dataclass(frozen=True)
class StreamTime(TimedParts):
    """The time of each part.

    Attributes
    ----------
    first
        Of the pass that reduces the features to a triangle.
    triangle
        Of its singular vectors.
    second
        Of the errors of rows left out: a second pass, of rows.
    """

    first: Seconds
    triangle: Seconds
    second: Seconds


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
        rows = _some_rows(self._size, outputs)
        piece = replace(source, shape=(self._size, m))
        self._work = RowWork(piece, rows, self._size, is_kept)

    @cached_property
    def _first(self) -> tuple[RowAccumulator, Seconds]:
        """What the rows' Gram matrices leave, and their time."""
        self._source.rows(0, min(_LOOK, self._size))  # It may compile.
        clock = Clock()
        held, _ = self._work.held((0,), "gram")
        return held, clock.seconds()

    @cached_property
    def _triangle(self) -> tuple[RowAccumulator, Seconds]:
        clock = Clock()
        held, _ = self._work.held((0,))
        return held, clock.seconds()

    @cached_property
    def _inner(self) -> Array:
        """The features' triangle."""
        held, _ = self._first if self.is_resolved else self._triangle
        inner = slice(1, 1 + self._source.shape[1])
        return held.triangle()[inner, inner].contiguous()

    @property
    def _reduced(self) -> Reduced:
        """Vectors with which a second pass takes as long as with its own."""
        targets = self._work.rows.targets
        m, outputs = self._source.shape[1], targets.shape[1]
        new, ones = targets.new_zeros, targets.new_ones
        values = ones(m) * 2.0 * torch.linalg.vector_norm(self._inner)
        modes = Modes(
            eigenvalues=values.square(),
            left=new(0, m),
            projections=ones(m, outputs),
            rest=ones(1, outputs),
            free=new(1),
            nullity=self._size,
        )
        vectors = torch.eye(m, dtype=torch.float64)
        return Reduced(modes, values, vectors, new(m), new(outputs), 0.0)

    @property
    def is_resolved(self) -> bool:
        """Whether their Gram matrix holds the digits that a solution needs."""
        return self._first[0].is_resolved

    @property
    def penalties(self) -> int:
        """How many a path has by default, with the eigenvalues of these rows."""
        return _count(self._inner, self._source, self._size)

    def seconds(
        self,
        penalties: int,
        operations: Sequence[float | int],
        done: tuple[int, int] = (0, 0),
    ) -> StreamTime:
        """Return the time of two passes over rows.

        By the method that the first ones ask. Of fewer rows than twice the units
        nothing is known: both methods are in the range.

        Parameters
        ----------
        penalties
            How many.
        operations
            Of each part.
        done
            Rows that an earlier call summed, which are read again and no more, and
            those it left out.
        """
        n, block, size = self._source.shape[0], self._block, self._size
        work, outputs = self._work, self._work.rows.targets.shape[1]
        summed, left_out = (min(each, n) for each in done)
        entries = n * (self._side + penalties * (outputs + 1))
        if short := _short(self._source.rows, n, operations, entries, size):
            return short
        read = reads_seconds(lambda k: self._source.rows(0, k), size, block, n)
        # What is timed below has read its rows; in blocks there is more beside them.
        beside = read - timed(lambda: self._source.rows(0, size)) * (n / size)
        gram = self._first[1]
        # Of several blocks the first is summed twice, to see whether it is resolved.
        twice = gram * (block / size) if block < n else Seconds()
        if summed:
            twice = twice + timed(lambda: work.digest(range(1)), 1) * (summed / size)
        reduced, left = self._reduced, (n - summed) / size
        at = work.rows.targets.new_ones(penalties)
        second = timed(lambda: work.squares(0, at, reduced))
        first = gram * left
        if not self.is_resolved:
            merges = merge_seconds(self._side) * (left * size / block)
            other = self._triangle[1] * left + merges
            is_known = size >= 2 * self._side
            first = other if is_known else Seconds(first.least, first.most + other.most)
        return StreamTime(
            first=twice + beside + first,
            triangle=svd_seconds(self._side),
            second=(second + beside * (size / n)) * ((n - left_out) / size),
        )


class UnitPiece:
    """The first units of a stream, on which its pass is timed; as `RowPiece`."""

    def __init__(
        self, source: Source, block: int, outputs: int, *, is_kept: bool = False
    ) -> None:
        n, m = source.shape
        self._source, self._block = source, block
        self._size = min(block, m, max(2 * n, sample_of(m, n)))
        piece = replace(source, shape=(n, self._size))
        rows = _some_rows(n, outputs)
        self._work = UnitWork(piece, rows, self._size, is_kept)

    @cached_property
    def _held(self) -> tuple[Array, Seconds]:
        """Their triangle, and its time."""
        self._source.units(0, min(_LOOK, self._size))  # It may compile.
        clock = Clock()
        held, _, _ = self._work.held((0,))
        return held.factor(), clock.seconds()

    @property
    def penalties(self) -> int:
        """How many a path has by default, with the eigenvalues of these units."""
        return _count(self._held[0], self._source, self._source.shape[0])

    def seconds(
        self,
        _penalties: int,
        operations: Sequence[float | int],
        done: tuple[int, int] = (0, 0),
    ) -> StreamTime:
        """Return the time of a pass over units, some summed by an earlier call."""
        n, m = self._source.shape
        block, size, read = self._block, self._size, self._source.units
        if short := _short(read, m, operations, n * m, size):
            return short
        left = max(m - done[0], 0)
        reads = reads_seconds(lambda k: read(0, k), size, block, m)
        beside = reads - timed(lambda: read(0, size)) * (left / size)
        merges = merge_seconds(n) * max(-(-left // block) - (not done[0]), 0)
        return StreamTime(
            first=beside + self._held[1] * (left / size) + merges,
            triangle=svd_seconds(n),
            second=Seconds(),
        )


def _count(factor: Array, source: Source, rows: int) -> int:
    """Return how many penalties lie around the squares of singular values."""
    relative, spread = relative_rounding(rows, source.unit), math.inf
    if factor.shape[0] == factor.shape[1]:
        spread = estimated_condition(factor.T)
    if spread * relative**2 < 1.0:
        return len(around(factor.new_tensor([spread, 1.0])))
    values = singular_values(factor)
    return len(around(values[values > relative * values[0]].square()))


def _some_rows(count: int, outputs: int) -> Rows:
    generator = torch.Generator().manual_seed(0)
    targets = torch.randn(count, outputs, generator=generator, dtype=torch.float64)
    return rows_of(targets, count, targets.device, intercept=True, weights=None)


def _short(
    read: Callable[[int, int], object],
    longer: int,
    operations: Sequence[float | int],
    entries: float | int,
    size: int,
) -> StreamTime | None:
    """Return bounds, where the work is short."""
    few = min(_LOOK, size)
    read(0, few)
    reads = timed(lambda: read(0, few), 1) * (longer / few)
    found = at_most(operations, entries, reads, is_alone=True)
    return None if found is None else StreamTime(*found)

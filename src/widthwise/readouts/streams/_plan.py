"""What reading features in blocks will take, said before it is done."""

import math
from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from widthwise.arguments import whole_number
from widthwise.arrays import PointsLike
from widthwise.errors import MemoryBudgetError
from widthwise.numerics import available_bytes
from widthwise.readouts.streams._source import Source, source_of
from widthwise.readouts.streams._stream_time import RowPiece, StreamTime, UnitPiece
from widthwise.wording import counted, number

__all__ = ["StreamPlan", "stream_plan"]

_COPIES = 5  # Of a block: as read, in float64, transposed, turned, and in its factors.
_TRIANGLES = 8  # For the singular vectors of the last one.
_MANY = 10**9  # No more outputs, or penalties, are planned for.
_USUAL, _MOST = 2**24, 2**26
"""Bytes of a block where the budget allows.

Larger ones get new memory each time: 60,000 x 300 took 1.3 s in the second size and 0.9
in the first. Of fewer rows than four times a triangle's merges take long.
"""


@dataclass(frozen=True)
class StreamPlan:
    """How features are read, and what it takes.

    Attributes
    ----------
    axis
        "rows" or "units": what a block holds some of.
    block
        How many.
    blocks
        Of how many blocks each pass consists.
    memory
        Peak bytes beside what the source itself holds.
    method
        "qr"; "gram" where the first rows show that their Gram matrix is enough, which
        takes half the operations.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> plan = ww.readouts.stream_plan(phi)
    >>> plan.axis, plan.blocks
    ('rows', 1)
    """

    axis: str
    block: int
    blocks: int
    memory: int
    method: str
    _source: Source = field(repr=False, compare=False)
    _outputs: int = field(repr=False)
    _penalties: int = field(repr=False)
    _done: tuple[int, int] = field(default=(0, 0), repr=False)
    _piece: RowPiece | UnitPiece | None = field(default=None, repr=False, compare=False)

    def left(
        self,
        penalties: int | None,
        done: tuple[int, int] = (0, 0),
        *,
        is_kept: bool = False,
    ) -> "StreamPlan":
        """Return the plan of what is left, by what the first rows or units ask for.

        Parameters
        ----------
        penalties
            None for those around the eigenvalues, as the first block has them.
        done
            Blocks that an earlier call summed, and those whose rows it left out.
        is_kept
            Whether sums are saved, for which blocks are digested.
        """
        piece = self._new_piece(is_kept=is_kept)
        by_gram = isinstance(piece, RowPiece) and piece.is_resolved
        return replace(
            self,
            method="gram" if by_gram else "qr",
            _penalties=piece.penalties if penalties is None else penalties,
            _done=done,
            _piece=piece,
        )

    @property
    def seconds(self) -> float:
        """About how long that takes here, with what other work the machine has.

        Cost: the first time, a twentieth of it at most: the routines are timed on the
        first rows or units. Of some seconds only a bound is known, and this is half.
        """
        return self._time.seconds.likely

    @property
    def pace(self) -> list[float]:
        """What each part of it takes, of which `Pace` makes what is left."""
        return self._time.likely

    @cached_property
    def _time(self) -> StreamTime:
        done = self._done[0] * self.block, self._done[1] * self.block
        piece = self._piece or self._new_piece()
        return piece.seconds(self._penalties, self._operations, done)

    def _new_piece(self, *, is_kept: bool = False) -> RowPiece | UnitPiece:
        kind = UnitPiece if self.axis == "units" else RowPiece
        return kind(self._source, self.block, self._outputs, is_kept=is_kept)

    @property
    def operations(self) -> int:
        """Floating-point operations of all passes but those of a solution's."""
        return sum(self._operations)

    @property
    def _operations(self) -> tuple[int, int, int]:
        """Those of the first pass, of singular vectors and of rows left out."""
        (n, m), c, block = self._source.shape, self._outputs, self.block
        beside = 2 * self._penalties * (c + 1) + 2 * c  # A row's and a mode's.
        summed, left_out = (min(each * block, max(n, m)) for each in self._done)
        if self.axis == "units":
            return 2 * n * n * (m - summed), 20 * n**3, n * n * beside
        side, by_gram = m + c + 1, self.method == "gram"
        sums = (1 if by_gram else 2) * (n - summed) * side * side
        # The first block is summed by its Gram matrix, whatever its rows ask for.
        first = 0 if by_gram and self.blocks == 1 else min(block, n) * side * side
        small = 20 * m**3 + (m**3 if by_gram else m**3 // 3)
        return sums + first, small, (n - left_out) * m * (2 * m + beside)

    def __str__(self) -> str:
        gram = "Gram matrices of the blocks, added"
        how = gram if self.method == "gram" else "Q R of the blocks, merged in a tree"
        return (
            f"{counted(self.blocks, 'block')} of {self.block:,} {self.axis}, "
            f"{self._already}{number(self.memory / 2**20)} MiB, "
            f"{number(self.operations)} operations, {self._time.seconds}: {how}"
        )

    @property
    def _already(self) -> str:
        summed, left_out = (min(each, self.blocks) for each in self._done)
        words = f"{summed:,} of them summed, " if summed else ""
        return f"{words}rows of {left_out:,} left out, " if left_out else words


def stream_plan(
    features: PointsLike | str | Path | Source,
    *,
    outputs: int = 1,
    penalties: int = 50,
    budget: int | None = None,
) -> StreamPlan:
    """Plan a readout of features that are read in blocks.

    With more rows than units, blocks are of rows and triangles of the units; else the
    other way round. Memory does not depend on the longer side.

    Parameters
    ----------
    features
        As `source_of` takes them.
    outputs, penalties
        How many there will be.
    budget
        The most bytes to use; by default half of what is free.

    Raises
    ------
    MemoryBudgetError
        If not even blocks as small as they can be fit, with what would.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> plan = ww.readouts.stream_plan(phi)
    >>> plan.axis, plan.blocks
    ('rows', 1)
    """
    source = source_of(features)
    n, m = source.shape
    outputs = whole_number(outputs, "The number of outputs", least=1, most=_MANY)
    penalties = whole_number(penalties, "The number of penalties", least=1, most=_MANY)
    most = available_bytes() // 2
    if budget is not None:
        most = whole_number(budget, "The budget", least=1, meaning="bytes")
    axis = "rows" if n > m else "units"
    longer, shorter = max(n, m), min(n, m)
    beside = outputs + 1 if axis == "rows" else 0
    side = shorter + beside
    least = min(side, longer)

    def memory(block: int, side: int = side) -> int:
        levels = 2 + math.ceil(math.log2(max(1, -(-longer // block))) + 1)
        wide = block * (penalties * (outputs + 1) + side * _COPIES)
        return 8 * (side * side * (levels + _TRIANGLES) + wide + longer * (outputs + 3))

    if memory(least) > most:
        sides = range(1 + beside, side + 1)
        fits = bisect_right(sides, most, key=lambda s: memory(min(s, longer), s))
        few = counted(fits, "unit" if axis == "rows" else "row")
        raise MemoryBudgetError(
            f"A readout of {n:,} rows and {m:,} units needs {memory(least):,} bytes "
            f"for its triangles of {side:,} and the budget is {most:,}. Take "
            f"{f'at most {few}' if fits else f'fewer {axis}'}, or a larger budget."
        )
    usual = max(_USUAL // (8 * side), min(4 * side, _MOST // (8 * side)))
    block = max(least, min(longer, usual))
    while block > least and memory(block) > most:
        block = max(least, block // 2)
    return StreamPlan(
        axis=axis,
        block=block,
        blocks=-(-longer // block),
        memory=memory(block),
        method="qr",
        _source=source,
        _outputs=outputs,
        _penalties=penalties,
    )

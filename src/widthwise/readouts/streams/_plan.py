"""What reading features in blocks will take, said before it is done."""

import math
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from widthwise.arguments import whole_number
from widthwise.arrays import PointsLike
from widthwise.errors import MemoryBudgetError
from widthwise.numerics import available_bytes
from widthwise.numerics.rate import Seconds
from widthwise.readouts.streams._source import Source, source_of
from widthwise.readouts.streams._stream_time import rows_seconds, units_seconds
from widthwise.wording import counted, number

__all__ = ["StreamPlan", "stream_plan"]

_COPIES = 5  # Of a block: as read, in float64, transposed, turned, and in its factors.
_TRIANGLES = 8  # For the singular vectors of the last one.
_USUAL = 2**26  # Bytes of a block where the budget allows.


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
    operations
        Floating-point operations of all passes but those of a solution's.

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
    operations: int
    _source: Source = field(repr=False, compare=False)
    _outputs: int = field(repr=False)
    _penalties: int = field(repr=False)

    @property
    def seconds(self) -> float:
        """About how long that takes here, with what other work the machine has.

        Cost: the first time, about a fiftieth of it: the routines are timed on the
        first rows or units.
        """
        return self._time.likely

    @cached_property
    def _time(self) -> Seconds:
        source, work = self._source, self.operations
        if self.axis == "rows":
            outputs, penalties = self._outputs, self._penalties
            return rows_seconds(source, self.block, outputs, penalties, work)
        return units_seconds(source, self.block, work)

    def __str__(self) -> str:
        return (
            f"{counted(self.blocks, 'block')} of {self.block:,} {self.axis}, "
            f"{number(self.memory / 2**20)} MiB, {number(self.operations)} operations, "
            f"{self._time}: Q R of the blocks, merged in a tree"
        )


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
    outputs = whole_number(outputs, "The number of outputs", least=1)
    most = available_bytes() // 2
    if budget is not None:
        most = whole_number(budget, "The budget", least=1, meaning="bytes")
    axis = "rows" if n > m else "units"
    longer, shorter = max(n, m), min(n, m)
    side = shorter + outputs + 1 if axis == "rows" else shorter
    least = min(side, longer)

    def memory(block: int) -> int:
        levels = 2 + math.ceil(math.log2(max(1, -(-longer // block))) + 1)
        wide = block * (penalties * (outputs + 1) + side * _COPIES)
        return 8 * (side * side * (levels + _TRIANGLES) + wide + longer * (outputs + 3))

    if memory(least) > most:
        fits = math.isqrt(most // (8 * 2 * (_TRIANGLES + _COPIES + 12)))
        raise MemoryBudgetError(
            f"A readout of {n:,} rows and {m:,} units needs {number(memory(least))} "
            f"bytes for its triangles of {side:,} and the budget is {number(most)}. "
            f"Take at most about {max(fits, 1):,} "
            f"{'units' if axis == 'rows' else 'rows'}, or a larger budget."
        )
    block = max(least, min(longer, _USUAL // (8 * side)))
    while block > least and memory(block) > most:
        block = max(least, block // 2)
    return StreamPlan(
        axis=axis,
        block=block,
        blocks=-(-longer // block),
        memory=memory(block),
        operations=2 * longer * side * side
        + 20 * side**3
        + 2 * longer * shorter * (shorter if axis == "rows" else 0)
        + 2 * max(n, 1) * shorter * penalties * (outputs + 1),
        _source=source,
        _outputs=outputs,
        _penalties=penalties,
    )

"""What is done with blocks of units, here or elsewhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from widthwise.arrays import Array, Float
from widthwise.numerics.tall_qr import StreamedFactor
from widthwise.readouts.factors import Rows
from widthwise.readouts.streams._kept import Digest
from widthwise.readouts.streams._source import Source

__all__ = ["UnitWork"]


@dataclass(frozen=True)
class UnitWork:
    """What is done with blocks of units, here or elsewhere."""

    source: Source
    rows: Rows
    size: int
    is_kept: bool

    def held(
        self, starts: Iterable[int]
    ) -> tuple[StreamedFactor, list[Array], np.ndarray]:
        """Return the factor of some blocks of units, their means and their digest."""
        found, means, seen = StreamedFactor(), [], Digest(is_on=self.is_kept)
        for block, mean in self.blocks(starts, seen):
            found.add(block.contiguous())
            means.append(mean)
        return found, means, seen.found

    def digest(self, starts: Iterable[int]) -> np.ndarray:
        """Return that of some blocks of units, read again."""
        seen = Digest()
        for start in starts:
            seen.add(self._read(start))
        return seen.found

    def blocks(
        self, starts: Iterable[int], seen: Digest | None = None
    ) -> Iterator[tuple[Float[Array, "r b"], Float[Array, " b"]]]:
        """Yield the units' blocks in the system's coordinates, with their means."""
        for start in starts:
            block = self._read(start)
            if seen is not None:
                seen.add(block)
            block = block.to(self.rows.roots.device)
            block = block if self.rows.kept is None else block[self.rows.kept]
            mean = block.new_zeros(block.shape[1])
            yield (
                self.rows.turned(block).clone(),
                self.rows.mean(block) if self.rows.has_intercept else mean,
            )

    def _read(self, start: int) -> Array:
        stop = min(start + self.size, self.source.shape[1])
        return self.source.units(start, stop)

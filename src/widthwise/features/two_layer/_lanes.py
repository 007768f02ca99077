r"""A sum of $\sigma(X w_r)\,\sigma(X w_r)^\top$ over a share of the units, in parts."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch

from widthwise.activations import Activation, Custom
from widthwise.arrays import Array
from widthwise.features.two_layer._blocks import activate, require_values
from widthwise.numerics.free_products import add_product, add_square
from widthwise.numerics.in_order import Part

__all__ = ["Lane", "RowLane"]

_ROWS = 512  # Rows of features that a core's cache holds from product to activation.


@dataclass(frozen=True)
class Lane(ABC):
    """One sum over a share of the units, of blocks that end at `stops`.

    Attributes
    ----------
    number
        Of this lane, from 0 on.
    edges
        Where the rows of slabs start, and where the last ends; tiles of the sum are of
        two slabs.
    memory, weights
        Of each block that is held at once.
    points
        As the lane lays them out.
    draw
        Returns the weights of a range of units.
    """

    number: int
    edges: tuple[int, ...]
    units: range
    stops: range
    total: np.ndarray
    memory: list[np.ndarray]
    weights: list[np.ndarray]
    points: np.ndarray
    act: Activation
    draw: Callable[[int, int], Array]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The slabs of rows that the tiles are of."""
        slabs = range(len(self.edges) - 1)
        return [(upper, right) for upper in slabs for right in slabs[upper:]]

    def made(self, step: int) -> Iterator[Part]:
        """Yield what makes a block of features."""
        turn, slot = divmod(step, len(self.memory))
        slabs = range(len(self.edges) - 1)
        places = [("features", self.number, slot, slab) for slab in slabs]
        drawn = ("weights", self.number, slot)
        used = tuple((place, turn - 1) for place in places)
        yield Part(partial(self._draw, step), drawn, turn, used)
        for slab, place in enumerate(places):
            added = [self._tile(pair) for pair in self.pairs if slab in pair]
            after = tuple((tile, step - len(self.memory)) for tile in added)
            fill = partial(self._fill, step, slab)
            yield Part(fill, place, turn, ((drawn, turn), *after))

    def added(self, step: int) -> Iterator[Part]:
        """Yield what adds a block to the sum."""
        turn, slot = divmod(step, len(self.memory))
        for pair in self.pairs:
            after = tuple((("features", self.number, slot, at), turn) for at in pair)
            yield Part(partial(self._add, step, *pair), self._tile(pair), step, after)

    def joined(self, other: "Lane") -> Iterator[Part]:
        """Yield what adds another sum to this one."""
        after = tuple(
            (lane._tile(pair), len(lane.stops) - 1)
            for lane in (self, other)
            for pair in self.pairs
        )
        for top in range(0, self.edges[-1], _ROWS):
            join = partial(self._join, other, slice(top, top + _ROWS))
            yield Part(join, ("rows", top), other.number - 1, after)

    def _tile(self, pair: tuple[int, int]) -> object:
        return "tile", self.number, *pair

    def _ends(self, step: int) -> tuple[int, int]:
        """Return the units of a block."""
        stop = self.stops[step]
        start = max(stop - self.stops.step, self.units.start)
        return start, min(stop, self.units.stop)

    def _is_kept(self, step: int) -> bool:
        """Return whether there is a sum before this block.

        The first lane goes on with one; the others are new, and hold anything before.
        """
        return step > 0 or self.number == 0

    @abstractmethod
    def _draw(self, step: int) -> None:
        """Draw the weights of a block."""

    @abstractmethod
    def _fill(self, step: int, slab: int) -> None:
        """Make a block's features of a slab of rows."""

    @abstractmethod
    def _add(self, step: int, upper: int, right: int) -> None:
        """Add their products to a tile of the sum."""

    def _join(self, other: "Lane", rows: slice) -> None:
        # Below the diagonal there may be anything; whoever asks looks at the rest.
        with np.errstate(over="ignore", invalid="ignore"):
            self.total[rows, rows.start :] += other.total[rows, rows.start :]


class RowLane(Lane):
    """A lane of features that lie in rows, by the products of BLAS."""

    def _draw(self, step: int) -> None:
        self.weights[step % len(self.memory)] = self.draw(*self._ends(step)).numpy()

    def _fill(self, step: int, slab: int) -> None:
        features = self._features(step, slab)
        points = self.points[slice(*self.edges[slab : slab + 2])]
        weights = self.weights[step % len(self.memory)]
        for top in range(0, len(points), _ROWS):
            rows = slice(top, top + _ROWS)
            add_product(features[rows], points[rows], weights, kept=0.0)
            found = torch.from_numpy(features[rows])
            activate(self.act, found.view(-1))
            if isinstance(self.act, Custom):
                require_values(found, *self._ends(step), self.act)

    def _add(self, step: int, upper: int, right: int) -> None:
        edges = self.edges
        rows, columns = (slice(*edges[at : at + 2]) for at in (upper, right))
        one, other = (self._features(step, slab) for slab in (upper, right))
        kept = float(self._is_kept(step))
        if upper == right:
            add_square(self.total[rows, rows], one, kept)
        else:
            add_product(self.total[rows, columns], one, other, kept)

    def _features(self, step: int, slab: int) -> np.ndarray:
        """Return where a slab of a block lies.

        It begins at the same place for all blocks, also those of fewer units: what
        waits for the readers of a slab waits for none of others.
        """
        start, stop = self._ends(step)
        held = self.memory[step % len(self.memory)]
        first, last = self.edges[slab : slab + 2]
        begin, rows = first * (len(held) // len(self.points)), last - first
        return held[begin : begin + rows * (stop - start)].reshape(rows, stop - start)

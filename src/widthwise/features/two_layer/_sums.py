r"""Sums of $\sigma(X w_r)\,\sigma(X w_r)^\top$ over units, by threads of our own.

A product of BLAS on all threads leaves them nothing to do while features are made, and
waits where another process holds a core. Here each thread makes features, or adds their
products to a tile of a sum, whichever is next, by products on one thread.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import torch

from widthwise.activations import Activation, Custom
from widthwise.arrays import Array, Float
from widthwise.features.two_layer._blocks import (
    activate,
    block_width,
    feature_blocks,
    require_values,
)
from widthwise.laws import BLOCK, Law
from widthwise.machine import limited_threads
from widthwise.numerics.accelerator import is_elsewhere
from widthwise.numerics.aligned import aligned
from widthwise.numerics.free_products import add_product, add_square
from widthwise.numerics.in_order import Part, run_in_order
from widthwise.numerics.symmetric import WHOLE, add_symmetric_product

__all__ = ["running_sums"]

_COLUMNS = 1024  # Units in a block, at most: more make no product much faster.
_TILE = 1024  # Rows of a tile, at most; fewer make products slower.
_NARROW = 128  # Rows of a tile, at least.
_ROWS = 512  # Rows of features that a core's cache holds from product to activation.


def running_sums(
    total: Float[Array, "n n"],
    points: Float[Array, "n d"],
    act: Activation,
    law: Law,
    seed: int,
    stops: Sequence[int],
    memory_budget: int,
    threads: int,
) -> Iterator[tuple[int, int]]:
    """Add units to the upper triangle of `total`; yield (stop, units at once) at stops.

    Parameters
    ----------
    stops
        Ascending.
    memory_budget
        Bytes beside `total`.
    """
    n, d = points.shape
    if is_elsewhere(total):
        columns = block_width(n, d, memory_budget)
        for _, stop, block in feature_blocks(points, act, law, seed, stops, columns):
            add_symmetric_product(total, block)
            if stop in stops:
                yield stop, columns
        return
    cut, draw = _Cut.within(memory_budget, n, d, threads), partial(law.weights, seed, d)
    for start, stop in pairwise((0, *stops)):
        cut.add(total, points, act, draw, range(start, stop))
        yield stop, cut.columns


@dataclass(frozen=True)
class _Cut:
    """How a sum over units of the products of n rows is cut.

    Attributes
    ----------
    threads
        How many work at it.
    lanes
        Sums that are made side by side, each of a share of the units.
    slots
        Blocks of features that each holds at once.
    columns
        Units in a block, at most.
    edges
        Where the rows of tiles start, and where the last ends.
    """

    threads: int
    lanes: int
    slots: int
    columns: int
    edges: tuple[int, ...]

    @classmethod
    def within(cls, memory_budget: int, n: int, dimension: int, threads: int) -> "_Cut":
        """Return the fastest way that the budget holds.

        A sum for each thread leaves none waiting; a single one holds the next block
        beside this one, so that it is made meanwhile.
        """
        lanes, slots, free = 1, 1, memory_budget
        for lanes, slots in ((threads, 1), (1, 2), (1, 1)):
            free = (memory_budget - 8 * n * n * (lanes - 1)) // (lanes * slots)
            if free >= 8 * BLOCK * (n + 2 * dimension):
                break
        count = 1
        if lanes < threads or n > WHOLE:
            count = -(-n // _TILE)
            while count * (count + 1) < 4 * threads and n > _NARROW * count:
                count += 1
        edges = np.linspace(0, n, count + 1).astype(int).tolist()
        columns = min(block_width(n, dimension, free), _COLUMNS)
        return cls(threads, lanes, slots, columns, tuple(edges))

    def add(
        self,
        total: Float[Array, "n n"],
        points: Float[Array, "n d"],
        act: Activation,
        draw: Callable[[int, int], Float[Array, "b d"]],
        units: range,
    ) -> None:
        """Add the products of these units' features to the upper triangle of a sum.

        `draw` returns the weights of a range of units.
        """
        n = len(points)
        lanes = min(self.lanes, -(-len(units) // BLOCK))
        edges = np.linspace(units.start, units.stop, lanes + 1).astype(int).tolist()
        columns = min(self.columns, edges[-1] - edges[-2])
        found = [
            _Lane(
                lane,
                self,
                range(*ends),
                # Not all make features at once: that holds up one another.
                range(
                    ends[0] + columns - columns * lane // lanes,
                    ends[1] + columns,
                    columns,
                ),
                total.numpy() if lane == 0 else np.empty((n, n)),
                # σ's last bit hangs on where vectors start.
                [aligned((n * columns,)) for _ in range(self.slots)],
                [np.empty(0)] * self.slots,
                points.numpy(),
                act,
                draw,
            )
            for lane, ends in enumerate(pairwise(edges))
        ]
        with limited_threads(1):
            run_in_order(_parts(found), self.threads)


@dataclass(frozen=True)
class _Lane:
    """One sum over a share of the units, of blocks that end at `stops`."""

    number: int
    cut: _Cut
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
        slabs = range(len(self.cut.edges) - 1)
        return [(upper, right) for upper in slabs for right in slabs[upper:]]

    def made(self, step: int) -> Iterator[Part]:
        """Yield what makes a block of features."""
        turn, slot = divmod(step, self.cut.slots)
        slabs = range(len(self.cut.edges) - 1)
        places = [("features", self.number, slot, slab) for slab in slabs]
        drawn = ("weights", self.number, slot)
        used = tuple((place, turn - 1) for place in places)
        yield Part(partial(self._draw, step), drawn, turn, used)
        for slab, place in enumerate(places):
            added = [self._tile(pair) for pair in self.pairs if slab in pair]
            after = tuple((tile, step - self.cut.slots) for tile in added)
            fill = partial(self._fill, step, slab)
            yield Part(fill, place, turn, ((drawn, turn), *after))

    def added(self, step: int) -> Iterator[Part]:
        """Yield what adds a block to the sum."""
        turn, slot = divmod(step, self.cut.slots)
        for pair in self.pairs:
            after = tuple((("features", self.number, slot, at), turn) for at in pair)
            yield Part(partial(self._add, step, *pair), self._tile(pair), step, after)

    def joined(self, other: "_Lane") -> Iterator[Part]:
        """Yield what adds another sum to this one."""
        after = tuple(
            (lane._tile(pair), len(lane.stops) - 1)
            for lane in (self, other)
            for pair in self.pairs
        )
        for top in range(0, len(self.points), _ROWS):
            join = partial(self._join, other, slice(top, top + _ROWS))
            yield Part(join, ("rows", top), other.number - 1, after)

    def _tile(self, pair: tuple[int, int]) -> object:
        return "tile", self.number, *pair

    def _ends(self, step: int) -> tuple[int, int]:
        """Return the units of a block."""
        stop = self.stops[step]
        start = max(stop - self.stops.step, self.units.start)
        return start, min(stop, self.units.stop)

    def _features(self, step: int, slab: int) -> np.ndarray:
        """Return where a slab of a block lies.

        It begins at the same place for all blocks, also those of fewer units: what
        waits for the readers of a slab waits for none of others.
        """
        start, stop = self._ends(step)
        held = self.memory[step % self.cut.slots]
        first, last = self.cut.edges[slab : slab + 2]
        begin, rows = first * (len(held) // len(self.points)), last - first
        return held[begin : begin + rows * (stop - start)].reshape(rows, stop - start)

    def _draw(self, step: int) -> None:
        self.weights[step % self.cut.slots] = self.draw(*self._ends(step)).numpy()

    def _fill(self, step: int, slab: int) -> None:
        features = self._features(step, slab)
        points = self.points[slice(*self.cut.edges[slab : slab + 2])]
        weights = self.weights[step % self.cut.slots]
        for top in range(0, len(points), _ROWS):
            rows = slice(top, top + _ROWS)
            add_product(features[rows], points[rows], weights, kept=0.0)
            found = torch.from_numpy(features[rows])
            activate(self.act, found.view(-1))
            if isinstance(self.act, Custom):
                require_values(found, *self._ends(step), self.act)

    def _add(self, step: int, upper: int, right: int) -> None:
        edges = self.cut.edges
        rows, columns = (slice(*edges[at : at + 2]) for at in (upper, right))
        one, other = (self._features(step, slab) for slab in (upper, right))
        # The first sum goes on; the others are new, and hold anything before.
        kept = 1.0 if step or self.number == 0 else 0.0
        if upper == right:
            add_square(self.total[rows, rows], one, kept)
        else:
            add_product(self.total[rows, columns], one, other, kept)

    def _join(self, other: "_Lane", rows: slice) -> None:
        self.total[rows, rows.start :] += other.total[rows, rows.start :]


def _parts(lanes: Sequence[_Lane]) -> Iterator[Part]:
    """Yield all parts, each some way behind what it waits for."""
    for lane in lanes:
        yield from lane.made(0)
    for step in range(max(len(lane.stops) for lane in lanes)):
        for lane in lanes:
            if step < len(lane.stops):
                yield from lane.added(step)
            if step + 1 < len(lane.stops):
                yield from lane.made(step + 1)
    for other in lanes[1:]:
        yield from lanes[0].joined(other)

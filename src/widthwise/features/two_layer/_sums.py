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

from widthwise.activations import Activation, Custom
from widthwise.arrays import Array, Float
from widthwise.features.two_layer._blocks import block_width, feature_blocks
from widthwise.features.two_layer._lanes import Lane, RowLane
from widthwise.laws import BLOCK, Law
from widthwise.machine import limited_threads
from widthwise.numerics.accelerator import is_elsewhere
from widthwise.numerics.aligned import aligned
from widthwise.numerics.in_order import Part, run_in_order
from widthwise.numerics.panels import CHUNK, LEFT, PANEL
from widthwise.numerics.symmetric import WHOLE, add_symmetric_product

__all__ = ["running_sums"]

_COLUMNS = 1024  # Units in a block, at most: more make no product much faster.
_FEWER = 512  # Of a block in panels.
_TILE = 1024  # Rows of a tile, at most; fewer make products slower.
_NARROW = 128  # Rows of a tile, at least.
_WORK = 2**33
"""Operations from which on panels are worth loading compiled code."""


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
    cut = None
    if n * n * stops[-1] >= _WORK and not isinstance(act, Custom):
        cut = _Cut.in_panels(memory_budget, n, d, threads)
    cut = cut or _Cut.in_rows(memory_budget, n, d, threads)
    draw = partial(law.weights, seed, d)
    for start, stop in pairwise((0, *stops)):
        cut.add(total, points, act, draw, range(start, stop))
        yield stop, min(cut.columns, CHUNK) if cut.is_panels else cut.columns


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
    is_panels
        Whether features lie in panels of rows, and not in rows.

    A sum for each thread leaves none waiting; a single one holds the next block beside
    this one, so that it is made meanwhile.
    """

    threads: int
    lanes: int
    slots: int
    columns: int
    edges: tuple[int, ...]
    is_panels: bool

    @classmethod
    def in_rows(
        cls, memory_budget: int, n: int, dimension: int, threads: int
    ) -> "_Cut":
        """Return the fastest way that the budget holds."""
        for lanes, slots in ((threads, 1), (1, 2), (1, 1)):
            free = (memory_budget - 8 * n * n * (lanes - 1)) // (lanes * slots)
            if free >= 8 * BLOCK * (n + 2 * dimension):
                break
        columns = min(block_width(n, dimension, free), _COLUMNS)
        edges = _edges(n, 1, 0 if lanes == threads and n <= WHOLE else threads)
        return cls(threads, lanes, slots, columns, edges, is_panels=False)

    @classmethod
    def in_panels(
        cls, memory_budget: int, n: int, dimension: int, threads: int
    ) -> "_Cut | None":
        """Return the fastest way of panels, where the budget and this machine have one.

        Wide registers are needed, and the points in panels are in memory once more.
        """
        from widthwise.numerics.panels.registers import WIDE

        rows = -(-n // PANEL) * PANEL
        for lanes, slots in ((threads, 1), (1, 2), (1, 1)) if WIDE else ():
            free = memory_budget - 8 * rows * dimension - 8 * n * n * (lanes - 1)
            units = CHUNK if lanes == threads else _FEWER
            if free >= 8 * (units * rows + 2 * _FEWER * dimension) * lanes * slots:
                edges = _edges(n, PANEL, 0 if lanes == threads else threads)
                return cls(threads, lanes, slots, _FEWER, edges, is_panels=True)
        return None

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
        kind: type[Lane] = RowLane
        given, rows = points.numpy(), len(points)
        lanes = min(self.lanes, -(-len(units) // BLOCK))
        edges = np.linspace(units.start, units.stop, lanes + 1).astype(int).tolist()
        columns = min(self.columns, edges[-1] - edges[-2])
        held, late = columns, columns // lanes
        if self.is_panels:
            from widthwise.features.two_layer._panel_lane import PanelLane
            from widthwise.numerics.panels.squares import in_panels

            kind, given = PanelLane, in_panels(given, PANEL)
            rows, held = len(given) * PANEL, -(-columns // LEFT) * LEFT
            if len(self.edges) == 2:
                held = min(held, CHUNK)
            late = 0  # Blocks end where those of the law do: no weight is drawn twice.
        found = [
            kind(
                lane,
                self.edges,
                range(*ends),
                # Not all make features at once: that holds up one another.
                range(ends[0] + columns - late * lane, ends[1] + columns, columns),
                total.numpy() if lane == 0 else np.empty(total.shape),
                # σ's last bit hangs on where vectors start.
                [aligned((rows * held,)) for _ in range(self.slots)],
                [np.empty(0)] * self.slots,
                given,
                act,
                draw,
            )
            for lane, ends in enumerate(pairwise(edges))
        ]
        with limited_threads(1):
            run_in_order(_parts(found), self.threads)


def _edges(n: int, least: int, threads: int) -> tuple[int, ...]:
    """Return where slabs of rows start, multiples of the least.

    They are for so many threads at one sum; with 0, one that has it for itself.
    """
    count = -(-n // _TILE) if threads else 1
    while count * (count + 1) < 4 * threads and n > _NARROW * count:
        count += 1
    places = np.linspace(0, -(-n // least), count + 1).astype(int) * least
    return (*places[:-1].tolist(), n)


def _parts(lanes: Sequence[Lane]) -> Iterator[Part]:
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

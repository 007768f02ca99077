"""A sum over units whose features lie in panels of rows, from products to products."""

from collections.abc import Iterator
from functools import cached_property, partial

import numpy as np
import torch

from widthwise.features.two_layer._blocks import PIECE, activate
from widthwise.features.two_layer._lanes import Lane
from widthwise.numerics.in_order import Part
from widthwise.numerics.panels import CHUNK, LEFT, PANEL
from widthwise.numerics.panels.overwriting import KINDS
from widthwise.numerics.panels.squares import (
    add_panels,
    add_units,
    fill_panels,
    in_panels,
)

__all__ = ["PanelLane"]

_AT_ONCE = 2**34  # Operations between two looks at whether a user interrupts.


class PanelLane(Lane):
    """A lane whose points are in panels, and whose slabs begin at such.

    A block lies in chunks of units, each summed in registers. Of one slab, a thread
    makes and adds one chunk after the other in the same memory.
    """

    def made(self, step: int) -> Iterator[Part]:
        if len(self.edges) > 2:
            yield from super().made(step)

    def added(self, step: int) -> Iterator[Part]:
        if len(self.edges) > 2:
            yield from super().added(step)
        else:
            yield Part(partial(self._whole, step), self._tile((0, 0)), step)

    def _whole(self, step: int) -> None:
        kept, (kind, numbers) = self._is_kept(step), self._form
        if kind >= 0:
            (start, stop), held = self._ends(step), self.memory[0]
            drawn, size = self.draw(start, stop).numpy(), _even(stop - start)
            # Few calls, for each waits for Python's lock; an interruption for one.
            some = max(_AT_ONCE // len(self.total) ** 2 // size, 1) * size
            for first in range(0, stop - start, some):
                add_units(
                    self.points,
                    drawn[first : first + some],
                    size,
                    held,
                    self.total,
                    kept,
                    kind,
                    numbers,
                )
                kept = True
            return
        self._draw(step)
        for units, features, count in self._chunks(step, 0):
            self._fill_chunk(step, self.points, units, features)
            add_panels(features, features, count, self.total, 0, 0, kept, _room())
            kept = True

    def _draw(self, step: int) -> None:
        drawn = self.draw(*self._ends(step)).numpy()
        self.weights[step % len(self.memory)] = in_panels(drawn, LEFT)

    def _chunks(self, step: int, slab: int) -> Iterator[tuple[slice, np.ndarray, int]]:
        """Yield the panels of weights, the features and how many units they are of."""
        start, stop = self._ends(step)
        units, held = stop - start, self.memory[step % len(self.memory)]
        first, last = self._panels(slab)
        begin = len(held) // len(self.points) * first
        size = _even(units)
        for unit in range(0, units, size):
            count = min(size, units - unit)
            rows = -(-count // LEFT) * LEFT
            end = begin + (last - first) * rows * PANEL
            features = held[begin:end].reshape(last - first, rows, PANEL)
            yield slice(unit // LEFT, (unit + rows) // LEFT), features, count
            if len(self.edges) > 2:
                begin = end

    def _panels(self, slab: int) -> tuple[int, int]:
        first, last = self.edges[slab : slab + 2]
        return first // PANEL, -(-last // PANEL)

    def _fill(self, step: int, slab: int) -> None:
        points = self.points[slice(*self._panels(slab))]
        for units, features, _ in self._chunks(step, slab):
            self._fill_chunk(step, points, units, features)

    def _fill_chunk(
        self, step: int, points: np.ndarray, units: slice, features: np.ndarray
    ) -> None:
        weights = self.weights[step % len(self.memory)][units]
        kind, numbers = self._form
        if kind >= 0:
            fill_panels(points, weights, features, kind, numbers)
            return
        # So few that they are in the second cache from products to activation.
        some = max(PIECE // features[0].size, 1)
        for top in range(0, len(points), some):
            part = features[top : top + some]
            fill_panels(points[top : top + some], weights, part, kind, numbers)
            activate(self.act, torch.from_numpy(part).view(-1))

    @cached_property
    def _form(self) -> tuple[int, np.ndarray]:
        """The activation as it is made in registers; of kind -1 it is not."""
        name, numbers = self.act.in_registers or ("", ())
        return KINDS.get(name, -1), np.array(numbers, float)

    def _add(self, step: int, upper: int, right: int) -> None:
        top, start = self.edges[upper], self.edges[right]
        kept = self._is_kept(step)
        slabs = (self._chunks(step, slab) for slab in (upper, right))
        for (_, one, count), (_, other, _) in zip(*slabs, strict=True):
            add_panels(one, other, count, self.total, top, start, kept, _room())
            kept = True


def _even(units: int) -> int:
    """Return the most units of a chunk, all of them of about as many."""
    return -(-units // -(-units // CHUNK) // LEFT) * LEFT


def _room() -> np.ndarray:
    return np.empty((LEFT, PANEL))

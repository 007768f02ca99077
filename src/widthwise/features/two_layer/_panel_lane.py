"""A sum over units whose features lie in panels of rows, from products to products."""

from collections.abc import Iterator

import numpy as np
import torch

from widthwise.features.two_layer._blocks import PIECE, activate
from widthwise.features.two_layer._lanes import Lane
from widthwise.numerics.panels import CHUNK, LEFT, PANEL
from widthwise.numerics.panels.squares import add_panels, fill_panels, in_panels

__all__ = ["PanelLane"]


class PanelLane(Lane):
    """A lane whose points are in panels, and whose slabs begin at such.

    A block lies in chunks of units, each summed in registers.
    """

    def _draw(self, step: int) -> None:
        drawn = self.draw(*self._ends(step)).numpy()
        self.weights[step % len(self.memory)] = in_panels(drawn, LEFT)

    def _chunks(self, step: int, slab: int) -> Iterator[tuple[slice, np.ndarray, int]]:
        """Yield the panels of weights, the features and how many units they are of."""
        start, stop = self._ends(step)
        units, held = stop - start, self.memory[step % len(self.memory)]
        first, last = self._panels(slab)
        begin = len(held) // len(self.points) * first
        size = -(-units // -(-units // CHUNK) // LEFT) * LEFT
        for unit in range(0, units, size):
            count = min(size, units - unit)
            rows = -(-count // LEFT) * LEFT
            end = begin + (last - first) * rows * PANEL
            features = held[begin:end].reshape(last - first, rows, PANEL)
            yield slice(unit // LEFT, (unit + rows) // LEFT), features, count
            begin = end

    def _panels(self, slab: int) -> tuple[int, int]:
        first, last = self.edges[slab : slab + 2]
        return first // PANEL, -(-last // PANEL)

    def _fill(self, step: int, slab: int) -> None:
        weights = self.weights[step % len(self.memory)]
        points = self.points[slice(*self._panels(slab))]
        for units, features, _ in self._chunks(step, slab):
            # So few that they are in the second cache from products to activation.
            some = max(PIECE // features[0].size, 1)
            for top in range(0, len(points), some):
                part = features[top : top + some]
                fill_panels(points[top : top + some], weights[units], part)
                activate(self.act, torch.from_numpy(part).view(-1))

    def _add(self, step: int, upper: int, right: int) -> None:
        top, start = self.edges[upper], self.edges[right]
        kept, room = self._is_kept(step), np.empty((LEFT, PANEL))
        slabs = (self._chunks(step, slab) for slab in (upper, right))
        for (_, one, count), (_, other, _) in zip(*slabs, strict=True):
            add_panels(one, other, count, self.total, top, start, kept, room)
            kept = True

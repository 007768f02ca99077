"""The matrices of a two-layer network in one pass over its units."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.tracking._matrices import (
    Matrices,
    Signs,
    Wanted,
    gram,
    signs_of,
)
from widthwise.networks import TwoLayer
from widthwise.numerics import require
from widthwise.numerics.linear_algebra import add_outer_products, complete_symmetric

__all__ = ["Units"]

_COLUMNS = 1024  # Units in a block, 4 MB at 500 points.

_KEPT = 1 << 22
"""Entries of the pre-activations that serve more than one question, 32 MB."""


@dataclass(frozen=True)
class _Block:
    """Units `start` to `stop`: pre-activations and values, shape (n, stop - start)."""

    start: int
    stop: int
    arguments: Array
    values: Array


class Units:
    r"""The hidden units of a two-layer network as it is now, at its points.

    In float64, whatever the network's precision. Outputs and matrices share one forward
    pass up to 4 million pairs of a unit and a point; beyond, each computes its blocks
    again, so that memory does not grow with the width.
    """

    def __init__(self, model: TwoLayer, points: Array) -> None:
        self._model = model
        self._points = points.to(torch.float64)
        self._outer = model.outer.weight.detach().to(torch.float64)
        self._outer = self._outer * model.outer.multiplier
        is_small = len(points) * model.width <= _KEPT
        self._kept = list(self._computed()) if is_small else None

    def outputs(self) -> Float[Array, " n"]:
        """Return f at all points, a sum over blocks of units."""
        found = torch.zeros_like(self._points[:, 0])
        for block in self._blocks():
            found.addmv_(block.values, self._outer[block.start : block.stop])
        return found

    def features(self) -> Float[Array, "n m"]:
        r"""Return $a_2 \sigma(Z)$."""
        blocks = [block.values for block in self._blocks()]
        return torch.cat(blocks, dim=1).mul_(self._model.outer.multiplier)

    def matrices(self, wanted: Wanted) -> Matrices:
        r"""Return what is wanted, from one pass over blocks of units.

        With $Z = a_1 (X W^\top + b)$ and $S = \sigma'(Z)\, \mathrm{diag}(a_2 v)$, the
        features' Gram matrix $\Phi \Phi^\top = a_2^2 \sigma(Z) \sigma(Z)^\top$ is also
        the outer layer's part of the tangent kernel; the inner layer's is
        $a_1^2 S S^\top \circ (X X^\top + 1_b)$. Each times its factor of the step.
        """
        model, count = self._model, len(self._points)
        has_inner = wanted.kernel and model.inner.weight.requires_grad
        has_outer = wanted.kernel and model.outer.weight.requires_grad
        require(
            8 * (5 * count**2 + 2 * count * min(_COLUMNS, model.width)),
            f"The tangent kernel of {count} points",
            "Take a sample of the rows, or track quantities without a kernel.",
        )
        of_slopes, of_values = (
            self._points.new_zeros((count, count)) for _ in range(2)
        )
        signs: list[Signs] = []
        for block in self._blocks():
            if wanted.signs:
                signs.append(signs_of(block.arguments))
            if has_inner:
                slopes = model.act.derivative(block.arguments)
                slopes = slopes * self._outer[block.start : block.stop]
                add_outer_products(of_slopes, slopes)
            if wanted.gram or has_outer:
                add_outer_products(of_values, block.values)
        for each in (of_slopes, of_values):
            complete_symmetric(each)
        of_values *= model.outer.multiplier**2
        kernel = None
        if wanted.kernel:
            kernel = (
                model.outer.rate * of_values
                if has_outer
                else of_values.new_zeros((count, count))
            )
            if has_inner:
                kernel += of_slopes * self._gram_of_inputs()
        return Matrices(of_values if wanted.gram else None, kernel, signs)

    def _gram_of_inputs(self) -> Array:
        """Return the kernel of what the inner layer's parameters are multiplied by."""
        inner = self._model.inner
        inputs = gram(self._points) + float(inner.bias is not None)
        return inputs * (inner.rate * inner.multiplier**2)

    def _blocks(self) -> Iterable[_Block]:
        return self._computed() if self._kept is None else self._kept

    @torch.no_grad()
    def _computed(self) -> Iterator[_Block]:
        layer, width = self._model.inner, self._model.width
        for start in range(0, width, _COLUMNS):
            stop = min(start + _COLUMNS, width)
            z = self._points @ layer.weight.detach()[start:stop].to(torch.float64).T
            if layer.multiplier != 1.0:
                z *= layer.multiplier
            if layer.bias is not None:
                z += layer.bias.detach()[start:stop] * layer.bias_multiplier
            yield _Block(start, stop, z, self._model.act.apply_(z.clone()))

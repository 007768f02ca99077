"""The matrices of a two-layer network in one pass over its units."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.tracking._algebra import add_upper_gram, gram, multiply
from widthwise.dynamics.tracking._matrices import Matrices, Signs, Wanted, signs_of
from widthwise.dynamics.tracking._patterns import (
    PatternGram,
    is_worth_tables,
    two_slopes,
)
from widthwise.networks import TwoLayer
from widthwise.numerics import require
from widthwise.numerics.linear_algebra import complete_symmetric

__all__ = ["TwoLayerPass"]

# Units in a block, 4 MB at 500 points. Few blocks, and one call for all of a block, so
# that a measurement in a second thread seldom asks for the interpreter's lock.
_COLUMNS = 1024

_KEPT = 1 << 22
"""Entries of the pre-activations that are kept from one pass to the next, 32 MB."""


@dataclass(frozen=True)
class _Block:
    """Units `start` to `stop`: pre-activations and values, shape (n, stop - start)."""

    start: int
    stop: int
    arguments: Array
    values: Array


class TwoLayerPass:
    r"""Forward passes of a two-layer network, in memory that is used again.

    In float64, whatever the network's precision. New memory for each pass would cost
    more than the pass: it is given back to the system, and asked for page by page,
    under a lock that the training's thread waits for.

    Parameters
    ----------
    keeps
        Whether the pass of `outputs` also serves the `matrices` after it. It does up to
        4 million pairs of a unit and a point; beyond, blocks are computed again.
    """

    def __init__(self, model: TwoLayer, points: Array, *, keeps: bool) -> None:
        self._model = model
        self._points = points.to(torch.float64)
        count, width = len(points), model.width
        columns = min(_COLUMNS, width)
        self._keeps = keeps and count * width <= _KEPT
        self._is_filled = False
        size = count * (width if self._keeps else columns)
        self._arguments = self._memory(size)
        self._values = self._memory(size)
        self._products: dict[str, Array] = {}
        self._patterns: PatternGram | None = None

    @torch.no_grad()
    def outputs(self) -> Float[Array, " n"]:
        """Return f at all points, a sum over blocks of units."""
        self._is_filled = False
        outer = self._model.outer
        readout = outer.weight.detach().to(torch.float64) * outer.multiplier
        found = torch.zeros(len(self._points), dtype=torch.float64)
        found = found.to(self._points.device)
        for block in self._blocks():
            found.addmv_(block.values, readout[block.start : block.stop])
        self._is_filled = self._keeps
        return found

    def features(self) -> Float[Array, "n m"]:
        r"""Return $a_2 \sigma(Z)$."""
        found = torch.empty(
            (len(self._points), self._model.width),
            dtype=torch.float64,
            device=self._points.device,
        )
        for block in self._blocks():
            found[:, block.start : block.stop] = block.values
        return found.mul_(self._model.outer.multiplier)

    def forget(self) -> None:
        """Do not use the last pass again: the parameters may have changed."""
        self._is_filled = False

    def matrices(self, wanted: Wanted) -> Matrices:
        r"""Return what is wanted, from one pass over blocks of units.

        With $Z = a_1 (X W^\top + b)$ and $S = \sigma'(Z)\, \mathrm{diag}(a_2 v)$, the
        features' Gram matrix $\Phi \Phi^\top = a_2^2 \sigma(Z) \sigma(Z)^\top$ is also
        the outer layer's part of the tangent kernel; the inner layer's is
        $a_1^2 S S^\top \circ (X X^\top + 1_b)$. Each times its factor of the step.
        """
        model, count = self._model, len(self._points)
        inner, outer = model.inner, model.outer
        has_inner = wanted.kernel and inner.weight.requires_grad
        has_outer = wanted.kernel and outer.weight.requires_grad
        require(
            8 * (5 * count**2 + 2 * count * min(_COLUMNS, model.width)),
            f"The tangent kernel of {count} points",
            "Take a sample of the rows, or track quantities without a kernel.",
        )
        readout = outer.weight.detach().to(torch.float64) * outer.multiplier
        of_slopes = self._product("slopes") if has_inner else None
        of_values = self._product("values") if wanted.gram or has_outer else None
        slopes = _slopes_of(model, count) if has_inner else None
        if slopes is not None:
            self._encoded().begin()  # an interrupt may have ended the last pass early
        signs: list[Signs] = []
        for block in self._blocks():
            weights = readout[block.start : block.stop]
            if wanted.signs:
                signs.append(signs_of(block.arguments))
            if slopes is not None:
                self._encoded().add(block.arguments, slopes[0], weights.square())
            elif of_slopes is not None:
                add_upper_gram(of_slopes, self._slopes(block, weights))
            if of_values is not None:
                add_upper_gram(of_values, block.values)
        if slopes is not None and of_slopes is not None:
            self._encoded().write_upper(of_slopes)
            _with_slopes(of_slopes, slopes[1], slopes[2], float(readout.square().sum()))
        for each in (of_slopes, of_values):
            if each is not None:
                complete_symmetric(each)
        if of_values is not None:
            of_values *= outer.multiplier**2
        kernel = self._kernel(of_slopes, of_values) if wanted.kernel else None
        features = of_values.clone() if wanted.gram and of_values is not None else None
        return Matrices(features, kernel, signs)

    def _blocks(self) -> Iterator[_Block]:
        count, width = len(self._points), self._model.width
        for start in range(0, width, _COLUMNS):
            stop = min(start + _COLUMNS, width)
            first = count * start if self._keeps else 0
            place = slice(first, first + count * (stop - start))
            z = self._arguments[place].view(count, stop - start)
            h = self._values[place].view(count, stop - start)
            if not self._is_filled:
                self._fill(z, start)
                self._model.act.apply_(h.copy_(z))
            yield _Block(start, stop, z, h)

    def _fill(self, z: Array, start: int) -> None:
        layer, stop = self._model.inner, start + z.shape[1]
        weights = layer.weight.detach()[start:stop].to(torch.float64)
        multiply(self._points, weights, out=z)
        if layer.multiplier != 1.0:
            z *= layer.multiplier
        if layer.bias is not None:
            z += layer.bias.detach()[start:stop] * layer.bias_multiplier

    def _slopes(self, block: _Block, weights: Array) -> Array:
        found = self._product("block of slopes", block.arguments.shape)
        torch.mul(self._model.act.derivative(block.arguments), weights, out=found)
        return found

    def _encoded(self) -> PatternGram:
        if self._patterns is None:
            size = len(self._points), self._model.width
            self._patterns = PatternGram(*size, _COLUMNS)
        return self._patterns

    def _kernel(self, of_slopes: Array | None, of_values: Array | None) -> Array:
        inner, outer = self._model.inner, self._model.outer
        count = len(self._points)
        total = torch.zeros(
            (count, count), dtype=torch.float64, device=self._points.device
        )
        if of_slopes is not None:
            if "inputs" not in self._products:
                inputs = gram(self._points)
                self._products["inputs"] = inputs + float(inner.bias is not None)
            of_slopes *= self._products["inputs"]
            total.add_(of_slopes, alpha=inner.rate * inner.multiplier**2)
        if of_values is not None and outer.weight.requires_grad:
            total.add_(of_values, alpha=outer.rate)
        return total

    def _product(self, name: str, shape: tuple[int, ...] = ()) -> Array:
        """Return memory, zeros of shape (n, n) unless another shape is given."""
        size = shape or (len(self._points), len(self._points))
        if name not in self._products or self._products[name].shape != size:
            self._products[name] = self._memory(size)
        found = self._products[name]
        return found if shape else found.zero_()

    def _memory(self, size: int | tuple[int, ...]) -> Array:
        return torch.empty(size, dtype=torch.float64, device=self._points.device)


def _slopes_of(model: TwoLayer, count: int) -> tuple[float, float, float] | None:
    """Return the slopes of a piecewise linear σ where tables pay for themselves."""
    on_cpu = model.inner.weight.device.type == "cpu"
    if not on_cpu or not is_worth_tables(count, model.width):
        return None
    return two_slopes(model.act)


def _with_slopes(upper: Array, below: float, above: float, whole: float) -> None:
    r"""Turn $\sum c h h$ into $\sum c s s$, where $s = s_- + (s_+ - s_-) h$.

    As bits are their own squares, the diagonal of the former is $\sum_r c_r h_{ri}$.
    """
    if below == 0.0:
        if above != 1.0:
            upper *= above**2
        return
    rise = above - below
    active = upper.diagonal().clone()
    upper *= rise**2
    upper += below * rise * (active[:, None] + active)
    upper += below**2 * whole

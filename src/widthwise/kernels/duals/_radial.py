r"""Duals between points of any norms: E[f(a u) f(b v)], u and v correlated.

For each pair of octaves of norms the dual over $(E f(a u)^2\, E f(b u)^2)^{1/2}$ is one
polynomial in log a and in log b, and piecewise one in $\sin(\theta/2)$ for $t \ge 0$
and in $\cos(\theta/2)$ for t < 0. The octaves begin at powers of two, so that a value
hangs on its own two points alone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from widthwise.activations import Activation
from widthwise.errors import PrecisionLimitError
from widthwise.kernels.duals._families import Family, family, products, sizes_of
from widthwise.kernels.duals._kept_duals import kept_arrays
from widthwise.kernels.duals._radial_blocks import Block, Half, basis, is_whole
from widthwise.kernels.duals._representation import QUARTER
from widthwise.kernels.pairs import KinkedDual, SplineDual
from widthwise.laws import Law

__all__ = ["RadialDual", "radial_dual"]

_COUNTS = (12, 18, 28, 44, 64)
"""Nodes of an octave."""
_DEGREE = 31
_MOST_PIECES = 24
_GOOD = 4e-14
_WORST = 1e-8
"""Relative error of a closed form, and of the pairs' rule, that is let pass."""


@dataclass(frozen=True, eq=False)
class _Octave:
    """Norms from 2^index to 2^(index + 1)."""

    index: int
    count: int
    of: Family


class RadialDual:
    r"""The dual of σ or σ' between points of the norms of some rows.

    The sizes are found at once, the tables when they are first asked for.

    Parameters
    ----------
    activation, law, order
        As for `Dual`; σ smooth but for kinks at zero, and defined everywhere.
    norms
        Positive, shape (N,).
    """

    def __init__(
        self, activation: Activation, law: Law, order: int, norms: np.ndarray
    ) -> None:
        self._key = activation, law, order
        self._octaves = np.floor(np.log2(norms)).astype(np.int64)
        self._norms = norms
        self._indices = [int(each) for each in np.unique(self._octaves)]
        self.sizes = np.empty(len(norms))
        for index in self._indices:
            chosen = self._octaves == index
            logs = _log_sizes(*self._key, index)
            # log2 of a float next to a power of two may round to its other side.
            part = basis(norms[chosen], index, len(logs)) @ logs
            self.sizes[chosen] = np.exp(part)

    @cached_property
    def _bases(self) -> dict[int, np.ndarray]:
        """The basis of each octave at its own rows' norms, elsewhere zero."""
        found = {}
        for index in self._indices:
            count = self._blocks[index, index].counts[0]
            found[index] = np.zeros((len(self._norms), count))
            chosen = self._octaves == index
            found[index][chosen] = basis(self._norms[chosen], index, count)
        return found

    @cached_property
    def _blocks(self) -> dict[tuple[int, int], Block]:
        some = self._indices
        return {(p, q): _block(*self._key, p, q) for p in some for q in some if p <= q}

    @property
    def relative_error(self) -> float:
        """Bound the error of a value over the product of its rows' sizes."""
        return max(each.error for each in self._blocks.values())

    @property
    def row_errors(self) -> np.ndarray:
        """Bound values' errors, shape (N,): no pair's is above its rows' larger one."""
        return np.asarray(self.relative_error * self.sizes**2)

    def tile(
        self, top: slice, left: slice, chord: np.ndarray, is_near: np.ndarray
    ) -> np.ndarray:
        """Return the values between two slices of the rows, shape (h, w).

        `chord` is sin(θ/2) where `is_near` (t >= 0), cos(θ/2) elsewhere.
        """
        found = np.empty(chord.shape)
        rows, columns = self._octaves[top], self._octaves[left]
        for p in np.unique(rows):
            for q in np.unique(columns):
                i, j = np.nonzero(rows == p)[0], np.nonzero(columns == q)[0]
                first = self._bases[int(p)][top][i]
                second = self._bases[int(q)][left][j]
                part = np.ix_(i, j)
                found[part] = self._values(
                    (int(p), int(q)), first, second, chord[part], is_near[part]
                )
        return found * (self.sizes[top, None] * self.sizes[left])

    def _values(
        self,
        pair: tuple[int, int],
        first: np.ndarray,
        second: np.ndarray,
        chord: np.ndarray,
        is_near: np.ndarray,
    ) -> np.ndarray:
        if pair[0] > pair[1]:
            turned = self._values(pair[::-1], second, first, chord.T, is_near.T)
            return turned.T
        block = self._blocks[pair]
        if is_near.all():
            return block.near(first, second, chord)
        far = block.far(first, second, chord)
        if not is_near.any():
            return far
        return np.where(is_near, block.near(first, second, chord), far)


def _scales(index: int, count: int) -> np.ndarray:
    return np.asarray(2.0 ** (index + (1 + _points(count)) / 2))


@lru_cache(maxsize=512)
def _log_sizes(activation: Activation, law: Law, order: int, index: int) -> np.ndarray:
    """Return the Chebyshev coefficients of the sizes' logarithm in an octave."""
    for count in _COUNTS:
        scales = _scales(index, count)
        sizes = sizes_of(activation, law, order, scales)
        logs = _to_series(np.log(np.maximum(sizes, 1e-300)), axis=0)
        if float(np.abs(logs[-2:]).max()) <= _GOOD:
            return logs
    raise _too_fast(activation, index)


@lru_cache(maxsize=512)
def _octave(activation: Activation, law: Law, order: int, index: int) -> _Octave:
    half = np.array([0.0, 0.05, 0.3, 0.7, 1.2, np.pi / 2])
    for count in _COUNTS:
        of = family(activation, law, order, _scales(index, count))
        values = products(of, of)(half)
        series = _to_series(values, axis=0)
        if float(np.abs(series[-2:]).max()) <= _GOOD:
            return _Octave(index, count, of)
    raise _too_fast(activation, index)


def _too_fast(activation: Activation, index: int) -> PrecisionLimitError:
    return PrecisionLimitError(
        f"The kernel of {activation.name} changes too fast between rows of norms "
        f"{2.0**index:g} and {2.0 ** (index + 1):g}. Scale the rows down, or give "
        "them one norm."
    )


@lru_cache(maxsize=1024)
def _block(activation: Activation, law: Law, order: int, low: int, high: int) -> Block:
    """Return the tables of two octaves, from the disk where they are there."""
    asked = order, low, high
    held = kept_arrays(
        lambda: _made(activation, law, *asked).arrays,
        activation,
        law,
        *asked,
        accept=is_whole,
    )
    return Block.read(held)


def _made(activation: Activation, law: Law, order: int, low: int, high: int) -> Block:
    first = _octave(activation, law, order, low)
    second = first if low == high else _octave(activation, law, order, high)
    values_at = products(first.of, second.of)
    near, far = (_half(values_at, is_near) for is_near in (True, False))
    block = Block(near, far, 0.0)
    seen = _error_seen(activation, law, order, first, second, block)
    return Block(near, far, 4 * seen + 2e-15)


def _half(values_at: Callable[[np.ndarray], np.ndarray], is_near: bool) -> Half:
    """Fit on pieces of the half chord that are halved until they are resolved."""
    waiting = [(0.0, QUARTER)]
    done: list[tuple[float, float, np.ndarray]] = []
    y = _points(_DEGREE + 1)
    while waiting:
        low, high = waiting.pop()
        chord = (low + high + (high - low) * y) / 2
        half = np.arcsin(chord) if is_near else np.pi / 2 - np.arcsin(chord)
        values = values_at(half)
        series = _to_series(values, axis=2)
        tail = float(np.abs(series[..., -3:]).max())
        if tail > _GOOD / 4 and len(done) + len(waiting) < _MOST_PIECES:
            # What is steep is steep at the ends, where rows are parallel.
            cut = low + (high - low) / 4
            waiting += [(low, cut), (cut, high)]
            continue
        series = _to_series(_to_series(series, axis=0), axis=1)
        done.append((low, high, np.moveaxis(series, 2, 0)))
    done.sort(key=lambda each: each[0])
    edges = np.array([*(low for low, _, _ in done), QUARTER])
    return Half(edges, np.stack([each for _, _, each in done]))


def _error_seen(
    activation: Activation,
    law: Law,
    order: int,
    first: _Octave,
    second: _Octave,
    block: Block,
) -> float:
    """Return the largest error at norms and angles that the fit did not use."""
    random = np.random.default_rng(0)
    some = [2.0 ** (each.index + random.uniform(0, 1, 6)) for each in (first, second)]
    some[0][0], some[1][0] = 2.0**first.index, 2.0**second.index
    one, two = (
        family(activation, law, order, np.sort(each), finer=True) for each in some
    )
    half = np.append(random.uniform(0, np.pi / 2, 12), [0.0, 1e-3, np.pi / 2])
    near = half <= np.pi / 4
    chord = np.minimum(np.where(near, np.sin(half), np.cos(half)), QUARTER)
    exact = products(one, two)(half)
    bases = (
        basis(one.scales, first.index, first.count),
        basis(two.scales, second.index, second.count),
    )
    worst = 0.0
    for place, (c, is_near) in enumerate(zip(chord, near, strict=True)):
        side = block.near if is_near else block.far
        found = side(*bases, np.full((6, 6), c))
        worst = max(worst, float(np.abs(found - exact[..., place]).max()))
    return worst


def radial_dual(
    activation: Activation, law: Law, order: int, norms: np.ndarray
) -> RadialDual | SplineDual | KinkedDual:
    """Return the dual for these norms; octaves' tables are kept in the process."""
    if activation.splines is not None:
        closed = SplineDual(activation, law, order, norms)
        if closed.cancellation <= _WORST:
            return closed
        by_pairs = KinkedDual(activation, law, order, norms)
        if by_pairs.relative_error > _WORST:
            raise PrecisionLimitError(
                f"The kernel of {activation.name} between rows of norms from "
                f"{norms.min():.3g} to {norms.max():.3g} has a relative error of "
                f"{by_pairs.relative_error:.0e} as floats find it; at most "
                f"{_WORST:.0e} is let pass. Scale the rows nearer to one norm."
            )
        return by_pairs
    if any(activation.breakpoints):
        return KinkedDual(activation, law, order, norms)
    return RadialDual(activation, law, order, norms)


@lru_cache(maxsize=16)
def _points(count: int) -> np.ndarray:
    return np.asarray(np.cos(math.pi * (np.arange(count) + 0.5) / count))


def _to_series(values: np.ndarray, axis: int) -> np.ndarray:
    """Turn values at Chebyshev points along an axis into Chebyshev coefficients."""
    count = values.shape[axis]
    turns = np.outer(np.arange(count), 2 * np.arange(count) + 1) % (4 * count)
    matrix = 2 / count * np.cos(np.pi * turns / (2 * count))
    matrix[0] /= 2
    return np.moveaxis(np.tensordot(matrix, values, axes=(1, axis)), 0, axis)

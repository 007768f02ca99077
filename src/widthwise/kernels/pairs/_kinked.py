"""Duals between points of any norms of functions with kinks anywhere.

Near parallel rows such a dual has a layer as wide as the difference of a kink's places,
b/a and b/a', which no table over norms and angles resolves. So pairs are integrated one
by one, but for those at whose angle a power series reaches, under the Gaussian law.
"""

import math
from collections.abc import Callable
from functools import cached_property, lru_cache, partial

import numpy as np

from widthwise.activations import Activation, Scaled
from widthwise.errors import PrecisionLimitError
from widthwise.kernels.pairs._norm_series import NormSeries, norm_series
from widthwise.kernels.pairs._piece_slopes import slopes, square_slopes
from widthwise.kernels.pairs._pieces import FINE, PLAIN, Fineness, Pieces
from widthwise.kernels.rules import (
    Angles,
    NumpyFunction,
    line_rule,
    marginal,
    on_numpy,
    require_numbers,
    smooth_pieces,
)
from widthwise.laws import Gaussian, Law, Sphere
from widthwise.numerics import interpolate

__all__ = ["KinkedDual", "Residuals", "kinked_rule"]

_Expectation = Callable[[Angles], tuple[np.ndarray, np.ndarray]]

_DEGREE = 23
_MOST_PIECES = 64
_GROWTH, _MOST_ENDS = 1e3, 12
"""From one piece's far end to the next one's, and how many there are."""
_NOISE = 2e-15
_ANGLES = np.array([1e-10, 1e-4, 0.03, 0.3, 1.1])


class KinkedDual:
    """The dual of σ or σ' between points of the norms of some rows, as `RadialDual`.

    Parameters
    ----------
    activation
        σ, defined where the law's arguments go, with breakpoints anywhere.
    law
        Gaussian or Sphere.
    order
        0 for σ, 1 for σ'.
    norms
        Positive, shape (N,).

    Raises
    ------
    PrecisionLimitError
        If σ takes more than 64 polynomials of degree 23.
    """

    def __init__(
        self, activation: Activation, law: Law, order: int, norms: np.ndarray
    ) -> None:
        self._key = activation, law, order
        self._norms = norms
        low, high = (int(np.floor(np.log2(each(norms)))) for each in (np.min, np.max))
        self._octaves = low, high
        self._pieces = _pieces(*self._key, *self._octaves)
        own = np.ones(len(norms), dtype=bool)
        squares = self._pieces.expectations(norms, norms, np.zeros(len(norms)), own)
        self.sizes = np.sqrt(np.maximum(squares, 0.0))

    @cached_property
    def _series(self) -> NormSeries | None:
        return norm_series(*self._key[:2], self._norms)

    @cached_property
    def relative_error(self) -> float:
        """Bound the error of a value over the product of its rows' sizes.

        Sampled, not proved: four times the largest difference from a finer rule at some
        norms and angles, and twice what the polynomials miss of σ in the mean square.
        """
        low, high = self._octaves
        pairs = {(low, low), (low, high), (high, high)}
        own = max(
            _error_seen(*self._key, self._octaves, *each) for each in sorted(pairs)
        )
        series = self._series
        return own if series is None else max(own, series.errors[self._key[2]])

    def between(
        self, i: np.ndarray, j: np.ndarray, chord: np.ndarray, is_near: np.ndarray
    ) -> np.ndarray:
        """Return the values of pairs of rows, integrated; each shape (N,)."""
        return self._pieces.expectations(self._norms[i], self._norms[j], chord, is_near)

    @property
    def row_errors(self) -> np.ndarray:
        """Bound values' errors, shape (N,): no pair's is above its rows' larger one."""
        return np.asarray(self.relative_error * self.sizes**2)

    def tile(
        self, top: slice, left: slice, chord: np.ndarray, is_near: np.ndarray
    ) -> np.ndarray:
        """Return the values between two slices of the rows, as `RadialDual.tile`."""
        rows, columns = (np.arange(len(self._norms))[each] for each in (top, left))
        square = 2 * chord**2
        rho = np.where(is_near, 1 - square, square - 1)
        series, limit = self._series, -1.0
        found = np.empty(chord.shape)
        if series is not None:
            limit = float(series.reach[-1])
            if bool((np.abs(rho) <= limit).any()):
                found = series.between(self._key[2], top, left, rho)
                if self._key[2]:
                    found /= self._norms[top, None] * self._norms[left]
        i, j = np.nonzero(np.abs(rho) > limit)
        pairs = rows[i], columns[j], chord[i, j], is_near[i, j]
        found[i, j] = self.between(*pairs)
        return found

    def slopes(
        self, top: slice, left: slice, chord: np.ndarray, is_near: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the slopes of `tile` in log a, in log b, and in θ, each (h, w)."""
        first, second = self._norms[top, None], self._norms[None, left]
        one, two = (
            np.broadcast_to(each, chord.shape).ravel() for each in (first, second)
        )
        found = slopes(self._pieces, one, two, (chord.ravel(), is_near.ravel()))
        by_first, by_second, by_angle = (each.reshape(chord.shape) for each in found)
        return by_first, by_second, by_angle

    def square_slopes(self) -> np.ndarray:
        """Return the slopes of the squared sizes in the norms' logarithm, (N,)."""
        return square_slopes(self._pieces, self._norms)


class Residuals:
    r"""What is left of f(a u) where a multiple of f(b v) is taken away, f = σ.

    Parameters
    ----------
    activation, norms
        As for `KinkedDual`, for any σ.
    """

    def __init__(self, activation: Activation, norms: np.ndarray) -> None:
        ends = float(norms.min()), float(norms.max())
        octaves = (int(np.floor(np.log2(each))) for each in ends)
        self._pieces = _pieces(activation, Gaussian(), 0, *octaves)
        #: Root mean square of what is missed of f, over that of f.
        self.error = _miss(self._pieces, activation, 0, np.array(ends))

    def squares(
        self,
        first: np.ndarray,
        second: np.ndarray,
        chord: np.ndarray,
        is_near: np.ndarray,
        factor: np.ndarray,
    ) -> np.ndarray:
        """Return E (f(a u) - c f(b v))² for pairs, each (N,); it does not cancel."""
        given = first, second, chord, is_near, PLAIN, factor
        return self._pieces.expectations(*given)


def kinked_rule(
    activation: Activation, law: Law, order: int
) -> tuple[_Expectation, _Expectation, float, float] | None:
    """Return expectations for unit rows, by two rules, and what they leave.

    Or None where σ takes too many polynomials.
    """
    base, norm = activation, 1.0
    if isinstance(activation, Scaled):  # Of which long rows' kinks would be tiny.
        base, norm = activation.base, activation.factor
    octave, back = math.floor(math.log2(norm)), norm ** (2 * order)
    try:
        of = _pieces(base, law, order, octave, octave)
    except PrecisionLimitError:
        return None

    def by(rule: Fineness, angles: Angles) -> tuple[np.ndarray, np.ndarray]:
        near = angles.half <= np.pi / 4
        chord = np.where(near, angles.sine, angles.cosine)
        norms = np.full(len(near), norm)
        found = back * of.expectations(norms, norms, chord, near, rule)
        return found, np.full(len(near), size)

    one = np.full(1, norm)
    size = back * float(of.expectations(one, one, 0 * one, one > 0, FINE)[0])
    missed = 2 * _miss(of, base, order, one) * size
    return partial(by, PLAIN), partial(by, FINE), _NOISE, missed


@lru_cache(maxsize=64)
def _pieces(
    activation: Activation, law: Law, order: int, low: int, high: int
) -> Pieces:
    """Return f for rows of norms from one octave to another."""
    require_numbers(activation, law, order)
    function = on_numpy(activation.derivative if order else activation)
    dimension = law.dimension if isinstance(law, Sphere) else None
    reach = 0.0 if dimension else 9.0
    longest = min(2.0 ** (high + 1), _room(activation, law))
    for scale in (min(2.0**low, longest), longest):
        member, scaled = _scaled(function, scale), Scaled(activation, scale)
        edges = smooth_pieces(member, scaled.breakpoints, law, scaled.narrow)
        reach = max(reach, marginal(member, edges, law).high)
    most = longest * reach
    usual = longest / 2 * min(3 / np.sqrt(dimension or 9), 1.0)
    size = np.sqrt(np.mean(function(np.linspace(-usual, usual, 1001)) ** 2))

    def sample(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values = function(x)
        return values, np.maximum(np.abs(values), size)

    kinks = [b for b in activation.breakpoints if abs(b) < most]
    found = interpolate(
        sample,
        tuple(sorted({*_graded(kinks, reach * 2.0**low, most), *kinks})),
        degree=_DEGREE,
        noise=_NOISE,
        most_pieces=2 * _MOST_PIECES,
    )
    if len(found.coefficients) > _MOST_PIECES:
        raise PrecisionLimitError(
            f"{'The derivative of ' if order else ''}{activation.name} takes more than "
            f"{_MOST_PIECES} polynomials of degree {_DEGREE} for rows of norms up to "
            f"{longest:g}: it has too many kinks, is too steep or noisy, or "
            "bends where no breakpoint is named. Scale the rows down, give them "
            "one norm, name the kink, or give from_callable the derivative as a "
            "formula."
        )
    reach = float(np.arcsin(min(reach, 1.0))) if dimension else reach
    return Pieces(found, np.array(kinks, float), law, reach)


def _graded(kinks: list[float], least: float, most: float) -> list[float]:
    """Return ends of pieces beyond the kinks, for rows far shorter than others.

    What is small at one end of a piece is rounded as what is large at the other is.
    """
    first = max([least, *map(abs, kinks)])
    count = 1 + min(int(math.log(most / first) / math.log(_GROWTH)), _MOST_ENDS)
    ends = first * (most / first) ** (np.arange(1, count + 1) / count)
    return [*-ends[:-1], *ends[:-1], -most, most]


def _room(activation: Activation, law: Law) -> float:
    """Return the norm up to which the law's arguments stay in σ's domain."""
    end = min(-activation.domain[0], activation.domain[1])
    return end if math.isinf(end) else end / law.support_radius


def _scaled(function: NumpyFunction, scale: float) -> NumpyFunction:
    return lambda z: function(scale * z)


@lru_cache(maxsize=512)
def _error_seen(
    activation: Activation,
    law: Law,
    order: int,
    ends: tuple[int, int],
    one: int,
    two: int,
) -> float:
    """Return the largest relative error seen, times four, between two octaves."""
    of = _pieces(activation, law, order, *ends)
    random = np.random.default_rng(0)
    first, second, third = random.uniform(0, 1, 3)
    a, b = 2.0 ** (one + first), 2.0 ** (two + second)
    some = [(a, b), (b, a), (a, 2.0 ** (one + third))]
    some += [(a, a * (1 + each)) for each in (1e-9, 1e-3)] if one == two else []
    pairs = np.minimum(some, _room(activation, law))
    a, b = (np.repeat(each, 2 * len(_ANGLES)) for each in pairs.T)
    chord = np.tile(np.sin(_ANGLES / 2), 2 * len(pairs))
    near = np.tile(np.repeat([True, False], len(_ANGLES)), len(pairs))
    found, exact = (of.expectations(a, b, chord, near, r) for r in (PLAIN, FINE))
    norms = pairs.ravel()
    none, own = np.zeros(len(norms)), np.ones(len(norms), dtype=bool)
    squares = of.expectations(norms, norms, none, own, FINE)
    sizes = np.sqrt(np.maximum(squares, 1e-300)).reshape(-1, 2)
    rule = np.abs(found - exact).reshape(len(pairs), -1).max(axis=1) / sizes.prod(1)
    return float(4 * rule.max() + 2 * _miss(of, activation, order, norms) + 4e-15)


def _miss(of: Pieces, activation: Activation, order: int, norms: np.ndarray) -> float:
    """Return the root mean square by which polynomials miss f, over that of f."""
    function = on_numpy(activation.derivative if order else activation)
    worst = 0.0
    for norm in norms:
        cuts = tuple(float(b) / float(norm) for b in of.kinks if b)
        u, mass = line_rule(of.law, 1, cuts)
        within = np.abs(norm * u) <= of.table.edges[-1]
        z, mass = norm * u[within], mass[within]
        exact = function(z)
        size = max(float(exact**2 @ mass), 1e-300)
        worst = max(worst, float((of.table(z) - exact) ** 2 @ mass) / size)
    return float(np.sqrt(worst))

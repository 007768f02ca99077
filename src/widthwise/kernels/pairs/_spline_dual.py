r"""Duals between points of any norms of activations made of truncated powers.

For $\sigma(z) = c + \sum_m c_m (z - b_m)_+^{i_m}$ the dual is a sum of the truncated
moments of h = b_m / a and k = b_n / b, under either law; b_m = -∞ stands for a power
that is not truncated. Rows that are short beside a kink below zero see little of it:
where there are some, σ is its polynomial at zero and powers that begin away from it on
either side, so that nothing cancels. Beside rows much longer than the kinks' places
the powers do cancel, and `relative_error` says what that costs.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from widthwise.activations import Activation
from widthwise.kernels.pairs._truncated_moments import Moments, one_sided
from widthwise.kernels.rules import UNSEEN, Angles
from widthwise.laws import Law, Sphere

__all__ = ["SplineDual", "Terms", "sided", "spline_rule", "threshold"]

_EPS = 2.0**-52
_ROUNDINGS = 8
_NOISE = 2e-15
"""Accuracy that sums of some thousand terms reach, relative to their size."""

_WORST = 1e-10
"""Relative error up to which a closed form is better than the pairs' rule."""
_SHORT = 8.0
"""Norms below a kink over this are short beside it."""
_FARTHEST = 1e30
"""What a threshold is at most, far beyond where a law ends, and has finite powers."""

_Place = tuple[float, int]
Terms = Sequence[tuple[_Place, int, float]]
r"""The $(b, s)$, i and c of $c\,(s (z - b))_+^i$, where s is 1 or -1."""
_Known = tuple[np.ndarray, np.ndarray, dict[tuple[_Place, _Place], Moments]]
"""Two norms, and the moments for each pair of kinks."""
_Expectation = Callable[[Angles], tuple[np.ndarray, np.ndarray]]


class SplineDual:
    """The dual of σ or σ' between points of the norms of some rows, as `RadialDual`.

    Parameters
    ----------
    activation
        With `splines`.
    law
        Gaussian or Sphere.
    order
        0 for σ, 1 for σ'.
    norms
        Positive, shape (N,).
    """

    def __init__(
        self, activation: Activation, law: Law, order: int, norms: np.ndarray
    ) -> None:
        assert activation.splines is not None
        self._constant, self._terms = sided(activation.splines, float(norms.min()))
        if order:
            self._constant, self._terms = 0.0, tuple(_slope(self._terms))
        self._dimension = law.dimension if isinstance(law, Sphere) else None
        self._norms = norms
        # What overflows has no digits, and an infinite error says so.
        with np.errstate(over="ignore", invalid="ignore"):
            self._measure(norms)
        if activation.constants_are_sampled:
            self.relative_error += UNSEEN
            self.row_errors += UNSEEN * self.sizes**2

    def _measure(self, norms: np.ndarray) -> None:
        self._means = self._mean(norms, self._terms, self._constant)
        ones = np.ones_like(norms)
        moments = self._moments(norms, norms, 0 * ones, ones > 0)
        squares = self._values(moments, self._terms, self._terms)
        squares += self._constant * (2 * self._means - self._constant)
        self.sizes = np.sqrt(np.maximum(squares, 0.0))
        # What the terms add up to, before they cancel: what is not reached with
        # probability ε or more has moments below that.
        tails = self._added_up(norms)
        errors = _ROUNDINGS * _EPS * self._added_up(norms, 1 / _EPS) ** 2
        least = np.maximum(squares, 1e-300)
        #: Bounds on values' errors, (N,): no pair's is above its rows' larger one.
        self.row_errors = np.where(np.isfinite(errors), errors, np.inf)
        self.relative_error = float((self.row_errors / least).max())
        lost = _ROUNDINGS * _EPS * tails**2 / least
        #: What cancels of a square, not to prove anything by: tails err less.
        self.cancellation = float(np.where(np.isfinite(lost), lost, np.inf).max())

    def tile(
        self, top: slice, left: slice, chord: np.ndarray, is_near: np.ndarray
    ) -> np.ndarray:
        """Return the values between two slices of the rows, shape (h, w)."""
        first, second = self._norms[top, None], self._norms[None, left]
        moments = self._moments(first, second, chord, is_near)
        found = self._values(moments, self._terms, self._terms)
        means = self._means[top, None] + self._means[None, left]
        return np.asarray(found + self._constant * (means - self._constant))

    def slopes(
        self, top: slice, left: slice, chord: np.ndarray, is_near: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        r"""Return the slopes of `tile` in log a, in log b, and in θ, each (h, w).

        They are $E[a u f'(a u) f(b v)]$, the same turned, and $-ab \sin\theta\,
        E[f' f']$, on the sphere of R^d a d-th of that in d + 2 dimensions.
        """
        first, second = self._norms[top, None], self._norms[None, left]
        moments = self._moments(first, second, chord, is_near)
        bent, slope = _times_slope(self._terms), _slope(self._terms, jumps=True)
        by_first = self._values(moments, bent, self._terms)
        by_first += self._constant * self._mean(first, bent, 0.0)
        by_second = self._values(moments, self._terms, bent)
        by_second += self._constant * self._mean(second, bent, 0.0)
        over = 1.0 if self._dimension is None else 1.0 / self._dimension
        by_angle = self._values(moments, slope, slope, raised=1, times_sine=True)
        return by_first, by_second, -over * (first * second) * by_angle

    def square_slopes(self) -> np.ndarray:
        """Return the slopes of the squared sizes in the norms' logarithm, (N,)."""
        ones, bent = np.ones_like(self._norms), _times_slope(self._terms)
        moments = self._moments(self._norms, self._norms, 0 * ones, ones > 0)
        found = self._values(moments, bent, self._terms)
        found += self._constant * self._mean(self._norms, bent, 0.0)
        return 2 * found

    def _mean(self, norms: np.ndarray, terms: Terms, constant: float) -> np.ndarray:
        """Return constant + E f(a u), f the sum of the terms."""
        total = np.full(norms.shape, constant)
        for place, power, c in terms:
            h = threshold(place, norms)
            mean = -h if np.isfinite(place[0]) else np.zeros_like(h)
            total += c * norms**power * one_sided(mean, 1.0, h, power, self._dimension)
        return total

    def _added_up(self, norms: np.ndarray, more: float = 1.0) -> np.ndarray:
        """Return the terms' sizes, each by the root of `more` times its chance."""
        spread = norms / np.sqrt(self._dimension or 1)
        total = np.full(norms.shape, abs(self._constant))
        for place, power, c in self._terms:
            h = threshold(place, norms)
            tail = one_sided(-h, 1.0, h, 0, self._dimension)
            reach = spread + (abs(place[0]) if np.isfinite(place[0]) else 0.0)
            met = np.sqrt(np.minimum(more * tail, 1.0))
            total = total + abs(c) * reach**power * met
        return np.asarray(total)

    def _moments(
        self, a: np.ndarray, b: np.ndarray, chord: np.ndarray, is_near: np.ndarray
    ) -> _Known:
        places = sorted({place for place, _, _ in self._terms})
        known = {
            (p, q): Moments(
                threshold(p, a),
                threshold(q, b),
                chord,
                is_near if p[1] == q[1] else ~is_near,
                self._dimension,
            )
            for p in places
            for q in places
        }
        return a, b, known

    def _values(
        self,
        moments: _Known,
        first: Terms,
        second: Terms,
        *,
        raised: int = 0,
        times_sine: bool = False,
    ) -> np.ndarray:
        """Return E[f(a u) g(b v)], f and g the sums of the terms."""
        a, b, known = moments
        total = np.zeros(np.broadcast_shapes(a.shape, b.shape))
        for p, i, c in first:
            for q, j, e in second:
                of = known[p, q]
                if i == j == -1:
                    assert times_sine
                    found = of.joint_density(raised)
                else:
                    found = of(i, j, raised) * (of.sine if times_sine else 1.0)
                total = total + c * e * (a**i * b**j) * found
        return np.asarray(total)


def sided(
    splines: tuple[float, Sequence[tuple[float, int, float]]], norm: float
) -> tuple[float, Terms]:
    """Return a constant and terms that are right for rows of this norm and more."""
    constant, given = splines
    below = [each for each in given if -np.inf < each[0] < 0]
    if not below or _SHORT * norm >= -min(below)[0]:
        return constant, [((b, 1), i, c) for b, i, c in given]
    # (z - b)_+^i is (z - b)^i less (-1)^i (b - z)_+^i.
    terms = [((b, 1), i, c) for b, i, c in given if b >= 0]
    terms += [((b, -1), i, -c * (-1) ** i) for b, i, c in below]
    whole = [(i, c) for b, i, c in given if b == -np.inf] + [(0, constant)]
    for k in range(1 + max(i for b, i, _ in given if b < 0)):
        parts = [c * math.comb(i, k) * (-b) ** (i - k) for b, i, c in below if i >= k]
        parts += [c for i, c in whole if i == k]
        total, size = math.fsum(parts), math.fsum(map(abs, parts))
        total = 0.0 if abs(total) <= 4 * _EPS * size else total
        if k == 0:
            constant = total
        elif total:
            terms.append(((-np.inf, 1), k, total))
    return constant, terms


def threshold(place: _Place, norms: np.ndarray) -> np.ndarray:
    """Return from where on a term is not zero, of s u."""
    with np.errstate(over="ignore"):
        return np.asarray(np.minimum(place[0] * place[1] / norms, _FARTHEST))


def _slope(terms: Terms, *, jumps: bool = False) -> list[tuple[_Place, int, float]]:
    """Return the terms of f', a jump's of power -1 with `jumps`."""
    found = [(at, i - 1, at[1] * c * (i or 1)) for at, i, c in terms]
    is_kept = (e[1] >= 0 or (jumps and np.isfinite(e[0][0])) for e in found)
    return [each for each, kept in zip(found, is_kept, strict=True) if kept]


def _times_slope(terms: Terms) -> list[tuple[_Place, int, float]]:
    """Return the terms of z f'(z), z being (z - b) + b."""
    with_jumps = [
        (at, i - 1, at[0] * at[1] * c * (i or 1))
        for at, i, c in terms
        if np.isfinite(at[0])
    ]
    return [(at, i, i * c) for at, i, c in terms if i > 0] + with_jumps


def spline_rule(
    activation: Activation, law: Law, order: int
) -> tuple[_Expectation, _Expectation, float, float] | None:
    """Return the closed form twice, the noise it reaches, and what that leaves out.

    Its rounding is seen as misfit. None where it has too few digits.
    """

    def value(angles: Angles) -> tuple[np.ndarray, np.ndarray]:
        near = angles.half <= np.pi / 4
        chord = np.where(near, angles.sine, angles.cosine)
        one, rest = slice(0, 1), slice(0, 1)
        found = of.tile(one, rest, chord[None], near[None])[0] * np.ones(len(chord))
        return found, np.full(len(chord), size)

    of = SplineDual(activation, law, order, np.ones(1))
    if of.cancellation > _WORST:
        return None
    size = float(of.sizes[0] ** 2)
    unseen = UNSEEN if activation.constants_are_sampled else 0.0
    # Roundings of either sign add up to a small part of their bound.
    noise = (of.relative_error - unseen) / 16
    return value, value, max(_NOISE, noise), noise * size

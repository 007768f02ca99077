r"""Gaussian duals between points of any norms of activations made of truncated powers.

For $\sigma(z) = c + \sum_m c_m (z - b_m)_+^{i_m}$ the dual is a sum of the truncated
moments $M_{ij} = E[(u-h)_+^i (v-k)_+^j]$, $h = b_m/a$, $k = b_n/b$, u and v standard
normal of correlation ρ. By Stein's identity $E[u\,g] = E[g_u] + \rho\,E[g_v]$,

$$M_{ij} = -h\,M_{i-1,j} + (i-1)\,M_{i-2,j} + \rho j\,M_{i-1,j-1},$$

where for i = 1 the middle term is $\phi(h)\,E[(v-k)_+^j \mid u=h]$ and for j = 0 the
last one is $\rho\,\phi(k)\,E[(u-h)_+^{i-1} \mid v=k]$. $M_{00}$ is by Owen's T.
"""

import numpy as np
from scipy.special import ndtr, owens_t

from widthwise.activations import Activation

__all__ = ["SplineDual"]

_EPS = 2.0**-52
_ROUNDINGS = 8


class SplineDual:
    """The dual of σ or σ' between points of the norms of some rows, as `RadialDual`.

    Parameters
    ----------
    activation
        With `splines`, none of whose kinks is at zero.
    order
        0 for σ, 1 for σ'.
    norms
        Positive, shape (N,).
    """

    def __init__(self, activation: Activation, order: int, norms: np.ndarray) -> None:
        assert activation.splines is not None
        constant, terms = activation.splines
        if order:
            constant = 0.0
            terms = tuple((b, i - 1, c * i) for b, i, c in terms if i > 0)
        self._constant, self._terms, self._norms = constant, terms, norms
        self._means = self._mean(norms)
        ones = np.ones_like(norms)
        squares = self._values(norms, norms, 0 * ones, ones > 0)
        squares += constant * (2 * self._means - constant)
        self.sizes = np.sqrt(np.maximum(squares, 0.0))
        # What the terms add up to, before they cancel.
        largest = abs(constant) + sum(
            abs(c) * (norms + abs(b)) ** i for b, i, c in terms
        )
        parts = largest**2 / np.maximum(squares, 1e-300)
        self.relative_error = float(_ROUNDINGS * _EPS * parts.max())

    def tile(
        self, top: slice, left: slice, chord: np.ndarray, is_near: np.ndarray
    ) -> np.ndarray:
        """Return the values between two slices of the rows, shape (h, w)."""
        first, second = self._norms[top, None], self._norms[None, left]
        found = self._values(first, second, chord, is_near)
        means = self._means[top, None] + self._means[None, left]
        return np.asarray(found + self._constant * (means - self._constant))

    def _mean(self, norms: np.ndarray) -> np.ndarray:
        """Return E f(a u)."""
        total = np.full(len(norms), self._constant)
        for b, power, c in self._terms:
            h = b / norms
            before, now = _density(h), ndtr(-h)
            for i in range(1, power + 1):
                before, now = now, (before if i == 1 else (i - 1) * before) - h * now
            total += c * norms**power * now
        return total

    def _values(
        self, a: np.ndarray, b: np.ndarray, chord: np.ndarray, is_near: np.ndarray
    ) -> np.ndarray:
        """Return E[g(a u) g(b v)], g being f without its constant."""
        total = np.zeros(np.broadcast_shapes(a.shape, b.shape))
        moments: dict[tuple[float, float], _Moments] = {}
        for one, i, c in self._terms:
            for two, j, e in self._terms:
                if (one, two) not in moments:
                    moments[one, two] = _Moments(one / a, two / b, chord, is_near)
                total += c * e * (a**i * b**j) * moments[one, two](i, j)
        return total


class _Moments:
    """The moments M_ij for thresholds h and k, at half chords."""

    def __init__(
        self, h: np.ndarray, k: np.ndarray, chord: np.ndarray, is_near: np.ndarray
    ) -> None:
        self.h, self.k = h, k
        square = 2 * chord**2
        self.rho = np.where(is_near, 1 - square, square - 1)
        self.sine = 2 * chord * np.sqrt((1 - chord) * (1 + chord))
        # ρh - k and ρk - h, without the rounding of ρ.
        self.means = (
            np.where(is_near, (h - k) - square * h, square * h - (h + k)),
            np.where(is_near, (k - h) - square * k, square * k - (h + k)),
        )
        self.ratios = tuple(_quotient(mean, self.sine) for mean in self.means)
        self.known: dict[tuple[int, int], np.ndarray] = {}

    def __call__(self, i: int, j: int) -> np.ndarray:
        if (i, j) not in self.known:
            self.known[i, j] = self._moment(i, j)
        return self.known[i, j]

    def _moment(self, i: int, j: int) -> np.ndarray:
        if i == 0 and j == 0:
            return self._tail()
        if i == 0:
            first = self.rho * _density(self.h) * self._given(0, j - 1)
            rest = (j - 1) * self(0, j - 2) if j > 1 else 0.0
            peak = _density(self.k) * self._given(1, 0) if j == 1 else 0.0
            return np.asarray(first + rest + peak - self.k * self(0, j - 1))
        found = -self.h * self(i - 1, j)
        if i > 1:
            found = found + (i - 1) * self(i - 2, j)
        else:
            found = found + _density(self.h) * self._given(0, j)
        if j:
            return np.asarray(found + self.rho * j * self(i - 1, j - 1))
        return np.asarray(found + self.rho * _density(self.k) * self._given(1, i - 1))

    def _given(self, known: int, power: int) -> np.ndarray:
        """Return E[(v - k)_+^power | u = h], or with the two exchanged."""
        mean, ratio = self.means[known], self.ratios[known]
        share = ndtr(ratio)
        before, now = self.sine * _density(ratio), share
        for i in range(1, power + 1):
            extra = before if i == 1 else (i - 1) * self.sine**2 * before
            before, now = now, mean * now + extra
        return np.asarray(now)

    def _tail(self) -> np.ndarray:
        """Return P(u > h, v > k), h and k not zero (Owen, 1956)."""
        found = (ndtr(-self.h) + ndtr(-self.k)) / 2
        found = found - owens_t(self.h, -self.ratios[0] / self.h)
        found = found - owens_t(self.k, -self.ratios[1] / self.k)
        return np.asarray(found - 0.5 * (self.h * self.k < 0))


def _density(z: np.ndarray) -> np.ndarray:
    return np.asarray(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi))


def _quotient(mean: np.ndarray, sine: np.ndarray) -> np.ndarray:
    """Return mean / sine; its limits where sine is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(mean == 0.0, 0.0, mean / sine))

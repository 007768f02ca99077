"""Duals by their series in harmonics or Hermite polynomials, where it converges fast.

For f on [-1, 1] with a cone or cusp at z = 1, product quadrature has to resolve two
conical points for every angle, but the coefficients of f decay like a power of k that
grows with d, and each costs one integral of one variable. For a smooth f that is steep
or narrow they decay geometrically. What is left out is, by Parseval, E f² less the sum
of the squares.
"""

from dataclasses import dataclass

import numpy as np

from widthwise.kernels.rules._function import NumpyFunction
from widthwise.kernels.rules._funk_hecke import project
from widthwise.kernels.rules._hermite_coefficients import project_on_hermite
from widthwise.kernels.rules._plane import Angles
from widthwise.laws import Sphere

__all__ = [
    "HermiteSeries",
    "ZonalSeries",
    "hermite_series",
    "series_of_amplitudes",
    "zonal_series",
]

_NEGLIGIBLE = 2e-17
_BEYOND_POLE = 0.05
_DEGREES = (128, 512)
_SMOOTH_DEGREES = (128, 512, 2048)
_HERMITE_DEGREES = (96, 320, 1200, 4000)
_PARSEVAL = 1e-13
"""Part of E f² by which the squares may miss it, so that a slow tail is seen."""


@dataclass(frozen=True)
class ZonalSeries:
    r"""The function $\kappa(t) = \sum_{k \le K} c_k^2 P_k(t)$ on $S^{d-1}$.

    Attributes
    ----------
    dimension
        d >= 2.
    squares
        $c_k^2 = N(d, k) \lambda_k^2$, shape (K + 1,); their sum is κ(1).
    tail
        Bound on what the terms beyond K add, from the power law of the last ones.
    """

    dimension: int
    squares: np.ndarray
    tail: float

    def __call__(self, angles: Angles) -> tuple[np.ndarray, np.ndarray]:
        """Return the values and their scales κ(1), both shape (N,)."""
        d = self.dimension
        t = (angles.cosine - angles.sine) * (angles.cosine + angles.sine)
        before, now = np.ones_like(t), t
        value = self.squares[0] + self.squares[1] * t
        for k in range(1, len(self.squares) - 1):
            before, now = now, ((2 * k + d - 2) * t * now - k * before) / (k + d - 2)
            value += self.squares[k + 1] * now
        return value, np.full_like(t, self.squares.sum())


@dataclass(frozen=True)
class HermiteSeries:
    r"""The function $\kappa(t) = \sum_{k \le K} c_k^2 t^k$, for Gaussian weights.

    Attributes
    ----------
    squares
        $c_k^2$, shape (K + 1,); their sum is κ(1).
    tail
        Bound on what the terms beyond K add.
    """

    squares: np.ndarray
    tail: float

    def __call__(self, angles: Angles) -> tuple[np.ndarray, np.ndarray]:
        """Return the values and their scales κ(1), both shape (N,)."""
        t = (angles.cosine - angles.sine) * (angles.cosine + angles.sine)
        value = np.full_like(t, self.squares[-1])
        for square in self.squares[-2::-1]:
            value = value * t + square
        return value, np.full_like(t, self.squares.sum())


def hermite_series(
    function: NumpyFunction,
    edges: np.ndarray,
    mean_square: float,
    slack: float,
    most: int,
) -> tuple[HermiteSeries, HermiteSeries] | None:
    """Return the series and one from a finer rule, or None beyond the degree `most`.

    `edges` are those of pieces of [-12, 12] on which f is smooth, and `slack` is the
    rounding of the mean square.
    """
    for degree in _HERMITE_DEGREES:
        if degree > most:
            break
        fine = project_on_hermite(function, edges, degree, 40) ** 2
        tail = _tail(fine)
        if tail <= _NEGLIGIBLE * float(fine.sum()):
            if abs(mean_square - float(fine.sum())) > _PARSEVAL * mean_square + slack:
                continue  # degrees beyond a gap, such as of 1 + P_200
            fine, left_out = _trimmed(fine)
            tail += left_out + _blur(fine, np.arange(float(len(fine))))
            coarse = project_on_hermite(function, edges, len(fine) - 1, 24) ** 2
            return HermiteSeries(coarse, tail), HermiteSeries(fine, tail)
    return None


def _trimmed(squares: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the squares without the last ones, which are rounding, and their sum."""
    rest = np.append(np.cumsum(squares[::-1])[::-1], 0.0)
    needed = max(3, int(np.sum(rest > _NEGLIGIBLE / 8 * rest[0])))
    return squares[:needed], float(rest[needed])


def _blur(squares: np.ndarray, slopes: np.ndarray) -> float:
    """Bound what a rounding of t does: κ' is largest at 1, where P_k' is `slopes`."""
    return 2.0**-52 * float(squares @ slopes)


def series_of_amplitudes(amplitudes: tuple[float, ...], dimension: int) -> ZonalSeries:
    r"""Return the series of σ = $\sum_k a_k p_k$, which is exact."""
    squares = np.zeros(max(len(amplitudes), 3))
    squares[: len(amplitudes)] = np.square(amplitudes)
    return ZonalSeries(dimension, squares, _blur(squares, _slopes(squares, dimension)))


def _slopes(squares: np.ndarray, d: int) -> np.ndarray:
    """Return P_k'(1)."""
    k = np.arange(float(len(squares)))
    return np.asarray(k * (k + d - 2) / (d - 1))


def zonal_series(
    function: NumpyFunction,
    edges: np.ndarray,
    law: Sphere,
    mean_square: float,
    slack: float,
    *,
    has_cone: bool,
) -> tuple[ZonalSeries, ZonalSeries] | None:
    """Return the series and one from a finer rule, or None where it is too long.

    `edges` are those of pieces of [0, π] on which f(cos θ) sin θ is smooth, and `slack`
    is the rounding of the mean square. Cost: O(K²) for the degree K that is needed, at
    most 512 for a cone and 2048 without one.
    """
    # With the density, f is smooth in θ at 0 even where f itself has a pole there.
    if has_cone:
        edges = edges[(edges == 0.0) | (edges > _BEYOND_POLE)]
    for degree in _DEGREES if has_cone else _SMOOTH_DEGREES:
        fine = _squares(function, edges, law, degree, 40)
        tail = _tail(fine)
        if tail <= _NEGLIGIBLE * float(fine.sum()):
            if abs(mean_square - float(fine.sum())) > _PARSEVAL * mean_square + slack:
                continue  # degrees beyond a gap, such as of 1 + P_200
            fine, left_out = _trimmed(fine)
            tail += left_out + _blur(fine, _slopes(fine, law.dimension))
            coarse = _squares(function, edges, law, len(fine) - 1, 24)
            return (
                ZonalSeries(law.dimension, coarse, tail),
                ZonalSeries(law.dimension, fine, tail),
            )
    return None


def _squares(
    function: NumpyFunction, edges: np.ndarray, law: Sphere, degree: int, extra: int
) -> np.ndarray:
    return project(function, edges, law.dimension, degree, extra) ** 2


def _tail(squares: np.ndarray) -> float:
    """Bound the terms beyond the last, which fall like a power of k.

    Single coefficients may vanish, so each end of the last octave is the largest of
    sixteen; the power is taken one lower than seen.
    """
    degree = len(squares) - 1
    last, half = (
        float(squares[-16:].max()),
        float(squares[degree // 2 - 16 :][:16].max()),
    )
    if degree * last <= _NEGLIGIBLE * float(squares.sum()):
        return degree * last  # rounding, which does not fall
    power = min(np.log2(max(half, last) / last) - 1.0, 12.0)
    return float("inf") if power <= 1.5 else degree * last / (power - 1.0)

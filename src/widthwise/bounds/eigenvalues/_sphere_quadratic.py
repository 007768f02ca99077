"""The maximum of a quadratic function over the unit sphere, bounded from above."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from widthwise.arrays import Array, Float

__all__ = ["SphereQuadratic", "sphere_quadratic"]

_MARGIN = 1e-12
"""Relative; covers the rounding errors of the eigenvalues and of the sums."""


@dataclass(frozen=True)
class SphereQuadratic:
    r"""The functions $\beta\,1^\top X w + \gamma\,\|X w\|^2$ of w in $S^{d-1}$.

    Attributes
    ----------
    eigenvalues
        Shape (r,). Of $X^\top X$, with one 0 for its null space where it has one.
    linear
        Shape (r,). $X^\top 1$ in the eigenvectors' coordinates.
    """

    eigenvalues: Float[np.ndarray, " r"]
    linear: Float[np.ndarray, " r"]

    def maximum(
        self, beta: float | int, gamma: float | int
    ) -> tuple[float, Float[np.ndarray, " 2"]]:
        r"""Return an upper bound of the maximum, and (1ᵀXw, ‖Xw‖²) near the maximiser.

        For every $\mu$ above the largest eigenvalue $\gamma_+ \lambda$,
        $\mu + \sum_i (\beta b_i)^2 / 4(\mu - \gamma \lambda_i)$ bounds the maximum
        (Lagrangian duality), and the best $\mu$ attains it; so the bound is rigorous
        however well the search for $\mu$ went.
        """
        slopes = beta * self.linear
        curvatures = gamma * self.eigenvalues
        top = float(curvatures.max())
        length = float(np.linalg.norm(slopes))
        scale = length + abs(gamma) * float(self.eigenvalues.max())
        if scale == 0:
            return 0.0, np.zeros(2)
        gap = self._gap(slopes, top - curvatures, length, scale)
        distances = gap + (top - curvatures)
        bound = top + gap + float((slopes**2 / (4 * distances)).sum())
        return bound + _MARGIN * scale, self._touch(
            slopes / (2 * distances), top, gamma
        )

    def _gap(
        self,
        slopes: Float[np.ndarray, " r"],
        below: Float[np.ndarray, " r"],
        length: float,
        scale: float,
    ) -> float:
        """Return μ minus the top: the root of Σ slopes²/4(gap + below)² = 1."""
        low, high = math.log(1e-15 * scale), math.log(length / 2 + 2e-15 * scale)

        def excess(logarithm: float) -> float:
            distances = math.exp(logarithm) + below
            return float((slopes**2 / (4 * distances**2)).sum()) - 1.0

        if excess(low) <= 0:  # the hard case: the top eigenvector helps
            return math.exp(low)
        if excess(high) >= 0:
            return math.exp(high)
        return math.exp(float(brentq(excess, low, high, xtol=1e-12)))

    def _touch(
        self, direction: Float[np.ndarray, " r"], top: float, gamma: float | int
    ) -> Float[np.ndarray, " 2"]:
        """Return (1ᵀXw, ‖Xw‖²) at the unit vector w nearest the maximiser."""
        short = 1.0 - float(direction @ direction)
        if short > 1e-6:
            leader = int(np.argmin(np.abs(gamma * self.eigenvalues - top)))
            direction = direction.copy()
            sign = -1.0 if direction[leader] < 0 else 1.0
            rest = short + direction[leader] ** 2
            direction[leader] = sign * math.sqrt(rest)
        direction = direction / np.linalg.norm(direction)
        return np.array([self.linear @ direction, self.eigenvalues @ direction**2])


def sphere_quadratic(points: Float[Array, "n d"]) -> SphereQuadratic:
    """Return the quadratic functions that these points define; O(nd min(n, d))."""
    matrix = points.numpy()
    n, d = matrix.shape
    ones = np.ones(n)
    if n >= d:
        values, vectors = np.linalg.eigh(matrix.T @ matrix)
        return SphereQuadratic(values.clip(min=0.0), vectors.T @ (matrix.T @ ones))
    values, vectors = np.linalg.eigh(matrix @ matrix.T)
    values = values.clip(min=0.0)
    linear = np.sqrt(values) * (vectors.T @ ones)
    return SphereQuadratic(np.append(values, 0.0), np.append(linear, 0.0))

"""Standard normal weights, N(0, I_d)."""

import math
from dataclasses import dataclass

import numpy as np

from widthwise.errors import InvalidArgumentError
from widthwise.laws._definition import BLOCK, Law, normal_block

__all__ = ["Gaussian"]

# exp(-a²/2) is 0 in float64 beyond 38.6; squares of larger radii could overflow.
_BEYOND_FLOATS = 64.0


@dataclass(frozen=True)
class Gaussian(Law):
    r"""Weights w ~ N(0, I_d), d >= 1; for a unit x, w·x is standard normal in any d.

    The radius r of w's projection on a plane is Rayleigh: P(r > a) = exp(-a²/2).

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.laws.Gaussian().weights(seed=0, dimension=3, start=0, stop=2).shape
    torch.Size([2, 3])
    """

    name = "gaussian"

    @classmethod
    def for_dimension(cls, dimension: int) -> "Gaussian":  # noqa: ARG003
        return cls()

    def weights_dimension(self, points_dimension: int) -> int:
        if points_dimension < 1:
            raise InvalidArgumentError(
                f"The points have {points_dimension} coordinates; they need at least 1."
            )
        return points_dimension

    def block(
        self, seed: int, index: int, dimension: int, rows: int = BLOCK
    ) -> np.ndarray:
        return normal_block(seed, self.name, index, dimension, rows)

    @property
    def support_radius(self) -> float:
        return math.inf

    @property
    def planar_radius_atom(self) -> None:
        return None

    def planar_radius_tail(self, radius: np.ndarray) -> np.ndarray:
        inside = np.clip(radius, 0.0, _BEYOND_FLOATS)
        return np.asarray(np.exp(-(inside**2) / 2))

    def planar_radius_density(self, radius: np.ndarray) -> np.ndarray:
        inside = np.clip(radius, 0.0, _BEYOND_FLOATS)
        return np.asarray(inside * np.exp(-(inside**2) / 2))

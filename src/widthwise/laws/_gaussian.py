"""Standard normal weights, N(0, I_d)."""

import math
from dataclasses import dataclass

import numpy as np

from widthwise.laws._definition import Law, normal_block

__all__ = ["Gaussian"]


@dataclass(frozen=True)
class Gaussian(Law):
    r"""Weights w ~ N(0, I_d); for a unit x, w·x is standard normal in any d.

    The radius r of w's projection on a plane is Rayleigh: P(r > a) = exp(-a²/2).
    """

    name = "gaussian"

    def weights_dimension(self, points_dimension: int) -> int:
        return points_dimension

    def block(self, seed: int, index: int, dimension: int) -> np.ndarray:
        return normal_block(seed, self.name, index, dimension)

    @property
    def support_radius(self) -> float:
        return math.inf

    @property
    def planar_radius_atom(self) -> None:
        return None

    def planar_radius_tail(self, radius: np.ndarray) -> np.ndarray:
        return np.exp(-(radius**2) / 2)

    def planar_radius_density(self, radius: np.ndarray) -> np.ndarray:
        return radius * np.exp(-(radius**2) / 2)

"""Weights uniform on the unit sphere S^{d-1}."""

from dataclasses import dataclass

import numpy as np

from widthwise.errors import InvalidArgumentError
from widthwise.laws._definition import Law, normal_block

__all__ = ["Sphere"]


@dataclass(frozen=True)
class Sphere(Law):
    r"""Weights w uniform on S^{d-1}, d >= 2.

    The radius r of w's projection on a plane has r² ~ Beta(1, (d-2)/2), so
    P(r > a) = (1 - a²)^{(d-2)/2}; for d = 2 it is 1.
    """

    dimension: int

    name = "sphere"

    def __post_init__(self) -> None:
        if not (isinstance(self.dimension, int) and self.dimension >= 2):
            raise InvalidArgumentError(
                f"The sphere's dimension is {self.dimension!r}; it must be an integer "
                "of at least 2, the number of coordinates of a point."
            )

    def weights_dimension(self, points_dimension: int) -> int:
        if points_dimension != self.dimension:
            raise InvalidArgumentError(
                f"The points have {points_dimension} coordinates and the law is "
                f"Sphere({self.dimension}). Use Sphere({points_dimension})."
            )
        return points_dimension

    def block(self, seed: int, index: int, dimension: int) -> np.ndarray:
        normals = normal_block(seed, self.name, index, dimension)
        squares = np.einsum("ij,ij->i", normals, normals)
        return normals / np.sqrt(squares)[:, None]

    @property
    def support_radius(self) -> float:
        return 1.0

    @property
    def planar_radius_atom(self) -> float | None:
        return 1.0 if self.dimension == 2 else None

    def planar_radius_tail(self, radius: np.ndarray) -> np.ndarray:
        return (1 - np.minimum(radius, 1.0) ** 2) ** ((self.dimension - 2) / 2)

    def planar_radius_density(self, radius: np.ndarray) -> np.ndarray:
        d = self.dimension
        return (d - 2) * radius * (1 - radius**2) ** ((d - 4) / 2)

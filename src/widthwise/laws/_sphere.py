"""Weights uniform on the unit sphere S^{d-1}."""

from dataclasses import dataclass

import numpy as np

from widthwise.arguments import whole_number
from widthwise.errors import InvalidArgumentError
from widthwise.laws._definition import BLOCK, Law, normal_block

__all__ = ["Sphere"]


@dataclass(frozen=True)
class Sphere(Law):
    r"""Weights w uniform on S^{d-1}, d >= 2.

    The radius r of w's projection on a plane has r² ~ Beta(1, (d-2)/2), so
    P(r > a) = (1 - a²)^{(d-2)/2}; for d = 2 it is 1.

    Raises
    ------
    InvalidArgumentError
        If the dimension is not an integer of at least 2.

    Examples
    --------
    >>> import widthwise as ww
    >>> law = ww.laws.Sphere(3)
    >>> law.weights(seed=0, dimension=3, start=0, stop=2).shape
    torch.Size([2, 3])
    """

    dimension: int

    name = "sphere"

    def __post_init__(self) -> None:
        whole = whole_number(
            self.dimension,
            "The sphere's dimension",
            least=2,
            meaning="the number of coordinates of a point",
            advice="In one dimension, append a constant coordinate first.",
        )
        object.__setattr__(self, "dimension", whole)

    @classmethod
    def for_dimension(cls, dimension: int) -> "Sphere":
        return cls(dimension)

    def weights_dimension(self, points_dimension: int) -> int:
        if points_dimension != self.dimension:
            raise InvalidArgumentError(
                f"The points have {points_dimension} coordinates and the law is "
                f"Sphere({self.dimension}). Use Sphere({points_dimension})."
            )
        return self.dimension

    def block(
        self, seed: int, index: int, dimension: int, rows: int = BLOCK
    ) -> np.ndarray:
        normals = normal_block(seed, self.name, index, dimension, rows)
        # Summed one coordinate after the other: a sum along rows would be split by
        # the processor's vector length, and differ in the last bit across machines.
        squares = np.add.reduce(np.ascontiguousarray(np.square(normals).T), axis=0)
        return np.asarray(normals / np.sqrt(squares)[:, None])

    @property
    def support_radius(self) -> float:
        return 1.0

    @property
    def planar_radius_atom(self) -> float | None:
        return 1.0 if self.dimension == 2 else None

    def planar_radius_tail(self, radius: np.ndarray) -> np.ndarray:
        radius = np.asarray(radius, dtype=np.float64)
        if self.dimension == 2:
            return np.where(radius < 1.0, 1.0, 0.0)
        a = np.clip(radius, 0.0, 1.0)
        return np.asarray(((1 - a) * (1 + a)) ** ((self.dimension - 2) / 2))

    def planar_radius_density(self, radius: np.ndarray) -> np.ndarray:
        d = self.dimension
        if d == 2:
            raise InvalidArgumentError(
                "The planar radius of Sphere(2) is the constant 1 and has no density; "
                "use planar_radius_atom."
            )
        r = np.asarray(radius, dtype=np.float64)
        inside = (r >= 0.0) & (r <= 1.0)
        a = np.where(inside, r, 0.0)
        with np.errstate(divide="ignore"):  # d = 3: the density is infinite at r = 1
            density = (d - 2) * a * ((1 - a) * (1 + a)) ** ((d - 4) / 2)
        return np.where(inside, density, 0.0)

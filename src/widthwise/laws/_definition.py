"""What a law of the weights must provide to enter the workbench."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.seeds import stream

__all__ = ["BLOCK", "Law"]

BLOCK = 512
"""Hidden units in one block of a weight stream; part of the meaning of a seed."""


@dataclass(frozen=True)
class Law(ABC):
    r"""A rotation-invariant law of one hidden unit's weights w in R^d.

    The dual engine needs only the radius r of w's projection on a plane: for unit
    points at angle θ, (w·x, w·x') = (r cos ω, r cos(ω - θ)) with ω uniform on the circle
    and independent of r.
    """

    name: ClassVar[str]

    @abstractmethod
    def weights_dimension(self, points_dimension: int) -> int:
        """Return d after checking that the law fits points of that dimension."""

    @abstractmethod
    def block(self, seed: int, index: int, dimension: int) -> np.ndarray:
        """Return the weights of units [index * BLOCK, (index + 1) * BLOCK)."""

    @property
    @abstractmethod
    def support_radius(self) -> float:
        """The largest |w·x| over the law's support and unit x; inf if unbounded."""

    @property
    @abstractmethod
    def planar_radius_atom(self) -> float | None:
        """The single value of r if its law is a point mass (Sphere(2)), else None."""

    @abstractmethod
    def planar_radius_tail(self, radius: np.ndarray) -> np.ndarray:
        """Return P(r > radius), elementwise."""

    @abstractmethod
    def planar_radius_density(self, radius: np.ndarray) -> np.ndarray:
        """Return the density of r, elementwise."""

    def weights(
        self, seed: int, dimension: int, start: int, stop: int
    ) -> Float[Array, "m d"]:
        """Return the weights of units start..stop-1, shape (stop - start, d), float64.

        The same bits come back for any split into ranges: a narrower network is a
        prefix of a wider one.
        """
        first, last = start // BLOCK, -(-stop // BLOCK)
        if stop <= start:
            return torch.zeros((0, dimension), dtype=torch.float64)
        blocks = [self.block(seed, index, dimension) for index in range(first, last)]
        together = np.concatenate(blocks)[start - first * BLOCK : stop - first * BLOCK]
        return torch.from_numpy(np.ascontiguousarray(together))


def normal_block(seed: int, name: str, index: int, dimension: int) -> np.ndarray:
    """Return one block of standard normals, shape (BLOCK, d)."""
    generator = stream(seed, f"weights/{name}/{dimension}", index)
    return generator.standard_normal((BLOCK, dimension))

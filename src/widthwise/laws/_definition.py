"""What a law of the weights must provide to enter the workbench."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError
from widthwise.seeds import stream

__all__ = ["BLOCK", "Law"]

BLOCK = 512
"""Hidden units in one block of a weight stream; part of the meaning of a seed."""


@dataclass(frozen=True)
class Law(ABC):
    r"""A rotation-invariant law of one hidden unit's weights w in R^d.

    The dual engine needs only the radius r of w's projection on a plane: for unit
    points at angle θ, (w·x, w·x') = (r cos ω, r cos(ω - θ)) with ω uniform on the
    circle and independent of r.

    Examples
    --------
    >>> import widthwise as ww
    >>> law = ww.laws.get("sphere", dimension=4)
    >>> isinstance(law, ww.laws.Law), law.name
    (True, 'sphere')
    """

    name: ClassVar[str]

    @classmethod
    @abstractmethod
    def for_dimension(cls, dimension: int) -> "Law":
        """Return the law of this family for weights in R^dimension."""

    @abstractmethod
    def weights_dimension(self, points_dimension: int) -> int:
        """Return d after checking that the law fits points of that dimension."""

    @abstractmethod
    def block(
        self, seed: int, index: int, dimension: int, rows: int = BLOCK
    ) -> np.ndarray:
        """Return the weights of the first `rows` units from index * BLOCK on."""

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
        """Return P(r > radius), elementwise; 1 below the support, 0 above."""

    @abstractmethod
    def planar_radius_density(self, radius: np.ndarray) -> np.ndarray:
        """Return the density of r, elementwise; 0 outside the support.

        Raises
        ------
        InvalidArgumentError
            If r is a point mass (`planar_radius_atom` is not None).
        """

    def weights(
        self, seed: int, dimension: int, start: int, stop: int
    ) -> Float[Array, "m d"]:
        """Return the weights of units start..stop-1, one unit a row.

        The same bits come back for any split into ranges and any thread, and a
        narrower network is a prefix of a wider one.

        Parameters
        ----------
        seed
            From 0 to 2**64 - 1.
        dimension
            d, the number of coordinates of a point.
        start, stop
            The range of hidden units, 0 <= start <= stop.

        Returns
        -------
        Shape (stop - start, d), float64.

        Raises
        ------
        InvalidArgumentError
            If the range is not 0 <= start <= stop, or the law does not fit d.

        Cost: O((stop - start + BLOCK) d) time and memory; O(stop d) in the first block.
        """
        if not 0 <= start <= stop:
            raise InvalidArgumentError(
                f"The range of hidden units is {start} to {stop}; "
                "it must have 0 <= start <= stop."
            )
        dimension = self.weights_dimension(dimension)
        together = np.empty((stop - start, dimension))
        for index in range(start // BLOCK, -(-stop // BLOCK)):
            first, last = max(start, index * BLOCK), min(stop, (index + 1) * BLOCK)
            if first < last:
                above = index * BLOCK
                block = self.block(seed, index, dimension, last - above)
                together[first - start : last - start] = block[first - above :]
        return torch.from_numpy(together)


def normal_block(
    seed: int, name: str, index: int, dimension: int, rows: int
) -> np.ndarray:
    """Return the first rows of a block of standard normals, shape (rows, d)."""
    generator = stream(seed, f"weights/{name}/{dimension}", index)
    return generator.standard_normal((rows, dimension))

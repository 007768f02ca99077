"""What is left of rows once they are reduced to singular values and vectors."""

from dataclasses import dataclass

import torch

from widthwise.arguments import non_negative
from widthwise.arrays import Array, Float
from widthwise.numerics.linear_algebra import svd
from widthwise.numerics.squares import require_squares
from widthwise.readouts.factors import Modes

__all__ = ["Reduced", "reduced"]


@dataclass(frozen=True)
class Reduced:
    r"""What a triangle of the rows says of their singular vectors.

    Attributes
    ----------
    modes
        Without the left vectors, which the rows would be needed for.
    values
        Shape (r,). $s$, descending.
    right_vectors
        Shape (m, r). V.
    feature_mean, target_mean
        Shape (m,) and (c,), weighted; zero without an intercept.
    relative
        What counts as zero of the largest singular value.
    """

    modes: Modes
    values: Float[Array, " r"]
    right_vectors: Float[Array, "m r"]
    feature_mean: Float[Array, " m"]
    target_mean: Float[Array, " c"]
    relative: float

    def solution(self, penalty: float | int) -> Float[Array, "m c"]:
        """Return the weights at a penalty."""
        at = non_negative(penalty, "The penalty", may_be_infinite=True)
        shares = self.modes.projections * self.values[:, None]
        found: Array = self.right_vectors @ (
            shares / (self.modes.eigenvalues + at)[:, None]
        )
        return found


def reduced(
    triangle: Float[Array, "p p"],
    m: int,
    free: int,
    rows: int,
    weight: float,
    relative: float,
    shift: Float[Array, " m"] | float,
) -> Reduced:
    r"""Reduce the triangle of $(1\ \Phi\ Y)$, or without the ones.

    Parameters
    ----------
    triangle
        R, m columns of features behind `free` of ones.
    rows, weight
        How many rows it is of, and their weights' sum.
    relative
        What counts as zero.
    shift
        What the features are centred about.

    Raises
    ------
    InvalidArgumentError
        If the squares of the features leave float64's range.
    """
    ones = triangle[0] / triangle[0, 0] if free else torch.zeros_like(triangle[0])
    target_mean, feature_mean = ones[free + m :], ones[free : free + m] + shift
    right = triangle[free : free + m, free + m :]
    left, values, back = svd(triangle[free : free + m, free : free + m].contiguous())
    require_squares(float(values[0]), "The features")
    size = float(torch.linalg.vector_norm(feature_mean)) * weight**0.5
    rank = int((values > relative * (float(values[0]) + size)).sum())
    projections = left[:, :rank].T @ right
    beyond = right - left[:, :rank] @ projections
    lost = torch.cat([beyond, triangle[free + m :, free + m :]])
    modes = Modes(
        eigenvalues=values[:rank].square(),
        left=left.new_zeros(0, rank),
        projections=projections,
        rest=torch.linalg.vector_norm(lost, dim=0)[None],
        free=left.new_zeros(1),
        nullity=max(rows - rank - free, 0),
    )
    vectors = back[:rank].T
    return Reduced(modes, values[:rank], vectors, feature_mean, target_mean, relative)

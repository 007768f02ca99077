"""What is left of rows once they are reduced to singular values and vectors."""

from dataclasses import dataclass

from widthwise.arrays import Array, Float
from widthwise.readouts.factors import Modes

__all__ = ["Reduced"]


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

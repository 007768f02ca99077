"""The scale of features whose squares leave float64."""

from widthwise.arguments import require_finite
from widthwise.arrays import Array, Float
from widthwise.numerics.largest import sum_of_squares
from widthwise.numerics.linear_algebra import power_of_two_scale

__all__ = ["SQUARES", "features_scale"]

SQUARES = 1e-120, 1e120
"""Between these a sum of squares says that all are finite, and that the scale is 1."""


def features_scale(matrix: Float[Array, "n m"]) -> float:
    """Return 1, or the scale of features whose squares leave float64.

    Raises
    ------
    DataError
        For an entry that is not finite.
    """
    if SQUARES[0] < sum_of_squares(matrix) < SQUARES[1]:
        return 1.0
    require_finite(matrix, "the features")
    scale = power_of_two_scale(matrix)
    return 1.0 if 1e-70 < scale < 1e70 else scale

"""What leaves float64's range is refused, not returned."""

from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError

__all__ = ["in_range"]


def in_range(solution: Float[Array, "*m"]) -> Float[Array, "*m"]:
    """Return a solution that float64 holds.

    Raises
    ------
    InvalidArgumentError
        If it does not.
    """
    if not bool(solution.isfinite().all()):
        raise InvalidArgumentError(
            "The solution leaves float64's range: the features, or their kernel, are "
            "too small or too large beside the targets. Scale one of them."
        )
    return solution

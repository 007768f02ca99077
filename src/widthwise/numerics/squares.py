"""Matrices whose squares float64 holds, and a refusal of others."""

from widthwise.errors import InvalidArgumentError

__all__ = ["require_squares"]

_SMALL, _LARGE = 1e-140, 1e152
"""Between these a largest singular value has a square, and so has the least that counts
beside it."""


def require_squares(largest: float, what: str) -> None:
    """Refuse a matrix whose largest singular value has no square in float64.

    Parameters
    ----------
    largest
        That value, or an entry as large.
    what
        The matrix, in the plural: "The features".

    Raises
    ------
    InvalidArgumentError
        If it has none.
    """
    if largest and not _SMALL < largest < _LARGE:
        raise InvalidArgumentError(
            f"{what} are not between {_SMALL:g} and {_LARGE:g} in size, and their "
            "squares leave float64's range. Scale them."
        )

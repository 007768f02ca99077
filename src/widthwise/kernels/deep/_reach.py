"""Which variances of layers are allowed, and when a kernel has no digit left."""

from collections.abc import Sequence

from widthwise.errors import InvalidArgumentError, PrecisionLimitError
from widthwise.wording import number

__all__ = ["require_digits", "require_variances"]

_LEAST, _MOST = 1e-100, 1e100


def require_variances(place: int, least: float, most: float) -> None:
    """Refuse a hidden layer whose arguments' variances are too small or too large.

    Raises
    ------
    InvalidArgumentError
        With the layer's number, the variances and what to do.
    """
    if _LEAST < least <= most < _MOST:
        return
    found = number(least) if least == most else f"{number(least)} to {number(most)}"
    advice = (
        "Scale the points, or choose other scales of weights."
        if place == 1
        else "Choose other weight scales, fewer layers, or an activation that grows no "
        "faster than |z|."
    )
    raise InvalidArgumentError(
        f"The variance of hidden layer {place} is {found}; it must stay between "
        f"{_LEAST:g} and {_MOST:g}. {advice}"
    )


def require_digits(errors: Sequence[float], largest: Sequence[float]) -> None:
    """Refuse kernels whose bounds are above their largest entries.

    Raises
    ------
    PrecisionLimitError
        With both numbers.
    """
    for name, error, value in zip(
        ("conjugate", "tangent"), errors, largest, strict=True
    ):
        if not error <= value and value > 0.0:
            raise PrecisionLimitError(
                f"The {name} kernel's entries are {value:.3g} at most, and floats find "
                f"them to {error:.3g}: no digit is left. Scale the points or the "
                "weights down, or take fewer layers."
            )

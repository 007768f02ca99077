"""The smallest eigenvalue where double precision cannot resolve it."""

from typing import Any

from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.kernels import enclosed_deep_kernels, enclosed_kernel
from widthwise.laws import Law
from widthwise.spectra._enclosed_smallest import SmallestEigenvalue, smallest_enclosed

__all__ = ["extended_smallest"]

_DEEP = {"deep_conjugate": 0, "deep_tangent": 1}
_START, _MOST = 64, 2048
_BITS_PER_DIGIT = 3.33


def extended_smallest(
    points: Any,
    activation: Activation,
    law: Law | str = "gaussian",
    kernel: str = "conjugate",
    *,
    digits: int = 15,
    depth: int = 3,
    weight_std: Any = 1,
    bias_std: Any = 0,
    most_bits: int = _MOST,
) -> SmallestEigenvalue:
    r"""Enclose $\lambda_{\min}$ of a kernel matrix of infinite width, with proof.

    Entries are balls that contain the exact ones, the inertia of a shifted matrix
    proves the bound, and the precision grows until the digits are there.

    Parameters
    ----------
    points
        Shape (n, d): floats, which count as exact and are divided by their exact norms,
        or rows of flint balls for points known to more digits.
    activation
        One with a proven dual; see `kernels.enclosed_dual`.
    law
        "gaussian", "sphere", or the law; not used by the deep kernels.
    kernel
        "conjugate", "tangent_inner", "tangent_both", "deep_conjugate", "deep_tangent".
    digits
        Proved digits asked for, 1 to 200.
    depth, weight_std, bias_std
        Of the deep kernels, as in `kernels.deep_kernels`.
    most_bits
        Working precision beyond which it gives up.

    Returns
    -------
    The enclosure. If the digits were not reached, as for a matrix that is singular, it
    is the tightest one found, and `is_positive` says whether zero is excluded.

    Raises
    ------
    InvalidArgumentError
        If the activation has no proven dual, or a parameter is out of range.
    DataError
        If the points are not finite rows of positive norm.

    Cost
    ----
    For n = 97 and 15 digits, seconds.
    """
    whole_number(digits, "digits", least=1, most=200)
    bits = max(_START, int(digits * _BITS_PER_DIGIT) + 48)
    best: SmallestEigenvalue | None = None
    while best is None or (best.digits < digits and 2 * bits <= most_bits):
        bits = bits if best is None else min(2 * bits, _next_bits(best, digits, bits))
        if kernel in _DEEP:
            both = enclosed_deep_kernels(
                points, activation, depth, weight_std, bias_std, bits=bits
            )
            matrix = both[_DEEP[kernel]]
        else:
            matrix = enclosed_kernel(points, activation, law, kernel, bits=bits)
        found = smallest_enclosed(matrix, bits=bits)
        if best is None or found.enclosure.rad() <= best.enclosure.rad():
            best = found
    return best


def _next_bits(found: SmallestEigenvalue, digits: int, bits: int) -> int:
    """Return the precision that the last one shows to be enough."""
    if not found.is_positive:
        return 2 * bits
    missing = (digits - found.digits) * _BITS_PER_DIGIT
    return bits + int(missing) + 24

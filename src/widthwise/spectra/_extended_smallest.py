"""The smallest eigenvalue where double precision cannot resolve it."""

import math
from typing import Any

import numpy as np
import torch
from flint import arb

from widthwise.activations import Activation, for_dimension
from widthwise.arguments import whole_number
from widthwise.errors import PrecisionLimitError
from widthwise.kernels import enclosed_deep_kernels, enclosed_kernel
from widthwise.laws import Law
from widthwise.spectra._enclosed_smallest import SmallestEigenvalue, smallest_enclosed

__all__ = ["extended_smallest"]

_DEEP = {"deep_conjugate": 0, "deep_tangent": 1}
_TWO_LAYER = ("conjugate", "tangent_inner", "tangent_both")
_START, _MOST = 64, 2048
_ATTEMPTS = 3
"""Precisions, each twice the last, after which what is not told from zero stays so."""
_BITS_PER_DIGIT = 3.33


def extended_smallest(
    points: Any,
    activation: Activation | str,
    law: Law | str = "gaussian",
    kernel: str = "conjugate",
    *,
    digits: int = 15,
    depth: int = 3,
    weight_std: Any = 1,
    bias_std: Any = 0,
    most_bits: int | None = None,
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
        One with a proven dual, or its name; see `kernels.enclosed_dual`.
    law
        "gaussian", "sphere", or the law; not used by the deep kernels.
    kernel
        "conjugate", "tangent_inner", "tangent_both", "deep_conjugate", "deep_tangent".
    digits
        Proved digits asked for, 1 to 200.
    depth, weight_std, bias_std
        Of the deep kernels, as in `kernels.deep_kernels`.
    most_bits
        Working precision beyond which it gives up. If None, 2048, and earlier where
        three precisions have not told the eigenvalue from zero.

    Returns
    -------
    The enclosure. If the digits were not reached, as for a matrix that is singular, it
    is the tightest one found, and `is_positive` says whether zero is excluded. It is
    zero itself where two rows are equal, or opposite and σ is even or odd.

    Raises
    ------
    InvalidArgumentError
        If the activation has no proven dual, or a parameter is out of range.
    PrecisionLimitError
        If the digits asked for need a longer series than is tried.
    DataError
        If the points are not finite rows of positive norm.

    Cost
    ----
    For n = 97 and 15 digits, seconds; half a minute for ELU and its like, hard tanh and
    hard swish, whose entries take integrals each.

    Examples
    --------
    >>> import widthwise as ww
    >>> points = [[1, 0], [0, 1], [1, 1]]
    >>> found = ww.spectra.extended_smallest(points, "relu", digits=6)
    >>> round(float(found.value), 6), found.is_positive
    (0.039527, True)
    """
    whole_number(digits, "digits", least=1, most=200)
    activation = for_dimension(activation, len(points[0]) if len(points) else 1)
    bits = max(_START, int(digits * _BITS_PER_DIGIT) + 48)
    if _has_equal_rows(points, activation, kernel):
        return SmallestEigenvalue(arb(0), bits, len(points))
    best: SmallestEigenvalue | None = None
    attempts, limit = 0, _MOST if most_bits is None else most_bits
    patience = _ATTEMPTS if most_bits is None else math.inf
    while best is None or (
        best.digits < digits and 2 * bits <= limit and attempts < patience
    ):
        bits = bits if best is None else min(2 * bits, _next_bits(best, digits, bits))
        try:
            if kernel in _DEEP:
                both = enclosed_deep_kernels(
                    points, activation, depth, weight_std, bias_std, bits=bits
                )
                matrix = both[_DEEP[kernel]]
            else:
                matrix = enclosed_kernel(points, activation, law, kernel, bits=bits)
        except PrecisionLimitError:
            if best is None:
                raise
            break
        found = smallest_enclosed(matrix, bits=bits)
        if best is None or found.enclosure.rad() <= best.enclosure.rad():
            best = found
        attempts += not best.is_positive
    return best


def _has_equal_rows(points: Any, activation: Activation, kernel: str) -> bool:
    """Whether two rows of floats give the same row of the kernel matrix."""
    if isinstance(points, torch.Tensor):
        points = points.detach().cpu().numpy()
    numbers = (float, int, np.floating, np.integer)
    rows = [list(row) for row in points]
    if kernel not in (*_DEEP, *_TWO_LAYER) or len({len(row) for row in rows}) != 1:
        return False
    if not all(isinstance(x, numbers) and math.isfinite(x) for r in rows for x in r):
        return False
    array = np.array(rows, dtype=np.float64) + 0.0  # -0 is 0
    if not array.any(axis=1).all():
        return False
    distinct = len(np.unique(array, axis=0))
    if distinct < len(array) or kernel in _DEEP or not activation.parity_is_exact:
        return distinct < len(array)
    if activation.parity == "neither":
        return False
    both = np.concatenate([array, -array]) + 0.0
    return len(np.unique(both, axis=0)) < len(both)


def _next_bits(found: SmallestEigenvalue, digits: int, bits: int) -> int:
    """Return the precision that the last one shows to be enough."""
    if not found.is_positive:
        return 2 * bits
    missing = (digits - found.digits) * _BITS_PER_DIGIT
    return bits + int(missing) + 24

"""The largest rank that a polynomial activation allows."""

import math

from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.laws import Gaussian
from widthwise.numerics.harmonics import harmonics_count
from widthwise.spectra._active_degrees import active_degrees

__all__ = ["rank_ceiling"]


def rank_ceiling(
    activation: Activation, span: int, kernel: str = "tangent_inner"
) -> float | int:
    r"""Return the rank that the kernel matrix of unit points cannot exceed.

    Under the Gaussian law it is $\sum_k N(d', k)$ over the degrees k that the kernel
    contains, d' the dimension that the points span; generic points, if enough of them,
    attain it. With more points $\lambda_{\min} = 0$, at any width.

    Parameters
    ----------
    activation
        σ.
    span
        d' >= 1; `datasets.span_dimension` finds it.
    kernel
        "tangent_inner", "conjugate" or "tangent_both".

    Returns
    -------
    A whole number, or inf if σ is no polynomial.

    Raises
    ------
    InvalidArgumentError
        If the span is below 1, or there is no such kernel.
    OutsideDomainError
        If σ is not defined everywhere.

    Source
    ------
    Panigrahi, Shetty and Goyal (2020), arXiv:1908.05660 (polynomials); the count of
    harmonics is exact.

    Examples
    --------
    >>> import widthwise as ww
    >>> act = ww.activations.get("polynomial", coefficients=(0, 0, 1))
    >>> ww.spectra.rank_ceiling(act, span=3, kernel="conjugate")
    6
    """
    whole_number(span, "The span", least=1)
    degrees = active_degrees(activation, Gaussian(), max(span, 2), kernel).all_finite
    if degrees is None:
        return math.inf
    return sum(harmonics_count(span, k) for k in degrees)

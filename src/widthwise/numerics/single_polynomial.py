"""A smooth function as a single polynomial, for loops without tables."""

from collections.abc import Callable

import numpy as np

from widthwise.numerics.chebyshev import chebyshev_points, series_to_powers, to_series

__all__ = ["single_polynomial"]

_DEGREE = 63
_ROUNDING = 2.0**-55
"""Roundings have either sign: a part of their bound is what is seen of them."""


def single_polynomial(
    function: Callable[[np.ndarray], np.ndarray],
    ends: tuple[float, float],
    places: np.ndarray,
    allowed: float,
) -> np.ndarray | None:
    r"""Return a polynomial within `allowed` of a function, or None.

    Parameters
    ----------
    function
        On the interval.
    ends
        Of the interval; y = -1 and y = 1 are the polynomial's.
    places
        Where the two are compared, shape (N,); every place where the function could
        change its behaviour must be among them.
    allowed
        Absolute.

    Returns
    -------
    Ascending powers of y, of the least degree up to 63 that will do.

    Examples
    --------
    >>> import numpy as np, widthwise as ww
    >>> places = np.linspace(0.0, 1.0, 30)
    >>> found = ww.numerics.single_polynomial(np.exp, (0.0, 1.0), places, 1e-12)
    >>> found is not None
    True
    """
    low, high = ends
    y = (2 * places - low - high) / (high - low)
    exact = function(places)
    nodes = (low + high + (high - low) * chebyshev_points(_DEGREE)) / 2
    series = to_series(_DEGREE) @ function(nodes)
    dropped = np.append(np.cumsum(np.abs(series[:0:-1]))[::-1], 0.0)
    for degree in np.nonzero(dropped <= 8 * allowed)[0]:
        powers = series[: degree + 1] @ series_to_powers(_DEGREE)[: degree + 1]
        powers = powers[: degree + 1]
        if _ROUNDING * float(np.abs(powers).sum()) > allowed:
            return None
        found = np.polynomial.polynomial.polyval(y, powers)
        if float(np.abs(found - exact).max()) <= allowed:
            return np.asarray(powers)
    return None

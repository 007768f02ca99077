"""The Gauss-Legendre rule, to the last digit."""

from functools import lru_cache

import numpy as np
from scipy.special import roots_legendre

__all__ = ["gauss_legendre"]


@lru_cache(maxsize=256)
def gauss_legendre(count: int) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the Gauss-Legendre rule on [0, 1].

    Exact for polynomials of degree 2 count - 1; for a function analytic in the ellipse
    of parameter $\rho > 1$ around [0, 1] the error is $O(\rho^{-2\,\mathrm{count}})$.

    Returns
    -------
    Nodes in (0, 1), ascending, and weights that sum to 1; both shape (count,).

    Source
    ------
    Trefethen (2008), "Is Gauss quadrature better than Clenshaw-Curtis?", Theorem 4.5.

    Examples
    --------
    >>> import widthwise as ww
    >>> nodes, weights = ww.numerics.gauss_legendre(5)
    >>> round(float(weights @ nodes**4), 12)
    0.2
    """
    # SciPy's weights have relative errors up to 1e-10 at the ends for 192 nodes, so its
    # nodes are only the start of Newton's method in the longest float there is.
    x = roots_legendre(count)[0].astype(np.longdouble)
    for _ in range(3):
        value, slope = _legendre(x, count)
        x -= value / slope
    _, slope = _legendre(x, count)
    weights = 1 / ((1 - x) * (1 + x) * slope**2)
    nodes, weights = ((1 + x) / 2).astype(np.float64), weights.astype(np.float64)
    nodes.setflags(write=False)
    weights.setflags(write=False)
    return nodes, weights


def _legendre(x: np.ndarray, degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the Legendre polynomial of this degree and its derivative."""
    before, now = np.ones_like(x), x
    for k in range(1, degree):
        before, now = now, ((2 * k + 1) * x * now - k * before) / (k + 1)
    return now, degree * (x * now - before) / ((x - 1) * (x + 1))

r"""Hermite coefficients of sums of one-sided powers, in closed form.

$E[(u-h)_+^p h_k(u)] = k^{-1/2}\,p\,E[(u-h)_+^{p-1} h_{k-1}(u)]$ (Stein), so that for
k > p it is $p!\,(k (k-1) \cdots (k-p))^{-1/2} \phi(h)\,h_{k-p-1}(h)$. Powers that run
downwards are those of -u, and $h_k(-u) = (-1)^k h_k(u)$.
"""

import math

import numpy as np
from scipy.special import ndtr

from widthwise.kernels.pairs._spline_dual import sided, threshold

__all__ = ["spline_coefficients"]


def spline_coefficients(
    splines: tuple[float, tuple[tuple[float, int, float], ...]],
    norms: np.ndarray,
    count: int,
) -> np.ndarray:
    r"""Return $E[\sigma(a u)\,h_k(u)]$ for k < count and norms a, shape (count, N).

    Parameters
    ----------
    splines
        c and the $(b, p, f)$ of $\sigma(z) = c + \sum f (z - b)_+^p$; b = -∞ stands for
        $f z^p$.
    norms
        Positive, shape (N,).
    """
    constant, terms = sided(splines, float(norms.min()))
    found = np.zeros((count, len(norms)))
    found[0] = constant
    for place, power, factor in terms:
        h, scale = threshold(place, norms), factor * norms**power
        turn, is_whole = [1, place[1]] * count, math.isinf(place[0])
        density = np.exp(-(h**2) / 2) / np.sqrt(2 * np.pi)
        if is_whole:
            h = np.zeros_like(h)
            density = np.zeros_like(h)
        moments = [np.ones_like(h) if is_whole else ndtr(-h)]
        before = density
        for i in range(1, power + 1):
            following = (1 if i == 1 else i - 1) * before - h * moments[-1]
            before = moments[-1]
            moments.append(following)
        for k in range(min(power + 1, count)):
            share = math.perm(power, k) / math.sqrt(math.factorial(k))
            found[k] += turn[k] * share * scale * moments[power - k]
        before, now = np.zeros_like(h), scale * density
        for k in range(power + 1, count):
            share = math.factorial(power) / math.sqrt(math.perm(k, power + 1))
            found[k] += turn[k] * share * now
            m = k - power
            before, now = now, (h * now - math.sqrt(m - 1) * before) / math.sqrt(m)
    return found

r"""Khatri-Rao powers of the points, and what they say about $\lambda_{\min}$."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.arrays import Array, Float
from widthwise.equality import equal_by_value
from widthwise.kernels import hermite_coefficients
from widthwise.numerics import require
from widthwise.numerics.linear_algebra import eigenvalues

__all__ = [
    "KhatriRaoBound",
    "khatri_rao_bound",
    "khatri_rao_condition",
    "khatri_rao_smallest",
]

_MOST_ENTRIES = 20_000_000
"""Monomials times points up to which the product itself is factorized."""
_EPS = torch.finfo(torch.float64).eps


@dataclass(frozen=True, eq=False)
class KhatriRaoBound:
    r"""A lower bound on $\lambda_{\min}$ of the inner tangent kernel.

    Attributes
    ----------
    value
        $\max_k c_k(\sigma')^2\,\sigma_{\min}(X^{*(k+1)})^2$; 0 if no k gives more.
    degree
        The k that attains it, or None.
    terms
        Shape (K + 1,), the bound of each k.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> found = ww.spectra.khatri_rao_bound(points, ww.activations.get("relu"))
    >>> found.degree, round(found.value, 6)
    (0, 0.25)
    """

    __eq__ = equal_by_value

    value: float
    degree: int | None
    terms: Float[Array, " degrees"]


def khatri_rao_smallest(points: Float[Array, "n d"], power: int = 2) -> float:
    r"""Return $\sigma_{\min}(X^{*r})^2$, rows $x_i^{\otimes r}$; 0 within rounding.

    $X^{*r} (X^{*r})^\top$ is the r-th Hadamard power of $X X^\top$. Where the monomials
    of degree r, $\binom{d+r-1}{r}$ of them, are few enough, the singular values of
    $X^{*r}$ itself are taken, in that basis: then $\sigma_{\min}$, not its square, has
    the rounding of $\sigma_{\max}$.

    Parameters
    ----------
    points
        Shape (n, d).
    power
        r >= 1.

    Raises
    ------
    InvalidArgumentError
        If the power is below 1.
    MemoryBudgetError
        If the matrix does not fit in memory.

    Cost: $n^2 \binom{d+r-1}{r}$, or n³ operations.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> round(ww.spectra.khatri_rao_smallest(points, 2), 6)
    1.0
    """
    whole_number(power, "The power", least=1)
    rows = points.double()
    count, dimension = rows.shape
    columns = math.comb(dimension + power - 1, power)
    if columns < count:
        return 0.0
    require(
        24 * count * min(columns, max(count, _MOST_ENTRIES // count)),
        "A Khatri-Rao power",
        "Take a sample of the rows.",
    )
    if columns * count <= _MOST_ENTRIES:
        values = torch.linalg.svdvals(_monomials(rows, power))
        smallest, error = float(values[-1]), 8 * math.sqrt(columns) * _EPS
        return smallest**2 if smallest > error * float(values[0]) else 0.0
    found = eigenvalues((rows @ rows.T) ** power)
    error = count * _EPS * float(found[-1])
    return float(found[0]) if float(found[0]) > error else 0.0


def khatri_rao_condition(points: Float[Array, "n d"]) -> float:
    r"""Return $\kappa(X) = \sqrt{d/n}\,\|X\| / \sigma_{\min}(X * X)$; inf if singular.

    It is of order one for random points of the sphere with n below d(d+1)/2.

    Source
    ------
    Oymak and Soltanolkotabi (2020), arXiv:1902.04674, in the power that their theorem
    for smooth activations is recalled with.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> round(ww.spectra.khatri_rao_condition(points), 6)
    1.0
    """
    count, dimension = points.shape
    smallest = khatri_rao_smallest(points)
    if smallest == 0.0:
        return math.inf
    norm = float(torch.linalg.matrix_norm(points.double(), 2))
    return math.sqrt(dimension / count / smallest) * norm


def khatri_rao_bound(
    points: Float[Array, "n d"], activation: Activation, highest: int = 8
) -> KhatriRaoBound:
    r"""Bound $\lambda_{\min}$ of the inner tangent kernel under the Gaussian law.

    For unit rows,

    $$E[\sigma'(Xw)\sigma'(Xw)^\top] \circ XX^\top = \sum_k c_k(\sigma')^2
    (XX^\top)^{\circ(k+1)} \succeq c_k(\sigma')^2\, X^{*(k+1)} (X^{*(k+1)})^\top$$

    for every k; k = 1 is the bound of Oymak and Soltanolkotabi with
    $\mu_\sigma = c_1(\sigma')$, and says nothing for an odd activation.

    Parameters
    ----------
    points
        Shape (n, d), rows of norm 1.
    activation
        Defined for every real number.
    highest
        Largest k looked at, at least 0.

    Returns
    -------
    The best bound, its degree, and every term.

    Source
    ------
    Panigrahi, Shetty and Goyal (2020), arXiv:1908.05660 (the mechanism). Cost: that of
    `khatri_rao_smallest` for each power.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> act = ww.activations.get("relu")
    >>> round(ww.spectra.khatri_rao_bound(points, act).value, 6)
    0.25
    """
    coefficients = hermite_coefficients(activation, highest, 1)
    size = float(coefficients.norm())
    terms = []
    for k, c in enumerate(coefficients.tolist()):
        counts = abs(c) > 1e-13 * size
        terms.append(c**2 * khatri_rao_smallest(points, k + 1) if counts else 0.0)
    best = int(np.argmax(terms))
    value = terms[best]
    found = torch.tensor(terms, dtype=torch.float64)
    return KhatriRaoBound(value, best if value > 0 else None, found)


def _monomials(rows: Array, power: int) -> Array:
    r"""Return $\sqrt{r!/\alpha!}\,x^\alpha$, $|\alpha| = r$: an isometric basis."""
    columns = []
    for exponents in _exponents(rows.shape[1], power):
        weight = math.factorial(power)
        for e in exponents:
            weight //= math.factorial(e)
        value = torch.full((len(rows),), math.sqrt(weight), dtype=torch.float64)
        for j, e in enumerate(exponents):
            if e:
                value = value * rows[:, j] ** e
        columns.append(value)
    return torch.stack(columns, dim=1)


def _exponents(dimension: int, power: int) -> Iterator[tuple[int, ...]]:
    """Yield every tuple of `dimension` exponents that add up to `power`."""
    if dimension == 1:
        yield (power,)
        return
    for first in range(power + 1):
        for others in _exponents(dimension - 1, power - first):
            yield (first, *others)

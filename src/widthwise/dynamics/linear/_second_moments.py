r"""The second moment of the parameters under minibatch noise, in closed form.

In the basis of the right singular vectors let $a_l$ be the features of point l, so that
$\sum_l a_l a_l^\top = \Sigma^2$, and $e_l$ the part of its residual that no parameters
reach. With batches of b drawn with replacement, the error $a$ of the parameters obeys

$$a' = a - \eta \frac{n}{b} \sum_{l \in B} a_l (a_l^\top a + e_l), \qquad
N' = N - \eta(\Sigma^2 N + N \Sigma^2) + \eta^2 \Big[\big(1 - \tfrac1b\big)
\Sigma^2 N \Sigma^2 + \frac nb \sum_l a_l a_l^\top\, E(a_l^\top a + e_l)^2\Big]$$

for $N = E\,a a^\top$: no approximation of the noise. The linear part is a self-adjoint
operator on symmetric matrices, diagonal plus a Gram matrix of the $a_l a_l^\top$.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.numerics.linear_algebra import eigh

__all__ = ["SecondMoments", "packed", "second_moments"]


@dataclass(frozen=True)
class SecondMoments:
    r"""The recursion of the second moment in the eigenbasis of its operator.

    Attributes
    ----------
    rates
        Shape (q,), q = r(r+1)/2. One less the operator's eigenvalues.
    vectors
        Shape (q, q). Its eigenvectors, of packed symmetric matrices.
    start
        Shape (q,). The second moment before training, in that basis.
    forcing
        Shape (q,). What the unreachable residual adds at every step.
    mixed
        Shape (q, r). What it adds together with the mean error of mode i, which
        shrinks by `factors` at every step.
    factors
        Shape (r,). $1 - \eta s_i^2$.
    """

    rates: np.ndarray
    vectors: np.ndarray
    start: np.ndarray
    forcing: np.ndarray
    mixed: np.ndarray
    factors: np.ndarray

    def after(self, k: float, is_odd: bool) -> np.ndarray:
        """Return the second moment after k steps, in the eigenbasis; shape (q,)."""
        if k == 0:
            return self.start.copy()
        ends = 1.0 - self.rates
        powers = _power(ends, k, is_odd)
        found = powers * self.start + self.forcing * (1.0 - powers) / self.rates
        if self.mixed.any():
            sums = _geometric(ends[:, None], self.factors[None, :], k, is_odd)
            found += (self.mixed * sums).sum(1)
        result: np.ndarray = found
        return result

    def limit(self) -> np.ndarray:
        """Return the second moment after infinitely many steps."""
        result: np.ndarray = self.forcing / self.rates
        return result

    def matrix(self, coordinates: np.ndarray) -> np.ndarray:
        """Return the symmetric (r, r) matrix of coordinates in the eigenbasis."""
        size = len(self.factors)
        rows, columns = np.triu_indices(size)
        values = (self.vectors @ coordinates) / np.where(rows == columns, 1.0, _ROOT2)
        found = np.zeros((size, size))
        found[rows, columns] = values
        found[columns, rows] = values
        return found


def second_moments(
    features: np.ndarray,
    error: np.ndarray,
    unreachable: np.ndarray,
    step: float,
    batch_size: int,
) -> SecondMoments:
    r"""Diagonalize the recursion.

    Cost: one symmetric eigendecomposition of size r(r+1)/2.
    """
    count, size = features.shape
    rows, columns = np.triu_indices(size)
    x = step * np.square(features).sum(0)
    double = np.where(rows == columns, 1.0, _ROOT2)
    products = features[:, rows] * features[:, columns] * double  # (n, q)
    noise = step * step * count / batch_size
    operator = -noise * (products.T @ products)
    pairs = x[rows] * x[columns]
    operator[np.diag_indices(len(rows))] += (
        x[rows] + x[columns] - pairs * (1 - 1 / batch_size)
    )
    found, vectors = (each.numpy() for each in eigh(torch.from_numpy(operator)))
    mixed = np.einsum("nc,ic,ni->ni", unreachable, error, features)
    return SecondMoments(
        rates=found,
        vectors=vectors,
        start=vectors.T @ packed(error @ error.T),
        forcing=vectors.T @ (noise * (products.T @ np.square(unreachable).sum(1))),
        mixed=vectors.T @ (2 * noise * (products.T @ mixed)),
        factors=1.0 - x,
    )


def packed(matrix: np.ndarray) -> np.ndarray:
    """Return the upper triangle as a vector of the same norm."""
    rows, columns = np.triu_indices(len(matrix))
    found: np.ndarray = matrix[rows, columns] * np.where(rows == columns, 1.0, _ROOT2)
    return found


_ROOT2 = math.sqrt(2.0)


def _power(values: np.ndarray, k: float, is_odd: bool) -> np.ndarray:
    with np.errstate(divide="ignore"):
        sizes = np.exp(k * np.log(np.abs(values)))
    result: np.ndarray = np.where(values < 0, -sizes, sizes) if is_odd else sizes
    return result


def _geometric(
    left: np.ndarray, right: np.ndarray, k: float, is_odd: bool
) -> np.ndarray:
    r"""Return $\sum_{t<k} z_1^{k-1-t} z_2^t$, also where the two are close."""
    swapped = np.abs(right) > np.abs(left)
    large = np.where(swapped, right, left)
    small = np.where(swapped, left, right)
    safe = np.where(large != 0, large, 1.0)
    ratio = small / safe
    gap = (large - small) / safe
    with np.errstate(divide="ignore"):
        logs = np.where(gap < 0.5, np.log1p(-np.minimum(gap, 0.5)), 0.0)
        logs = np.where(gap < 0.5, logs, np.log(np.abs(ratio)))
    powers = np.exp(k * logs)
    signed = np.where(ratio < 0, -powers, powers) if is_odd else powers
    whole = np.where(ratio > 0, -np.expm1(k * logs), 1.0 - signed)
    sums = np.where(gap > 0, whole / np.where(gap > 0, gap, 1.0), k)
    return np.where(large != 0, _power(safe, k - 1, not is_odd) * sums, float(k == 1))

r"""A diagonal matrix less a rank-one one: its eigenvalues, and functions of it.

$M = D - g z z^\top$ has the eigenvalues at which $1 = g \sum_l z_l^2 / (d_l - \mu)$,
one below each $d_l$, and eigenvectors $q \propto (D - \mu)^{-1} z$. So

.. math:: z^\top h(M) b = \sum_j h(\mu_j) \frac{\sum_l z_l b_l / (d_l - \mu_j)}
    {g \sum_l z_l^2 / (d_l - \mu_j)^2}

takes $O(r^2)$ operations where a diagonalization takes $O(r^3)$. Every eigenvalue is
held as a pole and a distance from it, so that none of the differences cancels.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.machine import compiled, usable_cores

__all__ = ["downdated"]

_EPS = float(np.finfo(np.float64).eps)
_ROUNDS = 80  # Each at least halves where a step of the rational model does not.


def downdated(
    values: Float[Array, " r"],
    vectors: Float[Array, "b r"],
    gains: Float[Array, " b"],
    right: Float[Array, "b r c"],
) -> tuple[Float[Array, "b r"], Float[Array, "b r c"]]:
    r"""Return what makes $z^\top h(D - g z z^\top) b$ a sum over eigenvalues.

    Parameters
    ----------
    values
        Shape (r,), the diagonal D, descending, none negative.
    vectors
        Shape (b, r), z of each of b matrices, none of which has a negative eigenvalue.
    gains
        Shape (b,), g > 0.
    right
        Shape (b, r, c), the right-hand sides.

    Returns
    -------
    The eigenvalues μ, shape (b, r), and weights t, shape (b, r, c): for every function
    h the value is $\sum_j h(\mu_j) t_j$. Those whose eigenvectors z does not meet do
    not count: there are zeros in their place.

    Source
    ------
    Li (1993), LAPACK Working Note 89 (the rational steps); Gu and Eisenstat (1995),
    SIAM J. Matrix Anal. Appl. 16, 172.

    Cost
    ----
    b r² (c + 30) operations.
    """
    found = np.zeros(vectors.shape)
    weights = np.zeros(right.shape)
    given = [
        np.ascontiguousarray(each.cpu().numpy()) for each in (vectors, gains, right)
    ]
    diagonal, workers = values.cpu().numpy(), usable_cores()
    parts = [slice(first, None, workers) for first in range(workers)]
    with ThreadPoolExecutor(workers) as pool:
        list(
            pool.map(
                lambda part: _downdate(
                    diagonal, *(each[part] for each in (*given, found, weights))
                ),
                parts,
            )
        )
    device = values.device
    return torch.from_numpy(found).to(device), torch.from_numpy(weights).to(device)


@compiled
def _downdate(
    values: np.ndarray,
    vectors: np.ndarray,
    gains: np.ndarray,
    right: np.ndarray,
    found: np.ndarray,
    weights: np.ndarray,
) -> None:
    rank = len(values)
    d, z = np.empty(rank), np.empty(rank)
    b = np.empty((rank, right.shape[2]))
    for row in range(len(vectors)):
        kept = _deflated(values, vectors[row], right[row], d, z, b)
        squares = z[:kept] ** 2
        for j in range(kept):
            pole, tau = _root(d[:kept], squares, gains[row], j)
            found[row, j] = max(d[pole] + tau, 0.0)
            slope = 0.0
            for position in range(kept):
                distance = (d[position] - d[pole]) - tau
                share = z[position] / distance
                slope += share * share
                for output in range(right.shape[2]):
                    weights[row, j, output] += share * b[position, output]
            weights[row, j] /= gains[row] * slope


@compiled
def _deflated(
    values: np.ndarray,
    vector: np.ndarray,
    right: np.ndarray,
    d: np.ndarray,
    z: np.ndarray,
    b: np.ndarray,
) -> int:
    """Keep distinct values whose vector is not zero; return how many they are."""
    kept = 0
    tiny = _EPS * _EPS * np.sqrt(np.sum(vector**2))
    for position in range(len(values)):
        if abs(vector[position]) <= tiny:
            continue
        here = values[position]
        if kept and d[kept - 1] - here <= _EPS * here:
            # Equal values: of their plane z meets one direction.
            size = np.hypot(z[kept - 1], vector[position])
            b[kept - 1] *= z[kept - 1] / size
            b[kept - 1] += right[position] * (vector[position] / size)
            z[kept - 1] = size
            continue
        d[kept], z[kept], b[kept] = here, vector[position], right[position]
        kept += 1
    return kept


@compiled
def _root(d: np.ndarray, squares: np.ndarray, gain: float, j: int) -> tuple[int, float]:
    """Return the eigenvalue below d_j as a pole and what is to be added to it."""
    last = j == len(d) - 1
    low = -min(gain * np.sum(squares), d[j]) if last else d[j + 1] - d[j]
    pole, high = j, 0.0
    if last:
        tau = 0.5 * low
        # Where the whole of the least value goes, the root is at the end itself.
        value, _, _, size = _secular(d, squares, gain, j, pole, low)
        if value >= -4.0 * _EPS * size:
            return pole, low
    else:
        tau = 0.5 * low
        value, _, _, _ = _secular(d, squares, gain, j, pole, tau)
        if value > 0.0:  # The root is in the lower half: hold it by the lower pole.
            pole = j + 1
            low, high = 0.0, tau - low
            tau = 0.5 * high
        else:
            low, high = tau, 0.0
            tau = 0.5 * low
    for _ in range(_ROUNDS):
        value, above, below, size = _secular(d, squares, gain, j, pole, tau)
        if abs(value) <= 2.0 * _EPS * size:
            break
        if value > 0.0:
            high = tau
        else:
            low = tau
        first = (d[j] - d[pole]) - tau
        if last:
            constant = value - first * above
            step = first + first * first * above / constant if constant != 0.0 else 0.0
        else:
            second = (d[j + 1] - d[pole]) - tau
            constant = value - first * above - second * below
            linear = (first + second) * value - first * second * (above + below)
            free = first * second * value
            root = np.sqrt(abs(linear * linear - 4.0 * free * constant))
            if linear <= 0.0:
                step = (linear - root) / (2.0 * constant) if constant != 0.0 else 0.0
            else:
                step = 2.0 * free / (linear + root)
        tried = tau + step
        if not low < tried < high:
            tried = 0.5 * (low + high)
        if tried == tau or high - low <= _EPS * max(abs(low), abs(high)):
            break
        tau = tried
    return pole, tau


@partial(compiled, fastmath=frozenset({"reassoc", "contract"}))
def _secular(
    d: np.ndarray, squares: np.ndarray, gain: float, j: int, pole: int, tau: float
) -> tuple[float, float, float, float]:
    """Return the sum less 1/g, the slopes of both its parts, and the sum of sizes.

    It rises from minus to plus infinity between two poles.
    """
    above, below, slope_above, slope_below = 0.0, 0.0, 0.0, 0.0
    centre = d[pole]
    for position in range(j + 1):
        inverse = 1.0 / ((d[position] - centre) - tau)
        share = squares[position] * inverse
        above += share
        slope_above += share * inverse
    for position in range(j + 1, len(d)):
        inverse = 1.0 / ((d[position] - centre) - tau)
        share = squares[position] * inverse
        below += share
        slope_below += share * inverse
    value = above + below - 1.0 / gain
    return value, slope_above, slope_below, above - below + 1.0 / gain

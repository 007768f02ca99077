"""Funk-Hecke coefficients: an activation in the spherical harmonics of R^d."""

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.arrays import Array, Float
from widthwise.kernels.two_layer._function import (
    NumpyFunction,
    density_peak,
    on_numpy,
    smooth_pieces,
)
from widthwise.laws import Sphere
from widthwise.numerics import gauss_legendre

__all__ = ["funk_hecke", "harmonics", "orthonormal_coefficients"]


def funk_hecke(
    activation: Activation, dimension: int, degree: int
) -> Float[Array, " degrees"]:
    r"""Compute the Funk-Hecke coefficients of σ on the sphere of R^d.

    $$\lambda_k = E[\sigma(u) P_k(u)],\qquad k = 0, \dots, K,$$

    with u one coordinate of a uniform point of $S^{d-1}$ and $P_k$ the Gegenbauer
    polynomial with $P_k(1) = 1$ (Chebyshev for d = 2). They are the kernel's spectrum:
    $\kappa(t) = \sum_k N(d, k) \lambda_k^2 P_k(t)$, $N(d, k)$ the number of harmonics.

    Parameters
    ----------
    activation
        Finite on [-1, 1], or with an integrable singularity at ±1.
    dimension
        d >= 2.
    degree
        K >= 0.

    Returns
    -------
    λ_0..λ_K, shape (degree + 1,). $\sqrt{N(d,k)}\,|\delta\lambda_k|$ is below 1e-13
    times the root mean square of σ for the activations of the catalog.

    Raises
    ------
    InvalidArgumentError
        If `dimension` < 2 or `degree` < 0.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. (12). Cost: O(K² pieces).
    """
    whole_number(degree, "The degree", meaning="the highest k wanted")
    coefficients, _ = orthonormal_coefficients(activation, dimension, degree)
    return torch.from_numpy(coefficients / np.sqrt(harmonics(dimension, degree)))


def orthonormal_coefficients(
    activation: Activation, dimension: int, degree: int
) -> tuple[np.ndarray, float]:
    r"""Return $\sqrt{N(d,k)} \lambda_k$, k = 0..degree, and a bound on their errors.

    Their squares sum to E σ², so each is a part of the activation's size.
    """
    law = Sphere(dimension)
    sigma = on_numpy(activation)
    edges = smooth_pieces(sigma, activation.breakpoints, law, activation.narrow)
    coarse = project(sigma, edges, law.dimension, degree, 24)
    fine = project(sigma, edges, law.dimension, degree, 40)
    size = float(np.sqrt(np.sum(fine**2)))
    return fine, 2 * float(np.abs(fine - coarse).max()) + 1e-15 * max(size, 1e-300)


def project(
    sigma: NumpyFunction, edges: np.ndarray, dimension: int, degree: int, extra: int
) -> np.ndarray:
    """Integrate σ(cos θ) p_k(cos θ) sin^{d-2} θ over the pieces of [0, π].

    A piece of width h takes degree * h / 2 nodes for the oscillation, and `extra` more.
    """
    places, masses = [], []
    for left, width in zip(edges[:-1], np.diff(edges), strict=True):
        nodes, weights = gauss_legendre(16 * int(degree * width / 32) + 16 + extra)
        places.append(left + width * nodes)
        masses.append(width * weights)
    theta = np.concatenate(places)
    u = np.cos(theta)
    density = density_peak(dimension) * np.sin(theta) ** (dimension - 2)
    weighted = sigma(u) * density * np.concatenate(masses)
    before, now = np.zeros_like(u), np.ones_like(u)
    found, step = [weighted.sum()], 0.0
    for k in range(1, degree + 1):
        following = np.sqrt(_step_squared(dimension, k))
        before, now = now, (u * now - step * before) / following
        step = following
        found.append(weighted @ now)
    return np.array(found)


def _step_squared(d: int, k: int) -> float:
    """b_k² of u p_{k-1} = b_k p_k + b_{k-1} p_{k-2}, for orthonormal p_k."""
    if k == 1:
        return 1 / d
    return k * (k + d - 3) / ((2 * k + d - 2) * (2 * k + d - 4))


def harmonics(d: int, degree: int) -> np.ndarray:
    """Return N(d, k), the number of harmonics of degree k, for k = 0..degree."""
    k = np.arange(1, degree)
    ratios = (2 * k + d) * (k + d - 2) / ((2 * k + d - 2) * (k + 1))
    with np.errstate(over="ignore"):
        counts = np.cumprod(np.concatenate(([1.0, d if d > 2 else 2.0], ratios)))
    return counts[: degree + 1]

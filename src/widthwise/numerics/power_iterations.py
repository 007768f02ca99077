"""An estimate of the condition number of a matrix that is factorized."""

import math
from collections.abc import Callable

import torch
from scipy.linalg import blas

from widthwise.arrays import Array, Float
from widthwise.numerics.accelerator import is_elsewhere
from widthwise.numerics.linear_algebra import cholesky_solve

__all__ = ["estimated_condition"]

_ITERATIONS = 8  # Inverse iterations: λ_min within n^(1/16) of its value.
_LEAST = 3  # Iterations in any case.
_SETTLED = 1e-3  # What the last of more must bring for another.


def estimated_condition(factor: Float[Array, "n n"]) -> float:
    r"""Estimate κ of $G = L L^\top$ from L, by power iterations with G and its inverse.

    From below: each iteration's quotient is at most the eigenvalue.
    """
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(len(factor), 2, generator=generator, dtype=torch.float64)
    start = start.to(factor.device)
    largest = _grown(lambda given: _product(factor, given), start)
    least = _grown(lambda given: cholesky_solve(factor, given), start)
    found = largest * least
    return found if math.isfinite(found) else math.inf


def _grown(multiply: Callable[[Array], Array], start: Array) -> float:
    """Return by how much the last iteration lengthens a vector."""
    vectors, before = start, 0.0
    for done in range(_ITERATIONS):
        vectors = multiply(vectors)
        sizes = vectors.norm(dim=0)
        vectors = vectors / sizes
        found = float(sizes.max())
        is_settled = done >= _LEAST and found <= (1.0 + _SETTLED) * before
        before = found
        if is_settled:
            break
    return before


def _product(factor: Array, vectors: Array) -> Array:
    if is_elsewhere(factor):
        return factor @ (factor.T @ vectors)
    upper = factor.numpy().T
    inner = blas.dtrmm(1.0, upper, vectors.numpy())
    found: Array = torch.from_numpy(blas.dtrmm(1.0, upper, inner, trans_a=1))
    return found

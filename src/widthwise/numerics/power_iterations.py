"""An estimate of the condition number of a matrix that is factorized."""

import math

import torch

from widthwise.arrays import Array, Float
from widthwise.numerics.linear_algebra import cholesky_solve

__all__ = ["estimated_condition"]

_ITERATIONS = 8  # Inverse iterations: λ_min within n^(1/16) of its value.


def estimated_condition(
    gram: Float[Array, "n n"], factor: Float[Array, "n n"]
) -> float:
    """Estimate κ(G) by power iterations with G and, from its factor, its inverse."""
    generator = torch.Generator().manual_seed(0)
    start = torch.randn(gram.shape[0], 2, generator=generator, dtype=torch.float64)
    direct = inverse = start.to(gram.device)
    largest = least = torch.ones(2)
    for _ in range(_ITERATIONS):
        direct = gram @ direct
        inverse = cholesky_solve(factor, inverse)
        largest, least = direct.norm(dim=0), inverse.norm(dim=0)
        direct, inverse = direct / largest, inverse / least
    found = float(largest.max()) * float(least.max())
    return found if math.isfinite(found) else math.inf

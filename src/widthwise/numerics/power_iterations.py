"""An estimate of the condition number of a matrix that is factorized."""

import math
from collections.abc import Callable

import numpy as np
import torch
from scipy.linalg import blas, lapack

from widthwise.arrays import Array, Float
from widthwise.numerics.accelerator import is_elsewhere
from widthwise.numerics.linear_algebra import cholesky_solve
from widthwise.numerics.one_thread import on_one_thread

__all__ = ["estimated_condition", "estimated_ends"]

_STEPS = 8
_LEAST = 3  # Steps in any case.
_SETTLED = 1e-3  # What the last of more must bring for another.


def estimated_condition(factor: Float[Array, "n n"]) -> float:
    r"""Estimate κ of $G = L L^\top$ from L, by Lanczos steps with G and its inverse.

    From below: a Ritz value is at most the largest eigenvalue.

    Source
    ------
    Golub, Van Loan, Matrix Computations, section 10.1.

    Cost
    ----
    At most 16 products with a triangle, and as many solves: 32 n² operations.
    """
    largest, inverse = estimated_ends(factor)
    found = largest * inverse
    return found if math.isfinite(found) else math.inf


@on_one_thread
def estimated_ends(factor: Float[Array, "n n"]) -> tuple[float, float]:
    """Return the largest eigenvalue, and one over the least, both from below.

    As `estimated_condition`, whose product they are; L may be in float32.
    """
    start = np.random.default_rng(0).standard_normal(len(factor))
    return (
        _ritz_value(lambda given: _product(factor, given), start),
        _ritz_value(lambda given: _solution(factor, given), start),
    )


def _ritz_value(
    multiply: Callable[[np.ndarray], np.ndarray], start: np.ndarray
) -> float:
    """Return the largest eigenvalue of the operator on what few steps reach.

    The steps themselves are NumPy's: threads of torch, which wait awake for more to do,
    would hold up those of the products.
    """
    basis = np.empty((_STEPS + 1, len(start)))
    basis[0] = start / np.linalg.norm(start)
    diagonal, beside = np.zeros((2, _STEPS))
    before = 0.0
    for done in range(_STEPS):
        vector = multiply(basis[done])
        diagonal[done] = basis[done] @ vector
        if not math.isfinite(diagonal[done]):
            return math.inf
        # LAPACK's wrapper wants a number beside a single one, too.
        ritz = lapack.dsterf(diagonal[: done + 1], beside[: max(done, 1)])[0]
        found = float(ritz[-1])
        is_settled = done >= _LEAST and found <= (1.0 + _SETTLED) * before
        before = found
        if is_settled:
            break
        for each in basis[: done + 1]:
            vector = vector - (each @ vector) * each
        with np.errstate(over="ignore"):
            size = float(np.linalg.norm(vector))
        if not math.isfinite(size):
            return math.inf
        # Where the steps stay in what they have reached, the value is exact.
        if not size > 1e-12 * found:
            break
        beside[done], basis[done + 1] = size, vector / size
    return before


def _product(factor: Array, vector: np.ndarray) -> np.ndarray:
    if is_elsewhere(factor):
        given = torch.from_numpy(vector).to(factor.device)
        return np.asarray((factor @ (factor.T @ given)).cpu().numpy())
    upper = factor.numpy().T
    multiply = blas.strmv if upper.dtype == np.float32 else blas.dtrmv
    return np.asarray(multiply(upper, multiply(upper, vector), trans=1))


def _solution(factor: Array, vector: np.ndarray) -> np.ndarray:
    given = torch.from_numpy(vector)[:, None].to(factor.device)
    return np.asarray(cholesky_solve(factor, given)[:, 0].cpu().numpy())

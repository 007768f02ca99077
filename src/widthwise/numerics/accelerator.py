"""Factorizations away from the CPU: checked by their residual, done again if it fails.

Solvers of an accelerator give up, or lose digits, on matrices of low rank that LAPACK's
take. The one place where such an answer is judged is here.
"""

import warnings
from collections.abc import Callable
from typing import Any

import torch

from widthwise.arrays import Array, Float

__all__ = [
    "checked",
    "gap",
    "is_elsewhere",
    "lost",
    "missed",
    "probes",
    "sums_missed",
    "tolerance",
]

_PROBES = 8  # A whole product would take longer than a factorization of Cholesky's.


def is_elsewhere(matrix: Array) -> bool:
    """Return whether a tensor is not on the CPU."""
    return matrix.device.type != "cpu"


def tolerance(matrix: Float[Array, "..."]) -> float:
    """Return the residual (Frobenius) that a backward stable method stays below."""
    size = max(matrix.shape) if matrix.ndim else 1
    unit = torch.finfo(matrix.dtype).eps
    return 16.0 * size * unit * float(torch.linalg.vector_norm(matrix))


def probes(like: Float[Array, "b n"]) -> Float[Array, "n k"]:
    """Return some random unit columns, for products with a matrix on its device."""
    generator = torch.Generator().manual_seed(0)
    shape = like.shape[1], _PROBES
    drawn = torch.randn(shape, generator=generator, dtype=torch.float64)
    found: Array = (drawn / torch.linalg.vector_norm(drawn, dim=0)).to(like)
    return found


def missed(triangle: Float[Array, "r n"], tall: Float[Array, "b n"]) -> float:
    r"""Return how far $\|R x\|$ is from $\|A x\|$ in the directions of `probes`.

    For $A + E = Q R$ no more than the spectral norm of E.
    """
    x = probes(tall)
    one = torch.linalg.vector_norm(triangle @ x, dim=0)
    two = torch.linalg.vector_norm(tall @ x, dim=0)
    return float((one - two).abs().max())


def lost(columns: Float[Array, "n k"]) -> float:
    """Return how far products of columns are from 0 and 1, in those directions."""
    x = probes(columns)
    rest: Array = columns.T @ (columns @ x) - x
    return float(torch.linalg.vector_norm(rest, dim=0).max())


def gap(one: Float[Array, "n k"], two: Float[Array, "n k"]) -> float:
    """Return the Frobenius norm of a difference."""
    return float(torch.linalg.norm(one - two))


def sums_missed(matrix: Float[Array, "n n"], found: Float[Array, " n"]) -> float:
    """Return how far eigenvalues miss the trace and the Frobenius norm."""
    trace = abs(float(found.sum()) - float(torch.trace(matrix)))
    norm = abs(float(torch.linalg.norm(found)) - float(torch.linalg.norm(matrix)))
    return max(trace, norm)


def checked(
    what: str,
    matrix: Array,
    compute: Callable[[Array], Any],
    residual: Callable[[Any], float],
    on_cpu: Callable[[Array], Any],
) -> Any:
    """Run `compute`; if it fails or its residual is too large, warn and run `on_cpu`.

    Warns
    -----
    RuntimeWarning
        With the device, the residual and what it may be.
    """
    allowed = tolerance(matrix)
    try:
        found = compute(matrix)
        left = residual(found)
        if left <= allowed:
            return found
        reason = f"missed by {left:.2g}, and {allowed:.2g} is rounding"
    except RuntimeError as error:
        reason = f"failed ({str(error).splitlines()[0]})"
    warnings.warn(
        f"The {what} of a {' x '.join(map(str, matrix.shape))} matrix {reason} on "
        f"{matrix.device}; they were computed again on the CPU.",
        RuntimeWarning,
        stacklevel=3,
    )
    again = on_cpu(matrix.cpu())
    if again is None:
        return None
    if isinstance(again, tuple):
        return tuple(each.to(matrix.device) for each in again)
    return again.to(matrix.device)

"""Kernel matrices in balls: every entry encloses the exact one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from flint import arb, arb_mat, ctx

from widthwise import laws
from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.kernels.enclosed._dual import enclosed_dual
from widthwise.laws import Law

__all__ = ["KERNELS", "enclosed_deep_kernels", "enclosed_kernel"]

KERNELS = ("conjugate", "tangent_inner", "tangent_both")

Rows = Array | np.ndarray | Sequence[Sequence[Any]]


def enclosed_kernel(
    points: Rows,
    activation: Activation,
    law: Law | str,
    kernel: str = "conjugate",
    *,
    bits: int = 128,
) -> arb_mat:
    r"""Return a kernel matrix of balls that contain the exact entries.

    Parameters
    ----------
    points
        Shape (n, d). Floats count as exact numbers, and each row is divided by its
        exact norm; rows of flint balls stand for points known to more digits.
    activation, law
        As `enclosed_dual`.
    kernel
        "conjugate", "tangent_inner" or "tangent_both".
    bits
        Working precision; entries come out some bits less accurate.

    Returns
    -------
    An (n, n) `flint.arb_mat`, symmetric.

    Raises
    ------
    InvalidArgumentError
        If there is no such kernel, or no proven form of the activation's dual.
    DataError
        If the rows are not a matrix of finite numbers, or a row is zero.

    Cost
    ----
    n² d / 2 products of balls, and n² / 2 values of the dual.
    """
    if kernel not in KERNELS:
        raise InvalidArgumentError(
            f"There is no kernel {kernel!r} in balls. Known: {', '.join(KERNELS)}."
        )
    with ctx.workprec(bits):
        cosine = _cosines(points)
        law = laws.get(law, _width(points))
        parts = []
        if kernel != "tangent_inner":
            parts.append((enclosed_dual(activation, law, 0, bits), False))
        if kernel != "conjugate":
            parts.append((enclosed_dual(activation, law, 1, bits), True))

        def entry(t: arb) -> arb:
            found = arb(0)
            for dual, is_inner in parts:
                found += t * dual(t) if is_inner else dual(t)
            return found

        return _symmetric(cosine, entry)


def enclosed_deep_kernels(
    points: Rows,
    activation: Activation,
    depth: int = 3,
    weight_std: Any = 1,
    bias_std: Any = 0,
    *,
    bits: int = 128,
) -> tuple[arb_mat, arb_mat]:
    """Return the matrices of `deep_kernels`, of balls that contain the exact entries.

    Parameters are those of `deep_kernels` and `enclosed_kernel`; the stds may be balls.
    """
    with ctx.workprec(bits):
        cosine = _cosines(points)
        weight, bias = arb(weight_std), arb(bias_std)
        weight, bias = weight * weight, bias * bias
        q = weight / _width(points) + bias
        covariance = [
            [weight * t / _width(points) + bias for t in row] for row in cosine
        ]
        tangent = covariance
        for _ in range(depth):
            f = q.sqrt()
            value = enclosed_dual(activation, laws.Gaussian(), 0, bits, f)
            slope = enclosed_dual(activation, laws.Gaussian(), 1, bits, f)
            rho = [
                [arb(1) if i == j else c / q for j, c in enumerate(row)]
                for i, row in enumerate(covariance)
            ]
            covariance = [[weight * value(t) + bias for t in row] for row in rho]
            tangent = [
                [k + weight * old * slope(t) for k, old, t in zip(*rows, strict=True)]
                for rows in zip(covariance, tangent, rho, strict=True)
            ]
            q = weight * value(arb(1)) + bias
        return _full(covariance), _full(tangent)


def _cosines(points: Rows) -> list[list[arb]]:
    """Return the rows i of cosines with the rows j <= i; ones on the diagonal."""
    rows = _balls(points)
    norms = [sum((x * x for x in row), arb(0)).sqrt() for row in rows]
    for index, norm in enumerate(norms):
        if not norm > 0:
            raise DataError(
                f"Row {index} has norm {norm.str(5)}, which is not certainly positive. "
                "Leave zero rows out."
            )
    found = []
    for i, row in enumerate(rows):
        line = [
            sum((x * y for x, y in zip(row, rows[j], strict=True)), arb(0))
            / (norms[i] * norms[j])
            for j in range(i)
        ]
        found.append([*line, arb(1)])
    return found


def _balls(points: Rows) -> list[list[arb]]:
    if isinstance(points, torch.Tensor):
        points = points.detach().cpu().to(torch.float64).numpy()
    if isinstance(points, np.ndarray):
        points = points.astype(np.float64).tolist()
    rows = [[arb(x) for x in row] for row in points]
    if not rows or len({len(row) for row in rows}) != 1 or not rows[0]:
        raise DataError("The points must be rows of one length, at least one of them.")
    for index, row in enumerate(rows):
        if not all(x.is_finite() for x in row):
            raise DataError(f"Row {index} has a number that is not finite.")
    return rows


def _width(points: Rows) -> int:
    return len(points[0])


def _symmetric(cosine: list[list[arb]], entry: Any) -> arb_mat:
    return _full([[entry(t) for t in row] for row in cosine])


def _full(lower: list[list[arb]]) -> arb_mat:
    n = len(lower)
    return arb_mat(
        [[lower[i][j] if j <= i else lower[j][i] for j in range(n)] for i in range(n)]
    )

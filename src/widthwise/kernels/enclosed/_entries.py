"""Kernel matrices in balls: every entry encloses the exact one."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from flint import arb, arb_mat, ctx

from widthwise import laws
from widthwise.activations import Activation, for_dimension
from widthwise.arrays import Array, real_tensor
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.kernels.enclosed._dual import enclosed_dual
from widthwise.laws import Law

__all__ = ["KERNELS", "enclosed_deep_kernels", "enclosed_kernel"]

KERNELS = ("conjugate", "tangent_inner", "tangent_both")

Rows = Array | np.ndarray | Sequence[Sequence[Any]]


def enclosed_kernel(
    points: Rows,
    activation: Activation | str,
    law: Law | str,
    kernel: str = "conjugate",
    *,
    other: Rows | None = None,
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
    other
        A second set, shape (k, d).
    bits
        Working precision; entries come out some bits less accurate.

    Returns
    -------
    An (n, n) `flint.arb_mat`, symmetric; with `other` (n, k).

    Raises
    ------
    InvalidArgumentError
        If there is no such kernel, or no proven form of the activation's dual.
    DataError
        If the rows are not a matrix of finite numbers, a row is zero, or the two sets
        have different numbers of columns.

    Cost
    ----
    n² d / 2 products of balls, and n² / 2 values of the dual; n k d and n k for two
    sets.

    Examples
    --------
    >>> import widthwise as ww
    >>> kernel = ww.kernels.enclosed_kernel([[1, 0], [0, 1]], "relu", "gaussian")
    >>> round(float(kernel[0, 1].mid()), 6), float(kernel[0, 1].rad()) < 1e-30
    (0.159155, True)
    """
    if kernel not in KERNELS:
        raise InvalidArgumentError(
            f"There is no kernel {kernel!r} in balls. Known: {', '.join(KERNELS)}."
        )
    with ctx.workprec(bits):
        rows = _rows(points)
        cosine = _cosines(rows) if other is None else _crossed(rows, _rows(other))
        activation = for_dimension(activation, len(rows[0][0]))
        law = laws.get(law, len(rows[0][0]))
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

        return _matrix([[entry(t) for t in line] for line in cosine], other is None)


def enclosed_deep_kernels(
    points: Rows,
    activation: Activation | str,
    depth: int = 3,
    weight_std: Any = 1,
    bias_std: Any = 0,
    *,
    other: Rows | None = None,
    bits: int = 128,
) -> tuple[arb_mat, arb_mat]:
    """Return the matrices of `deep_kernels`, of balls that contain the exact entries.

    Parameters are those of `deep_kernels` and `enclosed_kernel`; the stds may be balls.

    Examples
    --------
    >>> import widthwise as ww
    >>> points = [[1, 0], [0, 1]]
    >>> conjugate, tangent = ww.kernels.enclosed_deep_kernels(points, "relu", 2)
    >>> round(float(tangent[0, 1].mid()), 6)
    0.085714
    """
    with ctx.workprec(bits):
        rows = _rows(points)
        cosine = _cosines(rows) if other is None else _crossed(rows, _rows(other))
        width = len(rows[0][0])
        activation = for_dimension(activation, width)
        weight, bias = arb(weight_std), arb(bias_std)
        weight, bias = weight * weight, bias * bias
        q = weight / width + bias
        covariance = [[weight * t / width + bias for t in line] for line in cosine]
        tangent = covariance
        for _ in range(depth):
            f = q.sqrt()
            value = enclosed_dual(activation, laws.Gaussian(), 0, bits, f)
            slope = enclosed_dual(activation, laws.Gaussian(), 1, bits, f)
            # What is one stays one, to the last digit.
            rho = [
                [t if t == 1 else c / q for t, c in zip(*lines, strict=True)]
                for lines in zip(cosine, covariance, strict=True)
            ]
            covariance = [[weight * value(t) + bias for t in row] for row in rho]
            tangent = [
                [k + weight * old * slope(t) for k, old, t in zip(*rows, strict=True)]
                for rows in zip(covariance, tangent, rho, strict=True)
            ]
            q = weight * value(arb(1)) + bias
        is_one = other is None
        return _matrix(covariance, is_one), _matrix(tangent, is_one)


Row = tuple[list[arb], arb]
"""A row and its norm."""


def _rows(points: Rows) -> list[Row]:
    found = []
    for index, row in enumerate(_balls(points)):
        norm = sum((x * x for x in row), arb(0)).sqrt()
        if not norm > 0:
            raise DataError(
                f"Row {index} has norm {norm.str(5)}, which is not certainly positive. "
                "Leave zero rows out."
            )
        found.append((row, norm))
    return found


def _cosines(rows: list[Row]) -> list[list[arb]]:
    """Return the rows i of cosines with the rows j <= i; ones on the diagonal."""
    return [
        [*(_cosine(row, before) for before in rows[:i]), arb(1)]
        for i, row in enumerate(rows)
    ]


def _crossed(rows: list[Row], others: list[Row]) -> list[list[arb]]:
    widths = len(rows[0][0]), len(others[0][0])
    if widths[0] != widths[1]:
        raise DataError(
            f"The points have {widths[0]} columns and the second set has {widths[1]}; "
            "both must have the same."
        )
    return [[_cosine(row, each) for each in others] for row in rows]


def _cosine(first: Row, second: Row) -> arb:
    """Return the cosine; exactly one for rows that are certainly equal."""
    (x, norm), (y, length) = first, second
    if all(bool(a == b) for a, b in zip(x, y, strict=True)):
        return arb(1)
    return sum((a * b for a, b in zip(x, y, strict=True)), arb(0)) / (norm * length)


def _balls(points: Rows) -> list[list[arb]]:
    if hasattr(points, "__array__"):
        # Whole numbers stay whole; a float of any length is a float64.
        points = real_tensor(points, "The points").cpu().tolist()
    rows = [[arb(x) for x in row] for row in points]
    if not rows or len({len(row) for row in rows}) != 1 or not rows[0]:
        raise DataError("The points must be rows of one length, at least one of them.")
    for index, row in enumerate(rows):
        if not all(x.is_finite() for x in row):
            raise DataError(f"Row {index} has a number that is not finite.")
    return rows


def _matrix(lines: list[list[arb]], is_symmetric: bool) -> arb_mat:
    """Return the matrix of its lines, or of its lower triangle."""
    n = len(lines)
    if not is_symmetric:
        return arb_mat(lines)
    return arb_mat(
        [[lines[i][j] if j <= i else lines[j][i] for j in range(n)] for i in range(n)]
    )

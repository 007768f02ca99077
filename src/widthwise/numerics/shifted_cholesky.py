r"""Cholesky's method for $G + \lambda$ at one shift after another."""

import torch
from scipy.linalg import blas, lapack

from widthwise.arrays import Array, Float
from widthwise.numerics.accelerator import is_elsewhere
from widthwise.numerics.linear_algebra import cholesky, cholesky_solve
from widthwise.numerics.symmetric import lower_factor

__all__ = ["ShiftedCholesky"]


class ShiftedCholesky:
    r"""$L L^\top = G + \lambda$.

    Parameters
    ----------
    gram
        G, shape (m, m), symmetric; it is copied.
    shift
        λ.

    Cost: m³/3 operations.
    """

    def __init__(self, gram: Float[Array, "m m"], shift: float) -> None:
        shifted = gram.clone()
        shifted.diagonal().add_(shift)
        factor: Array | None
        if is_elsewhere(gram):
            factor = cholesky(shifted)
        else:
            factor = lower_factor(shifted, in_place=True)
        self._factor = factor

    @property
    def is_definite(self) -> bool:
        """Whether there is a factor: no pivot was 0 or below."""
        return self._factor is not None

    @property
    def factor(self) -> Float[Array, "m m"]:
        """L; an error where `is_definite` is not true."""
        assert self._factor is not None
        return self._factor

    def solve(self, right: Float[Array, "m c"]) -> Float[Array, "m c"]:
        r"""Return $(G + \lambda)^{-1}$ times `right`."""
        return cholesky_solve(self.factor, right)

    def squares(self, rows: Float[Array, "b m"]) -> Float[Array, " b"]:
        r"""Return $x^\top (G + \lambda)^{-1} x$ of each row x.

        Cost: m² operations a row.
        """
        half: Array
        if is_elsewhere(rows):
            half = torch.linalg.solve_triangular(self.factor, rows.T, upper=False)
        else:  # The views are Lᵀ, upper, and the rows as columns.
            upper, columns = self.factor.numpy().T, rows.numpy().T
            half = torch.from_numpy(blas.dtrsm(1.0, upper, columns, trans_a=1))
        return half.square().sum(0)

    def inverse_trace(self) -> float:
        r"""Return $\mathrm{tr}\,(G + \lambda)^{-1}$; L is lost.

        Cost: m³/3 operations.
        """
        factor, self._factor = self.factor, None
        if is_elsewhere(factor):
            unit = torch.eye(len(factor), dtype=factor.dtype, device=factor.device)
            inverse = torch.linalg.solve_triangular(factor, unit, upper=False)
            return float(inverse.square().sum())
        inverse, _ = lapack.dtrtri(factor.numpy().T, lower=0, overwrite_c=1)
        return float(torch.linalg.vector_norm(torch.from_numpy(inverse)) ** 2)

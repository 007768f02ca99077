"""Features of a kernel some of whose rows are far longer than others."""

import torch
from scipy.linalg.lapack import dpstrf

from widthwise.arrays import Array, Float, PointsLike, provenance, rounding_unit
from widthwise.numerics.rounding import relative_rounding

__all__ = ["graded_features"]

_APART = 1e6  # Of the diagonal: from here on eigenvectors lose nine digits.


def graded_features(
    kernel: Float[Array, "n n"],
    weights: Float[Array, " n"],
    given: PointsLike,
    scale: float,
) -> Float[Array, "n r"] | None:
    r"""Return Φ with $K = \Phi \Phi^\top$ to the rounding of each pair of rows.

    Eigenvectors are right to the rounding of the longest row alone, which hides what
    the others say of each other. Cholesky's method with pivots, on K scaled to a
    diagonal of one, is right to $n \epsilon \sqrt{K_{ii} K_{jj}}$ (Demmel and Veselić,
    1992, SIAM J. Matrix Anal. Appl. 13, 1204).

    Parameters
    ----------
    weights
        ω of the rows.
    given
        What the kernel came from, with its type and its label.
    scale
        What its entries are over.

    Returns
    -------
    None where the diagonal is not so uneven, or K is not semi-definite to that error:
    then its entries have errors that hide the same.

    Cost: n³ / 3 operations and three copies of K; none for even diagonals.
    """
    squares = kernel.diagonal()
    present = squares[squares > 0.0]
    counted = (squares * weights)[squares > 0.0]
    if not len(present) or float(counted.max()) < _APART * float(counted.min()):
        return None
    origin = provenance(given) if isinstance(given, torch.Tensor) else None
    labelled = origin.entry_error / scale if origin is not None else 0.0
    unit = rounding_unit(given) + labelled / float(present.min())
    lengths = torch.where(squares > 0.0, squares, 1.0).sqrt()
    scaled = kernel / lengths[:, None] / lengths
    within = relative_rounding(len(kernel), unit)
    packed, pivots, rank, _ = dpstrf(scaled.cpu().numpy(), tol=within, lower=1)
    found = kernel.new_zeros(len(kernel), rank)
    lower = torch.from_numpy(packed[:, :rank]).tril().to(kernel)
    found[torch.from_numpy(pivots - 1).to(kernel.device).long()] = lower
    if float((scaled - found @ found.T).abs().max()) > 4.0 * within:
        return None
    return found * lengths[:, None]

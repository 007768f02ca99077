"""Ridge regression of a layer that is known by its kernel."""

from widthwise.arrays import DeviceLike, PointsLike
from widthwise.readouts._ridge_path import RidgePath, path_of
from widthwise.readouts.factors import kernel_design

__all__ = ["kernel_readout"]


def kernel_readout(
    kernel: PointsLike,
    y: PointsLike,
    penalties: PointsLike | None = None,
    *,
    intercept: bool = False,
    weights: PointsLike | None = None,
    device: DeviceLike | None = None,
) -> RidgePath:
    r"""Fit kernel ridge regression at every penalty, with the error on rows left out.

    The dual form of `ridge_path`, for a layer known by $K = \Phi \Phi^\top$ alone, such
    as an infinitely wide one: $f(x) = \sum_j K(x, x_j) \alpha_j + b$ with
    $(K + \lambda) \alpha = y - b$. The result's `solution` is α, and `predict` takes
    the kernel between other points and these. Where rows are a thousand times as long
    as others the factor of Cholesky's method takes the place of features, so that
    errors left out keep the digits that `ridge_path` keeps.

    Parameters
    ----------
    kernel
        K, shape (n, n), symmetric and positive semi-definite.
    y, penalties, intercept, weights, device
        As in `ridge_path`.

    Raises
    ------
    DataError
        If the kernel is not square, symmetric and finite, or as in `ridge_path`.
    NotPositiveDefiniteError
        If an eigenvalue is below the rounding error.

    Cost
    ----
    About 9 n³ operations and five copies of K, or 24 n³ where rows are so uneven; then
    2 n² (c + 1) a penalty.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> path = ww.readouts.kernel_readout(phi @ phi.T, y, [0.5])
    >>> path.solution(0.5).shape
    torch.Size([3])
    """
    design = kernel_design(
        kernel, y, intercept=intercept, weights=weights, device=device
    )
    return path_of(design, penalties, "kernel")

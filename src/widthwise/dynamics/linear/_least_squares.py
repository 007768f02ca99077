"""The linear models of features, and of kernels."""

from widthwise.arrays import rounding_unit
from widthwise.dynamics.linear._checks import (
    checked_matrix,
    elsewhere,
    threshold_or,
)
from widthwise.dynamics.linear._linear_model import LinearModel, assembled
from widthwise.features.two_layer import PointsLike
from widthwise.numerics.linear_algebra import svd
from widthwise.numerics.rounding import relative_rounding
from widthwise.readouts.factors import kernel_eigenvectors, symmetric_kernel

__all__ = ["linear_model", "linear_model_from_kernel"]


def linear_model(
    features: PointsLike,
    targets: PointsLike,
    *,
    test_features: PointsLike | None = None,
    initial: PointsLike | None = None,
    test_initial: PointsLike | None = None,
    threshold: float | int | None = None,
) -> LinearModel:
    r"""Return the model $f = f_0 + \Phi v$, v = 0 at the start of training.

    Parameters
    ----------
    features
        Shape (n, m). $\Phi$: features of the last layer, or the Jacobian of a network
        at its initial parameters, by which it is linearized.
    targets
        Shape (n,), or (n, c) for c outputs that share these features.
    test_features
        Shape (t, m). The same at points that are not trained on.
    initial, test_initial
        $f_0$, the outputs before training, shaped like the targets; zero by default.
    threshold
        Singular values up to this count as zero. By default
        $(16 + 2\sqrt n)\,\epsilon\,s_1$, ε that of the type the features came in.

    Raises
    ------
    DataError
        If a shape does not fit, or an entry is NaN or infinite.

    Source
    ------
    Lee, Xiao et al. (2019), arXiv:1902.06720, eq. 8-11.

    Cost
    ----
    One thin SVD: $O(n m \min(n, m))$ time, four copies of $\Phi$.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> model.rank, model.largest, model.smallest
    (2, 4.0, 1.0)
    """
    matrix = checked_matrix(features, "features")
    left, values, right = svd(matrix)
    relative = relative_rounding(len(matrix), rounding_unit(features))
    limit = threshold_or(threshold, relative * float(values[0]))
    rank = int((values > limit).sum())
    test_map = None
    if test_features is not None:
        others = elsewhere(test_features, "test_features", matrix.shape[1])
        test_map = others @ (right[:rank].T / values[:rank])
    return assembled(
        values[:rank], left[:, :rank], targets, initial, test_map, test_initial, right
    )


def linear_model_from_kernel(
    kernel: PointsLike,
    targets: PointsLike,
    *,
    test_kernel: PointsLike | None = None,
    initial: PointsLike | None = None,
    test_initial: PointsLike | None = None,
    threshold: float | int | None = None,
) -> LinearModel:
    r"""Return the model whose kernel is given, in place of features.

    Parameters
    ----------
    kernel
        Shape (n, n). Symmetric and positive semi-definite: a conjugate kernel for the
        last layer, a tangent kernel for a linearized network.
    test_kernel
        Shape (t, n). The kernel between the test points and the trained ones.
    targets, initial, test_initial
        As in `linear_model`.
    threshold
        Eigenvalues up to this count as zero. By default
        the rounding errors that `spectra.spectrum` states for such a matrix.

    Raises
    ------
    DataError
        If a shape does not fit, an entry is NaN or infinite, or the kernel is not
        symmetric.
    NotPositiveDefiniteError
        If an eigenvalue is below the rounding error.

    Source: Lee, Xiao et al. (2019), arXiv:1902.06720, eq. 8-11.

    Cost: one symmetric eigendecomposition, about 9 n³ operations.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> kernel = torch.tensor([[4.0, 0.0], [0.0, 1.0]])
    >>> ww.dynamics.linear_model_from_kernel(kernel, [1.0, 1.0]).rank
    2
    """
    matrix, rounding = symmetric_kernel(kernel)
    eigenvalues, vectors, rounding = kernel_eigenvectors(matrix.cpu(), rounding)
    limit = threshold_or(threshold, rounding)
    rank = int((eigenvalues > limit).sum())
    kept = eigenvalues[:rank]
    test_map = None
    if test_kernel is not None:
        others = elsewhere(test_kernel, "test_kernel", len(matrix))
        test_map = (others @ vectors[:, :rank]) / kept
    return assembled(
        kept.sqrt(), vectors[:, :rank], targets, initial, test_map, test_initial, None
    )

"""Least squares in the eigenbasis of its kernel: all that training needs to know."""

from dataclasses import dataclass, field

import torch

from widthwise.arrays import Array, Float, Int
from widthwise.dynamics.linear._solvers import checked, rounding
from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    NotPositiveDefiniteError,
)
from widthwise.numerics.linear_algebra import eigh, svd

__all__ = ["LinearModel", "linear_model", "linear_model_from_kernel"]

_EPS = torch.finfo(torch.float64).eps


@dataclass(frozen=True)
class LinearModel:
    r"""A model $f = f_0 + \Phi v$ on its points, with targets, by its singular vectors.

    With $\Phi = U \Sigma V^\top$ the outputs after k steps of any method in this room
    that treats eigendirections apart are
    $f_0 + U\,\mathrm{diag}(q_k(s_i^2))\,U^\top (y - f_0)$ on the points and
    $f_0' + T\,\mathrm{diag}(q_k(s_i^2))\,U^\top (y - f_0)$ elsewhere, with the
    method's filter $q_k$.

    Attributes
    ----------
    singular_values
        Shape (r,), descending: those of $\Phi$ that count as nonzero. Their squares
        are the eigenvalues of the kernel $\Phi \Phi^\top$.
    left_vectors
        Shape (n, r). U.
    targets, initial
        Shape (n, c). y and $f_0$, one column an output.
    projections
        Shape (r, c). $U^\top (y - f_0) / \text{scale}$.
    scale
        $\|y - f_0\|$ (Frobenius); 1 where that is zero.
    unreachable
        Shape (c,). The norms of the columns of $y - f_0$ outside the range of $\Phi$,
        divided by the scale.
    has_one_output
        Whether the targets came as a vector; predictions then leave as vectors.
    """

    singular_values: Float[Array, " r"]
    left_vectors: Float[Array, "n r"]
    targets: Float[Array, "n c"]
    initial: Float[Array, "n c"]
    projections: Float[Array, "r c"]
    scale: float
    unreachable: Float[Array, " c"]
    has_one_output: bool
    _test_map: Float[Array, "t r"] | None = field(default=None, repr=False)
    _test_initial: Float[Array, "t c"] | None = field(default=None, repr=False)
    _right_vectors: Float[Array, "r m"] | None = field(default=None, repr=False)

    @property
    def rank(self) -> int:
        """How many singular values count as nonzero."""
        return len(self.singular_values)

    @property
    def points_count(self) -> int:
        """The number n of points."""
        return len(self.left_vectors)

    @property
    def largest(self) -> float:
        r"""$s_1^2$, the largest eigenvalue of the kernel; 0 without any."""
        return float(self.singular_values[0]) ** 2 if self.rank else 0.0

    @property
    def smallest(self) -> float:
        """The least eigenvalue that counts as nonzero; 0 without any."""
        return float(self.singular_values[-1]) ** 2 if self.rank else 0.0

    @property
    def test_map(self) -> Float[Array, "t r"]:
        """What turns the fitted modes into outputs elsewhere: T."""
        if self._test_map is None:
            raise InvalidArgumentError(
                "This model knows no test points. Make it with test_features, or from "
                "a kernel with test_kernel."
            )
        return self._test_map

    @property
    def test_initial(self) -> Float[Array, "t c"]:
        """The outputs elsewhere before training, shape (t, c)."""
        if self._test_initial is None:
            return self.test_map.new_zeros(len(self.test_map), self.targets.shape[1])
        return self._test_initial

    @property
    def right_vectors(self) -> Float[Array, "r m"]:
        r"""$V^\top$, which turns the fitted modes into parameters."""
        if self._right_vectors is None:
            raise InvalidArgumentError(
                "This model was made from a kernel, so it cannot form parameters. Make "
                "it with linear_model(features, targets)."
            )
        return self._right_vectors


def linear_model(
    features: Float[Array, "n m"] | Int[Array, "n m"],
    targets: Float[Array, "..."] | Int[Array, "..."],
    *,
    test_features: Float[Array, "t columns"] | Int[Array, "t columns"] | None = None,
    initial: Float[Array, "..."] | None = None,
    test_initial: Float[Array, "..."] | None = None,
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
        $(8 + 2\sqrt{\max(n, m)})\,\epsilon\,s_1$, the size of rounding errors.

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
    """
    matrix = checked(features, "features")
    _check_filled(matrix, "features")
    left, values, right = svd(matrix)
    limit = _limit(threshold, rounding(max(matrix.shape)) * float(values[0]))
    rank = int((values > limit).sum())
    test_map = None
    if test_features is not None:
        elsewhere = checked(test_features, "test_features")
        _check_columns(elsewhere, matrix.shape[1], "test_features")
        test_map = elsewhere @ (right[:rank].T / values[:rank])
    return _assemble(
        values[:rank], left[:, :rank], targets, initial, test_map, test_initial, right
    )


def linear_model_from_kernel(
    kernel: Float[Array, "n columns"],
    targets: Float[Array, "..."] | Int[Array, "..."],
    *,
    test_kernel: Float[Array, "t columns"] | None = None,
    initial: Float[Array, "..."] | None = None,
    test_initial: Float[Array, "..."] | None = None,
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
        $(8 + 2\sqrt n)\,\epsilon\,\lambda_1$, the size of rounding errors.

    Raises
    ------
    DataError
        If a shape does not fit, an entry is NaN or infinite, or the kernel is not
        symmetric.
    NotPositiveDefiniteError
        If an eigenvalue is below the rounding error.

    Source: Lee, Xiao et al. (2019), arXiv:1902.06720, eq. 8-11.

    Cost: one symmetric eigendecomposition, about 9 n³ operations.
    """
    matrix = checked(kernel, "kernel")
    _check_filled(matrix, "kernel")
    _check_columns(matrix, len(matrix), "kernel")
    largest_entry = float(matrix.abs().max())
    skew = float((matrix - matrix.T).abs().max())
    if skew > 1e-9 * largest_entry:
        raise DataError(
            f"The kernel is not symmetric: two entries that should agree differ by "
            f"{skew:.3g}. Pass (kernel + kernel.T) / 2 if that is what you mean."
        )
    ascending, vectors = eigh((matrix + matrix.T) / 2)
    eigenvalues, vectors = ascending.flip(0), vectors.flip(1)
    largest = max(float(eigenvalues[0]), 0.0)
    error = max(rounding(len(matrix)) * float(ascending.abs().max()), skew)
    if float(ascending[0]) < -2 * error:
        raise NotPositiveDefiniteError(
            f"The kernel has the eigenvalue {float(ascending[0]):.3g}, below the "
            f"rounding error {error:.1e}. A kernel matrix has none below zero."
        )
    limit = _limit(threshold, rounding(len(matrix)) * largest)
    rank = int((eigenvalues > limit).sum())
    kept = eigenvalues[:rank]
    test_map = None
    if test_kernel is not None:
        elsewhere = checked(test_kernel, "test_kernel")
        _check_columns(elsewhere, len(matrix), "test_kernel")
        test_map = (elsewhere @ vectors[:, :rank]) / kept
    return _assemble(
        kept.sqrt(), vectors[:, :rank], targets, initial, test_map, test_initial, None
    )


def _assemble(
    values: Float[Array, " r"],
    left: Float[Array, "n r"],
    targets: Array,
    initial: Array | None,
    test_map: Array | None,
    test_initial: Array | None,
    right: Float[Array, "k m"] | None,
) -> LinearModel:
    labels = _columns(targets, len(left), "targets", "points")
    outputs = labels.shape[1]
    start = torch.zeros_like(labels)
    if initial is not None:
        start = _columns(initial, len(left), "initial", "points", outputs)
    start_elsewhere = None
    if test_initial is not None:
        if test_map is None:
            raise InvalidArgumentError(
                "test_initial is given without test points. Pass their features or "
                "their kernel too."
            )
        start_elsewhere = _columns(
            test_initial, len(test_map), "test_initial", "test points", outputs
        )
    gap = labels - start
    size = float(gap.abs().max()) if gap.numel() else 0.0
    unit, scale = gap, 1.0
    if size > 0:
        unit = gap / size
        length = float(torch.linalg.vector_norm(unit))
        unit, scale = unit / length, length * size
    projections = left.T @ unit
    return LinearModel(
        singular_values=values,
        left_vectors=left,
        targets=labels,
        initial=start,
        projections=projections,
        scale=scale,
        unreachable=_outside(left, unit),
        has_one_output=targets.ndim == 1,
        _test_map=test_map,
        _test_initial=start_elsewhere,
        _right_vectors=None if right is None else right[: len(values)],
    )


def _outside(
    left: Float[Array, "n r"], unit: Float[Array, "n c"]
) -> Float[Array, " c"]:
    """Return the norms of the columns' parts outside the span; 0 within rounding."""
    count, rank = left.shape
    if rank == count:
        return unit.new_zeros(unit.shape[1])
    rest = unit
    for _ in range(2):  # the second pass removes the first one's rounding errors
        rest = rest - left @ (left.T @ rest)
    found = torch.linalg.vector_norm(rest, dim=0)
    return torch.where(found > 4 * count * _EPS, found, 0.0)


def _columns(
    given: Array, rows: int, name: str, what: str, outputs: int | None = None
) -> Array:
    values = checked(given, name)
    columns = values[:, None] if values.ndim == 1 else values
    if columns.ndim != 2 or len(columns) != rows:
        raise DataError(
            f"{name} has shape {tuple(values.shape)} and there are {rows} {what}. Pass "
            "one row for each."
        )
    if outputs is not None and columns.shape[1] != outputs:
        raise DataError(
            f"{name} has {columns.shape[1]} columns and the targets have {outputs}. "
            "Pass one column for each output."
        )
    return columns


def _check_filled(matrix: Array, name: str) -> None:
    if matrix.ndim != 2 or matrix.numel() == 0:
        raise DataError(
            f"{name} has shape {tuple(matrix.shape)}; it must be two-dimensional, with "
            "at least one row and one column."
        )


def _check_columns(matrix: Array, columns: int, name: str) -> None:
    if matrix.ndim != 2 or matrix.shape[1] != columns:
        raise DataError(
            f"{name} has shape {tuple(matrix.shape)}; it needs {columns} columns."
        )


def _limit(threshold: float | int | None, default: float) -> float:
    if threshold is None:
        return default
    if not threshold >= 0:
        raise InvalidArgumentError(
            f"The threshold is {threshold!r}; it must be zero or positive."
        )
    return float(threshold)

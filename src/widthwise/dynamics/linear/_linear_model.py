"""Least squares in the eigenbasis of its kernel: all that training needs to know."""

from dataclasses import dataclass, field

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._checks import checked
from widthwise.equality import equal_by_value
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.two_layer import PointsLike

__all__ = [
    "LinearModel",
    "assembled",
    "model_of_numbers",
]

_EPS = torch.finfo(torch.float64).eps


@dataclass(frozen=True, eq=False)
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
        Shape (n, r). U. A model of numbers alone has none: it knows residuals only.
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

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> model.rank, model.points_count, model.largest
    (2, 2, 4.0)
    """

    __eq__ = equal_by_value

    singular_values: Float[Array, " r"]
    _left_vectors: Float[Array, "n r"] | None = field(repr=False)
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
        return len(self.targets)

    @property
    def largest(self) -> float:
        r"""$s_1^2$, the largest eigenvalue of the kernel; 0 without any."""
        return float(self.singular_values[0]) ** 2 if self.rank else 0.0

    @property
    def smallest(self) -> float:
        """The least eigenvalue that counts as nonzero; 0 without any."""
        return float(self.singular_values[-1]) ** 2 if self.rank else 0.0

    @property
    def left_vectors(self) -> Float[Array, "n r"]:
        """U, which turns the fitted modes into outputs on the points."""
        if self._left_vectors is None:
            raise InvalidArgumentError(
                "This model was made from numbers alone, so it cannot form outputs. "
                "Make it with linear_model(features, targets)."
            )
        return self._left_vectors

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
                "This model has no right singular vectors, so it cannot form "
                "parameters. Make it with linear_model(features, targets)."
            )
        return self._right_vectors


def assembled(
    values: Float[Array, " r"],
    left: Float[Array, "n r"],
    targets: PointsLike,
    initial: PointsLike | None,
    test_map: Array | None,
    test_initial: PointsLike | None,
    right: Float[Array, "k m"] | None,
) -> LinearModel:
    """Return the model of singular vectors; the first of `right` are those of U."""
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
    unit, scale = _normalized(gap)
    return LinearModel(
        singular_values=values,
        _left_vectors=left,
        targets=labels,
        initial=start,
        projections=left.T @ unit,
        scale=scale,
        unreachable=_outside(left, unit),
        has_one_output=np.ndim(targets) == 1,
        _test_map=test_map,
        _test_initial=start_elsewhere,
        _right_vectors=None if right is None else right[: len(values)],
    )


def model_of_numbers(
    values: Float[Array, " r"],
    projections: Float[Array, " k"],
    unreachable: float | int,
) -> LinearModel:
    """Return the model of one output that knows its modes and no points.

    Projections beyond the modes are unreachable, too.
    """
    lost = projections.new_tensor([unreachable])
    unit, scale = _normalized(torch.cat([projections, lost]))
    rank = len(values)
    return LinearModel(
        singular_values=values,
        _left_vectors=None,
        targets=projections[:, None],
        initial=torch.zeros_like(projections[:, None]),
        projections=unit[:rank, None],
        scale=scale,
        unreachable=torch.linalg.vector_norm(unit[rank:]).reshape(1),
        has_one_output=True,
    )


def _normalized(gap: Array) -> tuple[Array, float]:
    """Return the gap over its norm, and the norm; 1 where there is no gap."""
    size = float(gap.abs().max()) if gap.numel() else 0.0
    if size == 0.0:
        return gap, 1.0
    unit = gap / size
    length = float(torch.linalg.vector_norm(unit))
    return unit / length, length * size


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
    given: PointsLike, rows: int, name: str, what: str, outputs: int | None = None
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

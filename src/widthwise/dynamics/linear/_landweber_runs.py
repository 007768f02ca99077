"""Set up exact gradient descent for linear least squares."""

import math

import torch

from widthwise.arguments import non_negative
from widthwise.arrays import Array, Float, rounding_unit
from widthwise.dynamics.linear._checks import (
    checked,
    checked_matrix,
    descending,
    threshold_or,
)
from widthwise.dynamics.linear._gradient_descent import (
    GradientDescent,
    gradient_descent,
)
from widthwise.dynamics.linear._landweber import Landweber
from widthwise.dynamics.linear._linear_model import (
    LinearModel,
    assembled,
    model_of_numbers,
)
from widthwise.errors import DataError
from widthwise.features.two_layer import PointsLike
from widthwise.numerics.linear_algebra import svd
from widthwise.numerics.rounding import relative_rounding

__all__ = ["landweber", "landweber_from_projections", "landweber_from_svd"]


def landweber(
    phi: PointsLike,
    y: PointsLike,
    step: str | float | int = "optimal",
    *,
    threshold: float | int | None = None,
) -> Landweber:
    r"""Set up exact gradient descent on $\tfrac12\|\Phi v - y\|^2$ from $v_0 = 0$.

    Parameters
    ----------
    phi
        Shape (n, m). The features $\Phi$; more rows than columns are allowed.
    y
        Shape (n,). The targets.
    step
        "optimal" for $2/(s_1^2 + s_n^2)$ with $s_n$ the least nonzero singular value;
        "stable" for $1/s_1^2$, at which no mode overshoots; or a number below
        $2/s_1^2$.
    threshold
        Singular values up to this count as zero. By default
        $(16 + 2\sqrt n)\,\epsilon\,s_1$, as in `spectra.feature_spectrum`.

    Returns
    -------
    Landweber
        With `coefficients` available.

    Raises
    ------
    DataError
        If `phi` is empty, or an entry is NaN or infinite, or `y` has another length.
    InvalidArgumentError
        If the step is not positive, or at least $2/s_1^2$: it would not converge.

    Source
    ------
    Benson, Damle and Townsend (2020), arXiv:2010.15959, eq. 17-19.

    Cost
    ----
    One thin SVD: $O(n m \min(n, m))$ time, $O(nm)$ memory.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> run = ww.dynamics.landweber(phi, torch.ones(2))
    >>> round(run.step, 6), run.steps_to(1e-3)
    (0.4, 14)
    """
    left, values, right = svd(checked_matrix(phi, "phi"))
    if threshold is None and len(values):
        threshold = relative_rounding(len(left), rounding_unit(phi)) * float(values[0])
    return landweber_from_svd(
        values, left, y, step, right_vectors=right, threshold=threshold
    )


def landweber_from_svd(
    singular_values: PointsLike,
    left_vectors: PointsLike,
    y: PointsLike,
    step: str | float | int = "optimal",
    *,
    right_vectors: PointsLike | None = None,
    threshold: float | int | None = None,
) -> Landweber:
    r"""Set up exact gradient descent from $\Phi = U \Sigma V^\top$, without $\Phi$.

    Parameters
    ----------
    singular_values
        Shape (r,), descending.
    left_vectors
        Shape (n, r). U, with orthonormal columns.
    y
        Shape (n,). The targets.
    step
        As in `landweber`.
    right_vectors
        Shape (r, m). $V^\top$; needed for `coefficients` only.
    threshold
        As in `landweber`.

    Raises
    ------
    DataError, InvalidArgumentError
        As in `landweber`, and where the singular values do not descend.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> run = ww.dynamics.landweber_from_svd([2.0, 1.0], torch.eye(2), torch.ones(2))
    >>> run.steps_to(1e-3)
    14
    """
    values = descending(singular_values)
    left = checked(left_vectors, "left_vectors")
    targets = checked(y, "y")
    if targets.ndim != 1:
        raise DataError(
            f"y has shape {tuple(targets.shape)}; it must be (n,). For several outputs "
            "use gradient_descent(linear_model(phi, y))."
        )
    if len(targets) != len(left):
        raise DataError(
            f"y has {len(targets)} entries and there are {len(left)} points. Pass one "
            "target for each point."
        )
    limit, rank = _rank(values, threshold, len(left))
    right = None if right_vectors is None else checked(right_vectors, "right_vectors")
    model = assembled(values[:rank], left[:, :rank], targets, None, None, None, right)
    return _run(model, values, step, limit)


def landweber_from_projections(
    singular_values: PointsLike,
    projections: PointsLike,
    unreachable: float | int = 0.0,
    step: str | float | int = "optimal",
    *,
    threshold: float | int | None = None,
) -> Landweber:
    r"""Set up exact gradient descent from numbers alone.

    Parameters
    ----------
    singular_values
        Shape (r,), descending.
    projections
        Shape (r,). $U^\top y$.
    unreachable
        The norm of the part of y outside the range of U; absolute, like `projections`.
    step, threshold
        As in `landweber_from_svd`.

    Examples
    --------
    >>> import widthwise as ww
    >>> run = ww.dynamics.landweber_from_projections([2.0, 1.0], [1.0, 1.0])
    >>> run.steps_to(1e-3)
    14
    """
    values = descending(singular_values)
    weights = checked(projections, "projections")
    lost = non_negative(unreachable, "unreachable", meaning="a norm")
    limit, rank = _rank(values, threshold, len(values))
    return _run(model_of_numbers(values[:rank], weights, lost), values, step, limit)


def _rank(
    values: Float[Array, " r"], threshold: float | int | None, rows: int
) -> tuple[float, int]:
    largest = float(values[0]) if len(values) else 0.0
    limit = threshold_or(threshold, relative_rounding(rows) * largest)
    return limit, int((values > limit).sum())


def _run(
    model: LinearModel,
    values: Float[Array, " r"],
    step: str | float | int,
    threshold: float,
) -> Landweber:
    # Features of rank 0 never move, whatever the step.
    prediction = gradient_descent(model, step if model.rank else "optimal")
    method = prediction.method
    assert isinstance(method, GradientDescent)
    modes, null = model.projections[:, 0], len(values) - model.rank
    is_zero = not bool(modes.any()) and not bool(model.unreachable.any())
    return Landweber(
        step=method.step if model.rank else math.inf,
        singular_values=values,
        projections=torch.nn.functional.pad(modes, (0, null)),
        unreachable=float(model.unreachable[0]),
        targets_norm=0.0 if is_zero else model.scale,
        rank=model.rank,
        threshold=threshold,
        _prediction=prediction,
    )

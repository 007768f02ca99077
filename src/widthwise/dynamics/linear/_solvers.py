"""The ways to set up exact gradient descent: from features, an SVD, or numbers."""

import math
from fractions import Fraction

import torch

from widthwise.arrays import Array, Float, Int
from widthwise.dynamics.linear._factors import factors, step_size
from widthwise.dynamics.linear._landweber import Landweber
from widthwise.errors import DataError, InvalidArgumentError

__all__ = [
    "checked",
    "landweber",
    "landweber_from_projections",
    "landweber_from_svd",
    "rounded",
    "rounding",
]

_EPS = torch.finfo(torch.float64).eps


def landweber(
    phi: Float[Array, "n m"] | Int[Array, "n m"],
    y: Float[Array, " targets"] | Int[Array, " targets"],
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
        $(8 + 2\sqrt{\max(n, m)})\,\epsilon\,s_1$, the size of rounding errors.

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
    """
    matrix = checked(phi, "phi")
    if matrix.ndim != 2 or matrix.numel() == 0:
        raise DataError(
            f"phi has shape {tuple(matrix.shape)}; it must be (n, m), with at least "
            "one row and one column."
        )
    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    if threshold is None:
        threshold = rounding(max(matrix.shape)) * float(values[0])
    return landweber_from_svd(
        values, left, y, step, right_vectors=right, threshold=threshold
    )


def landweber_from_svd(
    singular_values: Float[Array, " r"],
    left_vectors: Float[Array, "n r"],
    y: Float[Array, " targets"] | Int[Array, " targets"],
    step: str | float | int = "optimal",
    *,
    right_vectors: Float[Array, "r m"] | None = None,
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
        As in `landweber`; by default $(8 + 2\sqrt n)\,\epsilon\,s_1$.

    Raises
    ------
    DataError, InvalidArgumentError
        As in `landweber`, and where the singular values do not descend.
    """
    values = _descending(singular_values)
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
    scale = float(targets.abs().max()) if len(targets) else 0.0
    unit, norm = targets, 0.0
    if scale > 0:
        unit = targets / scale
        length = float(torch.linalg.vector_norm(unit))
        unit, norm = unit / length, length * scale
    limit = _threshold(threshold, values, len(left))
    rank = int((values > limit).sum())
    projections = left.T @ unit
    return _build(
        values,
        projections,
        _outside(left[:, :rank], unit),
        norm,
        rank,
        limit,
        step,
        None if right_vectors is None else checked(right_vectors, "right_vectors"),
    )


def landweber_from_projections(
    singular_values: Float[Array, " r"],
    projections: Float[Array, " r"],
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
    """
    values = _descending(singular_values)
    weights = checked(projections, "projections")
    if not (unreachable >= 0 and math.isfinite(unreachable)):
        raise InvalidArgumentError(
            f"unreachable is {unreachable!r}; it is a norm, finite and not negative."
        )
    limit = _threshold(threshold, values, len(values))
    rank = int((values > limit).sum())
    together = torch.cat([weights, weights.new_tensor([unreachable])])
    scale = float(together.abs().max())
    norm = 0.0
    if scale > 0:
        together = together / scale
        length = float(torch.linalg.vector_norm(together))
        together, norm = together / length, length * scale
    lost = torch.cat([together[rank:-1], together[-1:]])
    outside = float(torch.linalg.vector_norm(lost))
    return _build(values, together[:-1], outside, norm, rank, limit, step, None)


def _build(
    values: Float[Array, " r"],
    projections: Float[Array, " r"],
    unreachable: float,
    norm: float,
    rank: int,
    threshold: float,
    step: str | float | int,
    right_vectors: Float[Array, "r m"] | None,
) -> Landweber:
    projections = projections.clone()
    projections[rank:] = 0.0
    if rank:
        exact = step_size(step, float(values[0]), float(values[rank - 1]))
        nearest = rounded(exact)
    else:
        exact, nearest = Fraction(1), math.inf
    return Landweber(
        step=nearest,
        singular_values=values,
        projections=projections,
        unreachable=unreachable,
        targets_norm=norm,
        rank=rank,
        threshold=threshold,
        _factors=factors(values[:rank], exact),
        _right_vectors=right_vectors,
    )


def _outside(left: Float[Array, "n r"], unit: Float[Array, " n"]) -> float:
    """Return the norm of the part of `unit` outside the span; 0 within rounding."""
    count, rank = left.shape
    if rank == count:
        return 0.0
    rest = unit
    for _ in range(2):  # the second pass removes the first one's rounding errors
        rest = rest - left @ (left.T @ rest)
    found = float(torch.linalg.vector_norm(rest))
    return found if found > 4 * count * _EPS else 0.0


def rounding(count: int) -> float:
    """Bound the relative error of singular values; as `Spectrum` does."""
    return _EPS * (8.0 + 2.0 * math.sqrt(count))


def _threshold(given: float | None, values: Float[Array, " r"], count: int) -> float:
    largest = float(values[0]) if len(values) else 0.0
    if given is None:
        return rounding(max(count, len(values))) * largest
    if not given >= 0:
        raise InvalidArgumentError(
            f"The threshold is {given!r}; it must be zero or positive."
        )
    return float(given)


def _descending(given: Float[Array, " r"]) -> Float[Array, " r"]:
    values = checked(given, "singular_values")
    if len(values) and (float(values[-1]) < 0 or bool((values.diff() > 0).any())):
        raise DataError(
            "The singular values are not descending and non-negative. Sort them, with "
            "the columns of left_vectors in the same order."
        )
    return values


def checked(given: Array, name: str) -> Array:
    """Return a tensor in float64 on the CPU, or refuse what is not finite."""
    if not isinstance(given, torch.Tensor):
        raise InvalidArgumentError(
            f"{name} is of type {type(given).__name__}; it must be a tensor. Use "
            "torch.as_tensor(values)."
        )
    if given.is_complex():
        raise DataError(f"{name} is complex ({given.dtype}); it must be real.")
    values = given.detach().to(device="cpu", dtype=torch.float64)
    bad = torch.nonzero(~torch.isfinite(values))
    if len(bad):
        place = tuple(bad[0].tolist())
        raise DataError(
            f"{name} holds {float(values[place])} at {place}; every entry must be "
            "finite. Remove or replace such rows."
        )
    return values


def rounded(step: Fraction) -> float:
    """Return a step as a float64, or refuse one outside its range."""
    try:
        rounded = float(step)
    except OverflowError:
        rounded = math.inf
    if not 0 < rounded < math.inf:
        raise InvalidArgumentError(
            "The step size, of order 1/s₁², is outside the range of float64. Rescale "
            "the features."
        )
    return rounded

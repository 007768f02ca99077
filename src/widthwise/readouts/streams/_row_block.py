"""A block of rows as it is given, checked before any of it is taken."""

from dataclasses import dataclass

import torch

from widthwise.arguments import require_finite, require_matrix, require_vector
from widthwise.arrays import Array, Float, PointsLike, real_tensor
from widthwise.errors import DataError

__all__ = ["RowBlock", "row_block"]


@dataclass(frozen=True)
class RowBlock:
    """Some rows, in float64.

    Attributes
    ----------
    features
        Shape (b, m).
    targets
        Shape (b, c).
    weights
        Shape (b,).
    shape
        m, and the shape of one row of the targets as they were given.
    """

    features: Float[Array, "b m"]
    targets: Float[Array, "b c"]
    weights: Float[Array, " b"]
    shape: tuple[int, tuple[int, ...]]


def row_block(
    phi: PointsLike, y: PointsLike, weights: PointsLike | None, device: torch.device
) -> RowBlock:
    """Return a block, which may have no rows.

    Raises
    ------
    DataError
        If a shape does not fit, an entry is not finite or a weight is negative.
    """
    features: Array = real_tensor(phi, "The features", device)
    require_matrix(features, "The features", least_rows=0)
    count, m = features.shape
    given: Array = real_tensor(y, "The targets")
    if given.ndim not in (1, 2) or len(given) != count or 0 in given.shape[1:]:
        raise DataError(
            f"The targets have shape {tuple(given.shape)} and the block {count} "
            "rows; pass one target, or one row of them, for each."
        )
    outputs = tuple(given.shape[1:])
    targets = given.to(device, torch.float64).reshape(count, *(outputs or (1,)))
    features = features.to(torch.float64)
    require_finite(features, "the features")
    require_finite(targets, "the targets")
    weight = features.new_ones(count)
    if weights is not None:
        found: Array = real_tensor(weights, "The weights")
        require_vector(found, "The weights", count, meaning="one for each row")
        weight = found.to(device, torch.float64)
        require_finite(weight, "the weights")
        if bool((weight < 0).any()):
            row = int(torch.nonzero(weight < 0)[0])
            raise DataError(
                f"Row {row} of the block has weight {float(weight[row]):.6g}; "
                "weights are 0 or positive."
            )
    return RowBlock(features, targets, weight, (m, outputs))

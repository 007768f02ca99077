"""How much each row counts."""

from typing import Any

import numpy as np

from widthwise.arguments import require_finite, require_vector
from widthwise.arrays import Float
from widthwise.errors import DataError
from widthwise.estimators.maps import Rows

__all__ = ["row_weights"]


def row_weights(rows: Rows, sample_weight: Any) -> Float[np.ndarray, " n"] | None:
    """Return how much each row counts, checked; None for all alike.

    Raises
    ------
    DataError
        If there is not one for each row, one is negative or not finite, or all are 0.
    """
    if sample_weight is None:
        return None
    weights = np.asarray(sample_weight, dtype=np.float64)
    if weights.ndim == 0:
        weights = np.full(rows.shape[0], float(weights))
    what = "The sample weights"
    require_vector(weights, what, rows.shape[0], meaning="one for each row")
    require_finite(weights, what.lower())
    if (weights < 0).any():
        row = int(np.flatnonzero(weights < 0)[0])
        raise DataError(
            f"Row {row} has the sample weight {weights[row]:.6g}; weights are 0 or "
            "positive."
        )
    if not (weights > 0).any():
        raise DataError("All sample weights are zero; at least one row must count.")
    return weights

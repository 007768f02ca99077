"""One finite number for each of some things, as a column."""

import numpy as np

from widthwise.arrays import real_tensor
from widthwise.errors import DataError
from widthwise.features.two_layer import PointsLike, as_matrix

__all__ = ["one_each"]


def one_each(values: PointsLike, what: str, count: int, each: str) -> np.ndarray:
    """Return the values with shape (count,); refuse others than one for `each`."""
    found = real_tensor(values, f"The {what}")
    if found.shape != (count,):
        raise DataError(
            f"The {what} have shape {tuple(found.shape)}; they must have shape "
            f"({count},), one for each {each}."
        )
    return np.asarray(as_matrix(found[:, None], what).numpy(force=True)[:, 0])

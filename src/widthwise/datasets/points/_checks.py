"""What a data set must satisfy to exist."""

import torch

from widthwise.arrays import Array
from widthwise.errors import DataError

__all__ = ["check_finite", "check_shape"]


def check_shape(
    name: str, shape: tuple[int, ...], targets: int | None, names: int, rows: int
) -> None:
    """Refuse fewer than two rows, no column, and lengths that do not match."""
    count, dimension = shape
    if count < 2:
        raise DataError(
            f"{name} has {count} row{'' if count == 1 else 's'}; at least 2 were "
            "needed. Give more rows."
        )
    if dimension == 0:
        raise DataError(
            f"{name} has no feature column; at least 1 was needed. Keep a column "
            "besides the target."
        )
    if targets is not None and targets != count:
        raise DataError(
            f"{name} has {count} rows and {targets} targets; one target a row was "
            "needed."
        )
    if names != dimension or rows != count:
        raise DataError(
            f"{name} has points of shape {shape} but {names} feature names and {rows} "
            "row numbers; one a column and one a row were needed."
        )


def check_finite(name: str, what: str, values: Array) -> None:
    """Refuse NaN and infinity."""
    if not bool(torch.isfinite(values).all()):
        raise DataError(
            f"The {what} of {name} hold NaN or infinity; finite numbers were needed. "
            "Drop these rows or mend them."
        )

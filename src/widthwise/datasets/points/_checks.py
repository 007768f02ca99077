"""What a data set must satisfy to exist."""

import torch

from widthwise.arrays import Array
from widthwise.errors import DataError
from widthwise.wording import counted

__all__ = ["check_shape", "plain_values"]


def check_shape(
    name: str, shape: tuple[int, ...], targets: int | None, names: int, rows: int
) -> None:
    """Refuse fewer than two rows, no column, and lengths that do not match."""
    count, dimension = shape
    if count < 2:
        raise DataError(
            f"{name} has {counted(count, 'row')}; at least 2 were "
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


def plain_values(values: Array) -> Array:
    """Return values as a detached float64 tensor on the CPU."""
    return values.detach().to("cpu", torch.float64)

"""The entries of a kernel, worked out a block at a time when they are asked for."""

import hashlib
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from widthwise.arguments import require_matrix
from widthwise.arrays import (
    Array,
    DeviceLike,
    PointsLike,
    provenance,
    real_tensor,
    rounding_unit,
)
from widthwise.errors import DataError, InvalidArgumentError

__all__ = [
    "BLOCK_ROWS",
    "KernelBetween",
    "KernelEntries",
    "block_between",
    "lower_blocks",
    "require_kernel",
    "rows_of_points",
]

BLOCK_ROWS = 1024  # So few that their memory is used again, not asked for each time.

_DUAL = 30  # Operations of a dual's value: eleven pairs, a root and what leads to it.

KernelBetween = Callable[[Array, Array], Array]
"""`kernel(points, other)`: the kernel matrix between two sets of rows."""


def rows_of_points(
    points: PointsLike, what: str, device: DeviceLike | None = None
) -> Array:
    """Return points as a matrix of floating-point numbers, on a device or as it is."""
    found: Array = real_tensor(points, what, device)
    require_matrix(found, what)
    # Products of whole numbers of a short type leave it without a word.
    return found if found.is_floating_point() else found.double()


def require_kernel(kernel: object) -> None:
    """Refuse what is no function between two sets of rows.

    Raises
    ------
    InvalidArgumentError
        With what was given.
    """
    if not callable(kernel):
        raise InvalidArgumentError(
            f"The kernel is a {type(kernel).__name__}; it must be a function that "
            "returns the matrix between two sets of rows, such as "
            'lambda x, z: kernels.conjugate_kernel(x, "relu", "gaussian", z).'
        )
    try:
        inspect.signature(kernel).bind(None, None)
    except ValueError:  # Of what is compiled none is known.
        return
    except TypeError as error:
        raise InvalidArgumentError(
            f"The kernel does not take two sets of rows ({error}). Give it two, such "
            'as lambda x, z: kernels.conjugate_kernel(x, "relu", "gaussian", z).'
        ) from error


@dataclass
class KernelEntries:
    """K + λ, worked out when it is asked for.

    Attributes
    ----------
    kernel
        Between two sets of rows.
    points
        Shape (n, d).
    penalty
        λ.
    error
        The most that an entry is off, as the kernel's labels said so far.
    unit
        ε of the least precise type that entries came in so far.
    operations
        Of an entry: 2 d of a product of rows, and 30 of a polynomial of degree 11 in
        half an angle where labels say that the kernel is one of this package. What
        another callable makes of the product is not known.
    """

    kernel: KernelBetween
    points: Array
    penalty: float = 0.0
    error: float = 0.0
    unit: float = 0.0
    operations: int = field(init=False)

    def __post_init__(self) -> None:
        self.operations = 2 * self.points.shape[1]

    def __call__(self, rows: slice, columns: slice) -> np.ndarray:
        """Return a block.

        Raises
        ------
        InvalidArgumentError
            If the callable returns another shape, or what is not finite.
        DataError
            If it returns no real numbers, or a block that is not symmetric.
        """
        where = f"rows {rows.start} to {rows.stop - 1} and "
        where += f"{columns.start} to {columns.stop - 1}"
        values, given = block_between(
            self.kernel, self.points[rows], self.points[columns], where
        )
        origin = provenance(given) if isinstance(given, Array) else None
        if origin is not None:
            self.error = max(self.error, origin.entry_error)
            self.operations = 2 * self.points.shape[1] + _DUAL
        self.unit = max(self.unit, rounding_unit(given))
        start, stop = max(rows.start, columns.start), min(rows.stop, columns.stop)
        if start < stop:
            self._require_symmetric(
                values[start - rows.start : stop - rows.start][
                    :, start - columns.start : stop - columns.start
                ],
                max(1e-9, 64.0 * self.unit) * np.abs(values).max(),
            )
        if self.penalty and start < stop:
            values = np.array(values)
            i = np.arange(start, stop)
            values[i - rows.start, i - columns.start] += self.penalty
        return values

    def _require_symmetric(self, block: np.ndarray, most: float) -> None:
        skew = float(np.abs(block - block.T).max())
        if skew > most:
            raise DataError(
                "The callable is no kernel: for one row and another, and for the two "
                f"exchanged, it returned numbers that differ by {skew:.3g}."
            )

    def key(self) -> str:
        """Return a digest of all that the entries hang on: points, and some values."""
        few = slice(0, min(3, len(self.points)))
        digest = hashlib.sha256(str(self.points.dtype).encode())
        digest.update(np.ascontiguousarray(self.points.cpu().numpy()).data)
        digest.update(np.ascontiguousarray(self(few, few)).data)
        return digest.hexdigest()

    def blocks(self) -> Iterator[tuple[slice, slice, np.ndarray]]:
        """Yield the blocks on and below the diagonal."""
        for rows, columns in lower_blocks(len(self.points)):
            yield rows, columns, self(rows, columns)


def block_between(
    kernel: KernelBetween, points: Array, other: Array, where: str
) -> tuple[np.ndarray, Any]:
    """Return what a kernel says of two sets of rows, in float64, and as it came.

    Raises
    ------
    InvalidArgumentError
        If it is of another shape, or not finite.
    DataError
        If it is no real numbers.
    """
    given = kernel(points, other)
    found = real_tensor(given, "The kernel's blocks")
    if tuple(found.shape) != (len(points), len(other)):
        raise InvalidArgumentError(
            f"The callable returned a matrix of shape {tuple(found.shape)} for "
            f"{len(points)} and {len(other)} rows. It must return the kernel between "
            "its first and its second argument."
        )
    values: np.ndarray = found.cpu().double().numpy()
    if not np.isfinite(values.sum()) and not np.isfinite(values).all():
        raise InvalidArgumentError(f"The kernel between {where} is not finite.")
    return values, given


def lower_blocks(n: int) -> Iterator[tuple[slice, slice]]:
    """Yield the rows and columns of the blocks on and below the diagonal."""
    spans = [slice(top, min(top + BLOCK_ROWS, n)) for top in range(0, n, BLOCK_ROWS)]
    for place, rows in enumerate(spans):
        for columns in spans[: place + 1]:
            yield rows, columns

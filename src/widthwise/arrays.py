"""The array type, the axis letters of every signature, and a matrix's provenance.

n  points            d  input dimension     m  width (hidden units)
c  network outputs   p  parameters          k  eigenvalues kept

`Array` is named here and nowhere else, so this line decides the compute core.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, Real
from torch import Tensor as Array

from widthwise.errors import DataError, InvalidArgumentError

__all__ = [
    "Array",
    "Bool",
    "DeviceLike",
    "Float",
    "Int",
    "PointsLike",
    "Provenance",
    "Real",
    "device_of",
    "label",
    "provenance",
    "real_tensor",
    "rounding_unit",
    "row_blocks",
]

_EPS = torch.finfo(torch.float64).eps
_BLOCK_ROWS, _BLOCK_ENTRIES = 256, 2**18

PointsLike = Annotated[Any, "rows of numbers"]
"""Rows of numbers as `real_tensor` takes them: torch, NumPy, a table, lists."""

DeviceLike = str | torch.device
"""Where to compute: "cpu", "cuda", "cuda:1", or such a device of torch."""


@dataclass(frozen=True)
class Provenance:
    """Which kernel a matrix holds, so that a theorem is never fed another's λ_min.

    Attributes
    ----------
    kernel
        "conjugate" (G_inf of S1), "tangent_inner", "tangent_both" at infinite
        width; "features" for the Gram matrix of a finite width.
    activation, law
        The objects the matrix was made from (None when not applicable).
    dimension
        d, the number of input coordinates.
    entry_error
        Absolute bound on the error of each entry.
    width
        m for a finite width, None for infinite width.
    on_sphere
        Whether the points are unit vectors and the network has no bias, as the
        theorems about the kernels ask.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> kernel = ww.kernels.conjugate_kernel(points, "relu", "gaussian")
    >>> ww.arrays.provenance(kernel).kernel
    'conjugate'
    """

    kernel: str
    activation: Any = None
    law: Any = None
    dimension: int | None = None
    entry_error: float = 0.0
    width: int | None = None
    on_sphere: bool = True


def label(matrix: Array, origin: Provenance) -> Array:
    """Attach `origin` to this very tensor; any operation on it drops the label.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> origin = ww.arrays.Provenance("conjugate")
    >>> ww.arrays.provenance(ww.arrays.label(points, origin)).kernel
    'conjugate'
    """
    matrix.widthwise_provenance = origin  # type: ignore[attr-defined]
    return matrix


def provenance(matrix: Array) -> Provenance | None:
    """Return the label that `label` attached, or None.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> kernel = ww.kernels.conjugate_kernel(points, "relu", "gaussian")
    >>> ww.arrays.provenance(kernel).kernel, ww.arrays.provenance(2 * kernel)
    ('conjugate', None)
    """
    found: Provenance | None = getattr(matrix, "widthwise_provenance", None)
    return found


def row_blocks(count: int, dimension: int) -> Iterator[slice]:
    """Yield slices of rows that are worked on at once: a few MB, 256 rows at most.

    Examples
    --------
    >>> import widthwise as ww
    >>> sum(rows.stop - rows.start for rows in ww.arrays.row_blocks(1000, 3))
    1000
    """
    rows = max(1, min(_BLOCK_ROWS, _BLOCK_ENTRIES // max(1, dimension)))
    for top in range(0, count, rows):
        yield slice(top, min(top + rows, count))


def rounding_unit(values: Any) -> float:
    """Return ε of the type that numbers came in: float64's for whole numbers too.

    Of a table it is that of its least precise column.

    Parameters
    ----------
    values
        As `real_tensor` takes them.

    Examples
    --------
    >>> import numpy as np, widthwise as ww
    >>> ww.arrays.rounding_unit(np.float32([1.5])) > ww.arrays.rounding_unit([1, 2])
    True
    """
    if isinstance(values, Array):
        is_rounded = values.dtype.is_floating_point
        found = torch.finfo(values.dtype).eps if is_rounded else 0.0
    else:
        found = max(
            float(np.finfo(each).eps) if each.kind == "f" else 0.0
            for each in _dtypes(values)
        )
    return max(float(found), _EPS)


def device_of(device: DeviceLike) -> torch.device:
    """Return a device that this machine has, and that has float64.

    Raises
    ------
    InvalidArgumentError
        If it has not; the devices that it has are named.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.arrays.device_of("cpu")
    device(type='cpu')
    """
    try:
        return torch.zeros(1, dtype=torch.float64, device=device).device
    except (RuntimeError, AssertionError, TypeError) as error:
        here = ["cpu", *(f"cuda:{i}" for i in range(torch.cuda.device_count()))]
        raise InvalidArgumentError(
            f"The device {str(device)!r} is not here, or has no float64 "
            f"({str(error).splitlines()[0]}). This machine has {', '.join(here)}."
        ) from error


def real_tensor(values: Any, what: str, device: DeviceLike | None = None) -> Array:
    """Return real numbers of torch, NumPy or a table as a tensor without gradients.

    Their type stays where torch has it, and their device where no other is asked for.

    Parameters
    ----------
    values
        A tensor, or anything that `numpy.asarray` takes.
    what
        The subject of a refusal, in the plural: "The points".
    device
        Where they are wanted.

    Raises
    ------
    DataError
        If they are complex, masked, sparse, of rows of other lengths, or no numbers.
    InvalidArgumentError
        As `device_of`.

    Examples
    --------
    >>> import numpy as np, widthwise as ww
    >>> ww.arrays.real_tensor(np.array([1, 2]), "The targets")
    tensor([1, 2])
    """
    is_tensor = isinstance(values, Array)
    if values.layout != torch.strided if is_tensor else hasattr(values, "toarray"):
        raise DataError(
            f"{what} are sparse; every entry was needed. Convert them with "
            f"{'.to_dense()' if is_tensor else '.toarray()'}."
        )
    if is_tensor:
        found: Array = values.detach()
    else:
        if np.ma.is_masked(values):
            raise DataError(
                f"{what} have masked entries; a number was needed in each. Fill them "
                "with .filled(...), or leave their rows out."
            )
        try:
            array = np.asarray(values)
        except ValueError as error:
            raise DataError(
                f"{what} have rows of different lengths, or are no array. Give each "
                "row as many numbers."
            ) from error
        if array.dtype.kind not in "fiubc":
            raise DataError(
                f"{what} have dtype {array.dtype}; they must be real numbers. Convert "
                "the table's columns to numbers first."
            )
        # torch takes no long doubles, no foreign byte order and no read-only memory.
        dtype = array.dtype.newbyteorder("=")
        is_long = dtype.kind == "f" and dtype.itemsize > 8
        writable = np.require(array, np.float64 if is_long else dtype, ["C", "W"])
        found = torch.from_numpy(writable)
    if found.is_complex():
        raise DataError(
            f"{what} are complex ({found.dtype}); they must be real. Pass real and "
            "imaginary parts as separate columns."
        )
    return found if device is None else found.to(device_of(device))


def _dtypes(values: Any) -> list[np.dtype]:
    """Return the types of a table's columns, or that of an array or a list."""
    if isinstance(values, np.ndarray):
        return [values.dtype]
    head = values[:1] if hasattr(values, "__getitem__") else values
    columns = getattr(head, "columns", None)
    if columns is None or len(columns) == 0:
        return [np.asarray(head).dtype]
    return list({np.asarray(head[name]).dtype for name in columns})

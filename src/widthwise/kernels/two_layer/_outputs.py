"""Where kernel matrices are written: into new memory, or into the caller's."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import torch

from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.two_layer._triangle import Entries
from widthwise.numerics import require
from widthwise.numerics.aligned import aligned

__all__ = ["NEW", "Output", "Outputs", "read_outputs"]

Output = Array | np.ndarray
"""A matrix of float64 or float32 on the processor; memory-mapped ones too."""

_TYPES: dict[torch.dtype, np.dtype[Any]] = {
    torch.float64: np.dtype(np.float64),
    torch.float32: np.dtype(np.float32),
}


@dataclass(frozen=True, eq=False)
class Outputs:
    """The matrices to write into, or the type of new ones.

    Attributes
    ----------
    given
        The caller's, none for new ones.
    dtype
        Of each.
    """

    given: tuple[np.ndarray, ...] = ()
    dtype: np.dtype[Any] = _TYPES[torch.float64]

    def arrays(
        self, entries: Entries, count: int, temporaries: int = 0
    ) -> list[np.ndarray]:
        """Return `count` matrices for these entries.

        Raises
        ------
        InvalidArgumentError
            If the caller's have another shape.
        MemoryBudgetError
            If new ones, and as large temporaries, do not fit.
        """
        for each in self.given:
            if each.shape != entries.shape:
                raise InvalidArgumentError(
                    f"out has shape {each.shape}; the kernel {entries.said} has "
                    f"{entries.shape}. Pass torch.empty{entries.shape}."
                )
        height, width = entries.shape
        own = 0 if self.given else count * self.dtype.itemsize
        require(
            height * width * (own + 8 * temporaries),
            f"{count} kernel matri{'x' if count == 1 else 'ces'} {entries.said}",
            "Take a random sample of the rows, or write it to a file with "
            "kernels.store_kernel.",
        )
        if self.given:
            return list(self.given)
        return [aligned(entries.shape, self.dtype) for _ in range(count)]

    def require_new(self) -> None:
        """Refuse the caller's memory, and float32, to a kernel that carries gradients.

        Raises
        ------
        InvalidArgumentError
            Where either was asked for.
        """
        if self.given or self.dtype != np.float64:
            raise InvalidArgumentError(
                "The points or scales require gradients, and the kernel that carries "
                "them is a new matrix of float64. Leave out and dtype away, or pass "
                "points.detach()."
            )

    def with_rounding(self, error: float, largest: float) -> float:
        """Add to an entry's error what its type rounds off, entries up to `largest`.

        Raises
        ------
        InvalidArgumentError
            If entries are beyond the type's range.
        """
        if self.dtype == np.float64:
            return error
        if largest > np.finfo(self.dtype).max:
            raise InvalidArgumentError(
                f"The kernel has entries up to {largest:.3g}, beyond float32's range. "
                "Take float64, or scale the rows down."
            )
        return error + float(np.finfo(self.dtype).eps) * largest


NEW = Outputs()
"""New matrices of float64."""


def read_outputs(
    out: Output | Sequence[Output] | None, dtype: torch.dtype, count: int
) -> Outputs:
    """Return the outputs; `out` is one matrix where `count` is one, else several.

    Raises
    ------
    InvalidArgumentError
        If a matrix is not what can be written into, or the type is another one.
    """
    if dtype not in _TYPES:
        raise InvalidArgumentError(
            f"dtype is {dtype}; it must be torch.float64 or torch.float32."
        )
    if out is None:
        return Outputs((), _TYPES[dtype])
    several = [out] if isinstance(out, Array | np.ndarray) else list(out)
    if len(several) != count:
        raise InvalidArgumentError(
            f"out has {len(several)} matrices; it must have {count}."
        )
    given = tuple(_matrix(each) for each in several)
    if len({each.dtype for each in given}) > 1:
        raise InvalidArgumentError("The matrices of out must be of one dtype.")
    if any(np.shares_memory(one, two) for one, two in combinations(given, 2)):
        raise InvalidArgumentError(
            "The matrices of out share memory. Pass two, each with its own."
        )
    return Outputs(given, given[0].dtype)


def _matrix(out: Output) -> np.ndarray:
    if isinstance(out, Array):
        if out.requires_grad or out.device.type != "cpu":
            raise InvalidArgumentError(
                "out requires gradients or is not on the processor; pass torch.empty "
                "of the kernel's shape."
            )
        out = out.numpy()
    if out.dtype not in _TYPES.values() or out.ndim != 2:
        raise InvalidArgumentError(
            f"out has dtype {out.dtype} and {out.ndim} axes; it must be a matrix of "
            "float64 or float32."
        )
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise InvalidArgumentError(
            "out is not contiguous by rows, or cannot be written. Pass a matrix, not "
            "a part or a transpose of one."
        )
    return out

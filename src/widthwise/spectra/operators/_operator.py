r"""Gram and kernel matrices known by their products, never held whole."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch

from widthwise.arrays import Array, DeviceLike, PointsLike, real_tensor, rounding_unit
from widthwise.errors import DataError, NotPositiveDefiniteError
from widthwise.features.two_layer import RandomFeatures, as_matrix, require_layer
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.squares import require_squares
from widthwise.spectra.operators._entries import (
    KernelBetween,
    KernelEntries,
    lower_blocks,
    require_kernel,
    rows_of_points,
)

__all__ = [
    "GramOperator",
    "feature_operator",
    "kernel_operator",
    "operator_of",
    "require_definite",
]

_UNIT = np.finfo(np.float64).eps / 2
_SLACK = 1e-13  # Of a sum of n² squares, each block's by halves.
_SYMMETRIC = 1e-8  # Of the largest entry.


class GramOperator(ABC):
    r"""A symmetric positive semi-definite matrix G of n rows, known by its products.

    What it says of itself beside `size` is known after the first product.

    Examples
    --------
    >>> import numpy as np, torch, widthwise as ww
    >>> kernel = lambda X, other=None: X @ (X if other is None else other).T
    >>> points = torch.tensor([[1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
    >>> gram = ww.spectra.kernel_operator(kernel, points)
    >>> gram.size, gram.product(np.ones((2, 1))).tolist(), round(gram.trace, 6)
    (2, [[2.0], [3.0]], 3.0)
    """

    @property
    @abstractmethod
    def size(self) -> int:
        """The number n of rows."""

    @abstractmethod
    def product(self, vectors: np.ndarray) -> np.ndarray:
        """Return G times vectors, shape (n, b)."""

    @property
    @abstractmethod
    def trace(self) -> float:
        """A bound from above on the trace."""

    @property
    @abstractmethod
    def squares(self) -> float:
        r"""A bound from above on $\|G\|_F^2$; inf where it is not known."""

    @property
    @abstractmethod
    def blur(self) -> float:
        """A bound on what is wrong with the product of a unit vector, in norm."""


@dataclass
class _Entrywise(GramOperator):
    """A matrix whose lower blocks are worked out for each product."""

    count: int
    blocks: Callable[[], Iterator[tuple[slice, slice, np.ndarray]]]
    stated_error: Callable[[], float]
    unit: Callable[[], float]
    _trace: float = field(default=math.nan, init=False)
    _squares: float = field(default=math.nan, init=False)
    _largest: float = field(default=math.nan, init=False)

    @property
    def size(self) -> int:
        return self.count

    def product(self, vectors: np.ndarray) -> np.ndarray:
        found, squares = np.zeros_like(vectors), []
        diagonal = np.empty(self.count)
        with np.errstate(over="ignore", invalid="ignore"):  # It is refused below.
            for rows, columns, block in self.blocks():
                if rows == columns:
                    _require_diagonal(block, rows.start)
                    block = (block + block.T) / 2
                    diagonal[rows] = block.diagonal()
                square = float(np.square(block).sum())
                found[rows] += block @ vectors[columns]
                if rows != columns:
                    found[columns] += block.T @ vectors[rows]
                    square *= 2.0
                squares.append(square)
            self._squares = float(np.sum(squares))
        self._largest = max(float(diagonal.max()), 0.0)  # Of a kernel's entries.
        require_squares(max(self._largest, self._squares**0.5), "The matrix's entries")
        self._trace, self._squares = math.fsum(diagonal), math.fsum(squares)
        return found

    @property
    def entry_error(self) -> float:
        """The most that an entry is off, by what is stated and by the type's digits."""
        unit = self.unit()
        rounded = self._largest * unit / 2 if unit > 2 * _UNIT else 0.0
        return self.stated_error() + rounded

    @property
    def trace(self) -> float:
        return (1.0 + _SLACK) * self._trace + self.count * self.entry_error

    @property
    def squares(self) -> float:
        off = self.count * self.entry_error
        root = math.sqrt((1.0 + _SLACK) * self._squares) + off
        return root**2

    @property
    def blur(self) -> float:
        # Sums of n products, ‖|G|‖ <= ‖G‖_F, and ‖E‖ <= n max |E_ij|.
        sums = (self.count + 2) * _UNIT * math.sqrt(self._squares)
        return sums + self.count * self.entry_error


@dataclass
class _Streamed(GramOperator):
    r"""$\Phi \Phi^\top$ of random features, of which a block of units is held."""

    points: Array
    features: RandomFeatures
    _trace: float = field(default=math.nan, init=False)

    @property
    def size(self) -> int:
        return len(self.points)

    def product(self, vectors: np.ndarray) -> np.ndarray:
        given = torch.from_numpy(np.ascontiguousarray(vectors)).to(self.points.device)
        found, traces = torch.zeros_like(given), []
        for _, _, block in self.features.blocks(self.points):
            found += block @ (block.T @ given)
            traces.append(float(block.square().sum()))
        self._trace = math.fsum(traces) / self.features.width
        require_squares(self._trace, "The Gram matrix's entries")
        return np.asarray((found / self.features.width).cpu().numpy())

    @property
    def trace(self) -> float:
        return (1.0 + _SLACK) * self._trace

    @property
    def squares(self) -> float:
        return math.inf

    @property
    def blur(self) -> float:
        # ‖|Φ||Φ|ᵀ‖ <= ‖Φ‖_F² = the trace; sums of n and of m products.
        return (self.size + self.features.width + 6) * _UNIT * self._trace


def kernel_operator(
    kernel: KernelBetween, points: PointsLike, *, device: DeviceLike | None = None
) -> GramOperator:
    """Return the kernel matrix of points, its entries worked out for each product.

    Parameters
    ----------
    kernel
        `kernel(points, other)` returns the matrix between two sets of rows, such as
        `lambda x, z: kernels.conjugate_kernel(x, "relu", "gaussian", z)`.
    points
        Shape (n, d), in memory.
    device
        Where the kernel is worked out; by default where the points are. Products with
        its blocks are taken on the CPU.

    Returns
    -------
    What `extreme_spectrum` and `spectral_density` take. Each product asks for half of
    the entries, in blocks of 1024 x 1024.

    Raises
    ------
    DataError
        If the points are no matrix.
    InvalidArgumentError
        If the kernel is no function of two sets of rows.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> gram = ww.spectra.kernel_operator(lambda x, z: 2.0 * x @ z.T, points)
    >>> gram.size
    3
    """
    require_kernel(kernel)
    entries = KernelEntries(kernel, rows_of_points(points, "The points", device))
    count = len(entries.points)
    return _Entrywise(
        count, entries.blocks, lambda: entries.error, lambda: entries.unit
    )


def feature_operator(
    points: PointsLike, features: RandomFeatures, *, device: DeviceLike | None = None
) -> GramOperator:
    r"""Return $G = \Phi \Phi^\top$ of random features, drawn anew for each product.

    Parameters
    ----------
    points
        Shape (n, d).
    features
        The layer, of width m. Its entries count as float64 holds them.
    device
        Where features and products are made; by default where the points are.

    Returns
    -------
    What `extreme_spectrum` and `spectral_density` take. A product takes
    n m (2 d + 4 b) operations for b vectors, and memory does not depend on m.

    Raises
    ------
    DataError
        If an entry of the points is not finite.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> layer = ww.features.RandomFeatures("relu", 50, "gaussian")
    >>> ww.spectra.feature_operator(points, layer).size
    3
    """
    require_layer(features)
    return _Streamed(as_matrix(points, device=device), features)


def operator_of(gram: PointsLike | GramOperator) -> GramOperator:
    """Return a matrix, held or memory-mapped, as what is known by its products.

    Raises
    ------
    DataError
        If it is not square, or holds no real numbers; at the first product, if it is
        not finite, or a diagonal block is not symmetric.
    InvalidArgumentError
        At the first product, if the squares of its entries leave float64's range.
    """
    if isinstance(gram, GramOperator):
        return gram
    matrix, unit = _sliced(gram), rounding_unit(gram)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not len(matrix):
        raise DataError(
            f"The matrix has shape {tuple(matrix.shape)}; it must be square. Pass a "
            "kernel or Gram matrix, or an operator."
        )
    n = len(matrix)

    def blocks() -> Iterator[tuple[slice, slice, np.ndarray]]:
        for rows, columns in lower_blocks(n):
            block = np.asarray(matrix[rows, columns], dtype=np.float64)
            if not np.isfinite(block.sum()):
                raise DataError(
                    f"The matrix is not finite among rows {rows.start} to "
                    f"{rows.stop - 1}. Pass finite numbers."
                )
            yield rows, columns, block

    return _Entrywise(n, blocks, lambda: 0.0, lambda: unit)


def _sliced(gram: PointsLike) -> np.ndarray:
    """Return a matrix of real numbers; what is mapped into memory stays there."""
    is_masked = isinstance(gram, np.ma.MaskedArray)
    if isinstance(gram, np.ndarray) and gram.dtype.kind in "fiub" and not is_masked:
        return gram
    found = real_tensor(gram, "The matrix's entries").cpu()
    # Of these alone NumPy has no type.
    found = found.float() if found.dtype == torch.bfloat16 else found
    return np.asarray(found.numpy())


def require_definite(operator: GramOperator, ritz: np.ndarray) -> None:
    """Refuse a matrix that has an eigenvalue below zero, as a Ritz value shows.

    Raises
    ------
    NotPositiveDefiniteError
        If one is below zero by more than rounding.
    """
    least, norm = float(ritz.min()), float(np.abs(ritz).max())
    hidden = math.sqrt(ritz.shape[-1]) * operator.blur
    hidden += relative_rounding(operator.size) * norm
    if least < -2.0 * hidden:
        raise NotPositiveDefiniteError(
            f"The matrix has an eigenvalue of at most {least:.3g}, below zero by more "
            f"than rounding ({hidden:.1e}). No kernel matrix has one: check how it was "
            "made, and compute it in float64."
        )


def _require_diagonal(block: np.ndarray, start: int) -> None:
    """Refuse a block on the diagonal that no kernel has."""
    size = float(np.abs(block).max())
    gap = np.abs(block - block.T)
    if float(gap.max()) > _SYMMETRIC * size:
        row, column = divmod(int(gap.argmax()), len(gap))
        raise DataError(
            f"The matrix is not symmetric: entries ({start + row}, {start + column}) "
            f"and ({start + column}, {start + row}) are {block[row, column]:.17g} and "
            f"{block[column, row]:.17g}. Pass a kernel matrix."
        )
    least = float(block.diagonal().min())
    if least < -_SYMMETRIC * size:
        row = int(block.diagonal().argmin())
        raise NotPositiveDefiniteError(
            f"Entry ({start + row}, {start + row}) is {least:.6g}; no kernel has a "
            "negative one on the diagonal."
        )

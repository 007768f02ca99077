"""The tangent kernel of a two-layer network of finite width, by its closed form."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arguments import choice, require_same_columns
from widthwise.arrays import Array, DeviceLike, Float
from widthwise.errors import InvalidArgumentError
from widthwise.features.two_layer._blocks import MEMORY_BUDGET
from widthwise.features.two_layer._check import require_representable
from widthwise.features.two_layer._jacobian import as_vector
from widthwise.features.two_layer._points import PointsLike, as_matrix
from widthwise.machine import limited_blas
from widthwise.numerics import require
from widthwise.numerics.linear_algebra import (
    add_outer_products,
    complete_symmetric,
)

__all__ = ["tangent_kernel"]

# PyTorch runs an elementwise operation on so few entries in the calling thread, and the
# temporaries of such a piece stay in a core's cache.
_PIECE = 2**15
_MOST_COLUMNS = 1024  # Measured: more does not raise the rate of the rank-k update.
_ALONE_FROM = 1500  # Points from which the threads of one BLAS call lose nothing.
_LEAST_SHARE = 256  # Units worth a thread of their own.


def tangent_kernel(
    points: PointsLike,
    inner_weights: PointsLike,
    outer_weights: PointsLike,
    act: Activation,
    biases: PointsLike | None = None,
    *,
    trained: Literal["inner", "outer", "both"] | str = "both",
    memory_budget: int = MEMORY_BUDGET,
    device: DeviceLike | None = None,
) -> Float[Array, "n n"]:
    r"""Return $J J^\top$ of $f(x) = v^\top \sigma(W x + b)$, never forming J.

    .. math::
        J J^\top = \sigma'(Z)\, \mathrm{diag}(v^2)\, \sigma'(Z)^\top
        \circ (X X^\top + 1_b) + \sigma(Z)\, \sigma(Z)^\top, \qquad
        Z = X W^\top + 1 b^\top .

    The first term comes from training the inner layer (with $1_b = 1$ when there are
    biases, which belong to it, and 0 otherwise), the second from the outer one. Nothing
    is divided by m: put $1/\sqrt m$ in v, and divide the second term, if the network
    has that factor.

    Parameters
    ----------
    points
        X, shape (n, d).
    inner_weights
        W, shape (m, d), one unit a row.
    outer_weights
        v, shape (m,).
    act
        $\sigma$; its derivative at a kink is the one from the right.
    biases
        b, shape (m,), or None for a network without.
    trained
        "inner": the first term, the Gram matrix of `jacobian`; "outer": the second;
        "both": their sum.
    memory_budget
        Bytes for the blocks of units, beside the two or three n x n matrices.
    device
        Where to compute, such as "cuda"; by default where the points are.

    Returns
    -------
    Shape (n, n), float64, exactly symmetric.

    Raises
    ------
    DataError
        If shapes do not fit or an entry is not finite.
    InvalidArgumentError
        If `trained` is another string, an entry overflows, or the budget cannot hold
        one unit.
    MemoryBudgetError
        If the n x n matrices do not fit in memory.

    Source
    ------
    Oymak, Soltanolkotabi (2019), arXiv:1902.04674, for the first term; Jacot, Gabriel,
    Hongler (2018), arXiv:1806.07572, for the sum.

    Cost
    ----
    n² m operations for each term and 2 n m d for the arguments; memory does not depend
    on m.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> act = ww.activations.get("relu")
    >>> weights = torch.eye(3, dtype=torch.float64)
    >>> ww.features.tangent_kernel(points, weights, points[0], act).shape
    torch.Size([3, 3])
    """
    choice(
        trained,
        "trained",
        ("inner", "outer", "both"),
        meaning="the layers whose weights are trained",
    )
    data = as_matrix(points, device=device)
    inner = as_matrix(inner_weights, "inner weights").to(data.device)
    require_same_columns(inner, "The inner weights", data, "the points")
    n, m = data.shape[0], inner.shape[0]
    outer = as_vector(outer_weights, "outer weights", m).to(data.device)
    shifts = None
    if biases is not None:
        shifts = as_vector(biases, "biases", m).to(data.device)
    require(
        8 * n * n * (2 + 3 * _threads(data, m)) + memory_budget,
        f"The tangent kernel of {n} points",
        "Take a sample of the rows.",
    )
    threads = _threads(data, m)
    share = -(-m // threads)
    columns = _block_columns(n, share, memory_budget // threads)
    shares = [range(m)[start : start + share] for start in range(0, m, share)]
    network = _Network(data, inner, outer, shifts, act, trained)
    if len(shares) == 1:
        total = network.sums(shares[0], columns, add_outer_products)
    else:
        with (
            limited_blas(1),
            ThreadPoolExecutor(max_workers=threads) as pool,
        ):
            parts = pool.map(lambda part: network.sums(part, columns, _add), shares)
            total = next(parts)
            for part in parts:
                total += part
    found = network.kernel(total)
    complete_symmetric(found)
    require_representable(found)
    return found


@dataclass(frozen=True)
class _Network:
    """What the sums over units are made from."""

    data: Array
    inner: Array
    outer: Array
    shifts: Array | None
    act: Activation
    trained: str

    def sums(
        self, units: range, columns: int, update: Callable[[Array, Array], None]
    ) -> Array:
        """Return the Gram matrices of v σ'(z) and σ(z), those needed, upper halves."""
        n, data = self.data.shape[0], self.data
        kinds = 2 if self.trained == "both" else 1
        total = torch.zeros((kinds, n, n), dtype=torch.float64, device=data.device)
        memory = torch.empty((2, n * columns), dtype=torch.float64, device=data.device)
        for start in units[::columns]:
            stop = min(start + columns, units.stop)
            values, slopes = memory[:, : n * (stop - start)].view(2, n, stop - start)
            if data.device.type == "cpu":  # NumPy's product leaves other threads free.
                weights = self.inner[start:stop].numpy()
                np.matmul(data.numpy(), weights.T, out=values.numpy())
            else:
                torch.mm(data, self.inner[start:stop].T, out=values)
            rows = max(_PIECE // (stop - start), 1) if data.device.type == "cpu" else n
            for top in range(0, n, rows):
                piece = slice(top, top + rows)
                self._activate(values[piece], slopes[piece], slice(start, stop))
            if self.trained != "outer":
                update(total[0], slopes)
            if self.trained != "inner":
                update(total[-1], values)
        return total

    def _activate(self, arguments: Array, slopes: Array, units: slice) -> None:
        """Replace z by σ(z), and write v σ'(z)."""
        if self.shifts is not None:
            arguments += self.shifts[units]
        if self.trained != "outer":
            torch.mul(self.act.derivative(arguments), self.outer[units], out=slopes)
        if self.trained != "inner":
            self.act.apply_(arguments)

    def kernel(self, total: Array) -> Array:
        """Put the Gram matrices together, in place of one of them."""
        if self.trained != "outer":
            gram = torch.zeros_like(total[0])
            add_outer_products(gram, self.data)
            if self.shifts is not None:
                gram += 1.0
            total[0] *= gram
        return total[0] if len(total) == 1 else total[0].add_(total[1])


def _add(gram: Array, block: Array) -> None:
    # Unlike SciPy's dsyrk, NumPy's A @ A.T lets other threads run.
    some = block.numpy()
    gram += torch.from_numpy(some @ some.T)


def _threads(data: Array, units: int) -> int:
    """How many shares of units to sum side by side."""
    if data.device.type != "cpu" or data.shape[0] > _ALONE_FROM:
        return 1
    return max(min(torch.get_num_threads(), units // _LEAST_SHARE), 1)


def _block_columns(n: int, m: int, memory_budget: int) -> int:
    affordable = memory_budget // (16 * n)
    if affordable < 1:
        raise InvalidArgumentError(
            f"The memory budget is {memory_budget} bytes; one unit at {n} points takes "
            f"{16 * n}. Raise it, or take fewer points."
        )
    return min(affordable, _MOST_COLUMNS, m)

"""A readout of a kernel that memory does not hold, factorized on disk."""

import tempfile
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import torch

from widthwise.arguments import (
    non_negative,
    path,
    require_same_columns,
    whole_number,
)
from widthwise.arrays import Array, DeviceLike, Float, PointsLike
from widthwise.equality import equal_by_value
from widthwise.files import alone_in
from widthwise.numerics import available_bytes
from widthwise.progress import Progress
from widthwise.prose import say
from widthwise.readouts._blocked_system import BlockedSystem
from widthwise.readouts.factors import in_range, rows_of
from widthwise.spectra.operators import (
    BLOCK_ROWS,
    KernelBetween,
    KernelEntries,
    block_between,
    require_kernel,
    rows_of_points,
)

__all__ = ["BlockedReadout", "blocked_readout"]

_DECIDED = 0.01
"""Part of the labels' norm: a larger bound says nothing of whether they are met."""


@dataclass(frozen=True, eq=False)
class BlockedReadout:
    r"""$f(x) = \sum_j K(x, x_j) \alpha_j + b$, with $(K + \lambda) \alpha = y - b$.

    Attributes
    ----------
    solution
        α, shape (n,) or (n, c).
    intercept
        b, shape () or (c,); 0 where none was asked for.
    residual
        A bound on $\|(K + \lambda)\alpha + b - y\| / \|y\|$: the residual of a second
        evaluation of every entry, and what rounding and the entries' stated error can
        have hidden in it.
    penalty
        λ.
    condition_number
        An estimate from below of that of K + λ.
    precision
        Of the factors, "float64" or "float32". The solution's is float64, and the
        residual says how good it is.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> kernel = lambda X, other=None: X @ (X if other is None else other).T
    >>> found = ww.readouts.blocked_readout(kernel, points, [1.0, 2.0, 3.0], 1.0)
    >>> found.penalty, found.predict(points).shape
    (1.0, torch.Size([3]))
    """

    __eq__ = equal_by_value

    solution: Float[Array, "*n"]
    intercept: Float[Array, "*c"]
    residual: float
    penalty: float
    condition_number: float
    precision: str
    _points: Float[Array, "n d"] = field(repr=False)
    _kernel: KernelBetween = field(repr=False)

    @property
    def reason(self) -> str:
        """How well these labels are met, where float64 decides it."""
        kernel = say("the kernel of {:,} rows", len(self.solution))
        if self.penalty:
            kernel += say(" with the penalty {}", self.penalty)
        if self.residual > _DECIDED:
            return say(
                "Float64 does not decide whether {} meets these labels: rounding hides "
                "up to {} of their norm. Take a larger penalty, or leave rows out that "
                "are nearly equal.",
                kernel,
                self.residual,
            )
        how = "Float64 factorizes {}"
        if self.precision == "float32":
            how = "Float32 factorizes {}, and float64 refines its solution"
        return say(
            how + ": no row depends on others beyond rounding, and these labels are "
            "met but for {} of their norm at most.",
            kernel,
            self.residual,
        )

    def predict(self, others: PointsLike) -> Float[Array, "*k"]:
        """Return the outputs at other points, shape (k,) or (k, c).

        Raises
        ------
        DataError
            If they have another number of columns.
        InvalidArgumentError
            If the kernel between them and the rows is not finite, or of another shape.

        Cost: the kernel between them and the rows, some rows at a time.
        """
        given = rows_of_points(others, "The other points", self._points.device)
        require_same_columns(given, "The other points", self._points, "the rows")
        # A product of two types is an error of torch: both go to the wider.
        kind = torch.promote_types(given.dtype, self._points.dtype)
        given, rows = given.to(kind), self._points.to(kind)
        weights, parts = self.solution.reshape(len(self.solution), -1), []
        for top in range(0, len(given), BLOCK_ROWS):
            some = given[top : top + BLOCK_ROWS]
            where = f"other points {top} to {top + len(some) - 1} and the rows"
            block, _ = block_between(self._kernel, some, rows, where)
            parts.append(torch.from_numpy(block).to(weights.device) @ weights)
        found: Array = torch.cat(parts) + self.intercept.reshape(-1)
        return found.reshape(len(given), *self.solution.shape[1:])


def blocked_readout(
    kernel: KernelBetween,
    points: PointsLike,
    y: PointsLike,
    penalty: float | int = 0.0,
    *,
    intercept: bool = False,
    folder: str | Path | None = None,
    budget: int | None = None,
    device: DeviceLike | None = None,
    progress: Progress | None = None,
) -> BlockedReadout:
    r"""Solve $(K + \lambda) \alpha = y - b$ for a kernel that memory does not hold.

    Cholesky's method by panels of columns: each panel's entries are worked out once,
    and what is found of L lies on disk. At the penalty 0 it interpolates. A last pass
    works every entry out again for the residual; where that is more than rounding can
    hide, a step of refinement follows. From 16,384 rows on, and with a penalty that is
    large beside what float32 rounds, factors are in float32: products at twice the rate
    and half the disk. Steps in float64 refine until the residual is float64's own;
    where they do not get there, all is done again in float64.

    Parameters
    ----------
    kernel
        `kernel(points, other)` returns the matrix between two sets of rows, such as
        `lambda x, z: kernels.conjugate_kernel(x, "relu", "gaussian", z)`.
    points
        Shape (n, d), in memory.
    y
        Targets, shape (n,) or (n, c).
    penalty
        λ >= 0.
    intercept
        Whether a constant b is free, not penalized.
    folder
        Where 4 n² bytes lie meanwhile. After a stop the same call goes on there. By
        default a temporary folder, of which nothing is left.
    budget
        The most bytes of memory; by default half of what is free. More of it makes
        panels wider, so that less is read; what is free beside it keeps the disk's.
    device
        Where the kernel and the factors are worked out; by default where the points
        are. Solutions with what lies on disk, and residuals, are the CPU's.
    progress
        Told the plan first, then how far it is and what is left by what it took so far.

    Returns
    -------
    The coefficients, with a residual that holds to the last digit said.

    Raises
    ------
    DataError
        If a shape does not fit, an entry is not finite or the kernel is not symmetric.
    InvalidArgumentError
        If the kernel is no function of two sets of rows, the folder no path, or the
        solution leaves float64's range.
    NotPositiveDefiniteError
        If K + λ is not positive definite up to rounding.
    MemoryBudgetError
        If the budget holds no panel, or the points do not fit.
    OutputError
        If the disk has no room, or another call works in the folder; what was written
        stays where a folder was named.

    Cost
    ----
    n³/3 + n² (6 c + 16) operations, and n² entries of the kernel, half as many again
    for a refinement; 4 n² bytes on disk, read n / (3 w) times for panels of width w.
    With factors in float32 products take half as long, 2 n² bytes lie on disk, and
    there are 2 to 5 refinements. The plan counts 2 d operations an entry, and 30 more
    where the kernel's label says that it is one of this package; what another callable
    makes of a product of rows is in its time alone.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> kernel = lambda X, other=None: X @ (X if other is None else other).T
    >>> found = ww.readouts.blocked_readout(kernel, points, [1.0, 2.0, 3.0], 1.0)
    >>> found.solution.round(decimals=6).tolist()
    [0.5, 1.0, 1.5]
    """
    require_kernel(kernel)
    given = rows_of_points(points, "The points", device)
    n, here = len(given), torch.device("cpu")
    rows = rows_of(y, n, here, intercept=False, weights=None, owner="kernel")
    at = non_negative(penalty, "The penalty")
    most = available_bytes(given.device) // 2
    if budget is not None:
        most = whole_number(budget, "The budget", least=1, meaning="bytes")
    entries = KernelEntries(kernel, given, at)
    place = (
        tempfile.TemporaryDirectory(prefix="widthwise-")
        if folder is None
        else nullcontext(path(folder, "The folder"))
    )
    with place as held, alone_in(Path(held)):
        system = BlockedSystem(entries, rows, intercept, Path(held), most, progress)
        found = system.solved()
    shape, scale = rows.target_shape, rows.target_scale
    solution = in_range(torch.from_numpy(found.solution) * scale).reshape(n, *shape)
    shift = (torch.from_numpy(found.shift) * scale).reshape(shape)
    return BlockedReadout(
        solution=solution.to(given.device),
        intercept=shift.to(given.device),
        residual=found.residual,
        penalty=at,
        condition_number=found.condition_number,
        precision=found.precision,
        _points=given,
        _kernel=kernel,
    )

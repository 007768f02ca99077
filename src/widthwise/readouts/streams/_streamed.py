"""Ridge regression of features that are read in blocks, never held whole."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import torch

from widthwise.arrays import Array, DeviceLike, Float, PointsLike, device_of
from widthwise.numerics.linear_algebra import power_of_two_scale, svd
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.tall_qr import StreamedFactor
from widthwise.progress import Progress, silent
from widthwise.readouts._ridge_path import RidgePath, path_of
from widthwise.readouts.factors import (
    FeatureDesign,
    Modes,
    Rows,
    System,
    modes,
    rows_of,
)
from widthwise.readouts.streams._accumulator import Reduced, RowAccumulator
from widthwise.readouts.streams._plan import StreamPlan, stream_plan
from widthwise.readouts.streams._source import Source, source_of

__all__ = ["ridge_stream"]

_T = TypeVar("_T")
_TOGETHER = 4  # Blocks of a task: a power of two, so that the tree stays the same.
_CLEAR = 64.0  # Roundings from which 1 - leverage can be told from 0.


def ridge_stream(
    phi: PointsLike | str | Path | Source,
    y: PointsLike,
    penalties: PointsLike | None = None,
    *,
    intercept: bool = True,
    weights: PointsLike | None = None,
    budget: int | None = None,
    progress: Progress | None = None,
    device: DeviceLike = "cpu",
    executor: Executor | None = None,
) -> RidgePath:
    r"""Fit `ridge_path` to features that are read in blocks, never held whole.

    With more rows than units a first pass over the rows keeps the triangle of their Q R
    factorization (`RowAccumulator`) and a second finds the errors of rows left out;
    else one pass over the units does both, and each solution takes one more. The rows'
    Gram matrix takes the triangle's place where it hides no more than 1e-9 of its least
    eigenvalue, as the first block shows, and the last confirms.

    Parameters
    ----------
    phi
        Φ, shape (n, m): an array, memory-mapped or of zarr, or the path of an NPY,
        Parquet or zarr file.
    y, penalties, intercept, weights
        As in `ridge_path`; targets and weights are held.
    budget
        The most bytes to use; by default half of what is free. See `stream_plan`.
    progress
        Told the plan and how far it is.
    device
        Where to compute, such as "cuda"; blocks are moved there as they are read.
    executor
        Where blocks are worked on, four a task, such as a process pool or, for a
        cluster, `distributed.Client(address).get_executor()`: a task of a worker that
        is lost is done again by another. Triangles are merged here in the same tree
        whoever made them, so the bits are those of any other executor. Files are read
        where the work is.

    Returns
    -------
    As of `ridge_path`. Leverage and residuals of single rows read the features again
    where rows were streamed.

    Raises
    ------
    DataError
        As `ridge_path`; a feature that is not finite is named with its block.
    MemoryBudgetError
        If no plan fits the budget.

    Cost
    ----
    That of `stream_plan`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> path = ww.readouts.ridge_stream(phi, y, [0.1, 1.0])
    >>> path.best == ww.readouts.ridge_path(phi, y, [0.1, 1.0]).best
    True
    """
    source = source_of(phi)
    n, m = source.shape
    at = device_of(device)
    rows = rows_of(y, n, at, intercept=intercept, weights=weights, columns=m)
    outputs = rows.targets.shape[1]
    plan = stream_plan(source, outputs=outputs, budget=budget)
    tell = progress or silent
    tell(0.0, str(plan))
    if plan.axis == "rows":
        return _by_rows(source, rows, penalties, plan, tell, executor)
    design = _by_units(source, rows, plan, tell, executor)
    return path_of(design, penalties, "features")


def _tasks(starts: range) -> list[range]:
    """Return the starts of four blocks at a time."""
    return [
        starts[place : place + _TOGETHER] for place in range(0, len(starts), _TOGETHER)
    ]


def _done(
    executor: Executor | None, work: Callable[..., _T], tasks: Iterable[tuple[Any, ...]]
) -> Iterator[_T]:
    """Yield what the work makes of each task, in order."""
    if executor is None:
        return (work(*task) for task in tasks)
    asked = [executor.submit(work, *task) for task in tasks]
    return (each.result() for each in asked)


def _by_units(
    source: Source,
    rows: Rows,
    plan: StreamPlan,
    tell: Progress,
    executor: Executor | None,
) -> FeatureDesign:
    total, means = StreamedFactor(), []
    groups = _tasks(range(0, source.shape[1], plan.block))
    parts = _done(
        executor, _units_held, ((source, rows, plan.block, each) for each in groups)
    )
    for done, (part, part_means) in enumerate(parts, 1):
        total.join(part)
        means += part_means
        stop = min(done * _TOGETHER, plan.blocks)
        tell(stop / (plan.blocks + 1), f"block {stop} of {plan.blocks}")
    factor = total.factor()
    scale = power_of_two_scale(factor)
    _, values, back = svd(factor / scale)  # Φ = Rᵀ Qᵀ
    mean = torch.cat(means)
    relative = relative_rounding(len(rows.roots), source.unit)
    size = float(torch.linalg.vector_norm(rows.roots) * torch.linalg.vector_norm(mean))
    rank = int((values * scale > relative * (float(values[0]) * scale + size)).sum())
    left = rows.expanded(back[:rank].T)
    right = rows.expanded(rows.right)
    found = modes(values[:rank] * scale, left, right, rows.direction)

    def transposed(on_rows: Float[Array, "r c"]) -> Float[Array, "m c"]:
        starts = range(0, source.shape[1], plan.block)
        blocks = _blocks(source, rows, plan.block, starts)
        return torch.cat([block.T @ on_rows for block, _ in blocks])

    system = _system(source, rows, mean, relative)
    return FeatureDesign(system, found, None, _absent(source, rows), transposed)


def _system(source: Source, rows: Rows, mean: Array, relative: float) -> System:
    """Return a system without its features, which are not held."""
    nothing = mean.new_empty(0, source.shape[1])
    given = mean if rows.has_intercept else None
    return System(nothing, rows, 1.0, given, 0.0, relative)


def _units_held(
    source: Source, rows: Rows, size: int, starts: range
) -> tuple[StreamedFactor, list[Array]]:
    """Return the factor of some blocks of units, and their means."""
    found, means = StreamedFactor(), []
    for block, mean in _blocks(source, rows, size, starts):
        found.add(block.contiguous())
        means.append(mean)
    return found, means


def _blocks(
    source: Source, rows: Rows, size: int, starts: range
) -> Iterator[tuple[Float[Array, "r b"], Float[Array, " b"]]]:
    """Yield the units' blocks in the system's coordinates, with their means."""
    for start in starts:
        block = source.units(start, min(start + size, source.shape[1]))
        block = block.to(rows.roots.device)
        block = block if rows.kept is None else block[rows.kept]
        mean = block.new_zeros(block.shape[1])
        yield (
            rows.turned(block).clone(),
            rows.mean(block) if rows.has_intercept else mean,
        )


@dataclass(frozen=True)
class _RowWork:
    """What is done with blocks of rows, here or elsewhere."""

    source: Source
    rows: Rows
    size: int

    def block(self, start: int) -> tuple[Array, Array, Array]:
        """Return features, targets and the roots of the weights of some rows."""
        at = slice(start, min(start + self.size, self.source.shape[0]))
        roots = self.rows.all_rows(self.rows.roots[:, None])[at]
        targets = self.rows.all_rows(self.rows.targets)[at]
        return self.source.rows(start, at.stop).to(roots.device), targets, roots

    def held(self, starts: Iterable[int], method: str = "qr") -> RowAccumulator:
        found = RowAccumulator(
            intercept=self.rows.has_intercept,
            unit=self.source.unit,
            device=self.rows.roots.device,
            method=method,
        )
        for start in starts:
            features, targets, roots = self.block(start)
            found.add(features, targets, roots[:, 0].square())
        return found

    def squares(self, start: int, at: Array, reduced: Reduced) -> Array:
        found = _block_modes(*self.block(start), self.rows, reduced)
        return found.squares_left_out(at)


def _by_rows(
    source: Source,
    rows: Rows,
    penalties: PointsLike | None,
    plan: StreamPlan,
    tell: Progress,
    executor: Executor | None,
) -> RidgePath:
    work = _RowWork(source, rows, plan.block)
    starts = range(0, source.shape[0], plan.block)
    passes = 2 * plan.blocks + 1

    def by_gram() -> RowAccumulator | None:
        # The first block says most of how the whole is conditioned.
        held = work.held(starts[:1], "gram")
        for done, start in enumerate(starts[1:], 2):
            if done == 2 and not held.is_resolved:
                return None
            features, targets, roots = work.block(start)
            held.add(features, targets, roots[:, 0].square())
            tell(done / passes, f"block {done} of {plan.blocks}, first pass by gram")
        return held if held.is_resolved else None

    held = by_gram() if executor is None else None
    if held is None:
        held = work.held(())
        groups = ((each,) for each in _tasks(starts))
        for done, part in enumerate(_done(executor, work.held, groups), 1):
            held.join(part)
            stop = min(done * _TOGETHER, plan.blocks)
            tell(stop / passes, f"block {stop} of {plan.blocks}, first pass by qr")
    reduced = held.reduced()
    relative = relative_rounding(held.rows, source.unit)
    system = _system(source, rows, reduced.feature_mean, relative)

    def blocks() -> Iterator[Modes]:
        for start in starts:
            features, targets, roots = work.block(start)
            kept = torch.nonzero(roots[:, 0])[:, 0]
            if len(kept):
                yield _block_modes(
                    features[kept], targets[kept], roots[kept], rows, reduced
                )

    def squares(at: Float[Array, " l"]) -> Float[Array, "l c"]:
        total = at.new_zeros(len(at), rows.targets.shape[1])
        parts = _done(executor, work.squares, ((each, at, reduced) for each in starts))
        for done, part in enumerate(parts, 1):
            total += part
            text = f"block {done} of {plan.blocks}, second pass"
            tell((plan.blocks + done) / passes, text)
        return total

    design = FeatureDesign(
        system,
        reduced.modes,
        reduced.right_vectors,
        _absent(source, rows),
        blocks=blocks,
    )
    return path_of(design, penalties, "features", squares)


def _absent(source: Source, rows: Rows) -> Float[Array, "a m"] | None:
    """Return the features of the rows of weight 0; None where there are none."""
    if rows.absent is None:
        return None
    found = torch.cat([source.rows(i, i + 1) for i in rows.absent.tolist()])
    return found.to(rows.roots.device)


def _block_modes(
    features: Float[Array, "b m"],
    targets: Float[Array, "b c"],
    roots: Float[Array, "b 1"],
    rows: Rows,
    reduced: Reduced,
) -> Modes:
    """Return the modes of some rows, with left vectors from the right ones."""
    whole = reduced.modes
    left = ((features - reduced.feature_mean) * roots) @ (
        reduced.right_vectors / reduced.values
    )
    right = (targets - reduced.target_mean) * roots
    fitted = roots[:, 0].square() / rows.roots.square().sum() * rows.has_intercept
    rest = right - left @ whole.projections
    free = (1.0 - fitted - left.square().sum(1)).clamp(min=0.0)
    spread = float(reduced.values[0] / reduced.values[-1]) if len(left.T) else 1.0
    free[free <= _CLEAR * relative_rounding(features.shape[1]) * spread] = 0.0
    if whole.nullity == 0:
        free.zero_()
    rest[free == 0.0] = 0.0
    return replace(whole, left=left, rest=rest, free=free)

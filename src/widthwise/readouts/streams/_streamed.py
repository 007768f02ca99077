"""Ridge regression of features that are read in blocks, never held whole."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

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

    Returns
    -------
    As of `ridge_path`. Leverage and residuals of single rows need rows that are held,
    so they are refused where rows were streamed.

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
        return _by_rows(source, rows, penalties, plan, tell)
    return path_of(_by_units(source, rows, plan, tell), penalties, "features")


def _by_units(
    source: Source, rows: Rows, plan: StreamPlan, tell: Progress
) -> FeatureDesign:
    total, means = StreamedFactor(), []
    for stop, (block, mean) in enumerate(_blocks(source, plan, rows), 1):
        total.add(block.contiguous())
        means.append(mean)
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
        blocks = _blocks(source, plan, rows)
        return torch.cat([block.T @ on_rows for block, _ in blocks])

    absent = None
    if rows.absent is not None:
        lacking = [source.rows(i, i + 1) for i in rows.absent.tolist()]
        absent = torch.cat(lacking).to(rows.roots.device)
    return FeatureDesign(
        _system(source, rows, mean, relative), found, None, absent, transposed
    )


def _system(source: Source, rows: Rows, mean: Array, relative: float) -> System:
    """Return a system without its features, which are not held."""
    nothing = mean.new_empty(0, source.shape[1])
    given = mean if rows.has_intercept else None
    return System(nothing, rows, 1.0, given, 0.0, relative)


def _blocks(
    source: Source, plan: StreamPlan, rows: Rows
) -> Iterator[tuple[Float[Array, "r b"], Float[Array, " b"]]]:
    """Yield the units' blocks in the system's coordinates, with their means."""
    for start in range(0, source.shape[1], plan.block):
        block = source.units(start, min(start + plan.block, source.shape[1]))
        block = block.to(rows.roots.device)
        block = block if rows.kept is None else block[rows.kept]
        mean = block.new_zeros(block.shape[1])
        yield (
            rows.turned(block).clone(),
            rows.mean(block) if rows.has_intercept else mean,
        )


def _by_rows(
    source: Source,
    rows: Rows,
    penalties: PointsLike | None,
    plan: StreamPlan,
    tell: Progress,
) -> RidgePath:
    n = source.shape[0]
    at = rows.roots.device
    roots = rows.all_rows(rows.roots[:, None])
    targets = rows.all_rows(rows.targets)
    starts = range(0, n, plan.block)

    def held_by(method: str) -> RowAccumulator | None:
        free = rows.has_intercept
        held = RowAccumulator(
            intercept=free, unit=source.unit, device=at, method=method
        )
        for done, start in enumerate(starts, 1):
            block = slice(start, min(start + plan.block, n))
            weights = roots[block, 0].square()
            held.add(source.rows(start, block.stop), targets[block], weights)
            fraction = done / (2 * plan.blocks + 1)
            tell(fraction, f"block {done} of {plan.blocks}, first pass by {method}")
            # The first block says most of how the whole is conditioned.
            if done in (1, len(starts)) and not held.is_resolved:
                return None
        return held

    held = held_by("gram") or held_by("qr")
    assert held is not None  # Q R has no condition.
    reduced = held.reduced()
    relative = relative_rounding(held.rows, source.unit)
    system = _system(source, rows, reduced.feature_mean, relative)
    design = FeatureDesign(system, reduced.modes, reduced.right_vectors)

    def squares(penalties: Float[Array, " l"]) -> Float[Array, "l c"]:
        total = targets.new_zeros(len(penalties), targets.shape[1])
        for done, start in enumerate(starts, 1):
            block = slice(start, min(start + plan.block, n))
            features = source.rows(start, block.stop).to(at)
            total += _block_modes(
                features, targets[block], roots[block], rows, reduced
            ).squares_left_out(penalties)
            fraction = (plan.blocks + done) / (2 * plan.blocks + 1)
            tell(fraction, f"block {done} of {plan.blocks}, second pass")
        return total

    return path_of(design, penalties, "features", squares)


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

"""Ridge regression of features that are read in blocks, never held whole."""

from concurrent.futures import Executor
from pathlib import Path

from widthwise.arguments import path
from widthwise.arrays import DeviceLike, PointsLike, device_of
from widthwise.errors import InvalidArgumentError
from widthwise.numerics.pace import Pace
from widthwise.progress import Progress, silent
from widthwise.readouts._penalties import checked
from widthwise.readouts._ridge_path import RidgePath, path_of
from widthwise.readouts.factors import require_two, rows_of
from widthwise.readouts.streams._kept import Keeping
from widthwise.readouts.streams._plan import stream_plan
from widthwise.readouts.streams._rows import by_rows
from widthwise.readouts.streams._source import Source, source_of
from widthwise.readouts.streams._units import by_units

__all__ = ["ridge_stream"]


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
    folder: str | Path | None = None,
) -> RidgePath:
    r"""Fit `ridge_path` to features that are read in blocks, never held whole.

    With more rows than units a first pass over the rows keeps the triangle of their Q R
    factorization (`RowAccumulator`) and a second finds the errors of rows left out; a
    third follows for rows whose leverage is so near 1 that the triangle hides what is
    left. Else one pass over the units does both, and each solution takes one more. The
    rows' Gram matrix takes the triangle's place where it hides no more than 1e-9 of its
    least eigenvalue, as the first block shows, and the last confirms.

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
        Told the plan, then how far it is and what is left by what it took so far.
    device
        Where to compute, such as "cuda"; blocks are moved there as they are read.
    executor
        Where blocks are worked on, four a task, such as a process pool or, for a
        cluster, `distributed.Client(address).get_executor()`: a task of a worker that
        is lost is done again by another. What they return is merged here in the same
        order whoever made it, so the bits are those of this process. Files are read
        where the work is.
    folder
        Where what was summed is saved every minute: some triangles. After a stop the
        same call, with a plan of the same blocks, goes on from there, to the same bits;
        what was summed is read once more, and features that changed are summed anew.

    Returns
    -------
    As of `ridge_path`. Leverage and residuals of single rows read the features again
    where rows were streamed.

    Raises
    ------
    InvalidArgumentError
        If the executor is none, or the folder no path.
    DataError
        As `ridge_path`; a feature that is not finite is named with its block. If a file
        was written meanwhile.
    MemoryBudgetError
        If no plan fits the budget.
    OutputError
        If the folder cannot be written.

    Cost
    ----
    That of `stream_plan`; where leverages are near 1, 2 n m² + 40 m³ operations more.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> path = ww.readouts.ridge_stream(phi, y, [0.1, 1.0])
    >>> path.best == ww.readouts.ridge_path(phi, y, [0.1, 1.0]).best
    True
    """
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise InvalidArgumentError(
            f"The executor is {executor!r}; it must have a method `submit`, such as "
            "concurrent.futures.ProcessPoolExecutor()."
        )
    source = source_of(phi)
    n, m = source.shape
    at = device_of(device)
    rows = rows_of(y, n, at, intercept=intercept, weights=weights, columns=m)
    require_two(rows)
    outputs = rows.targets.shape[1]
    plan = stream_plan(source, outputs=outputs, budget=budget)
    tell = progress or silent
    blocks = f"{plan.axis} {plan.block}"
    where = None if folder is None else path(folder, "The folder")
    keep = Keeping(where, source, rows, blocks, tell)
    if progress is not None:
        is_here = executor is None and at.type == "cpu"
        count = None if penalties is None else len(checked(penalties))
        plan = plan.left(count, keep.blocks_done(penalties), is_kept=keep.is_on)
        progress(0.0, f"{plan}{'' if is_here else ' (on the cores of this process)'}")
    pace = Pace(tell, plan.pace if progress else [1.0, 1.0, 1.0])
    if plan.axis == "rows":
        return by_rows(source, rows, penalties, plan, pace, executor, keep)
    design = by_units(source, rows, plan, pace, executor, keep)
    found = path_of(design, penalties, "features")
    keep.done()
    return found

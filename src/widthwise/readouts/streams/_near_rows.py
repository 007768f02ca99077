r"""Rows that the fit all but goes through, left out without the digits that it hides.

What is left of such a row, $1 - H_{ii}$, is a difference of numbers near 1 where only
the right singular vectors are held. The triangle of all other rows stands for these in
whatever is asked of it, so with it and the rows themselves there are left vectors.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

import torch

from widthwise.arrays import Array
from widthwise.numerics.linear_algebra import svd
from widthwise.readouts.factors import Modes, modes
from widthwise.readouts.streams._row_work import RowWork
from widthwise.readouts.streams._tasks import done, tasks

__all__ = ["near_rows"]


def near_rows(
    work: RowWork,
    near: list[int],
    rank: int,
    nullity: int,
    executor: Executor | None,
    tell: Callable[[float], None],
) -> dict[int, Modes]:
    """Return the modes of some rows, each with its own left vector; one more pass.

    Parameters
    ----------
    near
        Which rows, ascending.
    rank, nullity
        Of all rows.
    tell
        Told which part of the pass is done.
    """
    rows = work.rows
    is_other = torch.ones(len(rows.given), 1, dtype=rows.roots.dtype)
    is_other[near] = 0.0
    kept = is_other if rows.kept is None else is_other[rows.kept.cpu()]
    roots = rows.roots * kept[:, 0].to(rows.roots)
    others = replace(work, rows=replace(rows, roots=roots), is_kept=False)
    groups = tasks(range(0, work.source.shape[0], work.size))
    held = others.held(())[0]
    parts = done(executor, others.held, ((each, "qr") for each in groups))
    for place, (part, _) in enumerate(parts, 1):
        held.join(part)
        tell(place / len(groups))
    free = int(rows.has_intercept)
    own = [replace(work, size=1).block(row) for row in near]
    taken = torch.cat(
        [
            root * torch.cat([torch.ones_like(root), features, targets], 1)
            for features, targets, root in own
        ]
    )[:, 1 - free :]
    # Where every row is near there is no triangle of others.
    triangle = held.triangle() if held.rows else taken[:0]
    whole = torch.cat([triangle, taken])
    direction, rest = None, whole[:, free:]
    if free:
        direction = whole[:, 0] / torch.linalg.vector_norm(whole[:, 0])
        for _ in range(2):  # The second pass removes the first one's rounding.
            rest = rest - torch.outer(direction, direction @ rest)
    m = work.source.shape[1]
    left, values, _ = svd(rest[:, :m].contiguous())
    found = modes(values[:rank], left[:, :rank], rest[:, m:], direction)
    return {row: _one(found, len(triangle) + i, nullity) for i, row in enumerate(near)}


def _one(found: Modes, row: int, nullity: int) -> Modes:
    at = slice(row, row + 1)
    own: dict[str, Array] = {
        "left": found.left[at],
        "rest": found.rest[at],
        "free": found.free[at],
    }
    return replace(found, **own, nullity=nullity)

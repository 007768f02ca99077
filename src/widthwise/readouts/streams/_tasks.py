"""What passes over rows and over units share: tasks of blocks, an unheld system."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from typing import Any, TypeVar

import torch

from widthwise.arrays import Array, Float
from widthwise.readouts.factors import Rows, System
from widthwise.readouts.streams._source import Source

__all__ = ["TOGETHER", "absent_rows", "done", "tasks", "unheld_system"]

TOGETHER = 4
"""Blocks of a task: a power of two, so that the tree stays the same."""

_T = TypeVar("_T")


def tasks(starts: range) -> list[range]:
    """Return the starts of four blocks at a time."""
    return [
        starts[place : place + TOGETHER] for place in range(0, len(starts), TOGETHER)
    ]


def done(
    executor: Executor | None, work: Callable[..., _T], tasks: Iterable[tuple[Any, ...]]
) -> Iterator[_T]:
    """Yield what the work makes of each task, in order."""
    if executor is None:
        return (work(*task) for task in tasks)
    asked = [executor.submit(work, *task) for task in tasks]
    return (each.result() for each in asked)


def unheld_system(source: Source, rows: Rows, mean: Array, relative: float) -> System:
    """Return a system without its features, which are not held."""
    nothing = mean.new_empty(0, source.shape[1])
    given = mean if rows.has_intercept else None
    return System(nothing, rows, 1.0, given, 0.0, relative)


def absent_rows(source: Source, rows: Rows) -> Float[Array, "a m"] | None:
    """Return the features of the rows of weight 0; None where there are none."""
    if rows.absent is None:
        return None
    found = torch.cat([source.rows(i, i + 1) for i in rows.absent.tolist()])
    return found.to(rows.roots.device)

"""The two passes over rows that come in blocks."""

from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial

import numpy as np
import torch

from widthwise.arrays import Array, Float, PointsLike
from widthwise.numerics.pace import Pace
from widthwise.numerics.rounding import relative_rounding
from widthwise.readouts._ridge_path import RidgePath, path_of
from widthwise.readouts.factors import FeatureDesign, Modes, Rows
from widthwise.readouts.streams._accumulator import RowAccumulator
from widthwise.readouts.streams._kept import DIGESTS, Keeping
from widthwise.readouts.streams._near_rows import near_rows
from widthwise.readouts.streams._plan import StreamPlan
from widthwise.readouts.streams._row_work import RowWork, block_modes, taken
from widthwise.readouts.streams._source import Source
from widthwise.readouts.streams._tasks import (
    TOGETHER,
    absent_rows,
    tasks,
    unheld_system,
)
from widthwise.readouts.streams._tasks import done as in_order
from widthwise.wording import counted

__all__ = ["by_rows"]


def by_rows(
    source: Source,
    rows: Rows,
    penalties: PointsLike | None,
    plan: StreamPlan,
    pace: Pace,
    executor: Executor | None,
    keep: Keeping,
) -> RidgePath:
    """Find the triangle of the rows, then the errors of each one left out."""
    work = RowWork(source, rows, plan.block, keep.is_on)
    starts = range(0, source.shape[0], plan.block)
    first, second = pace.piece(0), pace.piece(2)
    groups = tasks(starts)
    seen = list[np.ndarray]()

    def again(count: int) -> Iterator[np.ndarray]:
        return in_order(executor, work.digest, ((each,) for each in groups[:count]))

    def state(held: RowAccumulator) -> dict[str, np.ndarray]:
        return held.state() | {DIGESTS: np.array(seen)}

    def summed(method: str, about: Array | None) -> RowAccumulator:
        kept, held = keep.of(f"rows-{method}"), work.held((), method, about)[0]
        seen.clear()
        if left := keep.begun(kept, again):
            held.resume(left)
            seen.extend(left[DIGESTS])
        ahead = ((each, method, about) for each in groups[len(seen) :])
        parts = in_order(executor, work.held, ahead)
        for done, (part, digest) in enumerate(parts, len(seen) + 1):
            held.join(part)
            seen.append(digest)
            kept.save(partial(state, held))
            stop = min(done * TOGETHER, plan.blocks)
            text = f"block {stop} of {plan.blocks}, first pass by {method}"
            first((stop + 1) / (plan.blocks + 1), text)
        return held

    # The first block says most of how the whole is conditioned.
    held, digest = work.held(starts[:1], "gram")
    if plan.blocks == 1:
        seen.append(digest)
        first(1.0, "block 1 of 1, first pass by gram")
    elif held.is_resolved:
        held = summed("gram", held.centre)
    if not held.is_resolved:
        held = summed("qr", None)
    reduced = held.reduced()
    relative = relative_rounding(held.rows, source.unit)
    special = dict[int, Modes]()
    system = unheld_system(source, rows, reduced.feature_mean, relative)

    def blocks() -> Iterator[Modes]:
        for start in starts:
            features, targets, roots = work.block(start)
            kept = torch.nonzero(roots[:, 0])[:, 0]
            if not len(kept):
                continue
            found = block_modes(
                features[kept], targets[kept], roots[kept], rows, reduced
            )
            begun = 0
            for place, row in enumerate((start + kept).tolist()):
                if row in special:
                    if place > begun:
                        yield taken(found, slice(begun, place))
                    yield special[row]
                    begun = place + 1
            if begun < len(kept):
                yield taken(found, slice(begun, None))
        source.require_unchanged()

    def squares(at: Float[Array, " l"]) -> Float[Array, "l c"]:
        total, begun = at.new_zeros(len(at), rows.targets.shape[1]), 0
        near = list[int]()
        kept, of_rows = keep.left_out(penalties), np.array(seen)
        left = kept.begun()
        if "near" in left and np.array_equal(left.get(DIGESTS, ()), of_rows):
            total, begun = torch.from_numpy(left["total"]).to(at), int(left["done"])
            near = left["near"].tolist()
        tasks = ((each, at, reduced) for each in starts[begun:])
        parts = in_order(executor, work.squares, tasks)
        for done, (part, close) in enumerate(parts, begun + 1):
            total += part
            near += close
            found = {"total": total.cpu().numpy(), "done": np.array(done)}
            found["near"] = np.array(near, dtype=np.int64)
            kept.save(partial(dict, found | {DIGESTS: of_rows}))
            text = f"block {done} of {plan.blocks}, second pass"
            second(done / plan.blocks, text)
        if near:
            text = f"{counted(len(near), 'row')} of leverage near 1, a third pass"
            rank, nullity = len(reduced.values), reduced.modes.nullity
            special.update(
                near_rows(
                    work, near, rank, nullity, executor, lambda _: second(1.0, text)
                )
            )
        for each in special.values():
            total += each.squares_left_out(at)
        return total

    design = FeatureDesign(
        system,
        reduced.modes,
        reduced.right_vectors,
        absent_rows(source, rows),
        blocks=blocks,
    )
    found = path_of(design, penalties, "features", squares)
    source.require_unchanged()
    keep.done()
    return found

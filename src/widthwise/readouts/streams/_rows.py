"""The two passes over rows that come in blocks."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch

from widthwise.arrays import Array, Float, PointsLike
from widthwise.numerics.rounding import relative_rounding
from widthwise.progress import Progress
from widthwise.readouts._ridge_path import RidgePath, path_of
from widthwise.readouts.factors import FeatureDesign, Modes, Rows
from widthwise.readouts.streams._accumulator import RowAccumulator
from widthwise.readouts.streams._kept import DIGESTS, Digest, Keeping
from widthwise.readouts.streams._plan import StreamPlan
from widthwise.readouts.streams._reduced import Reduced
from widthwise.readouts.streams._source import Source
from widthwise.readouts.streams._tasks import (
    TOGETHER,
    absent_rows,
    tasks,
    unheld_system,
)
from widthwise.readouts.streams._tasks import done as in_order

__all__ = ["by_rows"]

_CLEAR = 64.0  # Roundings from which 1 - leverage can be told from 0.


@dataclass(frozen=True)
class _RowWork:
    """What is done with blocks of rows, here or elsewhere."""

    source: Source
    rows: Rows
    size: int
    is_kept: bool

    def block(self, start: int) -> tuple[Array, Array, Array]:
        """Return features, targets and the roots of the weights of some rows."""
        at = slice(start, min(start + self.size, self.source.shape[0]))
        roots = self.rows.all_rows(self.rows.roots[:, None])[at]
        targets = self.rows.all_rows(self.rows.targets)[at]
        return self.source.rows(start, at.stop).to(roots.device), targets, roots

    def held(
        self,
        starts: Iterable[int],
        method: str = "qr",
        about: Float[Array, " m"] | None = None,
    ) -> tuple[RowAccumulator, np.ndarray]:
        """Return what is summed of some blocks, and the digest of their features."""
        seen = Digest(is_on=self.is_kept)
        found = RowAccumulator(
            intercept=self.rows.has_intercept,
            unit=self.source.unit,
            device=self.rows.roots.device,
            method=method,
            about=None if about is None else about.cpu(),
        )
        for start in starts:
            features, targets, roots = self.block(start)
            seen.add(features)
            found.add(features, targets, roots[:, 0].square())
        return found, seen.found

    def digest(self, starts: range) -> np.ndarray:
        """Return that of the features of some blocks, read again."""
        seen = Digest()
        for start in starts:
            seen.add(self.block(start)[0])
        return seen.found

    def squares(self, start: int, at: Array, reduced: Reduced) -> Array:
        found = _block_modes(*self.block(start), self.rows, reduced)
        return found.squares_left_out(at)


def by_rows(
    source: Source,
    rows: Rows,
    penalties: PointsLike | None,
    plan: StreamPlan,
    tell: Progress,
    executor: Executor | None,
    keep: Keeping,
) -> RidgePath:
    """Find the triangle of the rows, then the errors of each one left out."""
    work = _RowWork(source, rows, plan.block, keep.is_on)
    starts = range(0, source.shape[0], plan.block)
    passes = 2 * plan.blocks + 1
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
            tell(stop / passes, text)
        return held

    # The first block says most of how the whole is conditioned.
    first, _ = work.held(starts[:1], "gram")
    held = None
    if plan.blocks == 1 or first.is_resolved:
        held = summed("gram", first.centre)
    if held is None or not held.is_resolved:
        held = summed("qr", None)
    reduced = held.reduced()
    relative = relative_rounding(held.rows, source.unit)
    system = unheld_system(source, rows, reduced.feature_mean, relative)

    def blocks() -> Iterator[Modes]:
        for start in starts:
            features, targets, roots = work.block(start)
            kept = torch.nonzero(roots[:, 0])[:, 0]
            if len(kept):
                yield _block_modes(
                    features[kept], targets[kept], roots[kept], rows, reduced
                )

    def squares(at: Float[Array, " l"]) -> Float[Array, "l c"]:
        total, begun = at.new_zeros(len(at), rows.targets.shape[1]), 0
        kept = keep.of("rows-left-out", at, torch.from_numpy(np.array(seen)))
        if left := kept.begun():
            total, begun = torch.from_numpy(left["total"]).to(at), int(left["done"])
        tasks = ((each, at, reduced) for each in starts[begun:])
        parts = in_order(executor, work.squares, tasks)
        for done, part in enumerate(parts, begun + 1):
            total += part
            found = {"total": total.cpu().numpy(), "done": np.array(done)}
            kept.save(partial(dict, found))
            text = f"block {done} of {plan.blocks}, second pass"
            tell((plan.blocks + done) / passes, text)
        return total

    design = FeatureDesign(
        system,
        reduced.modes,
        reduced.right_vectors,
        absent_rows(source, rows),
        blocks=blocks,
    )
    found = path_of(design, penalties, "features", squares)
    keep.done()
    return found


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

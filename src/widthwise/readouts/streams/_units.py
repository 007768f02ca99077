"""The pass over units that come in blocks."""

from collections.abc import Iterator
from concurrent.futures import Executor

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.numerics.linear_algebra import power_of_two_scale, svd
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.squares import require_squares
from widthwise.numerics.tall_qr import StreamedFactor
from widthwise.progress import Progress
from widthwise.readouts.factors import FeatureDesign, Rows, modes
from widthwise.readouts.streams._kept import DIGESTS, Digest, Keeping
from widthwise.readouts.streams._plan import StreamPlan
from widthwise.readouts.streams._source import Source
from widthwise.readouts.streams._tasks import (
    TOGETHER,
    absent_rows,
    tasks,
    unheld_system,
)
from widthwise.readouts.streams._tasks import done as in_order

__all__ = ["by_units"]


def by_units(
    source: Source,
    rows: Rows,
    plan: StreamPlan,
    tell: Progress,
    executor: Executor | None,
    keep: Keeping,
) -> FeatureDesign:
    """Factorize units that are read in blocks, and read again for each solution."""
    total, means, digests = StreamedFactor(), [], list[np.ndarray]()
    groups = tasks(range(0, source.shape[1], plan.block))

    def again(count: int) -> Iterator[np.ndarray]:
        read = ((source, plan.block, each) for each in groups[:count])
        return in_order(executor, _digest, read)

    kept = keep.of("units")
    if earlier := keep.begun(kept, again):
        seen, digests = earlier["seen"].tolist(), list(earlier[DIGESTS])
        held = [torch.from_numpy(earlier[f"level_{i}"]) for i in range(len(seen))]
        there = [each.to(rows.roots) for each in held]
        total.resume(list(zip(seen, there, strict=True)))
        means = [torch.from_numpy(earlier["means"]).to(rows.roots)]

    def state() -> dict[str, np.ndarray]:
        levels = total.levels()
        arrays = {
            f"level_{i}": each.cpu().numpy() for i, (_, each) in enumerate(levels)
        }
        return arrays | {
            "seen": np.array([k for k, _ in levels]),
            DIGESTS: np.array(digests),
            "means": torch.cat(means).cpu().numpy(),
        }

    ahead = groups[len(digests) :]
    work = ((source, rows, plan.block, each, keep.is_on) for each in ahead)
    parts = in_order(executor, _units_held, work)
    for done, (part, part_means, digest) in enumerate(parts, len(digests) + 1):
        total.join(part)
        means += part_means
        digests.append(digest)
        kept.save(state)
        stop = min(done * TOGETHER, plan.blocks)
        tell(stop / (plan.blocks + 1), f"block {stop} of {plan.blocks}")
    source.require_unchanged()
    factor = total.factor()
    scale = power_of_two_scale(factor)
    _, values, back = svd(factor / scale)  # Φ = Rᵀ Qᵀ
    require_squares(float(values[0]) * scale, "The features")
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
        found: Array = torch.cat([block.T @ on_rows for block, _ in blocks])
        source.require_unchanged()
        return found

    system = unheld_system(source, rows, mean, relative)
    return FeatureDesign(system, found, None, absent_rows(source, rows), transposed)


def _units_held(
    source: Source, rows: Rows, size: int, starts: range, is_kept: bool
) -> tuple[StreamedFactor, list[Array], np.ndarray]:
    """Return the factor of some blocks of units, their means and their digest."""
    found, means, seen = StreamedFactor(), [], Digest(is_on=is_kept)
    for block, mean in _blocks(source, rows, size, starts, seen):
        found.add(block.contiguous())
        means.append(mean)
    return found, means, seen.found


def _digest(source: Source, size: int, starts: range) -> np.ndarray:
    """Return that of some blocks of units, read again."""
    seen = Digest()
    for start in starts:
        seen.add(source.units(start, min(start + size, source.shape[1])))
    return seen.found


def _blocks(
    source: Source,
    rows: Rows,
    size: int,
    starts: range,
    seen: Digest | None = None,
) -> Iterator[tuple[Float[Array, "r b"], Float[Array, " b"]]]:
    """Yield the units' blocks in the system's coordinates, with their means."""
    for start in starts:
        block = source.units(start, min(start + size, source.shape[1]))
        if seen is not None:
            seen.add(block)
        block = block.to(rows.roots.device)
        block = block if rows.kept is None else block[rows.kept]
        mean = block.new_zeros(block.shape[1])
        yield (
            rows.turned(block).clone(),
            rows.mean(block) if rows.has_intercept else mean,
        )

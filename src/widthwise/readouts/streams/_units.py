"""The pass over units that come in blocks."""

from collections.abc import Iterator
from concurrent.futures import Executor
from functools import partial

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.numerics.linear_algebra import power_of_two_scale, svd
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.tall_qr import StreamedFactor
from widthwise.progress import Progress
from widthwise.readouts.factors import FeatureDesign, Rows, modes
from widthwise.readouts.streams._kept import Keeping
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
    total, means, begun = StreamedFactor(), [], 0
    kept = keep.of("units")
    if earlier := kept.begun():
        seen, begun = earlier["seen"].tolist(), int(earlier["done"])
        held = [torch.from_numpy(earlier[f"level_{i}"]) for i in range(len(seen))]
        there = [each.to(rows.roots) for each in held]
        total.resume(list(zip(seen, there, strict=True)))
        means = [torch.from_numpy(earlier["means"]).to(rows.roots)]

    def state(done: int) -> dict[str, np.ndarray]:
        levels = total.levels()
        arrays = {
            f"level_{i}": each.cpu().numpy() for i, (_, each) in enumerate(levels)
        }
        return arrays | {
            "seen": np.array([k for k, _ in levels]),
            "done": np.array(done),
            "means": torch.cat(means).cpu().numpy(),
        }

    groups = tasks(range(0, source.shape[1], plan.block))[begun:]
    parts = in_order(
        executor, _units_held, ((source, rows, plan.block, each) for each in groups)
    )
    for done, (part, part_means) in enumerate(parts, begun + 1):
        total.join(part)
        means += part_means
        kept.save(partial(state, done))
        stop = min(done * TOGETHER, plan.blocks)
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

    system = unheld_system(source, rows, mean, relative)
    return FeatureDesign(system, found, None, absent_rows(source, rows), transposed)


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

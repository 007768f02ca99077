"""The pass over units that come in blocks."""

from collections.abc import Iterator
from concurrent.futures import Executor

import numpy as np
import torch

from widthwise.arrays import Array, Float
from widthwise.numerics.linear_algebra import power_of_two_scale, svd
from widthwise.numerics.pace import Pace
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.squares import require_squares
from widthwise.numerics.tall_qr import StreamedFactor
from widthwise.readouts.factors import FeatureDesign, Rows, modes
from widthwise.readouts.streams._kept import DIGESTS, Keeping
from widthwise.readouts.streams._plan import StreamPlan
from widthwise.readouts.streams._source import Source
from widthwise.readouts.streams._tasks import (
    TOGETHER,
    absent_rows,
    tasks,
    unheld_system,
)
from widthwise.readouts.streams._tasks import done as in_order
from widthwise.readouts.streams._unit_work import UnitWork

__all__ = ["by_units"]


def by_units(
    source: Source,
    rows: Rows,
    plan: StreamPlan,
    pace: Pace,
    executor: Executor | None,
    keep: Keeping,
) -> FeatureDesign:
    """Factorize units that are read in blocks, and read again for each solution."""
    total, means, digests = StreamedFactor(), [], list[np.ndarray]()
    work = UnitWork(source, rows, plan.block, keep.is_on)
    groups = tasks(range(0, source.shape[1], plan.block))

    def again(count: int) -> Iterator[np.ndarray]:
        return in_order(executor, work.digest, ((each,) for each in groups[:count]))

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
    tell = pace.piece(0)
    parts = in_order(executor, work.held, ((each,) for each in ahead))
    for done, (part, part_means, digest) in enumerate(parts, len(digests) + 1):
        total.join(part)
        means += part_means
        digests.append(digest)
        kept.save(state)
        stop = min(done * TOGETHER, plan.blocks)
        tell(stop / plan.blocks, f"block {stop} of {plan.blocks}")
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
        blocks = work.blocks(range(0, source.shape[1], plan.block))
        found: Array = torch.cat([block.T @ on_rows for block, _ in blocks])
        source.require_unchanged()
        return found

    system = unheld_system(source, rows, mean, relative)
    return FeatureDesign(system, found, None, absent_rows(source, rows), transposed)

"""A loss that no weights can go below, from points a network cannot tell apart."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from widthwise.landscape.regions._exact import dyadic
from widthwise.landscape.regions._region import Region

__all__ = ["LossFloor", "loss_floor"]


@dataclass(frozen=True)
class LossFloor:
    r"""A lower bound of the loss over all weights of all widths.

    Attributes
    ----------
    loss
        $\min \tfrac12\|f - y\|^2$ over the outputs that respect the points'
        coincidences.
    conflicts
        The groups of points, ascending, that no weights can fit together.
    """

    loss: Fraction
    conflicts: tuple[tuple[int, ...], ...]


def loss_floor(region: Region) -> LossFloor:
    r"""Return the floor that equal, proportional and zero points set.

    Equal rows of (x, 1), or of x, have equal outputs. Without biases and with
    $\sigma(\alpha z) = \alpha \sigma(z)$, rows $\alpha_i x$ have outputs $\alpha_i h$,
    $\alpha_i \ge 0$; h = Σ α_i y_i / Σ α_i² fits best. Of an even σ, such as |z|, rows
    $-\alpha_i x$ too. A zero row has a fixed output.
    """
    whole, bits = dyadic(region.points)
    y = [Fraction(float(each)) for each in region.targets]
    fixed = _output_at_zero(region)
    is_even = region.is_scale_free and region.of.slopes[0] == -region.of.slopes[-1]
    groups: dict[tuple[int, ...], list[tuple[int, Fraction]]] = {}
    for i, row in enumerate(whole):
        size = math.gcd(*row)
        if size and region.is_scale_free:
            first = next(each for each in row if each)
            sign = -1 if is_even and first < 0 else 1
            key = tuple(sign * each // size for each in row)
            groups.setdefault(key, []).append((i, Fraction(size, 1 << bits)))
        else:
            groups.setdefault(tuple(row), []).append((i, Fraction(1)))
    total, conflicts = Fraction(0), []
    for key, members in groups.items():
        if any(key):
            squares = sum((a * a for _, a in members), Fraction(0))
            level = sum((a * y[i] for i, a in members), Fraction(0)) / squares
        else:
            level = fixed
        miss = sum(((a * level - y[i]) ** 2 for i, a in members), Fraction(0))
        if miss:
            conflicts.append(tuple(i for i, _ in members))
            total += miss
    return LossFloor(total / 2, tuple(sorted(conflicts)))


def _output_at_zero(region: Region) -> Fraction:
    """Σ v σ(0)."""
    edges = np.array(region.of.breakpoints)
    piece = int(np.searchsorted(edges, 0.0, side="right"))
    value = Fraction(region.of.intercepts[piece])
    return value * sum((Fraction(float(v)) for v in region.outer), Fraction(0))

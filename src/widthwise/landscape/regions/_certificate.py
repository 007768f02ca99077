"""What proves that a region has, or has not, weights with given outputs."""

import math
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from widthwise.arrays import Array, Float
from widthwise.landscape.regions._region import Region

__all__ = ["InteriorPoint", "Separation", "constants"]


@dataclass(frozen=True, eq=False)
class InteriorPoint:
    r"""Weights strictly inside a region whose outputs are given numbers.

    Attributes
    ----------
    weights, biases
        W, shape (d1, d0), and b, shape (d1,) or None: the exact weights rounded to
        float64. They too lie strictly inside, checked without rounding.
    residual
        $\max_i |f(x_i) - t_i|$ at `weights` and `biases`, t the outputs proved to be
        attained: formed without rounding, then rounded up.
    exact
        Rational weights, one tuple a unit with its bias last, at which the outputs are
        t and every inequality holds, both without rounding.
    margin
        The least $\epsilon (x \cdot w - e)$ over the inequalities; inf if there are
        none.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(2, dtype=torch.float64)
    >>> pattern = torch.tensor([[True, True]])  # One unit, active at both points.
    >>> targets = torch.tensor([2.0, 3.0], dtype=torch.float64)
    >>> found = ww.landscape.region_minimum(pattern, points, targets)
    >>> found.point.weights.tolist(), found.point.margin, found.point.residual
    ([[2.0, 3.0]], 2.0, 0.0)
    """

    weights: Float[Array, "d1 d0"]
    biases: Float[Array, " d1"] | None
    residual: float
    # Not shown: Python refuses to print whole numbers of 4300 digits.
    exact: tuple[tuple[Fraction, ...], ...] = field(repr=False)
    margin: float

    def holds(self, region: Region, outputs: tuple[Fraction, ...]) -> bool:
        """Check with fractions alone: strictly inside, and with these outputs."""
        x = [[Fraction(float(each)) for each in row] for row in region.points]
        z = [
            [
                sum((a * b for a, b in zip(row, unit, strict=True)), Fraction(0))
                for row in x
            ]
            for unit in self.exact
        ]
        inside = all(
            Fraction(float(s)) * (z[r][i] - Fraction(float(e))) > 0
            for r, i, s, e in zip(
                region.units, region.rows, region.signs, region.edges, strict=True
            )
        )
        slopes = region.slopes
        return inside and all(
            sum(
                (
                    v * (Fraction(float(slopes[r, i])) * z[r][i] + level)
                    for r, (v, level) in enumerate(column)
                ),
                Fraction(0),
            )
            == outputs[i]
            for i, column in enumerate(constants(region))
        )


@dataclass(frozen=True, eq=False)
class Separation:
    r"""Multipliers that keep the outputs of a region away from given numbers t.

    With $\lambda \ge 0$ and $J^\top u = \sum_k \lambda_k \epsilon_k x_{i_k}$ in the
    columns of unit $r_k$, all weights of the closed region have

    .. math:: u \cdot f \;\ge\; u \cdot c + \sum_k \lambda_k \epsilon_k e_k
              \;=\; u \cdot t + \mathrm{gap},

    strictly inside if some $\lambda_k > 0$. A gap of zero or more excludes f = t from
    the inside; a positive one from the closed region, with
    $\|f - t\| \ge \mathrm{gap} / \|u\|$ (Farkas). With u = 0 the region is empty.

    Attributes
    ----------
    point_multipliers
        u, one rational a point.
    constraint_multipliers
        (unit, point, $\epsilon$, e, $\lambda$) of each inequality used: it reads
        $\epsilon (x \cdot w - e) \ge 0$.
    gap
        Rational.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(2, dtype=torch.float64)
    >>> pattern = torch.tensor([[True, True]])  # One unit, active at both points.
    >>> targets = torch.tensor([-2.0, 3.0], dtype=torch.float64)
    >>> found = ww.landscape.region_minimum(pattern, points, targets)
    >>> found.kind, round(found.separation.distance, 6)
    ('none', 2.0)
    """

    point_multipliers: tuple[Fraction, ...] = field(repr=False)
    constraint_multipliers: tuple[tuple[int, int, int, Fraction, Fraction], ...] = (
        field(repr=False)
    )
    gap: Fraction = field(repr=False)

    @property
    def distance(self) -> float:
        r"""A lower bound of $\|f - t\|$ over the closed region; inf if it is empty."""
        size = sum((each * each for each in self.point_multipliers), Fraction(0))
        if not size:
            return math.inf if self.gap > 0 else 0.0
        squared = self.gap * self.gap / size
        return math.sqrt(float(squared)) * (1 - 2.0**-50) if self.gap > 0 else 0.0

    def holds(self, region: Region, targets: tuple[Fraction, ...]) -> bool:
        """Check every claim with fractions alone, J formed anew: slow, independent."""
        d1, n, d = region.sizes
        x = [[Fraction(float(each)) for each in row] for row in region.points]
        v = [Fraction(float(each)) for each in region.outer]
        u, given = self.point_multipliers, self.constraint_multipliers
        if any(each[4] < 0 for each in given):
            return False
        allowed = {
            (int(r), int(i), int(s), Fraction(float(e)))
            for r, i, s, e in zip(
                region.units, region.rows, region.signs, region.edges, strict=True
            )
        }
        if any(each[:4] not in allowed for each in given):
            return False
        sums = np.full((d1, d), Fraction(0))
        for r in range(d1):
            for i in range(n):
                slope = Fraction(float(region.slopes[r, i]))
                if u[i] and slope:
                    sums[r] += [u[i] * v[r] * slope * each for each in x[i]]
        for r, i, sign, _, size in given:
            sums[r] -= [size * sign * each for each in x[i]]
        bound = sum((s * e * z for _, _, s, e, z in given), Fraction(0))
        aim = sum((a * b for a, b in zip(u, targets, strict=True)), Fraction(0))
        strict = any(each[4] > 0 for each in given)
        right = self.gap == bound - aim and self.gap >= 0
        return not sums.any() and right and (strict or self.gap > 0)


def constants(region: Region) -> list[list[tuple[Fraction, Fraction]]]:
    """Return, for each point, every unit's outer weight and constant."""
    piece = region.pattern.astype(np.int64).T.tolist()
    levels = [Fraction(each) for each in region.of.intercepts]
    outer = [Fraction(float(each)) for each in region.outer]
    return [[(v, levels[k]) for k, v in zip(row, outer, strict=True)] for row in piece]

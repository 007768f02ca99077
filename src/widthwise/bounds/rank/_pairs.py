"""Full rank from all angles between the rows."""

import math
from dataclasses import dataclass

import numpy as np

from widthwise.arrays import Float, Int
from widthwise.bounds.rank._definition import RankTheorem
from widthwise.bounds.rank._escape import escape_by_size
from widthwise.bounds.rank._homogeneous import kink_refusal
from widthwise.bounds.rank._problem import Problem
from widthwise.bounds.rank._tails import chain_width, union_width
from widthwise.prose import Prose, say

__all__ = ["Lines", "farthest_first", "lines_of", "pair_rank", "width_of_lines"]

_MOST_ROWS = 4000
_STAGES = (0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.87, 0.92, 0.95, 0.97, 0.985, 0.995, 1.0)


class _PairRank(RankTheorem):
    r"""The rows are taken in an order, those far from all others first.

    While the rank is k, some combination of the first k + 1 rows is orthogonal to all
    features, and a unit helps with the probability $p_k$ that the angles among those
    rows give: the rank climbs at least as fast as a chain with these probabilities.
    Or by a union over supports: $P(\operatorname{rank} \Phi < n) \le \sum_s
    \binom{n}{s} P(\mathrm{Bin}(m, p(s)) < s)$. The smaller width is returned.
    """

    name = "pair_rank"
    title = "Full rank from all angles between the rows"
    formula = r"\min\{m : P(\textstyle\sum_{k<n} \mathrm{Geom}(p_k) > m) \le \delta\}"
    activations = "relu, leaky_relu, abs, step, rectified powers"
    data = "rows with no two parallel save independent antipodal pairs; up to 4,000"

    def _refusal(self, problem: Problem) -> str | None:
        if problem.count > _MOST_ROWS:
            return f"{problem.count} rows are more than {_MOST_ROWS}"
        reason = kink_refusal(problem)
        if reason is not None:
            return reason
        return lines_of(problem).doubt

    def _units(
        self, problem: Problem, delta: float
    ) -> tuple[float, tuple[Prose | str, ...]]:
        allowed = (problem.kink_degree or 0) + 1
        units, escapes = width_of_lines(lines_of(problem), allowed, delta)
        said = say(
            "a unit helps with probability {:2} at least, {:2} on average",
            float(escapes.min()),
            float(len(escapes) / (1 / np.maximum(escapes, 1e-300)).sum()),
        )
        return units, (said,)


pair_rank = _PairRank()


@dataclass(frozen=True, eq=False)
class Lines:
    """The rows' lines: an antipodal pair is one.

    Attributes
    ----------
    angles
        Acute angles between them, rounded down, shape (g, g).
    multiplicity
        1 or 2 rows on each line.
    order
        Farthest first.
    doubt
        Why they are not what the theorem needs, or None.
    """

    angles: Float[np.ndarray, "g g"]
    multiplicity: Int[np.ndarray, " g"]
    order: Int[np.ndarray, " g"]
    doubt: str | None


def width_of_lines(
    lines: Lines, allowed: int, delta: float
) -> tuple[float, Float[np.ndarray, " n"]]:
    """Return the smaller of the chain's and the union's width, and the chain."""
    order, angles, count = lines.order, lines.angles, int(lines.multiplicity.sum())
    stages = sorted({max(1, math.ceil(len(order) * each)) for each in _STAGES})
    by_stage, sizes = [], (np.array([1]), np.array([0.5]))
    for stage in stages:
        chosen = order[:stage]
        sizes = escape_by_size(angles[np.ix_(chosen, chosen)], allowed)
        by_stage.append(float(sizes[1].min()))
    # The rank k is left by way of the first k + 1 rows.
    needed = np.repeat(np.arange(1, len(order) + 1), lines.multiplicity[order])
    escapes = np.array(by_stage)[np.searchsorted(stages, needed)]
    units = chain_width(escapes, delta)
    if len(order) == count:
        units = min(units, union_width(count, *sizes, delta))
    return units, escapes


def lines_of(problem: Problem) -> Lines:
    """Return the lines of the rows, with what is doubtful of them."""
    angles, points = problem.angles, problem.points
    first, second = np.nonzero(np.triu(angles <= 0))
    doubt = None
    for i, j in zip(first.tolist(), second.tolist(), strict=True):
        if not np.array_equal(points[i], -points[j]):
            doubt = f"rows {i} and {j} are too near to being parallel to tell"
    if len(first) and doubt is None and not problem.verdict.is_exact:
        doubt = (
            "rows are antipodal, and what the rank theorem says of them was decided "
            "numerically, not proved"
        )
    kept = np.setdiff1d(np.arange(len(points)), second)
    multiplicity = np.ones(len(points), dtype=int)
    multiplicity[first] = 2
    angles = angles[np.ix_(kept, kept)]
    return Lines(angles, multiplicity[kept], farthest_first(angles), doubt)


def farthest_first(angles: Float[np.ndarray, "g g"]) -> Int[np.ndarray, " g"]:
    """Return an order in which each line is as far as can be from those before it."""
    order = [int(angles.sum(axis=1).argmax())]
    nearest = angles[order[0]].copy()
    nearest[order[0]] = -1.0
    for _ in range(len(angles) - 1):
        chosen = int(nearest.argmax())
        order.append(chosen)
        nearest = np.minimum(nearest, angles[chosen])
        nearest[chosen] = -1.0
    return np.array(order)

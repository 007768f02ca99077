"""Full rank of the inner Jacobian at random weights, from the angles of the rows."""

import numpy as np
import torch

from widthwise.bounds.rank._definition import RankTheorem
from widthwise.bounds.rank._pairs import Lines, farthest_first, lines_of, width_of_lines
from widthwise.bounds.rank._problem import Problem
from widthwise.datasets import span_dimension
from widthwise.prose import Prose, say

__all__ = ["volume_rank"]

_MOST_ROWS = 4000


class _VolumeRank(RankTheorem):
    r"""The rows are dealt into d blocks with independent slopes $\sigma'(w \cdot x_i)$.

    d is the dimension that the rows span. For rows generic in it the Jacobian $v_r
    \sigma'(w_r \cdot x_i) x_i$ has rank n as soon as the rows split into d sets with
    independent slopes (matroid union). A block fails with probability $\delta / d$ at
    most at the width of `pair_rank` for a step.
    """

    name = "volume_rank"
    title = "Full rank of the inner Jacobian at random weights"
    promise = "jacobian"
    formula = r"\max_{S} m_S(\delta / d)"
    activations = "relu, leaky_relu, abs"
    data = "generic rows, no two parallel; up to 4,000"

    def _refusal(self, problem: Problem) -> str | None:
        if problem.act.constants_are_sampled or problem.kink_degree != 1:
            return f"it is about relu, leaky_relu and abs, not {problem.act.name}"
        if problem.count > _MOST_ROWS:
            return f"{problem.count} rows are more than {_MOST_ROWS}"
        if (problem.angles <= 0).any():
            return "two rows are parallel or too near to it to tell"
        return None

    def _units(
        self, problem: Problem, delta: float
    ) -> tuple[float, tuple[Prose | str, ...]]:
        lines = lines_of(problem)
        blocks = span_dimension(torch.from_numpy(problem.points))
        widths = []
        for block in range(blocks):
            chosen = lines.order[block::blocks]
            angles = lines.angles[np.ix_(chosen, chosen)]
            ones = np.ones(len(chosen), dtype=int)
            part = Lines(angles, ones, farthest_first(angles), None)
            widths.append(width_of_lines(part, 1, delta / blocks)[0])
        said = say("the rows are generic in the {:,} dimensions they span", blocks)
        return max(widths), (said,)


volume_rank = _VolumeRank()

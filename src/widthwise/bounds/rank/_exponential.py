"""Linear above, exponential below: every unit helps with probability one half."""

from widthwise.bounds.rank._definition import RankTheorem
from widthwise.bounds.rank._problem import Problem
from widthwise.bounds.rank._tails import binomial_width
from widthwise.prose import Prose

__all__ = ["exponential_rank"]

_NAMES = frozenset({"elu", "selu", "celu"})


class _ExponentialRank(RankTheorem):
    r"""$P(\operatorname{rank} \Phi < n) \le P(\mathrm{Bin}(m, 1/2) \le n - 1)$.

    A combination of rows vanishes on a set of weights only where every row it uses is
    in the linear half, so within a half space.
    """

    name = "exponential_rank"
    title = "elu, selu, celu: each unit helps with probability 1/2"
    formula = r"\min\{m : P(\mathrm{Bin}(m, \tfrac12) \le n - 1) \le \delta\}"
    activations = "elu, selu, celu"
    data = "distinct rows"

    def _refusal(self, problem: Problem) -> str | None:
        if problem.shape.name not in _NAMES:
            return f"it is about elu, selu and celu, not {problem.act.name}"
        return problem.obstacle

    def _units(
        self, problem: Problem, delta: float
    ) -> tuple[float, tuple[Prose | str, ...]]:
        return binomial_width(problem.count, 0.5, delta), ()


exponential_rank = _ExponentialRank()

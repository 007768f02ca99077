"""Wendland activations: a unit helps where it sees a row."""

from scipy.special import betainc

from widthwise.bounds.rank._definition import RankTheorem
from widthwise.bounds.rank._problem import Problem
from widthwise.bounds.rank._tails import binomial_width
from widthwise.prose import Prose, say

__all__ = ["wendland_rank"]


class _WendlandRank(RankTheorem):
    r"""$P(\operatorname{rank} \Phi < n) \le P(\mathrm{Bin}(m, c) \le n - 1)$.

    c is the share of the sphere in one row's support, $P(w \cdot x > t_0)$. Each
    summand is singular at its own row, so a combination vanishes only where none of
    its rows is in sight.
    """

    name = "wendland_rank"
    title = "Wendland activations: a unit helps where it sees a row"
    formula = r"\min\{m : P(\mathrm{Bin}(m, P(w \cdot x > t_0)) \le n - 1) \le \delta\}"
    activations = "wendland0, wendland2, wendland4, wendland6"
    laws = "sphere"
    data = "distinct rows in three dimensions or more"

    def _refusal(self, problem: Problem) -> str | None:
        if not hasattr(problem.shape, "support_edge"):
            return f"it is about Wendland's activations, not {problem.act.name}"
        if problem.act is not problem.shape:
            return "a factor or a constant moves the edge of the support"
        if problem.law.name != "sphere":
            return f"it is about the sphere law, not {problem.law.name!r}"
        if problem.points.shape[1] < 3:
            return "the rows have two coordinates; it needs three"
        return problem.obstacle

    def _units(
        self, problem: Problem, delta: float
    ) -> tuple[float, tuple[Prose | str, ...]]:
        share = _cap(float(problem.shape.support_edge), problem.points.shape[1])  # type: ignore[attr-defined]
        said = say("a unit sees a given row with probability {}", share)
        return binomial_width(problem.count, share, delta), (said,)


wendland_rank = _WendlandRank()


def _cap(edge: float, dimension: int) -> float:
    """Return P(u > edge) for one coordinate u of a uniform point, rounded down."""
    if edge <= -1:
        return 1.0
    half = 0.5 * float(betainc((dimension - 1) / 2, 0.5, (1 - edge) * (1 + edge)))
    return (half if edge >= 0 else 1 - half) * (1 - 1e-10)

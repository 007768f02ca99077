"""Analytic activations: n units are enough, almost surely."""

from widthwise.bounds.rank._definition import RankTheorem
from widthwise.bounds.rank._problem import Problem
from widthwise.prose import Prose

__all__ = ["analytic_rank"]


class _AnalyticRank(RankTheorem):
    r"""The determinant is analytic in the weights, and not identically zero.

    If $G_\infty$ is nonsingular, $w \mapsto c^\top \sigma(Xw)$ is not identically zero
    for any $c \ne 0$; being analytic, it vanishes on a null set only. So each of the
    first n units leaves the span of those before it, with probability one.
    """

    name = "analytic_rank"
    title = "Analytic activations: n units, almost surely"
    formula = r"n"
    activations = "analytic where the weights reach: tanh, swish, gelu, softplus, ..."
    data = "rows whose infinite-width kernel the rank theorem calls nonsingular"

    def _refusal(self, problem: Problem) -> str | None:
        if not problem.is_analytic:
            return (
                f"{problem.act.name} is not analytic where the weights of the "
                f"{problem.law.name} law reach"
            )
        if problem.obstacle is not None:
            return problem.obstacle
        if not problem.verdict.is_exact:
            return "the rank at infinite width was decided numerically, not proved"
        return None

    def _units(
        self,
        problem: Problem,
        delta: float,  # noqa: ARG002
    ) -> tuple[float, tuple[Prose | str, ...]]:
        return float(problem.count), ("the probability is one, whatever `δ`",)


analytic_rank = _AnalyticRank()

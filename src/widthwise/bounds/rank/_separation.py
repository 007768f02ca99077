"""Full rank from the smallest angle between two rows, and nothing else."""

import math
from abc import abstractmethod

from widthwise.bounds.rank._definition import RankTheorem
from widthwise.bounds.rank._escape import escape_from_angle
from widthwise.bounds.rank._homogeneous import kink_refusal
from widthwise.bounds.rank._problem import Problem
from widthwise.bounds.rank._tails import binomial_width
from widthwise.prose import Prose, say
from widthwise.sources import BECCHETTI_2026

__all__ = ["angle_rank", "separation_rank"]


class _FromAngle(RankTheorem):
    activations = "relu, leaky_relu, abs, step, rectified powers"
    data = "rows with no two parallel; of them, only the smallest angle"

    def _refusal(self, problem: Problem) -> str | None:
        reason = kink_refusal(problem)
        if reason is not None:
            return reason
        if problem.count > 1 and _angle(problem) <= 0:
            first, second = problem.separation.rows
            return (
                f"rows {first} and {second} are parallel or too near to it to tell, "
                "and the theorem needs an angle"
            )
        return None

    def _units(
        self, problem: Problem, delta: float
    ) -> tuple[float, tuple[Prose | str, ...]]:
        if problem.count == 1:
            return binomial_width(1, 0.5, delta), ()
        angle = _angle(problem)
        said = say("no two rows' lines are nearer than {:4} rad", angle)
        return binomial_width(problem.count, self._escape(problem, angle), delta), (
            said,
        )

    @abstractmethod
    def _escape(self, problem: Problem, angle: float) -> float:
        """Return the least probability that a unit leaves a proper subspace."""


class _AngleRank(_FromAngle):
    r"""$P(\operatorname{rank} \Phi < n) \le P(\mathrm{Bin}(m, \theta/4\pi) \le n-1)$.

    The tail is solved; Chernoff's bound of it is the paper's
    $(8\pi/\theta)(n \log 2 + \log(1/\delta))$.
    """

    name = "angle_rank"
    title = "Becchetti et al., Theorem 3.1: full rank from the smallest angle"
    formula = r"\min\{m : P(\mathrm{Bin}(m, \theta / 4\pi) \le n - 1) \le \delta\}"
    source = BECCHETTI_2026

    def _escape(self, problem: Problem, angle: float) -> float:  # noqa: ARG002
        return angle / (4 * math.pi)


class _SeparationRank(_FromAngle):
    r"""The same with the best escape probability that the angle gives.

    $p = a / 8A$ with $A = 1 + (\pi/2 - \theta)\cot\theta \le \pi/2\theta$ and a = 1
    for a step, 2 for a kink; more for a smoother one.
    """

    name = "separation_rank"
    title = "Full rank from the smallest angle, sharpened"
    formula = r"\min\{m : P(\mathrm{Bin}(m, p(\theta)) \le n - 1) \le \delta\}"

    def _escape(self, problem: Problem, angle: float) -> float:
        degree = problem.kink_degree
        return escape_from_angle(angle, (degree or 0) + 1)


angle_rank = _AngleRank()
separation_rank = _SeparationRank()


def _angle(problem: Problem) -> float:
    """Return the smallest acute angle, rounded down."""
    return math.asin(min(problem.separation.value, 1.0)) * (1 - 1e-12) - 1e-15

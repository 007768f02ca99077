"""What a theorem on the rank at finite width must provide."""

import math
from abc import ABC, abstractmethod
from typing import ClassVar

from widthwise.activations import Activation
from widthwise.arrays import PointsLike
from widthwise.bounds.rank._problem import Problem, read_problem
from widthwise.errors import NotCoveredError
from widthwise.laws import Law
from widthwise.prose import Prose, say
from widthwise.sources import THEORY_PAGE
from widthwise.theorems import Theorem, Width, failure_probability, promise

__all__ = ["RankTheorem"]

_NOT_PROMISED = (
    "the promise is that the features are independent, not that they are well "
    "conditioned"
)


class RankTheorem(Theorem, ABC):
    r"""A width at which the features of these rows fit any labels: $\Phi$ has rank n.

    No eigenvalue is used. The rank is that of exact arithmetic.

    Attributes
    ----------
    promise
        "rank".
    activations, laws, data
        What it speaks of, in words.
    name, title, formula, source, trust, constant_is_known
        As in `Theorem`.

    Examples
    --------
    >>> import widthwise as ww
    >>> theorems = ww.bounds.RANK_CATALOG.values()
    >>> all(isinstance(each, ww.bounds.RankTheorem) for each in theorems)
    True
    """

    promise: ClassVar[str] = "rank"
    activations: ClassVar[str]
    laws: ClassVar[str] = "rotation-invariant: sphere or Gaussian"
    data: ClassVar[str]
    source = THEORY_PAGE
    trust = "derived"
    constant_is_known = True

    def width(
        self,
        points: PointsLike,
        act: Activation | str,
        law: Law | str = "sphere",
        failure_probability: float | int = 0.01,
    ) -> Width:
        r"""Return the width, a certificate.

        Parameters
        ----------
        points
            Shape (n, d), rows of unit norm, d >= 2.
        act, law
            σ and the law of the weights, or their names.
        failure_probability
            $\delta$, strictly between 0 and 1.

        Raises
        ------
        NotCoveredError
            If the theorem does not speak of σ, the law or these rows; says why.
        InvalidArgumentError
            If $\delta$ is outside its range or the points are no matrix.
        NotOnSphereError
            If a row is not of unit norm.
        """
        return self.of(read_problem(points, act, law), failure_probability)

    def of(self, problem: Problem, delta: float | int = 0.01) -> Width:
        """Return the width for a problem that was read."""
        delta = failure_probability(delta)
        reason = self._refusal(problem)
        if reason is not None:
            raise NotCoveredError(say("{} gives no width: {}.", self.name, reason))
        units, texts = self._units(problem, delta)
        if math.isinf(units):
            raise NotCoveredError(
                f"{self.name} gives no width: some rows are too near to one another."
            )
        return promise(
            self,
            units,
            (
                "the points have unit norm",
                f"the weights are independent, of the {problem.law.name} law",
                *texts,
                _NOT_PROMISED,
            ),
        )

    @abstractmethod
    def _refusal(self, problem: Problem) -> str | None:
        """Return why it does not speak of the problem, or None."""

    @abstractmethod
    def _units(
        self, problem: Problem, delta: float
    ) -> tuple[float, tuple[Prose | str, ...]]:
        """Return the width and what it used of the data."""

"""What a theorem on the landscape must provide: a width, and the truth beside it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from widthwise.arguments import probability, whole_number
from widthwise.errors import InvalidArgumentError
from widthwise.theorems import Theorem, Width, promise, rounded_up

__all__ = ["Deficiency", "ExactTheorem", "LandscapeTheorem", "least_whole"]


@dataclass(frozen=True)
class Deficiency:
    """The fraction of regions without what the theorem promises, exact or sampled.

    Attributes
    ----------
    fraction, lower, upper
        The fraction with 95 % Clopper-Pearson limits, all equal if exact.
    is_exact
        Whether it is the true fraction.
    meaning
        Which regions are counted, and among which.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.compare_with_theorems(8, 3, trials=20)[0].at_theorem_width
    >>> found.lower <= found.fraction <= found.upper
    True
    """

    fraction: float
    lower: float
    upper: float
    is_exact: bool
    meaning: str


class LandscapeTheorem(Theorem, ABC):
    """A width beyond which all but a fraction of the regions are benign.

    Attributes
    ----------
    assumptions
        What has to be true, the sizes it speaks of first.
    name, title, formula, source, trust, constant_is_known
        As in `Theorem`.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.compare_with_theorems(8, 3, trials=20)[0].theorem
    >>> found.is_certificate
    False
    """

    assumptions: ClassVar[tuple[str, ...]]

    @abstractmethod
    def applies_to(self, points_count: int, dimension: int) -> bool:
        """Return whether the theorem speaks of n points in R^d0."""

    @abstractmethod
    def _least_units(self, n: int, d0: int, epsilon: float) -> float: ...

    @abstractmethod
    def _deficiency(
        self, n: int, d0: int, width: int, trials: int, seed: int
    ) -> Deficiency: ...

    def deficiency(
        self,
        points_count: int,
        dimension: int,
        width: int,
        *,
        trials: int = 1000,
        seed: int = 0,
    ) -> Deficiency:
        """Return the true fraction at this width, where it is known, or a sample's.

        Parameters
        ----------
        points_count, dimension, width
            n, d0 and d1.
        trials, seed
            Of the sample.
        """
        n, d0 = self._sizes(points_count, dimension)
        width = whole_number(width, "width", least=1)
        return self._deficiency(n, d0, width, trials, seed)

    def width(
        self, points_count: int, dimension: int, failing_fraction: float | int
    ) -> Width:
        r"""Return the width that leaves at most this fraction of the regions.

        Parameters
        ----------
        points_count, dimension
            n and d0.
        failing_fraction
            $\varepsilon$, in (0, 1).

        Raises
        ------
        InvalidArgumentError
            If a number is outside its range or the theorem does not speak of n and d0.
        """
        n, d0 = self._sizes(points_count, dimension)
        epsilon = probability(failing_fraction, "The failing fraction")
        units = least_whole(self._least_units(n, d0, epsilon))
        return promise(self, units, self.assumptions)

    def least_width(
        self,
        points_count: int,
        dimension: int,
        failing_fraction: float | int,
        *,
        trials: int = 1000,
        seed: int = 0,
    ) -> int:
        """Return the least width at which `deficiency` is within the fraction.

        By bisection, as more units never hurt; from a sample where it is not exact.
        """
        n, d0 = self._sizes(points_count, dimension)
        epsilon = probability(failing_fraction, "The failing fraction")
        low, high = 0, 1

        def fails(width: int) -> bool:
            return self._deficiency(n, d0, width, trials, seed).fraction > epsilon

        while fails(high):
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fails(middle) else (low, middle)
        return high

    def _sizes(self, points_count: int, dimension: int) -> tuple[int, int]:
        n = whole_number(points_count, "points_count", least=1)
        d0 = whole_number(dimension, "dimension", least=1)
        if not self.applies_to(n, d0):
            raise InvalidArgumentError(
                f"{self.title} does not speak of {n} points in {d0} dimensions: "
                f"{self.assumptions[0]}. Ask `applies_to` first."
            )
        return n, d0


class ExactTheorem(LandscapeTheorem):
    """A theorem on a fraction that is known.

    Attributes
    ----------
    meaning
        Which regions are counted, and among which.
    """

    meaning: ClassVar[str]

    @abstractmethod
    def _failing(self, n: int, width: int) -> float: ...

    def _deficiency(
        self,
        n: int,
        d0: int,  # noqa: ARG002
        width: int,
        trials: int,  # noqa: ARG002
        seed: int,  # noqa: ARG002
    ) -> Deficiency:
        found = self._failing(n, width)
        return Deficiency(found, found, found, True, self.meaning)


def least_whole(units: float) -> int:
    """Round up, forgiving the rounding errors of a logarithm."""
    return int(rounded_up(units, slack=1e-14))

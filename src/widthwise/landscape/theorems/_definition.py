"""What a theorem on the landscape must provide: a width, and the truth beside it."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from widthwise.errors import InvalidArgumentError
from widthwise.landscape.patterns import positive_integer
from widthwise.sources import Source

__all__ = ["Deficiency", "LandscapeTheorem", "TheoremWidth"]


@dataclass(frozen=True)
class TheoremWidth:
    r"""A number of hidden units that a theorem asks for, and what it rests on.

    Attributes
    ----------
    value
        d1.
    is_certificate
        Whether the statement, constants included, is proved on the library's page.
    formula
        The width in LaTeX.
    source
        The paper.
    assumptions
        What has to be true, in plain words.
    trust
        "derived" (proved anew, so the paper's own constant may differ) or "recalled"
        (from memory of the paper).
    """

    value: int
    is_certificate: bool
    formula: str
    source: Source
    assumptions: tuple[str, ...]
    trust: str


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
    """

    fraction: float
    lower: float
    upper: float
    is_exact: bool
    meaning: str


class LandscapeTheorem(ABC):
    """A width beyond which all but a fraction of the regions are benign.

    Attributes
    ----------
    name, title, formula, source
        For tables.
    trust, constant_is_known
        As in `TheoremWidth`; only known constants make certificates.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    source: ClassVar[Source]
    trust: ClassVar[str]
    constant_is_known: ClassVar[bool]
    assumptions: ClassVar[tuple[str, ...]]

    @abstractmethod
    def applies_to(self, points_count: int, dimension: int) -> bool:
        """Return whether the theorem speaks of n points in R^d0."""

    @abstractmethod
    def deficiency(
        self,
        points_count: int,
        dimension: int,
        width: int,
        *,
        trials: int = 1000,
        seed: int = 0,
    ) -> Deficiency:
        """Return the true fraction at this width, where it is known, or a sample's."""

    @abstractmethod
    def _real_width(self, n: int, d0: int, epsilon: float) -> int: ...

    def width(
        self, points_count: int, dimension: int, failing_fraction: float | int
    ) -> TheoremWidth:
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
        _require_fraction(failing_fraction)
        return TheoremWidth(
            value=max(1, self._real_width(n, d0, float(failing_fraction))),
            is_certificate=self.constant_is_known,
            formula=self.formula,
            source=self.source,
            assumptions=self.assumptions,
            trust=self.trust,
        )

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
        _require_fraction(failing_fraction)
        low, high = 0, 1

        def fails(width: int) -> bool:
            found = self.deficiency(n, d0, width, trials=trials, seed=seed)
            return found.fraction > failing_fraction

        while fails(high):
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fails(middle) else (low, middle)
        return high

    def _sizes(self, points_count: int, dimension: int) -> tuple[int, int]:
        n = positive_integer(points_count, "points_count")
        d0 = positive_integer(dimension, "dimension")
        if not self.applies_to(n, d0):
            raise InvalidArgumentError(
                f"{self.title} does not speak of {n} points in {d0} dimensions: "
                f"{self.assumptions[0]}. Ask `applies_to` first."
            )
        return n, d0


def _require_fraction(failing_fraction: float) -> None:
    if not 0 < failing_fraction < 1:
        raise InvalidArgumentError(
            f"The failing fraction is {failing_fraction!r}; it must lie strictly "
            "between 0 and 1."
        )


def ceil(value: float) -> int:
    """Round up, forgiving the rounding errors of a logarithm."""
    return math.ceil(value * (1 - 1e-14))

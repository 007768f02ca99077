"""Which law of growth values with errors follow, and which they refute."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import t as student

from widthwise.errors import InvalidArgumentError, unknown_name
from widthwise.estimates._decisions import is_within
from widthwise.estimates._estimate import Estimate
from widthwise.estimates._power_law import power_law
from widthwise.estimates._weighted_fit import normal_deviations, weighted_fit

__all__ = ["LAWS", "Growth", "growth", "hardly_grows"]

LAWS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "constant": np.zeros_like,
    "log n": np.log,
    "√n": np.sqrt,
    "n": lambda n: n,
    "n log n": lambda n: n * np.log(n),
    "n√n": lambda n: n**1.5,
    "n²": np.square,
}
"""Laws a + b f(n) by name, from the slowest to the fastest."""


_LEAST_SIZES = 5

Values = Sequence[float | int] | np.ndarray


@dataclass(frozen=True)
class Growth:
    """How well laws of growth fit, as probabilities.

    Attributes
    ----------
    holds
        True where a claimed law is not refuted and all others are, False where all
        claimed ones are refuted, None otherwise.
    refutation
        The probability of values that speak as strongly against the claimed laws while
        one of them is true.
    others
        For each other law, the probability of values that speak as strongly for a
        claimed law while the other one is true.
    slope
        b of the first claimed law.
    exponent
        Of the power of n that fits best, without an intercept.
    """

    holds: bool | None
    refutation: float
    others: Mapping[str, float]
    slope: Estimate
    exponent: Estimate

    @property
    def nearest(self) -> str:
        """The other law that is hardest to tell from the claimed ones."""
        return max(self.others, key=lambda law: self.others[law])


def growth(
    sizes: Values,
    values: Values,
    errors: Values,
    *,
    claimed: Sequence[str] = ("n",),
    against: Sequence[str] = ("constant", "log n", "√n", "n√n", "n²"),
    may_fall: bool = False,
    level: float = 0.05,
) -> Growth | None:
    r"""Decide whether values grow like $a + b f(n)$ for a claimed f.

    A law f is set against a law g in $a + b f(n) + c g(n)$: if f is true then $c = 0$,
    and Student's test of c refutes f with probability at most `level`. A claimed law is
    refuted by any of the others (Bonferroni's correction for their number); one of the
    others by a claimed law that it lacks.

    Where the truth is among the laws, a verdict is wrong with probability at most
    `level`: "fails" needs the true law refuted, and so does "holds".

    Parameters
    ----------
    sizes, values, errors
        n, y and the standard errors of y, all of one length and positive. Errors are
        multiplied by $\sqrt{\chi^2 / \nu}$ where the values scatter more.
    claimed, against
        Names in `LAWS`. With "n" and "n log n" both claimed, logarithms are granted.
    may_fall
        Whether b may be negative.
    level
        Of the tests, in (0, 1).

    Returns
    -------
    None with fewer than five different sizes, which decide nothing.

    Raises
    ------
    InvalidArgumentError
        If a law is not known, or both claimed and not, or a number is not positive.

    Source
    ------
    Mizon and Richard (1986), The encompassing principle and its application to testing
    non-nested hypotheses, Econometrica 54.
    """
    for name in (*claimed, *against):
        if name not in LAWS:
            raise unknown_name("law of growth", name, LAWS)
    if set(claimed) & set(against) or not claimed or not against:
        raise InvalidArgumentError(
            f"The laws {', '.join(claimed)} are claimed and {', '.join(against)} are "
            "set against them; each set needs a law, and none may be in both."
        )
    least = min(min(each, default=1.0) for each in (sizes, values, errors))
    if least <= 0:
        raise InvalidArgumentError(
            f"The least value is {least:g}; sizes, values and errors must be positive."
        )
    tests = _Tests(*(np.asarray(each, dtype=float) for each in (sizes, values, errors)))
    if len(set(tests.sizes.tolist())) < _LEAST_SIZES:
        return None
    refutation = max(tests.refutation(law, against, may_fall) for law in claimed)
    others = {law: tests.against(law, claimed, may_fall) for law in against}
    holds: bool | None = None
    if refutation <= level:
        holds = False
    elif all(each <= level for each in others.values()):
        holds = True
    slope, error, _ = tests.last(claimed[0])
    half = normal_deviations() * error
    return Growth(
        holds,
        refutation,
        others,
        Estimate(slope, slope - half, slope + half, error=error),
        power_law(
            {"n": tests.sizes.tolist()},
            tests.values.tolist(),
            (tests.errors / tests.values).tolist(),
        )["n"],
    )


def hardly_grows(
    sizes: Values,
    values: Values,
    errors: Values,
    *,
    exponent: float = 0.25,
    level: float = 0.05,
) -> Growth | None:
    """Decide whether values hardly depend on n: log n or a constant, against a line.

    It holds where a line is refuted in favour of log n, and also where no power of n
    beyond n^±`exponent` is in the interval of the one that fits, so that a constant can
    hold. It fails where log n is refuted in favour of a line, and the power is not so
    small.

    Parameters, errors, and the result with too few sizes are those of `growth`.
    """
    found = growth(
        sizes,
        values,
        errors,
        claimed=("log n",),
        against=("n",),
        may_fall=True,
        level=level,
    )
    if found and is_within(found.exponent, -exponent, exponent):
        return replace(found, holds=True, refutation=1.0)
    return found


@dataclass(frozen=True)
class _Tests:
    sizes: np.ndarray
    values: np.ndarray
    errors: np.ndarray

    def refutation(self, law: str, against: Sequence[str], may_fall: bool) -> float:
        others = [each for each in against if each != "constant"]  # In every law.
        found = [self.last(law, other)[2] for other in others]
        slope, _, probability = self.last(law)
        if slope < 0 and not may_fall:
            found.append(probability)
        return min(1.0, len(found) * min(found))

    def against(self, law: str, claimed: Sequence[str], may_fall: bool) -> float:
        found = []
        for each in claimed:
            laws = (each,) if law == "constant" else (law, each)
            coefficient, _, probability = self.last(*laws)
            found.append(probability if coefficient > 0 or may_fall else 1.0)
        return min(1.0, len(found) * min(found))

    def last(self, *laws: str) -> tuple[float, float, float]:
        """Return the last law's coefficient, its error and two-sided probability."""
        columns = [LAWS[each](self.sizes) for each in laws]
        scaled = [each / each.max() for each in columns]
        design = np.stack([np.ones_like(self.sizes), *scaled], axis=1)
        fit = weighted_fit(design, self.values, self.errors)
        if fit is None:
            return 0.0, math.inf, 1.0
        value, error = float(fit.coefficients[-1]), float(fit.errors[-1])
        probability = 2 * float(student.sf(abs(value / error), fit.degrees_of_freedom))
        largest = float(columns[-1].max())
        return value / largest, error / largest, probability

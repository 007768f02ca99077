"""Theorem 10: on the line, width of order n log n makes most regions full rank."""

import math
from typing import ClassVar

from widthwise.landscape.ranks import exact_full_rank_fraction_1d
from widthwise.landscape.theorems._definition import ExactTheorem
from widthwise.sources import KARHADKAR_2024

__all__ = ["theorem_10"]


class _Theorem10(ExactTheorem):
    r"""The pattern matrix has rank n, so the inner weights alone fit any labels.

    Proved from the exact fraction: for n > 1 the deficient ones are at most $(n-1)
    (1-1/n)^{d_1} + 2^{n-1-d_1} \le 0.65\, \varepsilon$ at this width.
    """

    name = "theorem_10"
    title = "Karhadkar et al., Theorem 10"
    formula = r"2 n \log \frac{n}{\varepsilon}"
    source = KARHADKAR_2024
    trust = "derived"
    constant_is_known = True
    meaning = "non-empty regions whose pattern matrix has a rank below n"
    assumptions: ClassVar[tuple[str, ...]] = (
        "one input dimension",
        "distinct points; units with biases; all non-empty regions weigh the same",
    )

    def applies_to(self, points_count: int, dimension: int) -> bool:
        return dimension == 1 and points_count >= 1

    def _least_units(self, n: int, d0: int, epsilon: float) -> float:  # noqa: ARG002
        return 2 * n * math.log(n / epsilon)

    def _failing(self, n: int, width: int) -> float:
        return float(1 - exact_full_rank_fraction_1d(n, width))


theorem_10 = _Theorem10()

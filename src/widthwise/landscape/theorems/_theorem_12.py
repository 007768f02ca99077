"""Theorem 12: on the line, units of both signs give most regions global minima."""

import math
from typing import ClassVar

from widthwise.landscape.ranks import exact_full_rank_fraction_1d
from widthwise.landscape.theorems._definition import ExactTheorem, least_whole
from widthwise.sources import KARHADKAR_2024

__all__ = ["theorem_12"]


class _Theorem12(ExactTheorem):
    """At least this many units with positive and as many with negative outer weights.

    `deficiency` is about a companion of the claim: half of the units have each sign,
    and the units of one sign have no full rank by themselves.
    """

    name = "theorem_12"
    title = "Karhadkar et al., Theorem 12"
    formula = r"2 \lceil 2 n \log \frac{2 n}{\varepsilon} \rceil"
    source = KARHADKAR_2024
    trust = "recalled"
    constant_is_known = False
    meaning = (
        "non-empty regions in which the units of one sign, half of them, have a "
        "pattern matrix of rank below n"
    )
    assumptions: ClassVar[tuple[str, ...]] = (
        "one input dimension",
        "distinct points; units with biases; all non-empty regions weigh the same",
        "half of the outer weights positive, half negative",
        "the constants are from memory: an order of magnitude",
    )

    def applies_to(self, points_count: int, dimension: int) -> bool:
        return dimension == 1 and points_count >= 1

    def _least_units(self, n: int, d0: int, epsilon: float) -> float:  # noqa: ARG002
        return 2.0 * least_whole(2 * n * math.log(2 * n / epsilon))

    def _failing(self, n: int, width: int) -> float:
        half = width // 2
        if not half:
            return 1.0
        some = exact_full_rank_fraction_1d(n, half)
        return float(1 - some * exact_full_rank_fraction_1d(n, width - half))


theorem_12 = _Theorem12()

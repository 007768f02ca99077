"""Corollary 8: with as many dimensions as points, only a zero column is deficient."""

import math
from typing import ClassVar

from widthwise.landscape.theorems._definition import ExactTheorem
from widthwise.sources import KARHADKAR_2024

__all__ = ["corollary_8"]


class _Corollary8(ExactTheorem):
    r"""Every region is non-empty; the fraction is exactly $1 - (1 - 2^{-d_1})^n$."""

    name = "corollary_8"
    title = "Karhadkar et al., Corollary 8"
    formula = r"\log_2 \frac{n}{\varepsilon}"
    source = KARHADKAR_2024
    trust = "derived"
    constant_is_known = True
    meaning = "non-empty regions of deficient rank"
    assumptions: ClassVar[tuple[str, ...]] = (
        "at least as many dimensions as points",
        "linearly independent data; all regions weigh the same",
    )

    def applies_to(self, points_count: int, dimension: int) -> bool:
        return dimension >= points_count >= 1

    def _least_units(self, n: int, d0: int, epsilon: float) -> float:  # noqa: ARG002
        return math.log2(n / epsilon)

    def _failing(self, n: int, width: int) -> float:
        return -math.expm1(n * math.log1p(-(2.0**-width)))


corollary_8 = _Corollary8()

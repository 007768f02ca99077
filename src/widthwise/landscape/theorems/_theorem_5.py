"""Theorem 5: few patterns are deficient once the width is of order n / d0."""

import math
from typing import ClassVar

import numpy as np

from widthwise.estimates import share
from widthwise.landscape.ranks import full_rank_choices
from widthwise.landscape.theorems._definition import Deficiency, LandscapeTheorem
from widthwise.seeds import stream
from widthwise.sources import KARHADKAR_2024

__all__ = ["theorem_5"]

_BLOCK = 25


class _Theorem5(LandscapeTheorem):
    r"""All 0/1 patterns counted, those of empty regions too; no biases.

    The paper's message is a width of order $n / d_0$; its constants are not known, and
    one stands for both. `pattern_count` is an explicit companion.
    """

    name = "theorem_5"
    title = "Karhadkar et al., Theorem 5"
    formula = (
        r"c\, \max\left(\frac{n}{d_0},\ \log \frac{n \lceil n/d_0 \rceil}"
        r"{\varepsilon d_0}\right)"
    )
    source = KARHADKAR_2024
    trust = "recalled"
    constant_is_known = False
    assumptions: ClassVar[tuple[str, ...]] = (
        "any number of points in any dimension",
        "generic data; all 0/1 patterns weigh the same, those of empty regions too",
        "the paper's constants are not known, and 1 stands for them: an order of "
        "magnitude",
    )

    def applies_to(self, points_count: int, dimension: int) -> bool:
        return points_count >= 1 and dimension >= 1

    def _least_units(self, n: int, d0: int, epsilon: float) -> float:
        inner = epsilon / math.ceil(n / d0)
        return max(n / d0, math.log(n / (inner * d0)))

    def _deficiency(
        self, n: int, d0: int, width: int, trials: int, seed: int
    ) -> Deficiency:
        """Sample uniform patterns at random Gaussian points; ranks are exact."""
        full = 0
        for block in range(-(-trials // _BLOCK)):
            generator = stream(seed, f"landscape/theorem-5/{n}/{d0}/{width}", block)
            count = min(_BLOCK, trials - block * _BLOCK)
            patterns = generator.integers(0, 2, (_BLOCK * width, n)).astype(np.uint64)
            x = generator.standard_normal((d0, n))
            choices = np.arange(_BLOCK * width).reshape(_BLOCK, width)[:count]
            full += int(full_rank_choices(x, patterns, choices, seed).sum())
        missing = share(trials - full, trials)
        return Deficiency(
            fraction=missing.value,
            lower=missing.low,
            upper=missing.high,
            is_exact=False,
            meaning="patterns of deficient rank at generic points, among all 0/1 ones",
        )


theorem_5 = _Theorem5()

"""Theorem 5: few patterns are deficient once the width is of order n / d0."""

import math
from typing import ClassVar

import numpy as np

from widthwise.landscape.patterns import RECTIFIER, positive_integer
from widthwise.landscape.ranks import binomial_interval, constants, settle_choices
from widthwise.landscape.theorems._definition import Deficiency, LandscapeTheorem, ceil
from widthwise.seeds import stream
from widthwise.sources import KARHADKAR_2024

__all__ = ["theorem_5"]

_BLOCK = 25


class _Theorem5(LandscapeTheorem):
    r"""All 0/1 patterns counted, those of empty regions too; no biases.

    The paper bounds the fraction by $\lceil n/d_0 \rceil \varepsilon'$; here
    $\varepsilon' = \varepsilon / \lceil n/d_0 \rceil$.
    """

    name = "theorem_5"
    title = "Karhadkar et al., Theorem 5"
    formula = (
        r"\max\left(\frac{5 n}{d_0},\ 10 \log \frac{n \lceil n/d_0 \rceil}"
        r"{\varepsilon d_0}\right)"
    )
    source = KARHADKAR_2024
    trust = "recalled"
    constant_is_known = False
    assumptions: ClassVar[tuple[str, ...]] = (
        "any number of points in any dimension",
        "generic data; all 0/1 patterns weigh the same, those of empty regions too",
        "the constants 5 and 10 are from memory: an order of magnitude",
    )

    def applies_to(self, points_count: int, dimension: int) -> bool:
        return points_count >= 1 and dimension >= 1

    def _real_width(self, n: int, d0: int, epsilon: float) -> int:
        inner = epsilon / math.ceil(n / d0)
        return ceil(max(5 * n / d0, 10 * math.log(n / (inner * d0))))

    def deficiency(
        self,
        points_count: int,
        dimension: int,
        width: int,
        *,
        trials: int = 1000,
        seed: int = 0,
    ) -> Deficiency:
        """Sample uniform patterns at random Gaussian points; ranks are exact."""
        n, d0 = self._sizes(points_count, dimension)
        width = positive_integer(width, "width")
        tables = constants(RECTIFIER, seed)
        full = 0
        for block in range(-(-trials // _BLOCK)):
            generator = stream(seed, f"landscape/theorem-5/{n}/{d0}/{width}", block)
            count = min(_BLOCK, trials - block * _BLOCK)
            patterns = generator.integers(0, 2, (_BLOCK * width, n)).astype(np.uint64)
            x = generator.standard_normal((d0, n))
            choices = np.arange(_BLOCK * width).reshape(_BLOCK, width)[:count]
            verdicts = np.empty(count, dtype=np.int8)
            settle_choices(
                x,
                patterns,
                choices,
                tables.slopes,
                tables.residues,
                tables.primes,
                tables.powers,
                verdicts,
            )
            full += int((verdicts > 0).sum())
        missing = trials - full
        lower, upper = binomial_interval(missing, trials)
        return Deficiency(
            fraction=missing / trials,
            lower=lower,
            upper=upper,
            is_exact=False,
            meaning="patterns of deficient rank at generic points, among all 0/1 ones",
        )


theorem_5 = _Theorem5()

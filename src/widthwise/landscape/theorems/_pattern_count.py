"""Few patterns are deficient from n / d0 units on, with every constant known."""

import math
from typing import ClassVar

from widthwise.landscape.theorems._definition import Deficiency, LandscapeTheorem
from widthwise.landscape.theorems._theorem_5 import theorem_5
from widthwise.sources import THEORY_PAGE

__all__ = ["pattern_count"]


class _PatternCount(LandscapeTheorem):
    r"""All 0/1 patterns counted, those of empty regions too; no biases.

    The points are split into $d_0$ blocks of $\lceil n/d_0 \rceil$ at most; a subspace
    of dimension j holds at most $2^j$ binary vectors, so the columns of a block are
    dependent with probability at most $2^{\lceil n/d_0 \rceil - d_1}$.
    """

    name = "pattern_count"
    title = "Count of patterns, explicit"
    formula = r"\left\lceil \frac{n}{d_0} \right\rceil + \log_2 \frac{d_0}{\varepsilon}"
    source = THEORY_PAGE
    trust = "derived"
    constant_is_known = True
    assumptions: ClassVar[tuple[str, ...]] = (
        "any number of points in any dimension",
        "generic data; all 0/1 patterns weigh the same, those of empty regions too",
    )

    def applies_to(self, points_count: int, dimension: int) -> bool:
        return points_count >= 1 and dimension >= 1

    def _least_units(self, n: int, d0: int, epsilon: float) -> float:
        blocks = min(d0, n)
        return math.ceil(n / d0) + math.log2(blocks / epsilon)

    def _deficiency(
        self, n: int, d0: int, width: int, trials: int, seed: int
    ) -> Deficiency:
        return theorem_5.deficiency(n, d0, width, trials=trials, seed=seed)


pattern_count = _PatternCount()

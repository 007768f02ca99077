"""The matrix Chernoff tails, and the least width that makes them small."""

import math

from scipy.optimize import brentq

__all__ = ["chernoff_width", "lower_exponent", "upper_exponent"]


def lower_exponent(epsilon: float | int) -> float:
    r"""Return $\epsilon + (1-\epsilon)\log(1-\epsilon)$, minus the log of the base."""
    if epsilon < 0.25:
        return _series(epsilon, 1.0)
    return epsilon + (1 - epsilon) * math.log1p(-epsilon)


def upper_exponent(epsilon: float | int) -> float:
    r"""Return $(1+\epsilon)\log(1+\epsilon) - \epsilon$, minus the log of the base."""
    if epsilon < 0.25:
        return _series(epsilon, -1.0)
    return (1 + epsilon) * math.log1p(epsilon) - epsilon


def chernoff_width(
    points_count: int,
    smallest: float,
    largest: float,
    norm_bound: float,
    failure_probability: float | int,
    epsilon: float | int,
) -> float:
    r"""Return the least whole m at which the two tails sum to at most $\delta$.

    $$n\,e^{-m a} + n\,e^{-m b} \le \delta, \quad
    a = \frac{\lambda_{\min}}{B} \ell(\epsilon), \quad
    b = \frac{\lambda_{\max}}{B} u(\epsilon).$$

    The unknown is $x = m \min(a, b)$, between $\log(n/\delta)$ and
    $\log(2n/\delta)$, so the search is well scaled for every width up to 1e308.
    """
    lower = smallest / norm_bound * lower_exponent(epsilon)
    upper = largest / norm_bound * upper_exponent(epsilon)
    slow, fast = min(lower, upper), max(lower, upper)
    if slow == 0:
        return math.inf
    ratio = fast / slow
    goal = math.log(points_count) - math.log(failure_probability)

    def excess(x: float) -> float:
        return goal - x + math.log1p(math.exp(-(ratio - 1) * x))

    # 0.7 > log 2, so that rounding cannot hide the change of sign at ratio 1.
    x = float(brentq(excess, goal, goal + 0.7, xtol=1e-14, rtol=1e-15))
    width = x / slow
    if width >= 2**52:
        return width
    whole = max(1, math.ceil(width))
    while excess(whole * slow) > 0:
        whole += 1
    while whole > 1 and excess((whole - 1) * slow) <= 0:
        whole -= 1
    return float(whole)


def _series(epsilon: float | int, sign: float) -> float:
    """Sum (±1)^k ε^k / (k(k-1)) over k >= 2: no cancellation at small ε."""
    total = 0.0
    for k in range(30, 1, -1):
        total += sign**k * epsilon**k / (k * (k - 1))
    return total

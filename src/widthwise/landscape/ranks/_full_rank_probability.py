"""The probability that a random network's Jacobian has full rank on random data."""

from dataclasses import dataclass, field

import numpy as np

from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.errors import unknown_name
from widthwise.estimates import share
from widthwise.landscape.patterns import pieces
from widthwise.landscape.ranks._full_rank_kernel import (
    BY_CHOLESKY,
    BY_PATTERN,
    BY_PRIMES,
    FULL_BY_PRIME,
)
from widthwise.landscape.ranks._full_rank_trials import (
    TrialSetting,
    blocks,
    draw_block,
    exact_verdicts,
    residual_chance,
)
from widthwise.seeds import stream

__all__ = [
    "FullRankProbability",
    "full_rank_probability",
    "summary",
]

_METHODS = ("exact", "float64", "float32")


@dataclass(frozen=True)
class FullRankProbability:
    """An estimated probability with its interval.

    Attributes
    ----------
    estimate
        The fraction of trials with full rank.
    lower, upper
        Clopper and Pearson's limits: for each probability they cover it at least as
        often as `confidence` says.
    confidence, trials, full
        Of the interval; networks drawn; those of full rank.
    method
        "exact", "float64" or "float32".
    settled
        For "exact", how many trials each argument settled: "positive definite" and
        "regular modulo a prime" prove full rank, "pattern" proves deficiency, "singular
        modulo every prime" leaves `error_probability`.
    error_probability
        A bound on the chance, over the primes, that one of the trials is misjudged;
        None for floating point.
    verdicts
        Whether each trial has full rank, in order.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.landscape.full_rank_probability(5, 3, 20, trials=20)
    >>> found.trials, found.lower <= found.estimate <= found.upper
    (20, True)
    """

    estimate: float
    lower: float
    upper: float
    confidence: float
    trials: int
    full: int
    method: str
    settled: dict[str, int]
    error_probability: float | None
    verdicts: tuple[bool, ...] = field(repr=False)

    def __float__(self) -> float:
        """Return the estimate."""
        return self.estimate


def full_rank_probability(
    n: int,
    d0: int,
    d1: int,
    trials: int = 100,
    seed: int = 0,
    *,
    data: str = "cube",
    initialization: str = "pytorch",
    biases: bool = True,
    act: Activation | None = None,
    method: str = "exact",
    confidence: float | int = 0.95,
    first: int = 0,
) -> FullRankProbability:
    r"""Estimate the probability that the inner Jacobian has rank n.

    Each trial draws n points of R^d0 and d1 units. With the pattern A, full rank of the
    Jacobian in the inner weights (and biases) is positive definiteness of $(S^\top S)
    \circ (X X^\top)$; it is settled by a Cholesky factorization with a rigorous margin,
    by the pattern, or by the rank modulo several primes. No tolerance is involved.

    Parameters
    ----------
    n, d0, d1
        Points, input dimension, units.
    trials
        Networks drawn, each on data of its own.
    seed
        The draws are a function of it and of the sizes; more trials extend fewer.
    data
        "cube" (uniform on $[0, 1]^{d_0}$), "symmetric_cube", "gaussian", "sphere".
    initialization
        "pytorch" (W and b uniform on $\pm 1/\sqrt{d_0}$), "he_uniform", "he_normal" (b
        = 0), "gaussian", "sphere".
    biases
        Whether units have biases, and these are parameters.
    act
        A piecewise-linear activation of two slopes; None means the rectifier.
    method
        "exact"; or "float64", "float32": numerical rank in that precision with NumPy's
        tolerance, the outer weights standard normal.
    confidence
        Of the interval.
    first
        How many trials are left out before the first: the pieces of a long run, each
        with its own `first`, are together the run.

    Returns
    -------
    FullRankProbability

    Raises
    ------
    InvalidArgumentError
        If a number is outside its range.
    UnknownNameError
        If a law has no such name.

    Source
    ------
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Section 7. Margin
    of the factorization: Rump (2006), Verification of positive definiteness.

    Cost
    ----
    $n d_0 d_1 + n^2 (d_1 / 64 + d_0 + n / 6)$ operations a trial: 0.14 ms at n = 100,
    d0 = 5, d1 = 300, where building J and its singular values take 6 ms.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.landscape.full_rank_probability(5, 3, 20, trials=20).estimate
    1.0
    """
    sizes = [
        whole_number(value, what, least=1)
        for value, what in ((n, "n"), (d0, "d0"), (d1, "d1"), (trials, "trials"))
    ]
    if method not in _METHODS:
        raise unknown_name("method", str(method), _METHODS)
    n, d0, d1, trials = sizes
    first = whole_number(first, "first")
    setting = TrialSetting(n, d0, d1, data, initialization, bool(biases), pieces(act))
    if method == "exact":
        settled = exact_verdicts(setting, trials, seed, first)
        chance = residual_chance(setting, settled, seed, first)
        return summary(settled, chance, confidence)
    verdicts = _numerical_verdicts(setting, trials, seed, method, first)
    return _estimated(verdicts, confidence, method, {}, None)


def summary(
    verdicts: np.ndarray, chance: float, confidence: float | int
) -> FullRankProbability:
    """Return the estimate that exact verdicts make."""
    settled = {
        name: int((verdicts == code).sum())
        for name, code in (
            ("positive definite", BY_CHOLESKY),
            ("regular modulo a prime", FULL_BY_PRIME),
            ("pattern", BY_PATTERN),
            ("singular modulo every prime", BY_PRIMES),
        )
    }
    full = tuple((verdicts > 0).tolist())
    return _estimated(full, confidence, "exact", settled, chance)


def _estimated(
    verdicts: tuple[bool, ...],
    confidence: float | int,
    method: str,
    settled: dict[str, int],
    chance: float | None,
) -> FullRankProbability:
    found = share(sum(verdicts), len(verdicts), confidence)
    return FullRankProbability(
        estimate=found.value,
        lower=found.low,
        upper=found.high,
        confidence=found.confidence,
        trials=len(verdicts),
        full=sum(verdicts),
        method=method,
        settled=settled,
        error_probability=chance,
        verdicts=verdicts,
    )


def _numerical_verdicts(
    setting: TrialSetting, trials: int, seed: int, method: str, first: int
) -> tuple[bool, ...]:
    """Trials of full numerical rank: every Jacobian built, as the paper did."""
    of, verdicts = setting.of, []
    for block, start, stop in blocks(first, trials):
        points, weights = draw_block(setting, seed, block)
        outer = stream(seed, f"{setting.name}/outer", block).standard_normal(
            (len(points), setting.d1)
        )
        for trial in range(start, stop):
            x = points[trial].T  # (n, d)
            piece = of.at(x @ weights[trial].T)
            factors = of.values(of.slopes, piece) * outer[trial]
            jacobian = (factors[:, :, None] * x[:, None, :]).reshape(setting.n, -1)
            rank = np.linalg.matrix_rank(jacobian.astype(method))
            verdicts.append(bool(rank == setting.n))
    return tuple(verdicts)

"""Random Jacobians and their full-rank verdicts, many at a time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from widthwise.errors import InvalidArgumentError
from widthwise.landscape.patterns import (
    RECTIFIER,
    Pieces,
    draw_points,
    draw_weights,
)
from widthwise.landscape.ranks._full_rank_kernel import (
    BY_PRIMES,
    settle_choices,
    settle_trials,
)
from widthwise.numerics import require
from widthwise.numerics.exact_rank import integer_rows, random_primes
from widthwise.numerics.exact_rank_elimination import BITS
from widthwise.seeds import stream

__all__ = [
    "BLOCK",
    "Constants",
    "TrialSetting",
    "blocks",
    "chance_of_error",
    "constants",
    "draw_block",
    "exact_verdicts",
    "full_rank_choices",
    "residual_chance",
    "settle_drawn",
]

BLOCK = 25
"""Trials drawn from one stream; part of the meaning of a seed."""

_PRIMES = 4
_HALF = 2400
_CANDIDATES = 1_894_120  # primes between 2**25 and 2**26


@dataclass(frozen=True)
class TrialSetting:
    """What is drawn: sizes, laws, and the activation's pieces."""

    n: int
    d0: int
    d1: int
    data: str
    initialization: str
    biases: bool
    of: Pieces

    @property
    def name(self) -> str:
        """The stream's name: all that the draws depend on, not the activation."""
        return (
            f"landscape/{self.data}/{self.initialization}/{int(self.biases)}/"
            f"{self.n}/{self.d0}/{self.d1}"
        )


@dataclass(frozen=True)
class Constants:
    """What the compiled loops need to know of an activation and of the primes."""

    edges: np.ndarray
    flags: np.ndarray
    slopes: np.ndarray
    residues: np.ndarray
    primes: np.ndarray
    powers: np.ndarray


@lru_cache(maxsize=32)
def constants(of: Pieces, seed: int) -> Constants:
    """Return the tables for this activation and the random primes of this seed."""
    distinct = sorted(set(of.slopes))
    if len(distinct) > 2:
        raise InvalidArgumentError(
            f"{of.name} has {len(distinct)} different slopes; probabilities of full "
            "rank are computed for activations with two, such as relu, leaky_relu, abs "
            "and hard_tanh. Use jacobian_rank for one pattern."
        )
    low, high = distinct[0], distinct[-1]
    wholes = integer_rows(np.array([[low, high]]))[0]
    primes = random_primes(_PRIMES, BITS, seed, "landscape")
    powers = np.empty((_PRIMES, 2 * _HALF + 1), dtype=np.int64)
    for row, prime in zip(powers, primes, strict=True):
        row[:] = [pow(2, e, prime) for e in range(-_HALF, _HALF + 1)]
    return Constants(
        edges=np.array(of.breakpoints, dtype=np.float64),
        flags=np.array([int(each == high) for each in of.slopes], dtype=np.uint64),
        slopes=np.array([low, high]),
        residues=np.array([[w % p for w in wholes] for p in primes], dtype=np.int64),
        primes=np.array(primes, dtype=np.int64),
        powers=powers,
    )


def draw_block(
    setting: TrialSetting, seed: int, block: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return lifted points (BLOCK, d, n) and weights (BLOCK, d1, d) of one block."""
    n, d0, d1 = setting.n, setting.d0, setting.d1
    d = d0 + int(setting.biases)
    require(
        16 * BLOCK * d * (n + d1) + 16 * n * n,
        f"A block of {BLOCK} random networks on {n} points",
        "Use fewer points or a narrower network.",
    )
    generator = stream(seed, setting.name, block)
    points = np.ones((BLOCK, d, n))
    drawn = draw_points(setting.data, generator, BLOCK, n, d0)
    points[:, :d0] = drawn.transpose(0, 2, 1)
    weights = draw_weights(
        setting.initialization, generator, BLOCK, d1, d0, setting.biases
    )
    return points, weights


def blocks(first: int, trials: int) -> Iterator[tuple[int, int, int]]:
    """Return (block, start, stop) of the trials numbered from `first` on."""
    for block in range(first // BLOCK, -(-(first + trials) // BLOCK)):
        before = block * BLOCK
        yield block, max(first - before, 0), min(first + trials - before, BLOCK)


def exact_verdicts(
    setting: TrialSetting, trials: int, seed: int, first: int = 0
) -> np.ndarray:
    """Return how each trial was settled, as named in the compiled loops."""
    tables = constants(setting.of, seed)
    verdicts = np.empty(trials, dtype=np.int8)
    done = 0
    for block, start, stop in blocks(first, trials):
        points, weights = draw_block(setting, seed, block)
        found = verdicts[done : done + stop - start]
        settle_drawn(points[start:stop], weights[start:stop], tables, found)
        done += stop - start
    return verdicts


def settle_drawn(
    points: np.ndarray, weights: np.ndarray, tables: Constants, verdicts: np.ndarray
) -> None:
    """Decide trials of lifted points (trials, d, n) and weights (trials, d1, d)."""
    settle_trials(
        points,
        weights,
        tables.edges,
        tables.flags,
        tables.slopes,
        tables.residues,
        tables.primes,
        tables.powers,
        verdicts,
    )


def full_rank_choices(
    x: np.ndarray, patterns: np.ndarray, choices: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Return which choices of rows of rectifier patterns have full rank at the points.

    Points (d, n), patterns (k, n) of zeros and ones, choices (trials, units).
    """
    tables = constants(RECTIFIER, seed)
    verdicts = np.empty(len(choices), dtype=np.int8)
    settle_choices(
        x,
        patterns.astype(np.uint64),
        choices,
        tables.slopes,
        tables.residues,
        tables.primes,
        tables.powers,
        verdicts,
    )
    return np.asarray(verdicts > 0)


def residual_chance(
    setting: TrialSetting, verdicts: np.ndarray, seed: int, first: int = 0
) -> float:
    """Bound the chance that a trial singular modulo every prime has full rank.

    The determinant of the Gram matrix of whole numbers is at most the product of its
    diagonal; each prime divides it only if it is among its few factors above 2**25.
    """
    chance, done = 0.0, 0
    for block, start, stop in blocks(first, len(verdicts)):
        doubtful = verdicts[done : done + stop - start] == BY_PRIMES
        done += stop - start
        if doubtful.any():
            points, _ = draw_block(setting, seed, block)
            each = chance_of_error(points[start:stop][doubtful], setting.d1, setting.of)
            chance += float(each.sum())
    return min(chance, 1.0)


def chance_of_error(points: np.ndarray, d1: int, of: Pieces) -> np.ndarray:
    """Bound it for every set of points, shape (sets, d, n)."""
    whole = integer_rows(np.array([of.slopes]))[0]
    squares = max(each * each for each in whole)
    _, exponents = np.frexp(points)
    highest = exponents.max(axis=1)  # (sets, n)
    lowest = np.where(points == 0.0, highest[:, None, :], exponents).min(axis=1)
    bits = 2.0 * (highest - lowest + 53) + math.log2(points.shape[1] * d1 * squares)
    bad = bits.sum(axis=1) / (BITS - 1)
    return np.asarray(np.minimum(bad / _CANDIDATES, 1.0) ** _PRIMES)

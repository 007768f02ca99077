"""Which rows hold the rank back: those in null vectors of deficient Jacobians."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from widthwise.arrays import Array
from widthwise.diagnosis.landscape._settings import LandscapeSettings
from widthwise.landscape import INITIALIZATIONS
from widthwise.numerics.exact_rank import integer_rows, random_primes
from widthwise.numerics.exact_rank_elimination import BITS, null_support
from widthwise.seeds import stream

__all__ = ["Blame", "blame", "high_slopes"]

_PRIMES = 2
_DEFICIENT = 50
_DRAWN = 400


@dataclass(frozen=True)
class Blame:
    """How often each row was in a linear dependency.

    Attributes
    ----------
    width
        Of the networks.
    deficient, drawn
        Networks without full rank, and networks drawn.
    counts
        For each row, in how many deficient networks it was in a dependency.
    """

    width: int
    deficient: int
    drawn: int
    counts: np.ndarray

    @property
    def mean_share(self) -> float:
        """Of all rows, how often one is in a dependency of a deficient network."""
        return float(self.counts.mean() / self.deficient) if self.deficient else 0.0

    def shares(self, numbers: Sequence[int], most: int) -> list[dict[str, int | float]]:
        """Return the record's "rows", the most frequent first, then by number."""
        order = sorted(
            (place for place in range(len(self.counts)) if self.counts[place]),
            key=lambda place: (-self.counts[place], numbers[place]),
        )
        return [
            {
                "row": int(numbers[place]),
                "share": float(self.counts[place] / self.deficient),
            }
            for place in order[:most]
        ]


def blame(points: Array, width: int, settings: LandscapeSettings) -> Blame:
    """Draw networks until enough are deficient; count the rows in their null vectors.

    A row is in the support of a null vector exactly if leaving it out keeps the rank.
    Ranks and supports are taken modulo two random primes of 26 bits.
    """
    d0 = points.shape[1]
    data = points.numpy()
    if settings.biases:
        data = np.hstack([data, np.ones((len(data), 1))])
    d = data.shape[1]
    primes = random_primes(_PRIMES, BITS, settings.seed, "diagnosis/landscape")
    products = [_products_modulo(data, prime) for prime in primes]
    counts = np.zeros(len(data), dtype=np.int64)
    deficient = drawn = 0
    while drawn < _DRAWN and deficient < _DEFICIENT:
        generator = stream(
            settings.seed, f"diagnosis/landscape/rows/{d}/{width}", drawn
        )
        weights = INITIALIZATIONS[settings.initialization](
            generator, (width, d), d0, settings.biases
        )
        drawn += 1
        support = _support(
            high_slopes(data, weights, settings), settings, primes, products
        )
        if support.any():
            deficient += 1
            counts += support
    return Blame(width, deficient, drawn, counts)


def high_slopes(
    data: np.ndarray, weights: np.ndarray, settings: LandscapeSettings
) -> np.ndarray:
    """Return where each unit has the higher of the two slopes, bool (d1, n).

    `data` and `weights` are lifted where there are biases.
    """
    of = settings.of
    piece = np.searchsorted(np.array(of.breakpoints), weights @ data.T, side="right")
    flags = np.array([slope == max(of.slopes) for slope in of.slopes])
    return np.asarray(flags[piece])


def _support(
    high: np.ndarray,
    settings: LandscapeSettings,
    primes: Sequence[int],
    products: Sequence[np.ndarray],
) -> np.ndarray:
    """Return which rows are in a dependency, False everywhere at full rank."""
    width, n = high.shape
    active = high.astype(np.float64)
    both = (active.T @ active).astype(np.int64)
    own = np.diag(both)
    one = own[:, None] + own[None, :] - 2 * both
    none = width - own[:, None] - own[None, :] + both
    slopes = settings.of.slopes
    wholes = integer_rows(np.array([[min(slopes), max(slopes)]]))[0]
    best, chosen = -1, np.zeros(n, dtype=bool)
    for prime, product in zip(primes, products, strict=True):
        low, top = (each % prime for each in wholes)
        gram = (top * top % prime * both + low * top % prime * one) % prime
        gram = (gram + low * low % prime * none) % prime
        gram = (gram * product % prime).astype(np.float64)
        support = np.empty(n, dtype=bool)
        rank = int(null_support(gram, float(prime), support))
        if rank > best:
            best, chosen = rank, support
        if rank == n:
            break
    return chosen


def _products_modulo(data: np.ndarray, prime: int) -> np.ndarray:
    """X Xᵀ modulo the prime, each row scaled to whole numbers."""
    rows = integer_rows(data)
    residues = np.array(
        [[each % prime for each in row] for row in rows], dtype=np.int64
    )
    found = np.zeros((len(rows), len(rows)), dtype=np.int64)
    for first in range(0, residues.shape[1], 512):  # sums stay below 2**63
        part = residues[:, first : first + 512]
        found = (found + part @ part.T) % prime
    return found

"""Which points hold the rank back: those in null vectors of deficient Jacobians."""

from dataclasses import dataclass

import numpy as np

from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.errors import InvalidArgumentError
from widthwise.features.two_layer import PointsLike, as_matrix
from widthwise.landscape.patterns import draw_weights, pieces
from widthwise.landscape.ranks._modular import modular_gram, pattern_gram, whole_slopes
from widthwise.numerics.exact_rank import integer_rows, random_primes
from widthwise.numerics.exact_rank_elimination import BITS, null_support
from widthwise.seeds import stream

__all__ = ["RowDependencies", "row_dependencies"]

_PRIMES = 2


@dataclass(frozen=True)
class RowDependencies:
    """How often each point was in a linear dependency of the Jacobian's rows.

    Attributes
    ----------
    width
        Of the networks.
    deficient, drawn
        Networks without full rank, and networks drawn.
    counts
        For each point, in how many deficient networks it was in a dependency, (n,).
    """

    width: int
    deficient: int
    drawn: int
    counts: np.ndarray

    @property
    def mean_share(self) -> float:
        """Of all points, how often one is in a dependency of a deficient network."""
        return float(self.counts.mean() / self.deficient) if self.deficient else 0.0


def row_dependencies(
    points: PointsLike,
    width: int,
    seed: int = 0,
    *,
    initialization: str = "pytorch",
    biases: bool = True,
    act: Activation | None = None,
    most_deficient: int = 50,
    most_drawn: int = 400,
) -> RowDependencies:
    """Draw networks until enough are deficient; count the rows in their null vectors.

    A row is in the support of a null vector exactly if leaving it out keeps the rank.
    Ranks and supports are taken modulo two random primes of 26 bits.

    Parameters
    ----------
    points
        X, shape (n, d0).
    width
        d1.
    seed, initialization, biases, act
        As in `full_rank_probability_at`; the networks are others.
    most_deficient, most_drawn
        Where the drawing ends.

    Returns
    -------
    RowDependencies

    Raises
    ------
    InvalidArgumentError
        If the activation has not two slopes.

    Cost
    ----
    $n d d_1 + n^2 d_1 + n^3$ operations a network.
    """
    data: np.ndarray = as_matrix(points).numpy(force=True)
    width = whole_number(width, "width", least=1)
    of = pieces(act)
    if not of.are_two_sloped:
        raise InvalidArgumentError(
            f"{of.name} has {len(set(of.slopes))} different slopes; dependencies of "
            "random networks are counted for activations with two."
        )
    n, d0 = data.shape
    data = np.hstack([data, np.ones((n, 1))]) if biases else data
    # The names of streams are part of the meaning of a seed: older records repeat.
    name = f"diagnosis/landscape/rows/{data.shape[1]}/{width}"
    primes = random_primes(_PRIMES, BITS, seed, "diagnosis/landscape")
    rows = integer_rows(data)
    products = {
        prime: modular_gram(
            np.array([[float(each % prime) for each in row] for row in rows]), prime
        )
        for prime in primes
    }
    counts = np.zeros(n, dtype=np.int64)
    deficient = drawn = 0
    while drawn < most_drawn and deficient < most_deficient:
        generator = stream(seed, name, drawn)
        weights = draw_weights(initialization, generator, 1, width, d0, biases)[0]
        drawn += 1
        support = _support(whole_slopes(of.at(weights @ data.T), of.slopes), products)
        if support.any():
            deficient += 1
            counts += support
    return RowDependencies(width, deficient, drawn, counts)


def _support(slopes: np.ndarray, products: dict[int, np.ndarray]) -> np.ndarray:
    """Return which rows are in a dependency, False everywhere at full rank."""
    n = slopes.shape[1]
    best, chosen = -1, np.zeros(n, dtype=bool)
    for prime, product in products.items():
        support = np.empty(n, dtype=bool)
        gram = pattern_gram(slopes, product, prime)
        rank = int(null_support(gram, float(prime), support))
        if rank > best:
            best, chosen = rank, support
        if rank == n:
            break
    return chosen

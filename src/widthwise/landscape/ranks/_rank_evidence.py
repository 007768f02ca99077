"""The rank of a region's Jacobian, with what vouches for it."""

from dataclasses import dataclass

import flint
import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.equality import equal_by_value
from widthwise.errors import InvalidArgumentError
from widthwise.features.two_layer import PointsLike
from widthwise.landscape.patterns import PatternLike, Pieces, as_pattern, lifted, pieces
from widthwise.landscape.ranks._jacobian import pattern_jacobian
from widthwise.numerics import linear_algebra, require
from widthwise.numerics.exact_rank import ExactRank, integer_rows, rank_of_gram

__all__ = ["RankEvidence", "jacobian_rank", "rank_evidence"]


@dataclass(frozen=True, eq=False)
class RankEvidence:
    r"""The rank of a Jacobian and why it should be believed.

    Attributes
    ----------
    rank, points_count
        The rank and n, the most it can be.
    method
        "exact", "float64" or "float32".
    is_proved
        Whether the rank is certain: exact and full, or exact and proved deficient.
    error_probability
        For "exact", a bound on the chance that the true rank is larger, over the choice
        of the primes; 0 if proved. None for floating point, which has no such bound.
    primes
        The moduli, for "exact".
    tolerance
        For floating point: singular values at or below it count as zero.
    singular_values
        Of the Jacobian in the precision of the method, descending, shape (min(n, p),).
    dependent_rows
        The points whose rows occur in a linear dependency, ascending; () at full rank.
    null_vectors
        Orthonormal rows c with $c^\top J = 0$ up to rounding, shape (n - rank, n).

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> pattern = ww.landscape.activation_pattern(points, [[1.0, 1.0], [1.0, -1.0]])
    >>> y = torch.tensor([1.0, 0.0, 1.0], dtype=torch.float64)
    >>> found = ww.landscape.rank_evidence(pattern, points)
    >>> found.rank, found.is_proved
    (3, True)
    """

    __eq__ = equal_by_value

    rank: int
    points_count: int
    method: str
    is_proved: bool
    error_probability: float | None
    primes: tuple[int, ...]
    tolerance: float | None
    singular_values: Float[Array, " k"]
    dependent_rows: tuple[int, ...]
    null_vectors: Float[Array, "r n"]

    @property
    def is_full(self) -> bool:
        """Whether the rank is n: every critical point in the region has zero loss."""
        return self.rank == self.points_count


def jacobian_rank(
    pattern: PatternLike,
    points: PointsLike,
    exact: bool = True,
    *,
    biases: bool = False,
    outer: bool = False,
    act: Activation | None = None,
    precision: str = "float64",
    tolerance: float | int | None = None,
    primes: int = 3,
    prove: bool = False,
    seed: int = 0,
) -> int:
    r"""Return the rank of the Jacobian in the region of an activation pattern.

    Exact: a float64 is a dyadic rational, so the Gram matrix $J J^\top = (S^\top S)
    \circ X X^\top$ is a matrix of whole numbers up to powers of two, formed without
    rounding; its rank modulo random primes of 61 bits is the rank of J, or less only if
    every prime divides a nonzero minor. Full rank is thereby proved; `rank_evidence`
    states the bound on the chance of error otherwise.

    Parameters
    ----------
    pattern
        Shape (d1, n), from `activation_pattern`.
    points
        X, shape (n, d0).
    exact
        Whether over the rationals, or by singular values.
    biases, outer
        Whether the biases and the outer weights are parameters, as in
        `pattern_jacobian`.
    act
        The piecewise-linear activation; None means the rectifier.
    precision
        "float64" or "float32", where `exact` is False.
    tolerance
        Singular values at or below it count as zero; by default $\max(n, p)$ times the
        largest one times the machine epsilon of the precision.
    primes, prove, seed
        How many primes are tried, whether as many as a proof takes, and which.

    Returns
    -------
    From 0 to n.

    Raises
    ------
    DataError
        If shapes or dtypes do not fit.
    InvalidArgumentError
        If a knob is outside its range.

    Source
    ------
    Karhadkar, Murray, Tseran and Montufar (2024), arXiv:2305.19510, Section 2.

    Cost
    ----
    Exact: $n^2 d_1$ operations, and $n^3 / 3$ for each prime: 15 ms at n = 100.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> pattern = ww.landscape.activation_pattern(points, [[1.0, 1.0], [1.0, -1.0]])
    >>> ww.landscape.jacobian_rank(pattern, points)
    3
    """
    found = pieces(act)
    array = as_pattern(pattern, found)
    if exact:
        data = lifted(points, array, biases)
        return _exact(array, data, found, outer, primes, prove, seed).rank
    jacobian = pattern_jacobian(array, points, biases=biases, outer=outer, act=act)
    return _numerical(jacobian, precision, tolerance)[0]


def rank_evidence(
    pattern: PatternLike,
    points: PointsLike,
    exact: bool = True,
    *,
    biases: bool = False,
    outer: bool = False,
    act: Activation | None = None,
    precision: str = "float64",
    tolerance: float | int | None = None,
    primes: int = 3,
    prove: bool = False,
    seed: int = 0,
) -> RankEvidence:
    """Return the rank of a region's Jacobian with its certificate.

    Parameters
    ----------
    pattern, points, exact
        As in `jacobian_rank`.
    biases, outer, act, precision, tolerance, primes, prove, seed
        As in `jacobian_rank`.

    Returns
    -------
    RankEvidence

    Raises
    ------
    DataError, InvalidArgumentError
        As in `jacobian_rank`.

    Cost
    ----
    One singular value decomposition of the n x p Jacobian more than `jacobian_rank`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]]).double()
    >>> pattern = ww.landscape.activation_pattern(points, [[1.0, 1.0], [1.0, -1.0]])
    >>> ww.landscape.rank_evidence(pattern, points).rank
    3
    """
    found = pieces(act)
    array = as_pattern(pattern, found)
    jacobian = pattern_jacobian(array, points, biases=biases, outer=outer, act=act)
    count = len(jacobian)
    rank, values, limit = _numerical(jacobian, precision, tolerance)
    if not exact:
        vectors = _null_vectors(jacobian, tuple(range(count)), count - rank)
        # A row outside every dependency has a zero, up to rounding, in each vector.
        sizes = vectors.abs().amax(dim=0) if rank < count else torch.zeros(count)
        rows = torch.nonzero(sizes > 1e-8)[:, 0].tolist()
        return RankEvidence(
            rank=rank,
            points_count=count,
            method=precision,
            is_proved=False,
            error_probability=None,
            primes=(),
            tolerance=limit,
            singular_values=values,
            dependent_rows=tuple(rows),
            null_vectors=vectors,
        )
    certain = _exact(
        array, lifted(points, array, biases), found, outer, primes, prove, seed
    )
    return RankEvidence(
        rank=certain.rank,
        points_count=count,
        method="exact",
        is_proved=certain.is_proved,
        error_probability=certain.error_probability,
        primes=certain.primes,
        tolerance=None,
        singular_values=values,
        dependent_rows=certain.dependent_rows,
        null_vectors=_null_vectors(
            jacobian, certain.dependent_rows, count - certain.rank
        ),
    )


def _exact(
    array: np.ndarray,
    data: np.ndarray,
    of: Pieces,
    outer: bool,
    primes: int,
    prove: bool,
    seed: int,
) -> ExactRank:
    """Rank of (SᵀS) ∘ (X Xᵀ) + (CᵀC) ∘ (λ λᵀ), λ the scales of the rows."""
    n = len(data)
    require(
        400 * n * n,
        f"The whole-number Gram matrix of {n} points",
        "Take a subset of the points, or exact=False.",
    )
    rows = integer_rows(np.hstack([data, np.ones((n, 1))]))
    squares = _products([row[:-1] for row in rows])
    gram = _pattern_gram(array, of.slopes) * squares
    if outer and not of.are_homogeneous:
        scales = _products([row[-1:] for row in rows])
        # One scale for slopes and intercepts would be needed if the columns mixed;
        # each block of columns may have its own.
        gram = gram + _pattern_gram(array, of.intercepts) * scales
    return rank_of_gram(gram, primes=primes, prove=prove, seed=seed)


def _pattern_gram(array: np.ndarray, of: tuple[float, ...]) -> np.ndarray:
    """SᵀS for whole multiples of the values, as Python integers."""
    whole = integer_rows(np.array([of]))[0]
    if max(abs(each) for each in whole) <= 2**10:
        values = np.array(whole, dtype=np.float64)[array.astype(np.int64)]
        # Sums of products of whole numbers below 2**53 are exact in float64.
        small: np.ndarray = (values.T @ values).astype(np.int64).astype(object)
        return small
    table = np.array(whole, dtype=object)[array.astype(np.int64)]
    return _products(table.T.tolist())


def _products(rows: list[list[int]]) -> np.ndarray:
    """Return A Aᵀ over the whole numbers, dtype object."""
    factor = flint.fmpz_mat(len(rows), len(rows[0]), [e for row in rows for e in row])
    product = factor * factor.transpose()
    found = np.empty(len(rows) ** 2, dtype=object)
    found[:] = [int(each) for each in product.entries()]
    return found.reshape(len(rows), len(rows))


def _numerical(
    jacobian: Float[Array, "n p"], precision: str, tolerance: float | int | None
) -> tuple[int, Float[Array, " k"], float]:
    if precision not in ("float64", "float32"):
        raise InvalidArgumentError(
            f"There is no precision {precision!r}. Use 'float64' or 'float32', or "
            "exact=True."
        )
    if tolerance is not None and not 0 <= tolerance < np.inf:
        raise InvalidArgumentError(
            f"The tolerance is {tolerance!r}; it must be finite and not negative."
        )
    if precision == "float32":
        single = np.linalg.svd(jacobian.numpy().astype(np.float32), compute_uv=False)
        values, epsilon = torch.from_numpy(single), float(np.finfo(np.float32).eps)
    else:
        values = linear_algebra.singular_values(jacobian)
        epsilon = float(np.finfo(np.float64).eps)
    limit = max(jacobian.shape) * float(values[0]) * epsilon
    limit = limit if tolerance is None else float(tolerance)
    return int((values > limit).sum()), values, limit


def _null_vectors(
    jacobian: Float[Array, "n p"], rows: tuple[int, ...], count: int
) -> Float[Array, "r n"]:
    """Left singular vectors of the smallest singular values, on these rows only."""
    vectors = torch.zeros((count, len(jacobian)), dtype=torch.float64)
    if count:
        u = np.linalg.svd(jacobian[list(rows)].numpy(), full_matrices=True)[0]
        vectors[:, list(rows)] = torch.from_numpy(u[:, u.shape[1] - count :].T.copy())
    return vectors

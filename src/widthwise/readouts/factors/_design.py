r"""One factorization of a last layer: of its features, or of their kernel."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import torch

from widthwise.arrays import Array, DeviceLike, Float, PointsLike
from widthwise.errors import InvalidArgumentError
from widthwise.features.two_layer import as_matrix
from widthwise.numerics import require
from widthwise.numerics.cholesky_qr import inner_products, tall_factorization
from widthwise.numerics.linear_algebra import (
    add_outer_products,
    cholesky,
    complete_symmetric,
    eigh,
    power_of_two_scale,
    svd,
)
from widthwise.numerics.power_iterations import estimated_condition
from widthwise.numerics.rounding import relative_rounding
from widthwise.numerics.tall_qr import TallFactorization
from widthwise.readouts.factors._graded import graded_features
from widthwise.readouts.factors._kernel import kernel_eigenvectors, symmetric_kernel
from widthwise.readouts.factors._modes import Modes, modes
from widthwise.readouts.factors._system import Rows, System, rows_of, system_of
from widthwise.readouts.factors._two_rows import require_two

__all__ = [
    "Design",
    "FeatureDesign",
    "KernelDesign",
    "feature_design",
    "kernel_design",
]

_EXPONENT = 152.0  # Of ten, of the largest number whose square is one.
_ROWS = 1024  # That are turned at once.
_RESOLVED = 1e-9  # The most that the Gram matrix may hide of its least eigenvalue.


@dataclass(frozen=True)
class FeatureDesign:
    """Features; a solution is one weight a feature, over `solution_unit`.

    The modes' eigenvalues are over `penalty_unit`.

    Attributes
    ----------
    system
        The weighted and centred features.
    modes
        Their singular vectors.
    right_vectors
        Shape (m, r), where there are at least as many rows as features; else None.
    absent
        Shape (a, m). The features of the rows of weight 0; None where there are none.
    transposed
        What multiplies vectors on the rows by the transposed matrix, where that is not
        held.
    blocks
        What reads the modes of the rows that count, block by block, where they are not
        held.
    """

    system: System
    modes: Modes
    right_vectors: Float[Array, "m r"] | None
    absent: Float[Array, "a m"] | None = None
    transposed: Callable[[Array], Array] | None = None
    blocks: Callable[[], Iterator[Modes]] | None = None

    @property
    def rows(self) -> Rows:
        return self.system.rows

    @property
    def parts(self) -> Iterable[Modes]:
        """The modes of the rows that count, in order; read again where not held."""
        return [self.modes] if self.blocks is None else self.blocks()

    @property
    def penalty_unit(self) -> float:
        size = self.system.scale * self.rows.root_scale
        if abs(math.log10(size)) > _EXPONENT:
            raise InvalidArgumentError(
                f"The penalties leave float64's range: the features have scale "
                f"{size:.3g}, squared. Scale them."
            )
        return size**2

    @property
    def solution_unit(self) -> float:
        return self.system.scale

    def solution(self, shares: Float[Array, "r c"]) -> Float[Array, "m c"]:
        r"""Return what has the dual coefficients $\sum_j U_j$ times these shares."""
        if self.right_vectors is not None:
            roots = self.modes.eigenvalues.sqrt()[:, None]
            found: Array = self.right_vectors @ (roots * shares)
            return found
        if self.transposed is not None:
            return self.transposed(self.rows.contracted(self.modes.left) @ shares)
        matrix = self.system.matrix
        left = self.rows.contracted(self.modes.left)
        found = matrix.T @ (left @ shares)
        # What rounding put into the wrong modes: once more with what is missing.
        lacking = shares * self.modes.eigenvalues[:, None] - left.T @ (matrix @ found)
        return found + matrix.T @ (left @ (lacking / self.modes.eigenvalues[:, None]))

    def offset(self, solution: Float[Array, "m c"]) -> Float[Array, " c"]:
        """Return the intercept of a solution."""
        return self.system.intercept(solution)


@dataclass(frozen=True)
class KernelDesign:
    """A kernel; a solution is one coefficient a row. Units as of features.

    Attributes
    ----------
    rows, modes
        The weighted rows, and their eigenvectors.
    scale
        A power of two, of the kernel's entries.
    mean
        Shape (n,). The weighted mean of the kernel's rows, over the scale; None without
        an intercept.
    absent
        Shape (a, n). The kernel's rows of weight 0; None where there are none.
    """

    rows: Rows
    modes: Modes
    scale: float
    mean: Float[Array, " n"] | None
    absent: Float[Array, "a n"] | None = None

    @property
    def parts(self) -> Iterable[Modes]:
        return [self.modes]

    @property
    def penalty_unit(self) -> float:
        return self.scale * self.rows.root_scale**2

    @property
    def solution_unit(self) -> float:
        return self.scale

    def solution(self, shares: Float[Array, "r c"]) -> Float[Array, "n c"]:
        return self.rows.all_rows(self.rows.roots[:, None] * (self.modes.left @ shares))

    def offset(self, solution: Float[Array, "n c"]) -> Float[Array, " c"]:
        if self.mean is None:
            return self.rows.target_mean
        found: Array = self.rows.target_mean - self.mean @ solution
        return found


Design = FeatureDesign | KernelDesign
"""A layer, factorized."""


def feature_design(
    phi: PointsLike,
    y: PointsLike,
    *,
    intercept: bool,
    weights: PointsLike | None,
    device: DeviceLike | None = None,
) -> FeatureDesign:
    """Factorize features once.

    Raises
    ------
    DataError, MemoryBudgetError
        As `minimum_norm`; and for a single row.
    """
    system = system_of(phi, y, intercept=intercept, weights=weights, device=device)
    require_two(system.rows)
    gram, factor = _gram(system)
    factors = None
    if _is_promising(factor):
        factor = None  # Memory for the eigenvectors.
        factors = _by_gram(system, gram)
        factor = cholesky(gram) if factors is None else None
    factors = factors or _by_triangle(system, factor)
    del gram, factor
    values, left, right_vectors = factors
    if right_vectors is not None:  # What is left of the features is in no use.
        system = replace(system, matrix=system.matrix.new_empty(0, len(right_vectors)))
    rows = system.rows
    targets = rows.expanded(rows.right)
    found = modes(values, rows.expanded(left), targets, rows.direction)
    absent = rows.absent
    others = None
    if absent is not None:
        others = as_matrix(phi, "features", device)[absent]
    return FeatureDesign(system, found, right_vectors, others)


def kernel_design(
    kernel: PointsLike,
    y: PointsLike,
    *,
    intercept: bool,
    weights: PointsLike | None,
    device: DeviceLike | None = None,
) -> KernelDesign:
    """Factorize a kernel once.

    Raises
    ------
    DataError, NotPositiveDefiniteError
        As `symmetric_kernel` and `kernel_eigenvectors`; and for a single row.
    """
    matrix, error = symmetric_kernel(kernel, device)
    rows = rows_of(
        y,
        len(matrix),
        matrix.device,
        intercept=intercept,
        weights=weights,
        owner="kernel",
    )
    require_two(rows)
    scale = power_of_two_scale(matrix)
    kept = matrix / scale
    mean = None
    if rows.kept is not None:
        kept = kept[rows.kept]
    if intercept:
        mean = rows.mean(kept)
    if rows.kept is not None:
        kept = kept[:, rows.kept]
    absent = None if rows.absent is None else matrix[rows.absent]
    graded = graded_features(kept, rows.roots.square(), kernel, scale)
    if graded is not None:
        weighted = rows.roots.square() if rows.is_weighted else None
        some = rows.given if rows.kept is None else rows.given[rows.kept]
        of_features = feature_design(
            graded, some, intercept=intercept, weights=weighted
        )
        return KernelDesign(rows, of_features.modes, scale, mean, absent)
    inner = rows.turned(rows.turned(kept).T)
    size = float(rows.roots.max()) ** 2
    values, left, error = kernel_eigenvectors(inner, error / scale * size)
    rank = int((values > error).sum())
    targets = rows.expanded(rows.right)
    left = rows.expanded(left[:, :rank])
    found = modes(values[:rank].sqrt(), left, targets, rows.direction)
    return KernelDesign(rows, found, scale, mean, absent)


_Factors = tuple[Array, Array, Array | None]


def _gram(system: System) -> tuple[Array, Array | None]:
    """Return the Gram matrix of the shorter side, and its factor where it has one."""
    matrix = system.matrix
    n, m = matrix.shape
    side = min(n, m)
    require(
        40 * side * side,
        f"The Gram matrix of {side} {'rows' if n <= m else 'features'}",
        "Take a sample of the rows, or a smaller width.",
    )
    if n > m:
        gram = inner_products(matrix)
    else:
        gram = matrix.new_zeros((n, n))
        add_outer_products(gram, matrix)
        complete_symmetric(gram)
    return gram, cholesky(gram)


def _is_promising(factor: Array | None) -> bool:
    """Say whether the Gram matrix may keep the digits that are needed.

    By an estimate from below: eigenvectors take many times as long.
    """
    if factor is None:
        return False
    return relative_rounding(len(factor)) * estimated_condition(factor) < _RESOLVED


def _by_gram(system: System, gram: Array) -> _Factors | None:
    """Factorize the Gram matrix, or return None if that would lose digits."""
    blurred = relative_rounding(len(gram))
    ascending, vectors = eigh(gram)
    squares = ascending.flip(0)
    largest, least = float(squares[0]), float(squares[-1])
    # What the Gram matrix blurs of its least eigenvalue, and the data of theirs.
    if (
        not least * _RESOLVED > blurred * largest
        or system.cutoff(largest**0.5) ** 2 >= least
    ):
        return None
    values, found = squares.sqrt(), vectors.flip(1)
    del vectors
    if len(system.matrix) <= system.matrix.shape[1]:
        return values, found, None
    return values, _turned(system, found / values), found


def _turned(system: System, turn: Array) -> Array:
    """Return the features times a matrix, in their place where they are a copy."""
    matrix = system.matrix
    found = matrix if system.is_copy else torch.empty_like(matrix)
    for top in range(0, len(matrix), _ROWS):
        found[top : top + _ROWS] = matrix[top : top + _ROWS] @ turn
    return found


def _by_triangle(system: System, factor: Array | None) -> _Factors:
    """Factorize through Q R and the singular values of R; works for any rank."""
    matrix = system.matrix
    n, m = matrix.shape
    require(
        16 * n * m + 40 * min(n, m) ** 2,
        f"The factorization of a {n} x {m} matrix",
        "Take a sample of the rows, or a smaller width.",
    )
    is_wide = n <= m
    tall = TallFactorization(matrix) if is_wide else tall_factorization(matrix, factor)
    scale = power_of_two_scale(tall.triangle)
    left, values, back = svd(tall.triangle / scale)
    values = values * scale
    rank = int((values > system.cutoff(float(values[0]))).sum())
    values, right = values[:rank], back[:rank].T
    if is_wide:  # A = Rᵀ Qᵀ, so the right vectors of R are the left ones of A.
        return values, right, None
    return values, tall.expand(left[:, :rank]), right

r"""The system of a last layer: rows weighted, centred for an intercept, and scaled.

With weights ω and an intercept b, $\tfrac12 \sum_i \omega_i (\phi_i \cdot v + b -
y_i)^2$ is least over b where the weighted means agree. What is left is
$\tfrac12 \|A v - r\|^2$ with $A = W^{1/2} (\Phi - 1 \bar\phi^\top)$, whose rows
$u = W^{1/2} 1$ annihilates. A reflection that takes u to an axis leaves one row of
zeros; without it the system has n - 1 rows, and no rank is lost to the centring.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from widthwise.arguments import require_finite, require_vector
from widthwise.arrays import (
    Array,
    DeviceLike,
    Float,
    Int,
    PointsLike,
    provenance,
    real_tensor,
    rounding_unit,
)
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.two_layer import as_matrix, unread_matrix
from widthwise.numerics import require
from widthwise.numerics.linear_algebra import power_of_two_scale
from widthwise.numerics.rounding import relative_rounding
from widthwise.readouts.factors._scale import features_scale

__all__ = ["Rows", "System", "rows_of", "system_of"]


@dataclass(frozen=True)
class Rows:
    r"""Which rows count, how much, and the targets on them.

    Attributes
    ----------
    given
        Shape (n, c). The targets as they were given.
    kept
        The rows of positive weight; None for all.
    roots
        Shape (k,). $\sqrt{\omega}$ of those, over `root_scale`.
    root_scale
        A power of two.
    has_intercept
        Whether the means are free.
    is_reflected
        Whether the row that an intercept leaves zero is taken out, as it must be where
        the others are no more than the features.
    targets
        Shape (k, c), over `target_scale`, on the device of the features.
    target_mean
        Shape (c,), weighted; zero without an intercept.
    target_scale
        A power of two.
    target_shape
        Of one row of the targets: () or (c,).
    """

    given: Float[Array, "n c"]
    kept: Int[Array, " k"] | None
    roots: Float[Array, " k"]
    root_scale: float
    has_intercept: bool
    is_reflected: bool
    targets: Float[Array, "k c"]
    target_mean: Float[Array, " c"]
    target_scale: float
    target_shape: tuple[int, ...]

    @property
    def right(self) -> Float[Array, "r c"]:
        """The right-hand side, one row less with an intercept."""
        return self.turned(self.targets)

    @property
    def direction(self) -> Float[Array, " k"] | None:
        """The unit vector of the weighted rows that the intercept fits."""
        if not self.has_intercept:
            return None
        found: Array = self.roots / torch.linalg.vector_norm(self.roots)
        return found

    @property
    def squared_target_scale(self) -> float:
        """What squared errors are over.

        Raises
        ------
        InvalidArgumentError
            If it leaves float64's range.
        """
        if abs(math.log10(self.target_scale)) > 145:
            raise InvalidArgumentError(
                f"The squared errors leave float64's range: the targets have scale "
                f"{self.target_scale:.3g}. Scale them."
            )
        return self.target_scale**2

    @property
    def is_weighted(self) -> bool:
        """Whether any row counts more than another."""
        return self.root_scale != 1.0 or bool((self.roots != 1.0).any())

    def mean(self, values: Float[Array, "k c"]) -> Float[Array, " c"]:
        """Return the weighted mean of the rows that are kept."""
        weights = self.roots.square()
        found: Array = (weights @ values) / weights.sum()
        return found

    @property
    def absent(self) -> Int[Array, " a"] | None:
        """The rows of weight 0, or None where there are none."""
        if self.kept is None:
            return None
        is_absent = self.kept.new_ones(len(self.given), dtype=torch.bool)
        is_absent[self.kept] = False
        return torch.nonzero(is_absent)[:, 0]

    def turned(self, values: Float[Array, "k c"]) -> Float[Array, "r c"]:
        """Return rows in the system's coordinates: centred, weighted, reflected."""
        centred = values - self.mean(values) if self.has_intercept else values
        if self.is_weighted:
            centred = centred * self.roots[:, None]
        return self.contracted(centred)

    def contracted(self, vectors: Float[Array, "k c"]) -> Float[Array, "r c"]:
        """Return vectors without a part that the intercept fits, in the system's."""
        return self.contract_(vectors.clone()) if self.is_reflected else vectors

    def contract_(self, vectors: Float[Array, "k c"]) -> Float[Array, "r c"]:
        """Do the same in the memory of the vectors."""
        direction = self.direction
        if direction is None or not self.is_reflected:
            return vectors
        share = direction[1:] / (1.0 + float(direction[0]))
        found: Array = vectors[1:].addr_(share, vectors[0], alpha=-1.0)
        return found

    def expanded(self, vectors: Float[Array, "r c"]) -> Float[Array, "k c"]:
        """Return vectors of the system in the coordinates of the weighted rows."""
        direction = self.direction
        if direction is None or not self.is_reflected:
            return vectors
        tail = direction[1:]
        lost = tail @ vectors
        rest = vectors - torch.outer(tail / (1.0 + float(direction[0])), lost)
        return torch.cat([-lost[None, :], rest])

    def all_rows(self, kept: Float[Array, "k c"]) -> Float[Array, "n c"]:
        """Return values of the kept rows among zeros for the others."""
        if self.kept is None:
            return kept
        found = kept.new_zeros(len(self.given), kept.shape[1])
        found[self.kept] = kept
        return found


@dataclass(frozen=True)
class System:
    r"""A v ≈ r, with what its rows and its scales stand for.

    Attributes
    ----------
    matrix
        Shape (r, m). A over `scale`; the features themselves where nothing had to be
        changed, else a copy.
    rows
        What the rows are, with the right-hand side.
    scale
        A power of two; 1 but for features whose squares leave float64.
    feature_mean
        Shape (m,), of the features over `scale`; None without an intercept.
    noise
        A bound on the spectral norm of the error of `matrix` that its label says.
    relative, absolute
        Singular values up to `relative` times the largest, `absolute` and the noise
        together count as zero: the rounding of the type that the features came in, and
        of their size before they were centred.
    """

    matrix: Float[Array, "r m"]
    rows: Rows
    scale: float
    feature_mean: Float[Array, " m"] | None
    noise: float
    relative: float
    absolute: float = 0.0
    is_copy: bool = False

    def cutoff(self, largest: float) -> float:
        """Return the singular value up to which one counts as zero."""
        return self.relative * largest + self.absolute + self.noise

    def intercept(self, solution: Float[Array, "m c"]) -> Float[Array, " c"]:
        """Return the intercept of a solution of the scaled system, scaled too."""
        if self.feature_mean is None:
            return self.rows.target_mean
        found: Array = self.rows.target_mean - self.feature_mean @ solution
        return found


def rows_of(
    y: PointsLike,
    count: int,
    device: torch.device,
    *,
    intercept: bool,
    weights: PointsLike | None,
    columns: int | None = None,
    owner: str = "features",
) -> Rows:
    """Check the targets and the weights of so many rows, and of so many columns.

    Raises
    ------
    DataError
        If a shape does not fit, an entry is not finite or masked, a weight is
        negative, or none is positive.
    """
    given: Array = real_tensor(y, "The targets")
    if given.ndim not in (1, 2) or given.shape[0] != count:
        raise DataError(
            f"The targets have shape {tuple(given.shape)} and the {owner} {count} "
            f"rows; they must have shape ({count},) or ({count}, outputs)."
        )
    targets = as_matrix(given.reshape(count, -1), "targets").to(device)
    kept, roots, root_scale = _roots(weights, count, device)
    some = targets if kept is None else targets[kept]
    scale = power_of_two_scale(some)
    some = some / scale
    found = Rows(
        given=targets,
        kept=kept,
        roots=roots,
        root_scale=root_scale,
        has_intercept=intercept,
        is_reflected=intercept and (columns is None or len(some) <= columns + 1),
        targets=some,
        target_mean=some.new_zeros(some.shape[1]),
        target_scale=scale,
        target_shape=tuple(given.shape[1:]),
    )
    return replace(found, target_mean=found.mean(some)) if intercept else found


def system_of(
    phi: PointsLike,
    y: PointsLike,
    *,
    intercept: bool = False,
    weights: PointsLike | None = None,
    device: DeviceLike | None = None,
    scale_of: Callable[[Array], float] | None = None,
) -> System:
    """Return the system of these features and targets.

    Parameters
    ----------
    scale_of
        `features_scale`, or what says the same by a reading that serves more.

    Raises
    ------
    DataError
        As `rows_of`, and for features that are no finite matrix.
    MemoryBudgetError
        If a copy of the features is needed and does not fit in memory.

    Cost
    ----
    Nothing without an intercept and weights; else a copy of the features.
    """
    matrix = unread_matrix(phi, "features", device)
    n, m = matrix.shape
    rows = rows_of(y, n, matrix.device, intercept=intercept, weights=weights, columns=m)
    scale = (scale_of or features_scale)(matrix)
    relative = relative_rounding(n, rounding_unit(phi))
    noise = _noise(phi, matrix) / scale
    if scale != 1.0 or intercept or weights is not None:
        require(
            16 * n * m,
            f"A weighted and centred copy of {n} x {m} features",
            "Take a sample of the rows, or a smaller width.",
        )
    if scale != 1.0:
        matrix = matrix / scale
    if not intercept and weights is None:
        return System(matrix, rows, scale, None, noise, relative, 0.0, scale != 1.0)
    chosen = matrix if rows.kept is None else matrix[rows.kept]
    mean, absolute = None, 0.0
    if intercept:
        mean = rows.mean(chosen)
        chosen = chosen - mean
        again = rows.mean(chosen)  # What rounding left of the mean.
        chosen, mean = chosen.sub_(again), mean + again
        # The rounding of the entries is that of their size before centring.
        total = float(torch.linalg.vector_norm(rows.roots))
        absolute = relative * total * float(torch.linalg.vector_norm(mean))
    noise = noise * float(rows.roots.max())
    if rows.is_weighted:
        chosen = chosen * rows.roots[:, None]
    if intercept:  # It is a copy.
        chosen = rows.contract_(chosen)
    is_copy = scale != 1.0 or intercept or rows.kept is not None or rows.is_weighted
    return System(chosen, rows, scale, mean, noise, relative, absolute, is_copy)


def _noise(phi: PointsLike, matrix: Array) -> float:
    """Return a bound on the spectral norm of the error of the features."""
    origin = provenance(phi) if isinstance(phi, torch.Tensor) else None
    if origin is None or origin.kernel != "feature_matrix":
        return 0.0
    return origin.entry_error * math.sqrt(matrix.shape[0] * matrix.shape[1])


def _roots(
    weights: PointsLike | None, count: int, device: torch.device
) -> tuple[Array | None, Array, float]:
    if weights is None:
        return None, torch.ones(count, dtype=torch.float64, device=device), 1.0
    given: Array = real_tensor(weights, "The weights")
    require_vector(given, "The weights", count, meaning="one for each row")
    found = given.to(device=device, dtype=torch.float64)
    require_finite(found, "the weights")
    if bool((found < 0).any()):
        row = int(torch.nonzero(found < 0)[0])
        raise DataError(
            f"Row {row} has weight {float(found[row]):.6g}; weights are 0 or positive."
        )
    kept = torch.nonzero(found > 0)[:, 0]
    if len(kept) == 0:
        raise DataError("Every weight is 0; at least one row must count.")
    roots = found[kept].sqrt()
    scale = power_of_two_scale(roots)
    return (None if len(kept) == count else kept), roots / scale, scale

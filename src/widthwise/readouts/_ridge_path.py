"""Ridge regression at every penalty, and the error on rows left out."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch

from widthwise.arrays import Array, DeviceLike, Float, PointsLike
from widthwise.equality import equal_by_value
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.two_layer import as_matrix
from widthwise.readouts._penalties import around, checked
from widthwise.readouts.factors import (
    Design,
    Modes,
    feature_design,
    in_range,
)

__all__ = ["RidgePath", "path_of", "ridge_path"]

_EPS = torch.finfo(torch.float64).eps


@dataclass(frozen=True, eq=False)
class RidgePath:
    r"""Ridge regression at every penalty, from one factorization.

    Attributes
    ----------
    penalties
        Shape (l,), as given; by default 0, then four a decade around the eigenvalues.
    leave_one_out
        Shape (l,). The mean squared error on rows left out one at a time, exactly; the
        mean is over outputs too, and weighted as the rows are.
    leave_one_out_by_output
        Shape (l, c).
    generalized_cross_validation
        Shape (l,). $\frac1n \|f - y\|^2 / (1 - \mathrm{df}/n)^2$, an estimate of the
        same that no single row can upset.
    rank
        The numerical rank of the features, centred where there is an intercept.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> path = ww.readouts.ridge_path(phi, y, [0.1, 1.0])
    >>> path.best, path.solution(0.1).shape
    (1.0, torch.Size([2]))
    """

    __eq__ = equal_by_value

    penalties: Float[Array, " l"]
    leave_one_out: Float[Array, " l"]
    leave_one_out_by_output: Float[Array, "l c"]
    generalized_cross_validation: Float[Array, " l"]
    rank: int
    _design: Design = field(repr=False)
    _reads: str = "features"

    @property
    def best(self) -> float:
        """The penalty with the least leave-one-out error, one for all outputs."""
        return float(self.penalties[int(self.leave_one_out.argmin())])

    @property
    def best_by_output(self) -> Float[Array, " c"]:
        """The penalty with the least leave-one-out error of each output, shape (c,)."""
        return self.penalties[self.leave_one_out_by_output.argmin(dim=0)]

    @property
    def least(self) -> float:
        """The leave-one-out error at the best penalty."""
        return float(self.leave_one_out.min())

    def solution(self, penalty: PointsLike | None = None) -> Float[Array, "*m"]:
        r"""Return v at the penalty λ.

        Parameters
        ----------
        penalty
            λ, any number of at least 0, or one for each output, such as
            `best_by_output`; by default `best`. At 0 it is the minimum-norm solution.

        Returns
        -------
        Shape (m,) or (m, c). Of a kernel, the coefficients of its n columns.

        Raises
        ------
        InvalidArgumentError
            If a penalty is negative, or the solution leaves float64's range.
        """
        found = self._scaled(penalty) / self._design.solution_unit
        found = in_range(found * self._design.rows.target_scale)
        return found.reshape(-1, *self._shape)

    def intercept(self, penalty: PointsLike | None = None) -> Float[Array, "*c"]:
        """Return b at the penalty, shape () or (c,); 0 where none was asked for."""
        found = self._design.offset(self._scaled(penalty))
        return (found * self._design.rows.target_scale).reshape(self._shape)

    def predict(
        self, others: PointsLike, penalty: PointsLike | None = None
    ) -> Float[Array, "*k"]:
        """Return the outputs at other points.

        Parameters
        ----------
        others
            Shape (k, m), their features; of a kernel, (k, n), between them and the
            rows that were fitted.
        penalty
            As in `solution`.

        Raises
        ------
        DataError
            If their columns are not as many as those that were fitted.
        """
        weights = self.solution(penalty)
        matrix = as_matrix(others, self._reads, weights.device)
        if matrix.shape[1] != len(weights):
            raise DataError(
                f"The {self._reads} have {matrix.shape[1]} columns; this readout was "
                f"fitted to {len(weights)}."
            )
        found: Array = matrix @ weights + self.intercept(penalty)
        return found

    def residuals_left_out(
        self, penalty: PointsLike | None = None
    ) -> Float[Array, "*n"]:
        """Return $y_i - f_i$, each row fitted without itself; shaped like the targets.

        For a row of weight 0 it is the residual of the fit, which lacks it anyway.
        """
        rows, inner = self._design.rows, self._inner(penalty)
        found = torch.cat([_left_out(each, inner) for each in self._design.parts])
        found = rows.all_rows(found / rows.roots[:, None]) * rows.target_scale
        found = found.reshape(-1, *self._shape)
        if rows.absent is not None and self._design.absent is not None:
            fitted = self.predict(self._design.absent, penalty)
            found[rows.absent] = rows.given[rows.absent].reshape(fitted.shape) - fitted
        return found

    def predictions_left_out(
        self, penalty: PointsLike | None = None
    ) -> Float[Array, "*n"]:
        """Return the output at each row, fitted without it; shaped like the targets."""
        missed = self.residuals_left_out(penalty)
        return self._design.rows.given.reshape(missed.shape) - missed

    def leverage(self, penalty: PointsLike | None = None) -> Float[Array, " n"]:
        r"""Return $H_{ii}$, how much each row's own target moves its output; (n,).

        Raises
        ------
        InvalidArgumentError
            If the outputs have different penalties.
        """
        left = self._design.modes.remaining(self._one(penalty))[0]
        missed = [each.left.square() @ left + each.free for each in self._design.parts]
        kept = 1.0 - torch.cat(missed)
        return self._design.rows.all_rows(kept[:, None])[:, 0]

    def degrees_of_freedom(self, penalty: PointsLike | None = None) -> float:
        """Return the trace of the smoother, the intercept's 1 among it.

        Raises
        ------
        InvalidArgumentError
            If the outputs have different penalties.
        """
        design = self._design
        found = float(design.modes.degrees_of_freedom(self._one(penalty))[0])
        return found + design.rows.has_intercept

    @property
    def eigenvalues(self) -> Float[Array, " r"]:
        r"""Those of the weighted, centred $\Phi \Phi^\top$, descending, (rank,)."""
        found: Array = self._design.modes.eigenvalues * self._design.penalty_unit
        return found

    @property
    def unreachable(self) -> Float[Array, "*n"]:
        r"""What no weights reach of the targets, $y - \Phi v - b$ at λ = 0.

        Exactly 0 up to its rounding, and in rows of weight 0; shaped like the targets.
        """
        rows = self._design.rows
        found = torch.cat([each.rest for each in self._design.parts])
        found = found / rows.roots[:, None]
        found[found.abs() <= 16 * len(found) * _EPS * rows.targets.abs().max()] = 0.0
        return rows.all_rows(found * rows.target_scale).reshape(-1, *self._shape)

    @property
    def _shape(self) -> tuple[int, ...]:
        return self._design.rows.target_shape

    def _inner(self, penalty: PointsLike | None) -> Float[Array, " c"]:
        """Return one penalty an output, over the unit of the eigenvalues."""
        outputs = self._design.rows.targets.shape[1]
        given = checked(self.best if penalty is None else penalty)
        found = given.to(self._design.rows.targets.device)
        if len(found) not in (1, outputs):
            raise InvalidArgumentError(
                f"{len(found)} penalties were given; pass one, or one for each of the "
                f"{outputs} outputs."
            )
        return found.expand(outputs) / self._design.penalty_unit

    def _one(self, penalty: PointsLike | None) -> Float[Array, " 1"]:
        found = self._inner(penalty)
        if not _are_one(found):
            raise InvalidArgumentError(
                "The outputs have different penalties, so each has a smoother of its "
                "own. Pass one penalty."
            )
        return found[:1]

    def _scaled(self, penalty: PointsLike | None) -> Float[Array, "p c"]:
        modes = self._design.modes
        return self._design.solution(
            modes.projections / (modes.eigenvalues[:, None] + self._inner(penalty))
        )


def ridge_path(
    phi: PointsLike,
    y: PointsLike,
    penalties: PointsLike | None = None,
    *,
    intercept: bool = True,
    weights: PointsLike | None = None,
    device: DeviceLike | None = None,
) -> RidgePath:
    r"""Fit ridge regression at every penalty, with the error on rows left out.

    .. math:: \min_{v, b}\ \tfrac12 \sum_i \omega_i (\phi_i \cdot v + b - y_i)^2
        + \tfrac\lambda2 \|v\|^2

    One factorization of $\Phi$ serves all penalties and outputs, the errors of rows
    left out, and generalized cross-validation. None loses its digits at small
    penalties, where it tends to the error of the minimum-norm solution. A row L times
    as long as the others has $1 - H_{ii}$ of about $L^{-2}$: errors left out are right
    to $L^2 \epsilon$ of the largest of them and of the targets, and to nothing from L
    of about 1e7 on. In L a row counts $\sqrt{\omega_i}$ times.

    Parameters
    ----------
    phi
        $\Phi$, shape (n, m), any n >= 2 and m.
    y
        Targets, shape (n,) or (n, c).
    penalties
        λ, each at least 0; by default 0, then four a decade from a hundredth of the
        least eigenvalue of $\Phi \Phi^\top$ to a hundred times the largest.
    intercept
        Whether a constant b is free beside v; it is not penalized.
    weights
        ω, shape (n,), at least 0. A row of weight 0 is as if it were absent.
    device
        Where to compute, such as "cuda"; by default where the features are.

    Returns
    -------
    The errors at each penalty, and the solution at any.

    Raises
    ------
    DataError
        If shapes do not fit, an entry is not finite, or fewer than two rows count.
    InvalidArgumentError
        If a penalty is negative, or there is none.
    MemoryBudgetError
        If the factors do not fit in memory.

    Source
    ------
    Golub, Heath and Wahba (1979), Technometrics 21, 215; Hastie, Tibshirani (2004),
    Biostatistics 5, 329 (one factorization for all).

    Cost
    ----
    k = min(n, m). n m k + 9 k³ operations where the Gram matrix resolves its least
    eigenvalue to 1e-9, and 2 n m² more for n > m; else 5 n m² + 20 m³ for n > m and
    conditions up to 1e7; else about 4 n m k + 20 k³. Then 2 n k (c + 1) a penalty.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> path = ww.readouts.ridge_path(phi, y, [0.1, 1.0])
    >>> path.penalties.tolist(), path.best
    ([0.1, 1.0], 1.0)
    """
    design = feature_design(phi, y, intercept=intercept, weights=weights, device=device)
    return path_of(design, penalties, "features")


def _left_out(modes: Modes, inner: Float[Array, " c"]) -> Float[Array, "n c"]:
    """Return by how much each row is missed without it, at a penalty an output."""
    if _are_one(inner):
        return modes.left_out(inner[:1])[0]
    columns = [
        modes.left_out(each.reshape(1))[0, :, output : output + 1]
        for output, each in enumerate(inner)
    ]
    return torch.cat(columns, dim=1)


def _are_one(penalties: Float[Array, " c"]) -> bool:
    return bool((penalties == penalties[:1]).all())


def path_of(
    design: Design,
    penalties: PointsLike | None,
    reads: str,
    squares: Callable[[Float[Array, " l"]], Float[Array, "l c"]] | None = None,
) -> RidgePath:
    """Return the path of a design; `squares` finds misses where no rows are held."""
    modes, rows = design.modes, design.rows
    found_squares = modes.squares_left_out if squares is None else squares
    if penalties is None:
        found = around(modes.eigenvalues) * design.penalty_unit
    else:
        found = checked(penalties).to(rows.targets.device)
    inner = found / design.penalty_unit
    # Weighted misses squared are ω times squares, so this is the weighted mean.
    total = rows.roots.square().sum()
    by_output = found_squares(inner) / total * rows.squared_target_scale
    generalized = modes.generalized(inner).mean(1) * len(rows.roots) ** 2 / total
    return RidgePath(
        penalties=found,
        leave_one_out=by_output.mean(1),
        leave_one_out_by_output=by_output,
        generalized_cross_validation=generalized * rows.squared_target_scale,
        rank=len(modes.eigenvalues),
        _design=design,
        _reads=reads,
    )

"""Gradient descent of the last layer, stopped where rows left out say."""

import math
from dataclasses import dataclass, field

import torch

from widthwise.arguments import real_number, whole_number, whole_numbers
from widthwise.arrays import (
    Array,
    DeviceLike,
    Float,
    Int,
    PointsLike,
    row_blocks,
)
from widthwise.equality import equal_by_value
from widthwise.errors import InvalidArgumentError
from widthwise.readouts.factors import (
    Design,
    Modes,
    feature_design,
    in_range,
    kernel_design,
)

__all__ = ["StoppingPath", "early_stopping", "kernel_stopping"]

_A_DECADE = 8
_LAST = 1e12  # Steps; what is left to fit then, rounding decides.
_MOST = 2**53  # Up to here float64 has every whole number.


@dataclass(frozen=True, eq=False)
class StoppingPath:
    r"""The readout after each number of steps of gradient descent from v = 0.

    Attributes
    ----------
    steps
        Shape (l,), ascending.
    leave_one_out
        Shape (l,). The mean squared error on rows left out one at a time, exactly:
        each by a descent of its own, with the same step. The mean is over outputs too,
        and weighted as the rows are.
    step
        η, over which no eigenvalue of the features' Gram matrix reaches 2.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> path = ww.readouts.early_stopping(phi, y, [1, 10, 100])
    >>> path.best in path.steps.tolist(), path.solution(10).shape
    (True, torch.Size([2]))
    """

    __eq__ = equal_by_value

    steps: Int[Array, " l"]
    leave_one_out: Float[Array, " l"]
    step: float
    _design: Design = field(repr=False)

    @property
    def best(self) -> int:
        """The number of steps with the least leave-one-out error."""
        return int(self.steps[int(self.leave_one_out.argmin())])

    @property
    def least(self) -> float:
        """The leave-one-out error there."""
        return float(self.leave_one_out.min())

    def solution(self, steps: int | None = None) -> Float[Array, "*m"]:
        """Return v after so many steps, by default the best; shape (m,) or (m, c).

        Raises
        ------
        InvalidArgumentError
            If the number is no whole one, or the solution leaves float64's range.
        """
        rows = self._design.rows
        found = self._scaled(steps) / self._design.solution_unit * rows.target_scale
        return in_range(found).reshape(-1, *rows.target_shape)

    def intercept(self, steps: int | None = None) -> Float[Array, "*c"]:
        """Return b after so many steps, shape () or (c,); 0 where none was asked."""
        rows = self._design.rows
        found = self._design.offset(self._scaled(steps)) * rows.target_scale
        return found.reshape(rows.target_shape)

    def residuals_left_out(self, steps: int | None = None) -> Float[Array, "*n"]:
        """Return $y_i - f_i$, each row by a descent without it; shaped like targets.

        For a row of weight 0 it is the residual of the fit, which lacks it anyway.
        """
        design, rows = self._design, self._design.rows
        missed = _left_out(design, self._count(steps), self._eta)[0]
        found = rows.all_rows(missed / rows.roots[:, None]) * rows.target_scale
        found = found.reshape(-1, *rows.target_shape)
        if rows.absent is not None and design.absent is not None:
            fitted = design.absent @ self.solution(steps) + self.intercept(steps)
            found[rows.absent] = rows.given[rows.absent].reshape(fitted.shape) - fitted
        return found

    @property
    def _eta(self) -> float:
        return self.step * self._design.penalty_unit

    def _count(self, steps: int | None) -> Float[Array, " 1"]:
        given = self.best if steps is None else steps
        count = whole_number(given, "The number of steps", most=_MOST)
        return self._design.modes.eigenvalues.new_tensor([float(count)])

    def _scaled(self, steps: int | None) -> Float[Array, "p c"]:
        modes = self._design.modes
        learnt = _learnt(modes.eigenvalues, self._count(steps), self._eta)[0]
        return self._design.solution(modes.projections * learnt[:, None])


def early_stopping(
    phi: PointsLike,
    y: PointsLike,
    steps: PointsLike | None = None,
    *,
    step: float | int | None = None,
    intercept: bool = True,
    weights: PointsLike | None = None,
    device: DeviceLike | None = None,
) -> StoppingPath:
    r"""Fit by gradient descent, with the error on rows left out after so many steps.

    The time is the penalty: after k steps of size η, mode j is fitted by
    $1 - (1 - \eta s_j^2)^k$ (Landweber's filter). An intercept is at its best all
    along. Without row i the rest has the Gram matrix $S^2 - g z z^\top$, $z = S U_i$,
    g = 1 or, with an intercept, $1/(1 - \omega_i/\sum\omega)$, and new eigenvalues
    (`numerics.downdate`): $(y_i - f_i)/(1 - H_{ii})$ is not this error, since the row
    moved every step.

    Parameters
    ----------
    phi, y, intercept, weights, device
        As in `ridge_path`.
    steps
        Numbers of steps, each from 0 to $2^{53}$; by default 0, and eight a decade
        until the last mode is fitted.
    step
        η, below $2 / s_1^2$; by default $1 / s_1^2$.

    Returns
    -------
    The errors after each number of steps, and the solution after any.

    Raises
    ------
    DataError, MemoryBudgetError
        As `ridge_path`.
    InvalidArgumentError
        If the step is not below $2 / s_1^2$, or a number of steps is no whole number.

    Source
    ------
    Yao, Rosasco and Caponnetto (2007), Constructive Approximation 26, 289; Patil, Wu
    and Tibshirani (2024), arXiv:2402.16793, on leaving out.

    Cost
    ----
    As `ridge_path`, and r² (30 + c) + 20 r l operations a row for the rank r and l
    counts.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> path = ww.readouts.early_stopping(phi, y, [1, 10, 100])
    >>> path.best
    1
    """
    design = feature_design(phi, y, intercept=intercept, weights=weights, device=device)
    return _path(design, steps, step)


def kernel_stopping(
    kernel: PointsLike,
    y: PointsLike,
    steps: PointsLike | None = None,
    *,
    step: float | int | None = None,
    intercept: bool = False,
    weights: PointsLike | None = None,
    device: DeviceLike | None = None,
) -> StoppingPath:
    r"""Fit by gradient descent on a layer that is known by its kernel alone.

    The dual form of `early_stopping`, as `kernel_readout` is of `ridge_path`: the
    result's `solution` has one coefficient a row, and $f(x) = \sum_j K(x, x_j)
    \alpha_j + b$.

    Parameters
    ----------
    kernel
        K, shape (n, n), symmetric and positive semi-definite.
    y, steps, step, intercept, weights, device
        As in `early_stopping`.

    Raises
    ------
    As `kernel_readout` and `early_stopping`.

    Cost
    ----
    As `kernel_readout`, and a row as in `early_stopping`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]])
    >>> y = torch.tensor([1.0, 2.0, 1.0])
    >>> path = ww.readouts.kernel_stopping(phi @ phi.T, y, [1, 10])
    >>> path.steps.tolist()
    [1, 10]
    """
    design = kernel_design(
        kernel, y, intercept=intercept, weights=weights, device=device
    )
    return _path(design, steps, step)


def _path(
    design: Design, steps: PointsLike | None, step: float | int | None
) -> StoppingPath:
    modes, rows = design.modes, design.rows
    eta = _step(step, modes, design.penalty_unit)
    counts = _around(modes, eta) if steps is None else _given(steps)
    counts = counts.to(modes.eigenvalues.device)
    missed = _left_out(design, counts, eta)
    total = rows.roots.square().sum()
    errors = missed.square().sum((1, 2)) / total / rows.targets.shape[1]
    return StoppingPath(
        steps=counts.to(torch.int64),
        leave_one_out=errors * rows.squared_target_scale,
        step=eta / design.penalty_unit,
        _design=design,
    )


def _left_out(
    design: Design, counts: Float[Array, " l"], eta: float
) -> Float[Array, "l n c"]:
    """Return by how much each row is missed without it, weighted."""
    modes = design.modes
    right = modes.rest + modes.left @ modes.projections
    direction = design.rows.direction
    gain = torch.ones_like(modes.free)
    if direction is not None:
        gain = 1.0 / (1.0 - direction.square())
    found = right.new_empty(len(counts), *right.shape)
    entries = len(modes.eigenvalues) * (len(counts) + right.shape[1])
    for block in row_blocks(len(right), entries):
        values, shares = modes.without(block, gain[block])
        fitted = _learnt(values, counts, eta) @ shares  # (b, l, c)
        missed = gain[block, None, None] * (right[block, None, :] - fitted)
        found[:, block] = missed.transpose(0, 1)
    return found


def _learnt(
    eigenvalues: Float[Array, "... r"], counts: Float[Array, " l"], eta: float
) -> Float[Array, "... l r"]:
    r"""Return $(1 - (1 - \eta\mu)^k) / \mu$, and its limit $\eta k$ at 0."""
    x = eta * eigenvalues[..., None, :]
    k = counts[:, None]
    left = torch.where(
        x < 1.0, torch.log1p(-x.clamp(max=0.5)), torch.log((x - 1).abs())
    )
    left = torch.where((x >= 0.5) & (x < 1.0), torch.log((1 - x).abs()), left)
    powers = torch.exp(k * left)
    is_odd = torch.remainder(k, 2.0) == 1.0
    overshot = 1.0 - torch.where(is_odd, -powers, powers)
    share = torch.where(x < 1.0, -torch.expm1(k * left), overshot)
    share = torch.where(k == 0.0, 0.0, share)
    small = x < 1e-290
    return torch.where(
        small, eta * k, share / eigenvalues[..., None, :].clamp(min=1e-300)
    )


def _step(given: float | int | None, modes: Modes, unit: float) -> float:
    largest = float(modes.eigenvalues[0]) if len(modes.eigenvalues) else 1.0
    if given is None:
        return 1.0 / largest
    found = real_number(given, "The step", above=0.0) * unit
    if not 0.0 < found * largest < 2.0:
        raise InvalidArgumentError(
            f"The step {given:.6g} is not between 0 and 2/s₁² = "
            f"{2.0 / largest / unit:.6g}, so gradient descent does not converge. Leave "
            "it out, or take a smaller one."
        )
    return found


def _around(modes: Modes, eta: float) -> Float[Array, " l"]:
    slowest = float(modes.eigenvalues[-1]) if len(modes.eigenvalues) else 1.0
    last = min(max(40.0 / (eta * slowest), 10.0), _LAST)
    count = math.ceil(_A_DECADE * math.log10(last)) + 1
    grid = torch.logspace(0, math.log10(last), count, dtype=torch.float64)
    found: Array = torch.unique(torch.round(torch.cat([grid.new_zeros(1), grid])))
    return found


def _given(steps: PointsLike) -> Float[Array, " l"]:
    found = whole_numbers(steps, "number of steps", least=0, most=_MOST, example=100)
    return torch.tensor(found, dtype=torch.float64)

"""When to stop: by leaving points out, by degrees of freedom, by held-out targets."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._checks import checked
from widthwise.dynamics.linear._curves import plain
from widthwise.dynamics.linear._prediction import Prediction
from widthwise.dynamics.linear._ridge import Ridge
from widthwise.dynamics.linear._step_counts import StepCounts
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.features.two_layer import PointsLike
from widthwise.readouts.factors import Modes, modes

__all__ = [
    "EarlyStop",
    "best_stop",
    "generalized_cross_validation",
    "leave_one_out",
    "validation_error",
]

_POINTS_A_DECADE = 16
_LAST = 1e15
_EPS = torch.finfo(torch.float64).eps


@dataclass(frozen=True)
class EarlyStop:
    """The number of steps with the least error.

    Attributes
    ----------
    count
        A number of steps, or a time.
    error
        The mean squared error there.
    error_at_end
        The error after as long as was looked at.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.gradient_descent(model)
    >>> stop = ww.dynamics.best_stop(run, lambda k: ww.dynamics.leave_one_out(run, k))
    >>> stop.error <= stop.error_at_end
    True
    """

    count: int | float
    error: float
    error_at_end: float


def leave_one_out(run: Prediction, k: Any, *, rows: Any = None) -> Any:
    r"""Return the mean squared error at points left out one at a time, exactly.

    For each i the same method, with the same step and momentum, is run without point
    i, in closed form, and predicts that point. For ridge regression this is the known
    $(y_i - f_i)/(1 - H_{ii})$, as `readouts.ridge_path` has it. For
    early-stopped descent that formula is not the leave-one-out error: leaving a point
    out changes the path, so every point here has its own eigenvalues.

    Parameters
    ----------
    run
        A prediction by a method that treats eigendirections apart: not conjugate
        gradients.
    k
        Numbers of steps, or times.
    rows
        Which points to leave out; all by default. A random few estimate the mean.

    Returns
    -------
    float, or float64 tensor of the shape of `k`
        Summed over outputs.

    Raises
    ------
    InvalidArgumentError
        If the method depends on the targets, or there is a single point.

    Source
    ------
    Patil, Wu and Tibshirani (2024), arXiv:2402.16793, on what is consistent.

    Cost
    ----
    $O(n r)$ a point and $O(r^2)$ for its eigenvalues (`numerics.downdate`); $O(n r)$ a
    time for ridge regression.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.gradient_descent(model)
    >>> round(float(ww.dynamics.leave_one_out(run, 3)), 4)
    1.0
    """
    model = run.model
    if model.points_count < 2:
        raise InvalidArgumentError(
            "There is a single point, so nothing is left to train on without it. Use "
            "at least two."
        )
    _check_separable(run)
    counts = run.method.counts(k)
    chosen = list(range(model.points_count)) if rows is None else list(rows)
    gap = model.targets - model.initial
    whole = modes(model.singular_values, model.left_vectors, gap)
    if isinstance(run.method, Ridge):
        miss = whole.left_out(1 / counts.values)[:, chosen]
        return plain(miss.square().sum((1, 2)) / len(chosen), counts.shape)
    total = torch.zeros_like(counts.values)
    for row in chosen:
        miss = _fitted_without(run, counts, whole, row) - gap[row]
        total += miss.square().sum(1)
    return plain(total / len(chosen), counts.shape)


def _fitted_without(
    run: Prediction, counts: StepCounts, whole: Modes, row: int
) -> Float[Array, "c t"]:
    """Return what the method, run without a row, adds to that row's output."""
    squares, shares = whole.without(slice(row, row + 1), whole.eigenvalues.new_ones(1))
    # What the row alone spans is lost without it, and no method learns it.
    least = (len(whole.left) * _EPS) ** 2 * whole.eigenvalues[0]
    learnt = squares[0] > least
    without = run.method.modes(squares[0, learnt].sqrt())
    return (without.filters(counts) / squares[0, learnt]) @ shares[0, learnt]


def generalized_cross_validation(run: Prediction, k: Any) -> Any:
    r"""Return $\|f_k - y\|^2 / n$ divided by $(1 - \mathrm{df}_k / n)^2$.

    An estimate of the leave-one-out error at the price of the training error, with the
    degrees of freedom $\mathrm{df}_k = \sum_i (1 - p_k(s_i^2))$. For early stopping it
    need not converge to the true error, which `leave_one_out` does. inf where every
    point is fitted by a degree of freedom of its own.

    Source
    ------
    Golub, Heath and Wahba (1979); Patil, Wu and Tibshirani (2024), arXiv:2402.16793.

    Cost: $O(r)$ a number of steps.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.gradient_descent(model, "stable")
    >>> round(float(ww.dynamics.generalized_cross_validation(run, 1)), 4)
    2.0
    """
    _check_separable(run)
    counts = run.method.counts(k)
    points = run.model.points_count
    loss = torch.as_tensor(run.loss(k), dtype=torch.float64).reshape(-1)
    used = torch.as_tensor(run.degrees_of_freedom(k), dtype=torch.float64).reshape(-1)
    share = 1 - used / points
    safe = torch.where(share > 1e-12, share, 1.0)
    found = torch.where(share > 1e-12, 2 * loss / points / safe.square(), math.inf)
    return plain(found, counts.shape)


def validation_error(run: Prediction, k: Any, targets: PointsLike) -> Any:
    """Return the mean squared error on the test points, summed over outputs.

    Parameters
    ----------
    targets
        Shape (t,) or (t, c): those of the model's test points.

    Raises
    ------
    DataError
        If their number is not that of the test points.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0], test_features=phi[:1])
    >>> run = ww.dynamics.gradient_descent(model)
    >>> round(float(ww.dynamics.validation_error(run, 3, [1.0])), 6)
    0.046656
    """
    labels = checked(targets, "targets")
    labels = labels[:, None] if labels.ndim == 1 else labels
    expected = (len(run.model.test_map), run.model.targets.shape[1])
    if tuple(labels.shape) != expected:
        raise DataError(
            f"The validation targets have shape {tuple(labels.shape)}; the model has "
            f"{expected[0]} test points and {expected[1]} outputs."
        )
    counts = run.method.counts(k)
    outputs = run.test(k).reshape(len(counts.values), *expected)
    miss = (outputs - labels).square().sum((1, 2)) / max(1, len(labels))
    return plain(miss, counts.shape)


def best_stop(run: Prediction, error: Callable[[Any], Any]) -> EarlyStop:
    """Return where an error is least, on a grid of counts and then around its best.

    Parameters
    ----------
    run
        What is stopped.
    error
        The mean squared error at an array of counts: for instance
        `lambda k: leave_one_out(run, k)` or `lambda k: validation_error(run, k, y)`.

    Returns
    -------
    EarlyStop
        The first of the counts with the least error. Sixteen counts a decade up to
        where the last mode is fitted (or 1e15), then every count between the
        neighbours of the best, or 64 of them.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> run = ww.dynamics.gradient_descent(model)
    >>> stop = ww.dynamics.best_stop(run, lambda k: ww.dynamics.leave_one_out(run, k))
    >>> stop.count
    0
    """
    is_whole = _counts_steps(run)
    grid = _grid(run, is_whole)
    errors = torch.as_tensor(error(grid), dtype=torch.float64)
    best = int(errors.argmin())
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    finer = torch.linspace(float(low), float(high), 64, dtype=torch.float64)
    finer = torch.unique(torch.round(finer)) if is_whole else finer
    near = torch.as_tensor(error(finer), dtype=torch.float64)
    place = int(near.argmin())
    count, least = float(grid[best]), float(errors[best])
    if float(near[place]) < least:
        count, least = float(finer[place]), float(near[place])
    return EarlyStop(int(count) if is_whole else count, least, float(errors[-1]))


def _grid(run: Prediction, is_whole: bool) -> Float[Array, " c"]:
    scales = run.time_scales
    scales = scales[torch.isfinite(scales) & (scales > 0)]
    first = float(scales.min()) / 100 if len(scales) else 1.0
    last = min(40 * float(scales.max()), _LAST) if len(scales) else 1.0
    first = max(1.0, first) if is_whole else first
    last = max(last, 100 * first)
    count = int(_POINTS_A_DECADE * math.log10(last / first)) + 2
    grid = torch.logspace(
        math.log10(first), math.log10(last), count, dtype=torch.float64
    )
    grid = torch.cat([grid.new_zeros(1), grid])
    return torch.unique(torch.round(grid)) if is_whole else grid


def _counts_steps(run: Prediction) -> bool:
    """Return whether the method counts steps; a half is then no count."""
    try:
        run.method.counts(0.5)
    except InvalidArgumentError:
        return True
    return False


def _check_separable(run: Prediction) -> None:
    if run.filters(0).ndim != 1:
        raise InvalidArgumentError(
            "Conjugate gradients depends on the targets, so it is no linear smoother. "
            "Use gradient_descent, heavy_ball, nesterov, gradient_flow or ridge."
        )

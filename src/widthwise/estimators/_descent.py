r"""Gradient descent on the last layer from zero, stopped when rows left out say so.

With the step $\eta = 1/s_1^2$, which no mode makes oscillate, t steps fit the share
$q_t(s^2) = 1 - (1 - \eta s^2)^t$ of each mode. The intercept is always the best one for
the weights at hand. For descent $(y_i - f_i)/(1 - H_{ii})$ is not the leave-one-out
error, since leaving a row out changes the path: each row that is left out gets a
factorization of its own, and at most 64 rows are.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from widthwise import seeds
from widthwise.arguments import whole_numbers
from widthwise.arrays import Array, Float
from widthwise.numerics.linear_algebra import eigh

__all__ = ["Descent", "descent_of_features", "descent_of_kernel"]

_ROWS = 64
_A_DECADE, _LAST = 6, 1e12
_STILL = 1e-13  # Modes so small, of the largest, stand still through all steps.


@dataclass(frozen=True, eq=False)
class Descent:
    """Descent at its best number of steps.

    Attributes
    ----------
    coefficients, intercept
        Of the features, or of the kernel's rows.
    residuals
        Shape (n, c). Of the rows that were left out; nan elsewhere.
    steps
        Their number.
    counts, errors
        The numbers of steps that were tried, with the mean squared errors.
    """

    coefficients: Float[Array, "p c"]
    intercept: Float[Array, " c"]
    residuals: Float[np.ndarray, "n c"]
    steps: int
    counts: np.ndarray
    errors: np.ndarray


@dataclass(frozen=True, eq=False)
class _Coordinates:
    """Rows in as many coordinates as there are modes that move.

    Attributes
    ----------
    rows
        Shape (n, r). Their inner products are those of the features, but for a shift.
    targets, weights
        Of the rows.
    has_intercept
        Whether the means are free.
    """

    rows: Float[Array, "n r"]
    targets: Float[Array, "n c"]
    weights: Float[Array, " n"]
    has_intercept: bool

    def fitted(
        self, counts: Float[Array, " t"], step: float, without: int | None = None
    ) -> tuple[Float[Array, "r t c"], Float[Array, " r"], Float[Array, " c"]]:
        """Return the weights after each number of steps, and what was centred."""
        weights = self.weights
        if without is not None:
            weights = weights.clone()
            weights[without] = 0.0
        mean, middle = self.rows.new_zeros(self.rows.shape[1]), self.targets[0] * 0.0
        if self.has_intercept:
            parts = weights / weights.sum()
            mean, middle = parts @ self.rows, parts @ self.targets
        centred = (self.rows - mean) * weights.sqrt()[:, None]
        right = (self.targets - middle) * weights.sqrt()[:, None]
        values, basis = eigh(centred.T @ centred)
        pulled = basis.T @ (centred.T @ right)
        shares = _shares(values.clamp(min=0.0), counts, step)
        moved = shares[:, :, None] * pulled[:, None]
        found = basis @ moved.reshape(len(values), -1)
        return found.reshape(-1, len(counts), right.shape[1]), mean, middle


def descent_of_features(
    phi: Float[Array, "n m"],
    targets: Float[np.ndarray, "n c"],
    weights: np.ndarray | None,
    *,
    intercept: bool,
    steps: object,
) -> Descent:
    """Run descent on the weights of features.

    Parameters
    ----------
    phi, targets, weights, intercept
        The system.
    steps
        None to choose, or the numbers of steps to choose from.

    Cost
    ----
    n m k + 9 k³ operations, k = min(n, m), and 9 k³ for each row that is left out.
    """
    roots, mean = _roots_and_mean(phi, weights, intercept)
    centred = (phi - mean) * roots[:, None]
    if len(phi) <= phi.shape[1]:
        values, left = _moving(centred @ centred.T)
        basis = centred.T @ (left / values.sqrt())
    else:
        values, basis = _moving(centred.T @ centred)
    rows = (phi - mean) @ basis
    found = _stopped(rows, targets, roots, intercept, float(values[0]), steps)
    inner, offset, about = found
    coefficients = basis @ inner
    return Descent(coefficients, offset - mean @ coefficients, *about)


def descent_of_kernel(
    kernel: Float[Array, "n n"],
    targets: Float[np.ndarray, "n c"],
    weights: np.ndarray | None,
    *,
    intercept: bool,
    steps: object,
) -> Descent:
    """Run descent on the weights behind a kernel; as `descent_of_features`.

    The coefficients are those of the kernel's rows.
    """
    roots, mean = _roots_and_mean(kernel, weights, intercept)
    half = kernel - mean
    shares = roots.square() / roots.square().sum() * intercept
    centred = half - (half @ shares)[:, None]
    values, left = _moving(centred * roots[:, None] * roots)
    dual = roots[:, None] * left / values.sqrt()
    rows = centred @ dual
    found = _stopped(rows, targets, roots, intercept, float(values[0]), steps)
    inner, offset, about = found
    coefficients = dual @ inner
    return Descent(coefficients, offset - mean @ coefficients, *about)


def _stopped(
    rows: Array,
    targets: np.ndarray,
    roots: Array,
    intercept: bool,
    largest: float,
    steps: object,
) -> tuple[Array, Array, tuple[np.ndarray, int, np.ndarray, np.ndarray]]:
    """Return weights in coordinates, their offset, and how the steps were chosen."""
    system = _Coordinates(
        rows, torch.from_numpy(targets), roots.square(), bool(intercept)
    )
    counts, step = _counts(steps), 1.0 / largest
    kept = torch.nonzero(system.weights > 0)[:, 0].numpy()
    order = seeds.stream(0, "estimators/left_out").random(len(kept)).argsort()
    chosen = np.sort(kept[order[:_ROWS]])
    misses = np.stack([_miss(system, counts, step, int(row)) for row in chosen], axis=1)
    shares = system.weights.numpy()[chosen]
    squares = np.square(misses).mean(axis=2)
    errors = squares @ (shares / shares.sum())
    best = int(errors.argmin())
    residuals = np.full(targets.shape, np.nan)
    residuals[chosen] = misses[best]
    weights, mean, middle = system.fitted(counts[best : best + 1], step)
    inner = weights[:, 0]
    about = residuals, int(counts[best]), counts.numpy(), errors
    return inner, middle - mean @ inner, about


def _miss(system: _Coordinates, counts: Array, step: float, row: int) -> np.ndarray:
    """Return y − f at a row that was left out, (t, c)."""
    weights, mean, middle = system.fitted(counts, step, row)
    reached = torch.tensordot(system.rows[row] - mean, weights, dims=1) + middle
    found: np.ndarray = (system.targets[row] - reached).numpy()
    return found


def _shares(values: Array, counts: Array, step: float) -> Float[Array, "r t"]:
    """Return $q_t(s^2) / s^2$, whose limit at zero is ηt."""
    rates = (step * values)[:, None].clamp(max=1.0)
    fitted = -torch.expm1(counts * torch.log1p(-rates))
    small = values[:, None] <= torch.finfo(torch.float64).tiny
    return torch.where(small, step * counts, fitted / values[:, None])


def _counts(steps: object) -> Float[Array, " t"]:
    if steps is not None:
        given = whole_numbers(steps, "number of steps", least=0, example=100)
        return torch.tensor(given, dtype=torch.float64)
    decades = math.log10(_LAST)
    spaced = torch.logspace(
        0.0, decades, int(_A_DECADE * decades) + 1, dtype=torch.float64
    )
    return torch.cat([spaced.new_zeros(1), torch.unique(spaced.round())])


def _roots_and_mean(
    matrix: Array, weights: np.ndarray | None, intercept: bool
) -> tuple[Array, Array]:
    """Return the roots of the weights, and the weighted mean of the rows."""
    roots = torch.ones(len(matrix), dtype=torch.float64)
    if weights is not None:
        roots = torch.from_numpy(weights).sqrt()
    mean: Array = roots.square() @ matrix / roots.square().sum()
    return roots, mean if intercept else torch.zeros_like(mean)


def _moving(gram: Array) -> tuple[Float[Array, " r"], Float[Array, "n r"]]:
    """Return the eigenvalues and vectors of the modes that move, descending."""
    values, vectors = eigh(((gram + gram.T) / 2).contiguous())
    values, vectors = values.flip(0), vectors.flip(1)
    count = max(int((values > _STILL * values[0]).sum()), 1)
    return values[:count].clamp(min=torch.finfo(torch.float64).tiny), vectors[:, :count]

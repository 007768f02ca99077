r"""How sure a network of infinite width is: the posterior of the Gaussian process.

The prior is a Gaussian process with covariance $s^2 k$ and a constant of any size, the
labels have noise of variance $s^2 \lambda / \omega_i$. With $A = K + \lambda W^{-1}$
and $g = A^{-1} 1$, a new label of weight 1 at x has the variance

.. math:: s^2 \Big( k(x, x) + \lambda - k_x^\top A^{-1} k_x
    + \frac{(1 - 1^\top A^{-1} k_x)^2}{1^\top A^{-1} 1} \Big),

the last term for the constant, and $s^2 = y^\top \alpha / (n - 1)$ is the estimate of
the restricted likelihood.
"""

import numpy as np
import torch

from widthwise.arrays import Array, Float, row_blocks
from widthwise.errors import InvalidArgumentError
from widthwise.estimators._models import KernelMachine
from widthwise.numerics.linear_algebra import cholesky, cholesky_solve

__all__ = ["new_label_std"]


def new_label_std(
    model: KernelMachine,
    rows: Float[np.ndarray, "k d"],
    *,
    penalty: float,
    variances: Float[np.ndarray, " c"],
    weights: Float[np.ndarray, " n"] | None,
    intercept: bool,
) -> Float[np.ndarray, "k c"]:
    r"""Return the standard deviation of a new label at these rows, for each output.

    Parameters
    ----------
    model
        The fitted kernel.
    rows
        As they are given, before their preparation.
    penalty, weights, intercept
        λ, ω and whether there is a constant, as in the fit.
    variances
        s² of each output.

    Raises
    ------
    InvalidArgumentError
        If $K + \lambda W^{-1}$ is singular, so that the variance is not known.

    Source
    ------
    Rasmussen, Williams (2006), sections 2.2 and 2.7. Cost: n³/3 + k n² operations.
    """
    points = model.points
    shares = torch.ones(len(points), dtype=torch.float64)
    if weights is not None:
        shares = torch.from_numpy(weights)
    points, shares = points[shares > 0], shares[shares > 0]
    matrix = model.network.kernel(points).clone()
    matrix.diagonal().add_(penalty / shares)
    factor = cholesky(matrix)
    if factor is None:
        raise InvalidArgumentError(
            f"The kernel of these {len(points)} rows is singular at penalty "
            f"{penalty:.3g}, so the posterior's variance is not known. Fit with "
            "solver='ridge' and a larger penalty, or leave return_std out."
        )
    ones = torch.ones(len(points), 1, dtype=torch.float64)
    flat = cholesky_solve(factor, ones)
    new = model.preparation.points(rows)
    found = [
        _variances(model, points, factor, flat, new[part], intercept)
        for part in row_blocks(len(new), len(points))
    ]
    inner = (torch.cat(found) + penalty).clamp(min=0.0).numpy()
    return np.asarray(np.sqrt(inner[:, None] * variances))


def _variances(
    model: KernelMachine,
    points: Array,
    factor: Array,
    flat: Array,
    new: Array,
    intercept: bool,
) -> Array:
    cross = model.network.kernel(new, points)
    explained = (cross * cholesky_solve(factor, cross.T.contiguous()).T).sum(dim=1)
    found = (model.network.diagonal(new) - explained).clamp(min=0.0)
    if intercept:
        found = found + (1.0 - cross @ flat[:, 0]).square() / flat.sum()
    return found

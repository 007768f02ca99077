"""An upper bound on the squared residual under minibatch noise, for many modes."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.dynamics.linear._linear_model import LinearModel
from widthwise.numerics.linear_algebra import eigh

__all__ = ["NoiseBound", "noise_bound"]


@dataclass(frozen=True)
class NoiseBound:
    r"""The recursion $m' = \mathrm{diag}(g) m + \rho (1^\top m + u)$, diagonalized.

    Attributes
    ----------
    rates
        Shape (r,). One less the eigenvalues of the matrix of the recursion.
    start, forcing
        Shape (r,). What the squared residual is a sum of: of the start and of the
        part that u feeds at every step.
    unreachable
        u, the squared residual that stays.
    """

    rates: np.ndarray
    start: np.ndarray
    forcing: np.ndarray
    unreachable: float

    def after(self, counts: np.ndarray) -> np.ndarray:
        """Return the bound after each number of steps, shape (c,)."""
        if len(self.rates) and float(self.rates.min()) <= 0:
            return np.where(counts == 0, self.start.sum() + self.unreachable, math.inf)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = counts[:, None] * np.log1p(-self.rates)
        logs[counts == 0] = 0.0
        powers = np.exp(logs)
        fed = self.forcing * -np.expm1(logs) / self.rates
        found: np.ndarray = (powers * self.start + fed).sum(1) + self.unreachable
        return found


def noise_bound(model: LinearModel, step: float, batch_size: int) -> NoiseBound:
    r"""Return the bound: $g = \max((1-x)^2 - x^2/b, 0)$, $\rho = x^2 n h / b$.

    Here $x = \eta s^2$, and $h_i$ is the largest squared entry of singular vector i.
    All coefficients are at least 0, so that larger ones give an upper bound.

    Cost: one symmetric eigendecomposition of size r.
    """
    x = step * model.singular_values.numpy() ** 2
    peaks = model.left_vectors.square().amax(0).numpy()
    own = np.maximum(np.square(1 - x) - np.square(x) / batch_size, 0.0)
    loss = np.where(own > 0, 2 * x - x * x * (1 - 1 / batch_size), 1.0)
    fed = np.square(x) * model.points_count * peaks / batch_size
    root = np.sqrt(fed)
    unreachable = float(model.unreachable.square().sum())
    if not len(x):
        return NoiseBound(x, x, x, unreachable)
    operator = np.diag(loss) - np.outer(root, root)
    found, vectors = (each.numpy() for each in eigh(torch.from_numpy(operator)))
    start = model.projections.square().sum(1).numpy()
    out = vectors.T @ root
    return NoiseBound(
        rates=found,
        start=out * (vectors.T @ (start / root)),
        forcing=out * (vectors.T @ (fed * unreachable / root)),
        unreachable=unreachable,
    )

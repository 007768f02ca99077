"""One cell of the phase diagram: trials of one width, on one size of data."""

from dataclasses import dataclass

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.dynamics import landweber_from_svd
from widthwise.experiments._oymak_descent import descend
from widthwise.experiments._oymak_network import Networks, networks
from widthwise.numerics.linear_algebra import svd

__all__ = ["Budget", "Cell", "outer_losses", "run_cell"]

OUTER_AS_LONG = "outer, as many steps"
"""The outer layer, trained for the number of steps that the others get."""


@dataclass(frozen=True)
class Budget:
    """Steps of real descent, steps of the closed form, and the loss asked for."""

    steps: int
    outer_steps: float | int
    tolerance: float | int


@dataclass(frozen=True)
class Cell:
    """What the trials of one width came to.

    Attributes
    ----------
    relative_loss
        By what was trained, shape (trials,) each.
    fits_early
        Whether half of the steps were enough, by what was trained, as above.
    halvings
        How often a run started again with half the step, summed over trials.
    silent
        The share of points at which no unit has a derivative other than zero, at the
        start: no inner weight can change the output there.
    """

    width: int
    relative_loss: dict[str, np.ndarray]
    fits_early: dict[str, np.ndarray]
    halvings: int
    silent: float


def run_cell(
    act: Activation,
    points: Float[Array, "trials n d"],
    targets: Float[Array, "trials n"],
    width: int,
    seeds: list[int],
    trained: tuple[str, ...],
    budget: Budget,
) -> Cell:
    """Train the same initial networks in each of the ways asked for."""
    start = networks(act, points, targets, width, seeds)
    losses: dict[str, np.ndarray] = {}
    early: dict[str, np.ndarray] = {}
    halvings = 0
    for layers in trained:
        if layers == "outer":
            counts = [budget.outer_steps, float(budget.steps)]
            found = outer_losses(start, counts + [each // 2 for each in counts])
            losses["outer"], losses[OUTER_AS_LONG] = found[:2]
            fits = found[2:] <= budget.tolerance
            early["outer"], early[OUTER_AS_LONG] = fits
        else:
            run = descend(start, layers, budget.steps, budget.tolerance)
            losses[layers] = run.relative_loss.numpy()
            taken = run.steps.numpy()
            early[layers] = (taken >= 0) & (taken <= budget.steps // 2)
            halvings += int(run.halvings.sum())
    return Cell(width, losses, early, halvings, _silent_share(start))


def outer_losses(start: Networks, counts: list[float]) -> np.ndarray:
    r"""Return the relative losses of training a alone, shape (counts, trials), exactly.

    Gradient descent from $a_0$ moves as from 0 towards the targets $y - f_0$, with step
    $1/\lambda_{\max}$ of its kernel.
    """
    features = start.features() * start.scale[:, None, None]
    targets = start.targets - (features @ start.signs[:, :, None])[:, :, 0]
    norms = torch.linalg.vector_norm(start.targets, dim=1)
    rows = []
    for phi, wanted, norm in zip(features, targets, norms, strict=True):
        left, values, _ = svd(phi.contiguous())
        run = landweber_from_svd(values, left, wanted, "stable")
        ratio = run.targets_norm / float(norm)
        rows.append([(run.relative_residual(k) * ratio) ** 2 for k in counts])
    return np.array(rows).T


def _silent_share(start: Networks) -> float:
    slopes = start.act.derivative(torch.bmm(start.points, start.inner.transpose(1, 2)))
    return float((slopes == 0).all(dim=2).to(torch.float64).mean())

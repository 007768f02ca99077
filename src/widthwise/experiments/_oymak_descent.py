"""Real gradient descent on several small networks at once, until each one fits."""

from dataclasses import dataclass

import torch

from widthwise.arrays import Array, Float
from widthwise.experiments._oymak_network import Networks
from widthwise.features import tangent_kernel
from widthwise.numerics.linear_algebra import eigenvalues

__all__ = ["Descent", "Steps", "descend", "layer_steps"]

_CHECK_EVERY = 20
_LOST = 4.0  # A relative loss above it means that the step was too long.


@dataclass(frozen=True)
class Steps:
    """The step of each layer, one for each trial; None for a layer at rest."""

    inner: Float[Array, " trials"] | None
    outer: Float[Array, " trials"] | None

    def scaled(self, factors: Float[Array, " trials"]) -> "Steps":
        """Return the steps times these factors."""
        return Steps(
            None if self.inner is None else self.inner * factors,
            None if self.outer is None else self.outer * factors,
        )

    def only(self, which: Array) -> "Steps":
        """Return the steps of these trials."""
        return Steps(
            None if self.inner is None else self.inner[which],
            None if self.outer is None else self.outer[which],
        )


@dataclass(frozen=True)
class Descent:
    """Where gradient descent came to.

    Attributes
    ----------
    relative_loss
        The last one seen, shape (trials,).
    steps
        Steps taken until the tolerance was seen; -1 where it never was.
    halvings
        How often the step was halved after a loss that rose.
    """

    relative_loss: Float[Array, " trials"]
    steps: Array
    halvings: Array


def layer_steps(start: Networks, trained: str) -> Steps:
    r"""Return $1/\lambda_{\max}$ of each trained layer's part of the tangent kernel.

    When both are trained, the two steps are divided by $\lambda_{\max}$ of the sum of
    the two parts, each divided by its own: between 1 and 2, so that the linearised
    run is stable with a factor of two to spare.
    """
    rows = []
    for trial in range(len(start.points)):
        parts = []
        for layer in ("inner", "outer"):
            if trained in (layer, "both"):
                weights = start.outer[trial]
                kernel = tangent_kernel(
                    start.points[trial],
                    start.inner[trial],
                    weights,
                    start.act,
                    trained=layer,
                )
                if layer == "outer":
                    kernel = kernel * start.scale[trial] ** 2
                parts.append((kernel, float(eigenvalues(kernel)[-1])))
        together = 1.0
        if len(parts) == 2:
            mixed = parts[0][0] / parts[0][1] + parts[1][0] / parts[1][1]
            together = float(eigenvalues(mixed)[-1])
        rows.append([1.0 / (top * together) for _, top in parts])
    found = torch.tensor(rows, dtype=torch.float64).T
    return Steps(
        None if trained == "outer" else found[0],
        None if trained == "inner" else found[-1],
    )


def descend(
    start: Networks, trained: str, steps: int, tolerance: float | int
) -> Descent:
    r"""Run gradient descent on $\tfrac12 \|f(X) - y\|^2$ in every trial.

    The step begins as `layer_steps`. The relative loss is looked at every 20 steps: a
    trial leaves when it is at most `tolerance`, and takes half the step from then on
    when it is larger than the last time (the curvature grows as the weights move). One
    whose loss exceeds four times the targets' square starts again from its first
    weights, its steps counted on.

    Cost
    ----
    6 n k d + O(n k) operations a step and trial.
    """
    trials = len(start.points)
    loss = torch.full((trials,), torch.inf, dtype=torch.float64)
    taken = torch.full((trials,), -1)
    halvings = torch.zeros(trials, dtype=torch.int64)
    alive = torch.arange(trials)
    first, now, pace = start, start, layer_steps(start, trained)
    before = torch.full((trials,), torch.inf, dtype=torch.float64)
    for step in range(steps + 1):
        found = now.gradients(trained)
        if step % _CHECK_EVERY == 0 or step == steps:
            squares = torch.linalg.vecdot(found.residual, found.residual)
            seen = squares / torch.linalg.vecdot(now.targets, now.targets)
            loss[alive] = seen
            fits = seen <= tolerance
            taken[alive[fits]] = step
            rose = ~(seen <= before)
            before = seen
            if bool(rose.any()):
                halvings[alive[rose]] += 1
                pace = pace.scaled(torch.where(rose, 0.5, 1.0).to(torch.float64))
                lost = ~(seen <= _LOST)
                if bool(lost.any()):
                    now = _restarted(now, first, lost)
                    found = now.gradients(trained)
            if bool(fits.any()):
                rest = torch.nonzero(~fits)[:, 0]
                alive = alive[rest]
                if not len(alive):
                    break
                first, now, pace = first.only(rest), now.only(rest), pace.only(rest)
                before = before[rest]
                found = now.gradients(trained)
        now = now.stepped(found, pace.inner, pace.outer)
    return Descent(loss, taken, halvings)


def _restarted(now: Networks, first: Networks, lost: Array) -> Networks:
    return Networks(
        now.act,
        now.points,
        now.targets,
        torch.where(lost[:, None, None], first.inner, now.inner),
        torch.where(lost[:, None], first.signs, now.signs),
        now.scale,
    )

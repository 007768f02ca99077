"""Real gradient descent on a small network, until it fits."""

from dataclasses import dataclass, replace

import torch

from widthwise.dynamics.by_layer._network import TwoLayerOnData
from widthwise.features import tangent_kernel
from widthwise.numerics.linear_algebra import eigenvalues

__all__ = ["Descent", "LayerSteps", "descend", "layer_kernel", "layer_steps"]

_CHECK_EVERY = 20
_LOST = 4.0  # A relative loss above it means that the step was too long.


@dataclass(frozen=True)
class LayerSteps:
    """The step of each layer; None for a layer at rest."""

    inner: float | None
    outer: float | None

    def halved(self) -> "LayerSteps":
        """Return half of each step."""
        return LayerSteps(
            None if self.inner is None else self.inner / 2,
            None if self.outer is None else self.outer / 2,
        )


@dataclass(frozen=True)
class Descent:
    """Where gradient descent came to.

    Attributes
    ----------
    relative_loss
        The last one seen.
    steps
        LayerSteps taken until the tolerance was seen; None where it never was.
    halvings
        How often the step was halved after a loss that rose.
    """

    relative_loss: float
    steps: int | None
    halvings: int


def layer_kernel(now: TwoLayerOnData, layer: str) -> torch.Tensor:
    """Return the part of the tangent kernel that is due to W or to a, (n, n)."""
    kernel = tangent_kernel(now.points, now.inner, now.outer, now.act, trained=layer)
    return kernel if layer == "inner" else kernel * now.scale**2


def layer_steps(start: TwoLayerOnData, trained: str) -> LayerSteps:
    r"""Return $1/\lambda_{\max}$ of each trained layer's part of the tangent kernel.

    When both are trained, the two steps are divided by $\lambda_{\max}$ of the sum of
    the two parts, each divided by its own: between 1 and 2, so that the linearised
    run is stable with a factor of two to spare.
    """
    kernels = {
        layer: layer_kernel(start, layer)
        for layer in ("inner", "outer")
        if trained in (layer, "both")
    }
    tops = {layer: float(eigenvalues(each)[-1]) for layer, each in kernels.items()}
    together = 1.0
    if trained == "both":
        mixed = kernels["inner"] / tops["inner"] + kernels["outer"] / tops["outer"]
        together = float(eigenvalues(mixed)[-1])
    steps = {layer: 1.0 / (top * together) for layer, top in tops.items()}
    return LayerSteps(steps.get("inner"), steps.get("outer"))


def descend(
    start: TwoLayerOnData, trained: str, steps: int, tolerance: float | int
) -> Descent:
    r"""Run gradient descent on $\tfrac12 \|f(X) - y\|^2$.

    The step begins as `layer_steps`. The relative loss is looked at every 20 steps: the
    run ends when it is at most `tolerance`, and takes half the step from then on when
    it is larger than the last time (the curvature grows as the weights move). One whose
    loss exceeds four times the targets' square starts again from its first weights, its
    steps counted on.

    Cost
    ----
    6 n k d + O(n k) operations a step.
    """
    now, pace = start, layer_steps(start, trained)
    before, loss, halvings = float("inf"), float("inf"), 0
    for step in range(steps + 1):
        found = now.gradients(trained)
        if step % _CHECK_EVERY == 0 or step == steps:
            before, loss = loss, now.relative_square(found.residual)
            if loss <= tolerance:
                return Descent(loss, step, halvings)
            if not loss <= before:
                halvings += 1
                pace = pace.halved()
                if not loss <= _LOST:
                    now = replace(now, inner=start.inner, signs=start.signs)
                    found = now.gradients(trained)
        now = now.stepped(found, pace.inner, pace.outer)
    return Descent(loss, None, halvings)

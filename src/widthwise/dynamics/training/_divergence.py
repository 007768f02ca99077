"""A run that diverges, recognised as it happens and explained."""

import math

import torch

from widthwise.dynamics.tracking import Trainee, extremes, tangent_matrix
from widthwise.dynamics.training._optimizer import largest_stable_step
from widthwise.dynamics.training._settings import TrainingSettings
from widthwise.errors import MemoryBudgetError, WidthwiseError
from widthwise.prose import Prose, say

__all__ = ["GROWTH", "Divergence", "check", "reason_of"]

GROWTH = 1e6
"""A loss above this many times the larger of ½‖y‖² and the first loss has diverged."""


class Divergence(WidthwiseError):
    """The loss has diverged; raised within a run and caught by it."""

    def __init__(self, loss: float) -> None:
        super().__init__(say("The loss is {}.", loss))
        self.loss = loss


def check(loss: float, limit: float) -> None:
    """Raise if the loss is NaN, infinite or beyond the limit."""
    if not loss <= limit:
        raise Divergence(loss)


def reason_of(
    divergence: Divergence,
    at_start: Trainee,
    asked: TrainingSettings,
    step: float,
    epoch: int,
    first_loss: float,
) -> Prose:
    """Say why a run diverged, comparing its step with the kernel's limit."""
    loss = divergence.loss
    said = say(
        f"diverged in epoch {epoch}: the loss {{}} from {{}}. ",
        say("grew to {}", loss) if math.isfinite(loss) else "overflowed",
        first_loss,
    )
    if asked.optimizer == "adam":
        return said + say(
            "Adam moves each weight by about its step, {:6}, whatever the gradient. "
            "Take a smaller one.",
            step,
        )
    try:
        with torch.no_grad():
            _, largest = extremes(tangent_matrix(at_start))
    except MemoryBudgetError:
        return said + say("Take a step smaller than {:6}.", step)
    limit = largest_stable_step(largest, asked)
    if limit is None or largest <= 0.0:
        return said + say("Take a step smaller than {:6}.", step)
    name = _limit_name(asked)
    if step > limit:
        return said + say(
            f"The step {{:6}} is above {name} = {{}}, where λ_max = {{}} is "
            "the largest eigenvalue of the tangent kernel at initialization. Use "
            "step='best' or 'stable', or a smaller number.",
            step,
            limit,
            largest,
        )
    return said + say(
        f"The step {{:6}} is below {name} = {{}} of the tangent kernel at "
        "initialization, so the kernel grew on the way. Use a smaller step, and track "
        "'tangent_largest' to see it.",
        step,
        limit,
    )


def _limit_name(asked: TrainingSettings) -> str:
    bottom = "λ_max" if asked.weight_decay == 0.0 else "(λ_max + weight decay)"
    if asked.optimizer == "nesterov":
        return f"2(1 + μ)/((1 + 2μ){bottom})"
    return f"2(1 + μ)/{bottom}" if asked.momentum else f"2/{bottom}"

"""One training run followed: its residual, its Jacobian and how far it went."""

import math
from dataclasses import dataclass

import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.by_layer._descent import layer_kernel
from widthwise.dynamics.by_layer._network import TwoLayerOnData
from widthwise.dynamics.linear import landweber_from_svd
from widthwise.numerics.linear_algebra import eigenvalues, eigh

__all__ = ["FollowedRun", "Milestone", "follow"]


@dataclass(frozen=True)
class Milestone:
    """The state when the relative residual first came down to 10^-`decade`."""

    decade: int
    step: int
    smallest: float
    largest: float
    distance: float


@dataclass(frozen=True)
class FollowedRun:
    r"""A run of the inner layer with a fixed step.

    Attributes
    ----------
    step_size
        $\eta = 1 / \lambda_{\max}(J_0 J_0^\top)$.
    residuals
        $\|f_t - y\| / \|y\|$ for t = 0, 1, ...
    marks
        At the start and at each power of ten of the relative residual; `smallest` and
        `largest` are the extreme singular values of the Jacobian, `distance` is
        $\|W_t - W_0\|_F$.
    initial_norm
        $\|W_0\|_F$.
    predicted_steps
        Steps to the last power of ten, for the network linearised at its start.
    kink_crossings
        How many of the n k arguments cross a kink of the activation in the last step;
        None for one without kinks.
    """

    step_size: float
    residuals: Float[Array, " times"]
    marks: tuple[Milestone, ...]
    initial_norm: float
    predicted_steps: float
    kink_crossings: int | None

    @property
    def measured_rate(self) -> float:
        """The fall of the log residual a step, over the last decade that was asked."""
        first, last = self.marks[-2].step, self.marks[-1].step
        fall = torch.log(self.residuals[first] / self.residuals[last])
        return float(fall) / max(last - first, 1)

    def predicted_rate(self, mark: Milestone) -> float:
        r"""Return $-\log(1 - \eta\, \sigma_{\min}(J)^2)$ with the Jacobian there."""
        return -math.log1p(-min(self.step_size * mark.smallest**2, 1 - 1e-16))


def follow(start: TwoLayerOnData, decades: int, most_steps: int) -> FollowedRun | None:
    """Train the inner layer; None if it does not come there.

    Cost: 6 n k d + O(n k) operations a step, and a spectrum for each decade.
    """
    values, vectors = eigh(layer_kernel(start, "inner"))
    step = 1.0 / float(values[-1])
    norm = float(torch.linalg.vector_norm(start.targets))
    before = now = start
    marks: list[Milestone] = []
    residuals: list[float] = []
    for count in range(most_steps + 1):
        found = now.gradients("inner")
        residuals.append(float(torch.linalg.vector_norm(found.residual)) / norm)
        while residuals[-1] <= 10.0 ** -len(marks) or not marks:
            spectrum = values if not marks else eigenvalues(layer_kernel(now, "inner"))
            marks.append(
                Milestone(
                    decade=len(marks),
                    step=count,
                    smallest=math.sqrt(max(float(spectrum[0]), 0.0)),
                    largest=math.sqrt(float(spectrum[-1])),
                    distance=float(torch.linalg.vector_norm(now.inner - start.inner)),
                )
            )
            if len(marks) > decades:
                return FollowedRun(
                    step_size=step,
                    residuals=torch.tensor(residuals, dtype=torch.float64),
                    marks=tuple(marks),
                    initial_norm=float(torch.linalg.vector_norm(start.inner)),
                    predicted_steps=_linear_steps(
                        values, vectors, start, step, 10.0**-decades
                    ),
                    kink_crossings=_crossings(before, now),
                )
        if not residuals[-1] < 1e3:
            return None
        before, now = now, now.stepped(found, step, None)
    return None


def _crossings(before: TwoLayerOnData, now: TwoLayerOnData) -> int | None:
    if now.act.smoothness > 1 or not now.act.breakpoints:
        return None
    kinks = torch.tensor(now.act.breakpoints, dtype=torch.float64)
    first, second = (torch.bucketize(each.arguments(), kinks) for each in (before, now))
    return int((first != second).sum())


def _linear_steps(
    values: Float[Array, " n"],
    vectors: Float[Array, "n n"],
    start: TwoLayerOnData,
    step: float,
    level: float,
) -> float:
    residual = start.gradients("inner").residual
    singular = torch.sqrt(values.clamp(min=0.0)).flip(0)
    run = landweber_from_svd(singular, vectors.flip(1), -residual, step)
    target = level * float(torch.linalg.vector_norm(start.targets)) / run.targets_norm
    return float(run.steps_to(target))

"""The outer layer trained alone: its loss in closed form."""

from collections.abc import Sequence

import torch

from widthwise.dynamics.by_layer._network import TwoLayerOnData
from widthwise.dynamics.linear import landweber_from_svd
from widthwise.numerics.linear_algebra import svd

__all__ = ["outer_losses"]


def outer_losses(start: TwoLayerOnData, counts: Sequence[float | int]) -> list[float]:
    r"""Return the relative losses of training a alone for so many steps, exactly.

    Gradient descent from $a_0$ moves as from 0 towards the targets $y - f_0$, with step
    $1/\lambda_{\max}$ of its kernel.
    """
    features = start.features() * start.scale
    targets = start.targets - features @ start.signs
    left, values, _ = svd(features)
    run = landweber_from_svd(values, left, targets, "stable")
    ratio = run.targets_norm / float(torch.linalg.vector_norm(start.targets))
    return [float((run.relative_residual(each) * ratio) ** 2) for each in counts]

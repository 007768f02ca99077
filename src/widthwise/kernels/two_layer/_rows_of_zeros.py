"""What rows of zeros have with others, and its slope in their points."""

from collections.abc import Mapping

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.kernels.duals import stencil
from widthwise.kernels.rules import means
from widthwise.kernels.two_layer._mean_values import mean_values
from widthwise.laws import Law, Sphere

__all__ = ["is_flat", "slopes_at_zero", "value_at_zero"]


def value_at_zero(
    activation: Activation, law: Law, tuned: Mapping[str, Array]
) -> Array | None:
    """Return σ(0), or None where it is zero whatever the parameters are."""
    near = [each for name in tuned for _, each in stencil(activation, name)]
    origin = torch.zeros(1, dtype=torch.float64)
    if all(float(each(origin)) == 0.0 for each in (activation, *near)):
        return None
    return mean_values(origin, activation, law, tuned)


def slopes_at_zero(
    ends: tuple[tuple[Array, Array], ...], activation: Activation, law: Law, order: int
) -> Array:
    r"""Return $\sigma'(0)\,E\sigma'(b v)$ where one of two rows is zero, (n, k).

    With order 0 what the product of the points is multiplied by: on the sphere of
    $R^d$ a d-th of that in d + 2 dimensions. Zero where σ' jumps at zero: only points
    without a gradient may be zero there.
    """
    shape = tuple(len(squares) for squares, _ in ends)
    if not is_flat(activation):
        return torch.zeros(shape, dtype=torch.float64)
    over = 1.0
    if order == 0 and isinstance(law, Sphere):
        law, over = Sphere(law.dimension + 2), float(law.dimension)
    at_zero = float(activation.derivative(torch.zeros(1, dtype=torch.float64)))
    norms = [np.where(zero, 0.0, squares.detach().sqrt()) for squares, zero in ends]
    rows, columns = (
        at_zero / over * torch.from_numpy(means(activation, law, each, order=1))
        for each in norms
    )
    return torch.where(ends[0][1][:, None], columns, rows[:, None])


def is_flat(activation: Activation) -> bool:
    """Whether σ' is continuous at zero."""
    return activation.smoothness >= 2 or 0.0 not in activation.breakpoints

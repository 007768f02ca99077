"""The largest eigenvalue of the loss's Hessian, of the network as it is now."""

import torch

from widthwise.dynamics.tracking._trained import Trainee
from widthwise.features.modules import (
    float64_copy,
    forward_differentiable,
    hessian_products,
)
from widthwise.numerics.lanczos import largest_eigenvalues

__all__ = ["sharpness"]

_TOLERANCE = 1e-5


def sharpness(trained: Trainee) -> float:
    r"""Return the largest eigenvalue of $D^{1/2} H D^{1/2}$ at all points.

    D holds the factors of the step, so that gradient descent is stable about a minimum
    where this is below $2/\eta$. In float64, on a copy where the network has another
    precision.
    """
    model = trained.model
    if next(iter(trained.parameters.values())).dtype != torch.float64:
        model = float64_copy(model)
    given = trained.points
    if given.is_floating_point():
        given = given.to(torch.float64)
    known = dict(model.named_parameters())
    parameters = [known[name] for name in trained.parameters]
    rates = [trained.rates[name] for name in trained.parameters]
    with torch.enable_grad(), forward_differentiable():
        outputs = model(given).reshape(trained.targets.shape)
        value = (outputs - trained.targets).square().sum() / 2
        products = hessian_products(value, parameters, rates)
        size = sum(each.numel() for each in parameters)
        found, _, _ = largest_eigenvalues(products, size, 1, tolerance=_TOLERANCE)
    return float(found[0])

"""Deep kernels through which torch's autograd passes, layer by layer."""

from typing import Any

import torch

from widthwise.activations import Activation
from widthwise.arrays import Array
from widthwise.kernels.deep._any_network import Network
from widthwise.kernels.deep._hidden_layer import HiddenLayer
from widthwise.kernels.two_layer import (
    as_tensor,
    expectations,
    mean_squares,
    require_gradients,
)
from widthwise.laws import Gaussian

__all__ = ["deep_gradients"]


def deep_gradients(
    points: Any, other: Any, network: Network, *, diagonals_only: bool = False
) -> tuple[Array, Array]:
    """Return both kernels, by rounding other than the exact route's, with gradients."""
    first, law = network.layers[0], Gaussian()
    sets = [points] if other is None else [points, other]
    rows = [as_tensor(each) for each in sets]
    weight, bias = _squares(first)
    weight = weight / rows[0].shape[1]
    q = [weight * each.square().sum(dim=1) + bias for each in rows]
    for given, each in zip(sets, q, strict=True):
        require_gradients(given, each, *_met_at_zero(network))
    weighted = q[0] - bias if diagonals_only else weight * (rows[0] @ rows[-1].T)
    product, tangent = weighted + bias, _added(first, weighted, bias)
    following = [*network.layers[1:], network.readout]
    for of, after in zip(network.layers, following, strict=True):
        weight, bias = _squares(after)
        skip = as_tensor(after.residual) ** 2
        act, tuned = of.act, of.parameters
        if diagonals_only:
            value, slope = (
                mean_squares(q[0], act, law, order, tuned) for order in (0, 1)
            )
        else:
            ends = q[0], q[-1], product
            value, slope = (
                expectations(*ends, act, law, order, tuned, is_one_set=other is None)
                for order in (0, 1)
            )
        added = _added(after, weight * value, bias)
        tangent = added + (weight * slope + skip) * tangent
        product = weight * value + bias + skip * product
        q = [
            weight * mean_squares(each, act, law, 0, tuned) + bias + skip * each
            for each in q
        ]
    return product, tangent


def _met_at_zero(network: Network) -> list[Activation]:
    """Return the activations that a row of zeros meets at zero."""
    found: list[Activation] = []
    for of, after in zip(
        network.layers, [*network.layers[1:], network.readout], strict=True
    ):
        found.append(of.act)
        at_zero = float(of.act(torch.zeros(1, dtype=torch.float64)))
        if at_zero or float(as_tensor(after.bias_std).detach()):
            break
    return found


def _added(of: HiddenLayer, weighted: Array, bias: Array) -> Array:
    weights, biases = of.rates
    found: Array = weights * weighted + biases * bias
    return found


def _squares(layer: HiddenLayer) -> tuple[Array, Array]:
    return as_tensor(layer.weight_std) ** 2, as_tensor(layer.bias_std) ** 2

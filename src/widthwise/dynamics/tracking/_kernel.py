"""The tangent kernel and the features of the network that is being trained."""

import torch

from widthwise.arrays import Array, Float
from widthwise.dynamics.tracking._matrices import (
    Matrices,
    Signs,
    Wanted,
    gram,
    require_finite,
    signs_of,
)
from widthwise.dynamics.tracking._trained import Trainee
from widthwise.dynamics.tracking._two_layer import Units
from widthwise.features import module_features, module_tangent_kernel
from widthwise.networks import FullyConnected, Layer, TwoLayer

__all__ = [
    "last_features",
    "matrices",
    "outputs_now",
    "tangent_matrix",
    "units_of",
]


def tangent_matrix(trained: Trainee) -> Float[Array, "N N"]:
    r"""Return $J D J^\top$ now, J the Jacobian of the outputs in what is trained.

    D holds the factors of the step, so that one step $\eta$ of gradient descent
    multiplies the residual by $I - \eta J D J^\top$ to first order. Shape (n, n), or
    (nc, nc) for c outputs, point by point.
    """
    found = matrices(trained, Wanted(kernel=True)).kernel
    assert found is not None  # it was wanted
    return found


def units_of(trained: Trainee) -> Units | None:
    """Return the hidden units of a two-layer network as it is now; None for others."""
    if not isinstance(trained.model, TwoLayer):
        return None
    return Units(trained.model, trained.points)


def matrices(trained: Trainee, wanted: Wanted, units: Units | None = None) -> Matrices:
    r"""Return $\Phi \Phi^\top$, the tangent kernel and the signs, those wanted.

    Signs are those of the pre-activations of every hidden layer of our networks; of
    other modules, of the last hidden layer's features. `units` is what `units_of` gave.
    """
    model, points = trained.model, trained.points
    with torch.no_grad():
        if isinstance(model, TwoLayer):
            found = (units or Units(model, points)).matrices(wanted)
        elif isinstance(model, FullyConnected):
            found = _layered(model, points, wanted)
        else:
            found = _of_module(trained, wanted)
    require_finite(found)
    return found


def last_features(trained: Trainee) -> Float[Array, "n m"]:
    """Return the last hidden layer's features, scaled as the readout takes them."""
    model, points = trained.model, trained.points
    with torch.no_grad():
        if isinstance(model, TwoLayer):
            return Units(model, points).features()
        if isinstance(model, FullyConnected):
            h = points.to(torch.float64)
            for layer in model.hidden_layers:
                h = model.act.apply_(_arguments(layer, h))
            return h * model.outer.multiplier
        of_module: Array = module_features(model, points)
        return of_module.detach().to(torch.float64).flatten(1)


@torch.no_grad()
def outputs_now(trained: Trainee, units: Units | None = None) -> Array:
    """Return f at all points, in the shape of the targets, without gradients.

    The outputs of a two-layer network are summed over blocks of units.
    """
    model = trained.model
    if not isinstance(model, TwoLayer):
        return trained.outputs(trained.points)
    units = units or Units(model, trained.points)
    return units.outputs().reshape(trained.targets.shape)


def _of_module(trained: Trainee, wanted: Wanted) -> Matrices:
    features, kernel = None, None
    if wanted.gram or wanted.signs:
        features = last_features(trained)
    if wanted.kernel:
        size = trained.targets.numel()
        with torch.enable_grad():
            full = module_tangent_kernel(trained.model, trained.points, outputs="full")
        kernel = full.detach().to(torch.float64).reshape(size, size)
    return Matrices(
        gram(features) if wanted.gram and features is not None else None,
        kernel,
        [signs_of(features)] if wanted.signs and features is not None else [],
    )


def _layered(model: FullyConnected, points: Array, wanted: Wanted) -> Matrices:
    r"""Sum over layers: $B_l B_l^\top \circ H_{l-1} H_{l-1}^\top$, $B_l = ∂f/∂z_l$."""
    inputs, slopes = [points.to(torch.float64)], []
    signs: list[Signs] = []
    for layer in model.hidden_layers:
        z = _arguments(layer, inputs[-1])
        if wanted.signs:
            signs.append(signs_of(z))
        if wanted.kernel:
            slopes.append(model.act.derivative(z))
        inputs.append(model.act.apply_(z))
    last = None
    if wanted.gram or (wanted.kernel and model.readout.weight.requires_grad):
        last = gram(inputs[-1])
    kernel = _sum_of_layers(model, inputs, slopes, last) if wanted.kernel else None
    features = None
    if wanted.gram and last is not None:
        features = last * model.readout.multiplier**2
    return Matrices(features, kernel, signs)


def _sum_of_layers(
    model: FullyConnected, inputs: list[Array], slopes: list[Array], last: Array | None
) -> Array:
    count = len(inputs[0])
    total = inputs[0].new_zeros((count, count))
    if last is not None and model.readout.weight.requires_grad:
        total += _inputs_gram(model.readout, last)
    readout = model.readout.weight.to(torch.float64) * model.readout.multiplier
    signal = readout.expand_as(inputs[-1])
    for place in range(model.depth - 1, -1, -1):
        layer = model.hidden_layers[place]
        signal = signal * slopes[place]
        if layer.weight.requires_grad:
            total += gram(signal) * _inputs_gram(layer, gram(inputs[place]))
        if place:
            weights = layer.weight.detach().to(torch.float64)
            signal = (signal @ weights).mul_(layer.multiplier)
    return total


def _arguments(layer: Layer, h: Array) -> Array:
    """Return the pre-activations, as the layer's forward does."""
    found = h @ layer.weight.detach().to(torch.float64).T
    if layer.multiplier != 1.0:
        found *= layer.multiplier
    if layer.bias is not None:
        found += layer.bias.detach() * layer.bias_multiplier
    return found


def _inputs_gram(layer: Layer, inputs: Float[Array, "n n"]) -> Array:
    """Return the kernel of what the layer's parameters are multiplied by."""
    found = inputs * (layer.rate * layer.multiplier**2)
    if layer.bias is not None:
        found += layer.bias_rate * layer.bias_multiplier**2
    return found

"""A module read as a chain of affine maps and smooth activations, if it is one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from torch import nn

from widthwise.activations import Activation, get
from widthwise.arrays import Array, Float
from widthwise.bounds.convergence._curvature import slope_and_curvature
from widthwise.networks import FullyConnected, Layer, TwoLayer
from widthwise.nn import ActivationModule

__all__ = ["Affine", "read_chain"]

_TORCH: dict[type[nn.Module], tuple[str, dict[str, object]]] = {
    nn.Tanh: ("tanh", {}),
    nn.Sigmoid: ("sigmoid", {}),
    nn.SiLU: ("swish", {}),
    nn.Softplus: ("softplus", {"beta": 1.0, "threshold": 20.0}),
    nn.GELU: ("gelu", {"approximate": "none"}),
    nn.ELU: ("elu", {"alpha": 1.0}),
    nn.CELU: ("celu", {"alpha": 1.0}),
}
"""PyTorch's activations, with the settings at which they are the catalog's."""


@dataclass(frozen=True, eq=False)
class Affine:
    r"""The map $h \mapsto \sigma(a\,W h + a_b\,\beta)$.

    Attributes
    ----------
    weight, bias
        W, shape (k, j), and $\beta$, shape (k,), or None.
    scale, bias_scale
        a and $a_b$.
    trains_weight, trains_bias
        Whether gradient descent moves them.
    act
        σ, or None for the identity.
    slope, curvature
        Bounds of |σ'| and |σ''|.
    """

    weight: Float[Array, "k j"]
    bias: Float[Array, " k"] | None
    scale: float
    bias_scale: float
    trains_weight: bool
    trains_bias: bool
    act: Activation | None = None
    slope: float = 1.0
    curvature: float = 0.0

    def inner(self, h: Float[Array, "n j"]) -> Float[Array, "n k"]:
        """Return what σ is applied to."""
        found: Array = self.scale * (h @ self.weight.T)
        return found if self.bias is None else found + self.bias_scale * self.bias


def read_chain(
    model: nn.Module,
    points: Float[Array, "n ..."] | None = None,
    outputs: Float[Array, "n ..."] | None = None,
) -> tuple[Affine, ...] | None:
    """Return the layers of a fully connected net, or None of any other module.

    Known are `networks.TwoLayer` and `FullyConnected`, and nested `Sequential`s of
    `Linear`, `Flatten` (first), `Identity`, `Dropout` in evaluation mode and
    activations whose slope and curvature are bounded. What shares parameters, has
    hooks, or gives other outputs at these points than its layers do is not one.
    """
    found: list[Affine] = []
    for part in _parts(model):
        act = _activation(part)
        if isinstance(part, nn.Linear | Layer):
            if type(part) not in (nn.Linear, Layer):
                return None
            found.append(_affine(part))
        elif act is not None:
            bounds = slope_and_curvature(act)
            known = bounds is not None and not act.constants_are_sampled
            if bounds is None or not known or not found or found[-1].act is not None:
                return None
            slope, curvature = bounds
            found[-1] = replace(found[-1], act=act, slope=slope, curvature=curvature)
        elif type(part) is nn.Flatten:
            if found or (part.start_dim, part.end_dim) != (1, -1):
                return None
        elif type(part) is not nn.Identity and not (
            type(part) is nn.Dropout and not part.training
        ):
            return None
    uses = [name for name, _ in model.named_parameters(remove_duplicate=False)]
    is_shared = len(uses) != len(list(model.parameters()))
    is_hooked = any(
        each._forward_hooks or each._forward_pre_hooks for each in model.modules()
    )
    ends_affine = bool(found) and found[-1].act is None
    if not ends_affine or is_shared or is_hooked:
        return None
    if (
        points is not None
        and outputs is not None
        and not _gives(found, points, outputs)
    ):
        return None
    return tuple(found)


def _gives(
    layers: list[Affine], points: Float[Array, "n ..."], outputs: Float[Array, "n ..."]
) -> bool:
    """Say whether these layers make these outputs, but for rounding and Softplus."""
    hidden = points.flatten(1)
    if hidden.shape[1] != layers[0].weight.shape[1]:
        return False
    for layer in layers:
        hidden = layer.inner(hidden)
        hidden = hidden if layer.act is None else layer.act(hidden)
    slack = 1e-6 * (1 + float(outputs.abs().max()))
    same = hidden.numel() == outputs.numel()
    return same and float((hidden.flatten() - outputs.flatten()).abs().max()) <= slack


def _parts(model: nn.Module) -> Iterator[nn.Module | Activation]:
    if type(model) in (TwoLayer, FullyConnected):
        for layer in model.hidden_layers:  # type: ignore[union-attr]
            yield layer
            yield model.act  # type: ignore[misc]
        yield model.readout  # type: ignore[misc]
    elif type(model) is nn.Sequential:
        for part in model:
            yield from _parts(part)
    else:
        yield model


def _affine(layer: nn.Linear | Layer) -> Affine:
    scales = (1.0, 1.0)
    if isinstance(layer, Layer):
        scales = (layer.multiplier, layer.bias_multiplier)
    weight = layer.weight.detach()
    return Affine(
        weight=weight if weight.ndim == 2 else weight[None],
        bias=None if layer.bias is None else layer.bias.detach(),
        scale=scales[0],
        bias_scale=scales[1],
        trains_weight=layer.weight.requires_grad,
        trains_bias=layer.bias is not None and layer.bias.requires_grad,
    )


def _activation(part: nn.Module | Activation) -> Activation | None:
    """Return the catalog's activation that a part is, or None."""
    if isinstance(part, Activation):
        return part
    if type(part) is ActivationModule:
        return part.act
    name, settings = _TORCH.get(type(part), ("", {}))
    is_usual = all(getattr(part, key) == value for key, value in settings.items())
    return get(name) if name and is_usual else None

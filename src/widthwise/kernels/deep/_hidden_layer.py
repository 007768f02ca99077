"""A hidden layer as the user describes it."""

import math
from dataclasses import dataclass, replace
from typing import Any

from widthwise.activations import Activation
from widthwise.arguments import non_negative, positive
from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.kernels.two_layer import (
    ActivationLike,
    Parametrized,
    activation_of,
    number,
    tuned,
)

__all__ = ["HiddenLayer", "read_layers"]

_SCALES = ("weight_std", "bias_std", "residual", "weight_rate", "bias_rate")


@dataclass(frozen=True)
class HiddenLayer:
    r"""Units $z = s_w m^{-1/2} W h + s_b b + s_r z_-$, whose outputs are $\sigma(z)$.

    h are the m outputs before (the d coordinates of a point in the first layer), $z_-$
    their pre-activations, W and b standard normal.

    Attributes
    ----------
    activation
        σ, defined for every real number; its name; or a `Parametrized` one, whose
        parameters carry gradients.
    weight_std, bias_std
        $s_w > 0$ and $s_b \ge 0$, of the map into the layer; numbers, or tensors of
        one number that may require a gradient. So may the residual.
    trained
        Whether that map is trained.
    residual
        $s_r \ge 0$, the scale of the skip connection; 0 in the first layer.

    weight_rate, bias_rate
        At least 0: the steps of W and b over the step of training.

    Raises
    ------
    OutsideDomainError
        If the activation is not defined everywhere.
    InvalidArgumentError, UnknownNameError
        If a parameter is out of range, or there is no such activation.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> layer = ww.kernels.HiddenLayer("relu", weight_std=2**0.5)
    >>> conjugate, tangent = ww.kernels.deep_kernels(points, [layer, layer])
    >>> tangent.shape
    torch.Size([3, 3])
    """

    activation: ActivationLike
    weight_std: float | int | Array = 1.0
    bias_std: float | int | Array = 0.0
    trained: bool = True
    residual: float | int | Array = 0.0
    weight_rate: float | int | Array = 1.0
    bias_rate: float | int | Array = 1.0

    def __post_init__(self) -> None:
        act = activation_of(self.activation, 1)
        if not isinstance(self.activation, Parametrized):
            object.__setattr__(self, "activation", act)
        positive(number(self.weight_std, "weight_std"), "weight_std")
        non_negative(number(self.bias_std, "bias_std"), "bias_std")
        non_negative(number(self.residual, "residual"), "residual")
        non_negative(number(self.weight_rate, "weight_rate"), "weight_rate")
        non_negative(number(self.bias_rate, "bias_rate"), "bias_rate")
        low, high = act.domain
        if not math.isinf(min(-low, high)):
            raise OutsideDomainError(
                f"{act.name} is defined on [{low:g}, {high:g}], and the arguments of a "
                "deep network's units are normal, so unbounded. Choose an activation "
                "that is defined everywhere."
            )

    @property
    def act(self) -> Activation:
        """The activation as an object that holds numbers."""
        return activation_of(self.activation, 1)

    @property
    def parameters(self) -> dict[str, Array]:
        """The activation's parameters that are tensors, by name."""
        return tuned(self.activation)

    @property
    def scales(self) -> tuple[float | int | Array, ...]:
        """What may be tensors that require a gradient."""
        scales = (getattr(self, name) for name in _SCALES)
        return (*scales, *self.parameters.values())

    @property
    def rates(self) -> tuple[Any, Any]:
        """The rates of W and b, both 0 if the map is not trained."""
        return (self.weight_rate, self.bias_rate) if self.trained else (0.0, 0.0)

    def without_gradients(self) -> "HiddenLayer":
        """Return the layer with numbers for scales and rates."""
        found = {name: number(getattr(self, name), name) for name in _SCALES}
        return replace(self, activation=self.act, **found)  # type: ignore[arg-type]


def read_layers(layers: object) -> tuple[HiddenLayer, ...]:
    """Return the hidden layers, checked.

    Raises
    ------
    InvalidArgumentError
        If there is none, one is no `HiddenLayer`, or the first has a residual.
    """
    if not isinstance(layers, list | tuple) or not layers:
        raise InvalidArgumentError(
            f"The layers are {layers!r}; they must be a list of one HiddenLayer or "
            "more."
        )
    for place, each in enumerate(layers, start=1):
        if not isinstance(each, HiddenLayer):
            raise InvalidArgumentError(
                f"Layer {place} is {each!r}; it must be a HiddenLayer, such as "
                "HiddenLayer('relu', weight_std=1.4)."
            )
    if layers[0].residual:
        raise InvalidArgumentError(
            f"The first layer has residual={layers[0].residual:g}, and nothing before "
            "it to skip. Give it to the layers after it."
        )
    return tuple(layers)

"""An activation whose parameters may require a gradient."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from widthwise.activations import Activation, for_dimension
from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.duals import require_parameter
from widthwise.kernels.two_layer._differentiable import number

__all__ = ["ActivationLike", "Parametrized", "activation_of", "tuned"]


@dataclass(frozen=True, eq=False)
class Parametrized:
    r"""An activation with tensors for parameters, for kernels that carry gradients.

    Attributes
    ----------
    activation
        An activation of the catalog, or its name.
    parameters
        Real parameters by their names, each a number or a tensor of one number that may
        require a gradient. They take the place of the activation's own.

    Raises
    ------
    InvalidArgumentError
        If there are none, or one is no single number; a kernel refuses a name that the
        activation has no parameter of.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> slope = torch.tensor(0.1, dtype=torch.float64, requires_grad=True)
    >>> act = ww.kernels.Parametrized("leaky_relu", {"negative_slope": slope})
    >>> points = torch.eye(2, dtype=torch.float64)
    >>> ww.kernels.conjugate_kernel(points, act, "gaussian")[0, 0].backward()
    >>> round(float(slope.grad), 6)  # of (1 + a²) / 2
    0.1
    """

    activation: Activation | str
    parameters: Mapping[str, float | int | Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        held = MappingProxyType(dict(self.parameters))
        object.__setattr__(self, "parameters", held)
        for name, value in held.items():
            number(value, name)
        if not held:
            raise InvalidArgumentError(
                "No parameter is given. Pass the activation itself, or such as "
                "{'negative_slope': 0.1}."
            )

    def at(self, dimension: int) -> Activation:
        """Return the activation of these numbers, for points in $R^d$."""
        found = for_dimension(self.activation, dimension)
        for name in self.parameters:
            require_parameter(found, name)
        numbers = {name: number(each, name) for name, each in self.parameters.items()}
        return dataclasses.replace(found, **numbers)


ActivationLike = Activation | str | Parametrized


def activation_of(activation: ActivationLike, dimension: int) -> Activation:
    """Return the activation as an object that holds numbers."""
    if isinstance(activation, Parametrized):
        return activation.at(dimension)
    return for_dimension(activation, dimension)


def tuned(activation: ActivationLike) -> dict[str, Array]:
    """Return the parameters that are tensors, by name."""
    if not isinstance(activation, Parametrized):
        return {}
    given = activation.parameters.items()
    return {name: each for name, each in given if isinstance(each, Array)}

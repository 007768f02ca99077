"""A network of infinite width, by its kernel."""

import math
from dataclasses import dataclass

from widthwise import activations, arguments, kernels
from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.errors import InvalidArgumentError, unknown_name
from widthwise.laws import CATALOG

__all__ = ["InfiniteNetwork", "as_activation", "infinite_network"]


@dataclass(frozen=True)
class InfiniteNetwork:
    """A fully connected network whose kernel is asked for.

    Attributes
    ----------
    activation
        Of every hidden layer.
    depth
        The number of hidden layers.
    kind
        "conjugate" for the last layer alone, "tangent" for all layers, trained.
    law
        Of a unit's weights; "sphere" for one hidden layer.
    weight_std, bias_std
        Of the weights under the Gaussian law.
    """

    activation: Activation
    depth: int
    kind: str
    law: str
    weight_std: float
    bias_std: float

    def kernel(
        self, points: Float[Array, "n p"], other: Float[Array, "k p"] | None = None
    ) -> Float[Array, "n k"]:
        """Return the kernel between points; rows of norm 1 have arguments of N(0, 1).

        Under the sphere law w·x of a row of norm 1 has variance 1/p.
        """
        is_tangent = self.kind == "tangent"
        if self.law == "sphere":
            if is_tangent:
                return kernels.tangent_kernel(
                    points, self.activation, self.law, other=other
                )
            return kernels.conjugate_kernel(points, self.activation, self.law, other)
        root = math.sqrt(points.shape[1])
        found = kernels.deep_kernels(
            points * root,
            self.activation,
            self.depth,
            self.weight_std,
            self.bias_std,
            None if other is None else other * root,
        )
        return found[is_tangent]

    def diagonal(self, points: Float[Array, "n p"]) -> Float[Array, " n"]:
        """Return the kernel of each point with itself."""
        is_tangent = self.kind == "tangent"
        if self.law == "sphere":
            diagonal = (
                kernels.tangent_diagonal if is_tangent else kernels.conjugate_diagonal
            )
            return diagonal(points, self.activation, self.law)
        found = kernels.deep_diagonals(
            points * math.sqrt(points.shape[1]),
            self.activation,
            self.depth,
            self.weight_std,
            self.bias_std,
        )
        return found[is_tangent]


def infinite_network(
    activation: object,
    dimension: int,
    *,
    depth: object,
    kind: object,
    law: object,
    weight_std: object,
    bias_std: object,
) -> InfiniteNetwork:
    """Return the network, its parameters checked.

    Raises
    ------
    InvalidArgumentError, UnknownNameError
        If a parameter is out of range, or there is no such activation or law.
    """
    depth = arguments.whole_number(
        depth, "The depth", least=1, meaning="the number of hidden layers"
    )
    kind = arguments.choice(
        kind,
        "kernel",
        ("conjugate", "tangent"),
        meaning="the last layer trained, or all of them",
    )
    if law not in CATALOG:
        raise unknown_name("law", str(law), CATALOG)
    if law == "sphere" and (depth > 1 or bias_std or weight_std != 1.0):
        raise InvalidArgumentError(
            f"The law is 'sphere' with depth={depth}, weight_std={weight_std!r} and "
            f"bias_std={bias_std!r}; it is for one hidden layer without either. Use "
            "law='gaussian'."
        )
    return InfiniteNetwork(
        activations.for_dimension(as_activation(activation), dimension),
        depth,
        kind,
        str(law),
        arguments.positive(weight_std, "weight_std"),
        arguments.non_negative(bias_std, "bias_std"),
    )


def as_activation(given: object) -> Activation | str:
    """Return a name, an activation, or what `from_callable` makes of a function."""
    if isinstance(given, Activation | str):
        return given
    if callable(given):
        return activations.from_callable(given)
    return activations.get(given)  # type: ignore[arg-type]  # which refuses it

"""The fully-connected network of a given depth and width, ready to be trained."""

import math
from collections.abc import Iterable

import torch

from widthwise import activations, arguments, laws
from widthwise.activations import Activation
from widthwise.arguments import non_negative, positive, whole_number
from widthwise.arrays import Array, Float, Real
from widthwise.errors import InvalidArgumentError
from widthwise.laws import Law, Sphere
from widthwise.networks._draws import (
    hidden_matrix,
    normals,
    readout_weights,
)
from widthwise.networks._layer import Layer
from widthwise.networks._scalings import Role, Scaling, scaling
from widthwise.nn import differentiable
from widthwise.numerics import require

__all__ = ["FullyConnected"]

_IN_THE_FORWARD_PASS = ("ntk", "mean_field")


class FullyConnected(torch.nn.Module):
    r"""The network of L hidden layers of m units, with one output.

    $$h_0 = x, \qquad z_l = s_l\, \omega_l h_{l-1} + s_b\, \beta_l, \qquad
    h_l = \sigma(z_l), \qquad f(x) = s_{L+1}\, \omega_{L+1} h_L + s_b\, \beta_{L+1}.$$

    At initialization entries of $s_l\, \omega_l$ have mean square
    $\sigma_w^2 / \text{fan-in}$ and those of $s_b\, \beta_l$ variance $\sigma_b^2$ in
    every parametrization, but for the last layer of mean_field and mup, which is
    $m^{-1/2}$ times that. What they differ in is which part is a constant $s_l$ and
    which is trained:

    - standard: $s = 1$.
    - ntk: $\omega \sim N(0, 1)$, $s_l = \sigma_w / \sqrt{\text{fan-in}}$,
      $s_b = \sigma_b$.
    - mean_field (L = 1): as ntk with $s_2 = \sigma_w / m$; the step is multiplied by m
      in both layers, but for the output's bias.
    - mup: $s_1 = \sqrt m$, $s_{L+1} = 1/\sqrt m$, others 1; biases as the first layer.

    `scaling` in this room has the table, with Adam's rates. The inputs' fan-in is d:
    unlike in `TwoLayer`, the first layer divides by $\sqrt d$, as the deep kernels do.

    Parameters
    ----------
    dimension
        d, the number of coordinates of a point.
    width
        m, at least 1.
    act
        $\sigma$, an activation or its catalog name.
    depth
        L, the number of hidden layers, at least 1.
    law
        "gaussian": $\omega_l$ standard normal; "sphere": its rows uniform on the sphere
        of radius $\sqrt{\text{fan-in}}$.
    seed
        From 0 to 2**64 - 1. A narrower network's Gaussian weights are those of the
        first units of a wider one.
    parametrization
        "standard", "ntk", "mean_field" or "mup".
    trained
        "all", "hidden" (all but the last), "outer" (the last), or the numbers of the
        trained layers, from 1 (the first hidden one) to depth + 1 (the output's).
    outer
        How the last layer begins: "gaussian", "signs" (+1, -1, ...) or "zeros".
    weight_std
        $\sigma_w$, positive.
    bias_std
        $\sigma_b$, zero or positive. None for a network without biases; so is 0 where
        it would be a multiplier (ntk, mean_field).

    Raises
    ------
    InvalidArgumentError, UnknownNameError
        If an argument has no meaning; the nearest names are given.
    MemoryBudgetError
        If the weights do not fit in memory.

    Source
    ------
    As for `TwoLayer`. Cost: m d + (L - 1) m² + m normal variates.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> network = ww.networks.FullyConnected(3, 20, "tanh", depth=2)
    >>> len(network.hidden_layers), network(points).shape
    (2, torch.Size([3]))
    """

    def __init__(
        self,
        dimension: int,
        width: int,
        act: Activation | str = "relu",
        *,
        depth: int = 2,
        law: Law | str = "gaussian",
        seed: int = 0,
        parametrization: str = "ntk",
        trained: str | Iterable[int] = "all",
        outer: str = "gaussian",
        weight_std: float | int = 1.0,
        bias_std: float | int | None = None,
    ) -> None:
        super().__init__()
        self.dimension = whole_number(dimension, "The dimension", least=1)
        self.width = whole_number(width, "The width", least=1)
        self.depth = whole_number(depth, "The depth", least=1)
        self.seed = arguments.seed(seed)
        self.parametrization = parametrization
        self.act = activations.for_dimension(act, self.dimension)
        self.law = laws.get(law, self.dimension)
        self._weight_std = positive(weight_std, "weight_std")
        self._bias_std = (
            None if bias_std is None else non_negative(bias_std, "bias_std")
        )
        parameters = self.width * (self.dimension + (self.depth - 1) * self.width + 2)
        require(
            16 * parameters,
            f"The weights of {self.depth} hidden layers of {self.width} units",
            "Use a smaller width.",
        )
        self.hidden = torch.nn.ModuleList(
            self._hidden_layer(place) for place in range(1, self.depth + 1)
        )
        self.outer = self._readout(outer)
        self._sigma = differentiable(self.act)
        self.trained = _trained(trained, self.depth)
        for place, layer in enumerate([*self.hidden, self.outer], start=1):
            layer.requires_grad_(place in self.trained)

    @property
    def hidden_layers(self) -> tuple[Layer, ...]:
        """The layers before the readout, first to last."""
        return tuple(each for each in self.hidden if isinstance(each, Layer))

    @property
    def readout(self) -> Layer:
        """The layer that makes the output."""
        return self.outer

    def features(self, points: Real[Array, "n d"]) -> Float[Array, "n m"]:
        r"""Return $s_{L+1} h_L$, shape (n, m), so that $f = $ features $\omega_{L+1}$.

        Plus the output's bias, if there is one.
        """
        return self._last_hidden(points) * self.outer.multiplier

    def forward(self, points: Real[Array, "n d"]) -> Float[Array, " n"]:
        """Return the outputs, shape (n,), of points of shape (n, d)."""
        outputs: Array = self.outer(self._last_hidden(points))
        return outputs

    def extra_repr(self) -> str:
        """Return the settings, for printing the network."""
        return (
            f"act={self.act.name}, law={self.law.name}, seed={self.seed}, "
            f"parametrization={self.parametrization}, trained={self.trained}"
        )

    def _last_hidden(self, points: Array) -> Array:
        h = points.to(self.readout.weight.dtype)
        for layer in self.hidden:
            h = self._sigma(layer(h))
        return h

    def _hidden_layer(self, place: int) -> Layer:
        role: Role = "input" if place == 1 else "hidden"
        given = scaling(self.parametrization, role, self.width, self.depth)
        if place == 1:
            draws = self.law.weights(self.seed, self.dimension, 0, self.width)
            if isinstance(self.law, Sphere):
                draws = draws * math.sqrt(self.dimension)
            spread = self._weight_std / math.sqrt(self.dimension)
        else:
            draws = hidden_matrix(self.law, self.seed, place, self.width)
            spread = self._weight_std
        initial, multiplier = given.initial, given.multiplier
        if self.parametrization in _IN_THE_FORWARD_PASS:
            multiplier *= spread
        else:
            initial *= spread
        # Biases are weights of a constant input, so they scale as the first layer does.
        of_bias = scaling(self.parametrization, "input", self.width, self.depth)
        bias, bias_multiplier = self._bias(
            f"networks/biases/{place}", self.width, of_bias
        )
        return Layer(
            draws.mul_(initial), multiplier, given, bias, bias_multiplier, of_bias
        )

    def _readout(self, kind: str) -> Layer:
        given = scaling(self.parametrization, "output", self.width, self.depth)
        initial, multiplier = given.initial, given.multiplier
        if self.parametrization in _IN_THE_FORWARD_PASS:
            multiplier *= self._weight_std
        else:
            initial *= self._weight_std
        draws = readout_weights(kind, self.seed, self.width)
        plain = Scaling(1.0, 1.0, 1.0, 1.0)  # one number, whatever the width
        bias, bias_multiplier = self._bias("networks/biases/output", 1, plain)
        return Layer(draws * initial, multiplier, given, bias, bias_multiplier, plain)

    def _bias(
        self, name: str, count: int, given: Scaling
    ) -> tuple[Float[Array, " units"] | None, float]:
        if self._bias_std is None:
            return None, 1.0
        drawn = normals(self.seed, name, count) * given.initial
        if self.parametrization in _IN_THE_FORWARD_PASS:
            if self._bias_std == 0.0:
                return None, 1.0
            return drawn, given.multiplier * self._bias_std
        return drawn * self._bias_std, given.multiplier


def _trained(asked: str | Iterable[int], depth: int) -> tuple[int, ...]:
    """Return the numbers of the trained layers, ascending."""
    named = {
        "all": range(1, depth + 2),
        "hidden": range(1, depth + 1),
        "outer": range(depth + 1, depth + 2),
    }
    if isinstance(asked, str):
        places: list[int] = list(named.get(asked, ()))
    else:
        places = sorted({*asked})
    if not places or not all(
        isinstance(each, int) and 1 <= each <= depth + 1 for each in places
    ):
        raise InvalidArgumentError(
            f"trained is {asked!r}; it must be 'all', 'hidden', 'outer', or layer "
            f"numbers from 1 to {depth + 1}, the output's."
        )
    return tuple(places)

"""The two-layer network of a given width, ready to be trained."""

import torch

from widthwise import activations, arguments, laws
from widthwise.activations import Activation
from widthwise.arguments import non_negative, positive, whole_number
from widthwise.arrays import Array, Float, Real
from widthwise.errors import OutsideDomainError, unknown_name
from widthwise.laws import Law
from widthwise.networks._draws import (
    normals,
    readout_weights,
)
from widthwise.networks._layer import Layer
from widthwise.networks._scalings import scaling
from widthwise.nn import differentiable

__all__ = ["TRAINED", "TwoLayer"]

TRAINED = ("inner", "outer", "both")
"""Which layers a gradient reaches."""


class TwoLayer(torch.nn.Module):
    r"""The network $f(x) = a_2 \sum_{r=1}^m v_r\, \sigma(a_1 (w_r \cdot x + b_r))$.

    A `torch.nn.Module` in float64 with one output. Inner weights are drawn from a law,
    with the streams of `RandomFeatures`: the same seed gives the same hidden layer, and
    a narrower network is the first units of a wider one. At initialization, with the
    drawn $\omega_r \sim$ law and $\alpha_r$ of mean square one,

    ============  ==================  =======================  ============
    name          inner w, a_1        outer v, a_2             step times
    ============  ==================  =======================  ============
    standard      ω, 1                α / √m, 1                1
    ntk           ω, 1                α, 1 / √m                1
    mean_field    ω, 1                α, 1 / m                 m
    mup           ω / √m, √m          α / √m, 1 / √m           1
    ============  ==================  =======================  ============

    `scaling` in this room has the same table with Adam's rates.

    Parameters
    ----------
    dimension
        d, the number of coordinates of a point.
    width
        m, at least 1.
    act
        $\sigma$, an activation or its catalog name.
    law
        The law of an inner weight $\omega_r$, or its catalog name.
    seed
        From 0 to 2**64 - 1.
    parametrization
        "standard", "ntk", "mean_field" or "mup".
    trained
        "inner", "outer" or "both": the other weights do not require gradients.
    outer
        How $\alpha$ is drawn: "gaussian" (standard normal), "signs" (+1, -1, +1, ...)
        or "zeros".
    weight_std, outer_std
        Further factors on $\omega$ and $\alpha$, positive.
    bias_std
        Standard deviation of the normal biases $b_r$, zero or positive; None for a
        network without biases.

    Raises
    ------
    InvalidArgumentError, UnknownNameError
        If an argument has no meaning; the nearest names are given.
    OutsideDomainError
        If the law draws arguments where the activation is not defined.

    Source
    ------
    ntk: Jacot, Gabriel and Hongler (2018), arXiv:1806.07572. mean_field: Mei, Montanari
    and Nguyen (2018), arXiv:1804.06561. mup: Yang and Hu (2021), arXiv:2011.14522.
    Signs: Oymak and Soltanolkotabi (2019), arXiv:1902.04674.
    Cost: m (d + 1) normal variates.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> points = torch.eye(3, dtype=torch.float64)
    >>> network = ww.networks.TwoLayer(3, 50, "relu", seed=0)
    >>> network(points).shape
    torch.Size([3])
    """

    def __init__(
        self,
        dimension: int,
        width: int,
        act: Activation | str = "relu",
        *,
        law: Law | str = "gaussian",
        seed: int = 0,
        parametrization: str = "ntk",
        trained: str = "both",
        outer: str = "gaussian",
        weight_std: float | int = 1.0,
        outer_std: float | int = 1.0,
        bias_std: float | int | None = None,
    ) -> None:
        super().__init__()
        self.dimension = whole_number(dimension, "The dimension", least=1)
        self.width = whole_number(width, "The width", least=1)
        self.seed = arguments.seed(seed)
        self.parametrization = parametrization
        self.trained = trained
        if trained not in TRAINED:
            raise unknown_name("choice of trained layers", str(trained), TRAINED)
        self.act = activations.for_dimension(act, self.dimension)
        self.law = laws.get(law, self.dimension)
        if self.law.support_radius > self.act.domain[1]:
            raise OutsideDomainError(
                f"The activation {self.act.name} is defined on "
                f"[{self.act.domain[0]:g}, {self.act.domain[1]:g}] and the law "
                f"{self.law.name} draws arguments beyond it. Use the sphere law with "
                "points on the unit sphere."
            )
        first = scaling(parametrization, "input", self.width)
        last = scaling(parametrization, "output", self.width)
        spread = positive(weight_std, "weight_std") * first.initial
        biases = None
        if bias_std is not None:
            size = non_negative(bias_std, "bias_std")
            drawn = normals(self.seed, "networks/biases", self.width)
            biases = drawn * (size * first.initial)
        inner = self.law.weights(self.seed, self.dimension, 0, self.width) * spread
        self.inner = Layer(inner, first.multiplier, first, biases, first.multiplier)
        readout = readout_weights(outer, self.seed, self.width)
        readout *= positive(outer_std, "outer_std") * last.initial
        self.outer = Layer(readout, last.multiplier, last)
        self._sigma = differentiable(self.act)
        self.inner.requires_grad_(trained != "outer")
        self.outer.requires_grad_(trained != "inner")

    @property
    def hidden_layers(self) -> tuple[Layer, ...]:
        """The one layer before the readout."""
        return (self.inner,)

    @property
    def readout(self) -> Layer:
        """The layer that makes the output."""
        return self.outer

    def features(self, points: Real[Array, "n d"]) -> Float[Array, "n m"]:
        r"""Return $a_2\, \sigma(a_1 (W x + b))$, so that $f = $ features $v$.

        Shape (n, m). For ntk these are the features $\Phi$ of `RandomFeatures`.
        """
        hidden = self._sigma(self.inner(points.to(self.inner.weight.dtype)))
        return hidden * self.outer.multiplier

    def forward(self, points: Real[Array, "n d"]) -> Float[Array, " n"]:
        """Return the outputs, shape (n,), of points of shape (n, d)."""
        outputs: Array = self.outer(
            self._sigma(self.inner(points.to(self.inner.weight.dtype)))
        )
        return outputs

    def extra_repr(self) -> str:
        """Return the settings, for printing the network."""
        return (
            f"act={self.act.name}, law={self.law.name}, seed={self.seed}, "
            f"parametrization={self.parametrization}, trained={self.trained}"
        )

"""A two-layer network on its points and targets, with gradients by formula."""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.networks import TwoLayer

__all__ = ["Gradients", "TwoLayerOnData", "two_layer_on_data"]


class Gradients(NamedTuple):
    """What gradient descent needs at one place.

    Attributes
    ----------
    residual
        f(x_i) - y_i, shape (n,).
    inner, outer
        The derivatives of half the squared residual in W, shape (k, d), and in a,
        shape (k,); None for a layer that is not trained.
    """

    residual: Float[Array, " n"]
    inner: Float[Array, "k d"] | None
    outer: Float[Array, " k"] | None


@dataclass(frozen=True)
class TwoLayerOnData:
    r"""The network $f(x) = s \sum_{r=1}^k a_r\, \phi(w_r \cdot x)$.

    With $a = \pm 1$ and $s = \|y\| / \sqrt{k n}$ this is $v^\top \phi(W x)$ with
    $v = s a$ of the paper's magnitude; written so, both layers have gradients of one
    order.

    Source: Oymak and Soltanolkotabi (2019), arXiv:1902.04674.

    Attributes
    ----------
    points, targets
        Shapes (n, d) and (n,).
    inner, signs
        W, shape (k, d), and a, shape (k,).
    scale
        s.
    """

    act: Activation
    points: Float[Array, "n d"]
    targets: Float[Array, " n"]
    inner: Float[Array, "k d"]
    signs: Float[Array, " k"]
    scale: float

    @property
    def outer(self) -> Float[Array, " k"]:
        """The outer weights v = s a."""
        return self.signs * self.scale

    def arguments(self) -> Float[Array, "n k"]:
        r"""Return $X W^\top$."""
        return self.points @ self.inner.T

    def features(self) -> Float[Array, "n k"]:
        r"""Return $\phi(X W^\top)$."""
        return self.act(self.arguments())

    def relative_loss(self) -> float:
        r"""Return $\|f(X) - y\|^2 / \|y\|^2$."""
        return self.relative_square(self.features() @ self.outer - self.targets)

    def relative_square(self, residual: Float[Array, " n"]) -> float:
        r"""Return $\|r\|^2 / \|y\|^2$."""
        return float(residual @ residual) / float(self.targets @ self.targets)

    def gradients(self, trained: str) -> Gradients:
        r"""Return the residual r and the gradients of $\tfrac12 \|r\|^2$.

        .. math::
            \nabla_W = s\, \mathrm{diag}(a)\, (\phi'(X W^\top) \circ r 1^\top)^\top X,
            \qquad \nabla_a = s\, \phi(X W^\top)^\top r .
        """
        arguments = self.arguments()
        values, weights = self.act(arguments), self.outer
        residual = values @ weights - self.targets
        inner = outer = None
        if trained != "inner":
            outer = (values.T @ residual) * self.scale
        if trained != "outer":
            slopes = self.act.derivative(arguments).mul_(residual[:, None])
            inner = (slopes.T @ self.points).mul_(weights[:, None])
        return Gradients(residual, inner, outer)

    def stepped(
        self, found: Gradients, inner_step: float | None, outer_step: float | None
    ) -> "TwoLayerOnData":
        """Return the network after one step of gradient descent."""
        inner, signs = self.inner, self.signs
        if found.inner is not None and inner_step is not None:
            inner = inner - inner_step * found.inner
        if found.outer is not None and outer_step is not None:
            signs = signs - outer_step * found.outer
        return replace(self, inner=inner, signs=signs)


def two_layer_on_data(
    act: Activation,
    points: Float[Array, "n d"],
    targets: Float[Array, " n"],
    width: int,
    seed: int,
) -> TwoLayerOnData:
    r"""Draw W standard normal, with $a = +1, -1, +1, \dots$ and the paper's s.

    The weights are those of `networks.TwoLayer` with outer signs: a narrower network of
    the same seed is the first units of a wider one.

    Source
    ------
    Oymak and Soltanolkotabi (2019), arXiv:1902.04674.
    """
    count, dimension = points.shape
    drawn = TwoLayer(dimension, width, act, seed=seed, outer="signs")
    scale = math.sqrt(float(targets @ targets)) / math.sqrt(width * count)
    inner, signs = (each.weight.detach() for each in (drawn.inner, drawn.outer))
    return TwoLayerOnData(act, points, targets, inner, signs, scale)

"""The two-layer network of Oymak and Soltanolkotabi, several trials side by side."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from widthwise.activations import Activation
from widthwise.arrays import Array, Float
from widthwise.laws import Gaussian

__all__ = ["Gradients", "Networks", "networks"]


@dataclass(frozen=True)
class Gradients:
    """What gradient descent needs at one place.

    Attributes
    ----------
    residual
        f(x_i) - y_i, shape (trials, n).
    inner, outer
        The derivatives of half the squared residual in W, shape (trials, k, d), and in
        a, shape (trials, k); None for a layer that is not trained.
    """

    residual: Float[Array, "trials n"]
    inner: Float[Array, "trials k d"] | None
    outer: Float[Array, "trials k"] | None


@dataclass(frozen=True)
class Networks:
    r"""Networks $f(x) = s \sum_{r=1}^k a_r\, \phi(w_r \cdot x)$, one for each trial.

    With $a = \pm 1$ and $s = \|y\| / \sqrt{k n}$ this is $v^\top \phi(W x)$ with
    $v = s a$ of the paper's magnitude; written so, both layers have gradients of one
    order.

    Attributes
    ----------
    points, targets
        Shapes (trials, n, d) and (trials, n).
    inner, signs
        W, shape (trials, k, d), and a, shape (trials, k).
    scale
        s, shape (trials,).
    """

    act: Activation
    points: Float[Array, "trials n d"]
    targets: Float[Array, "trials n"]
    inner: Float[Array, "trials k d"]
    signs: Float[Array, "trials k"]
    scale: Float[Array, " trials"]

    @property
    def outer(self) -> Float[Array, "trials k"]:
        """The outer weights v = s a."""
        return self.signs * self.scale[:, None]

    def features(self) -> Float[Array, "trials n k"]:
        r"""Return $\phi(X W^\top)$."""
        return self.act(torch.bmm(self.points, self.inner.transpose(1, 2)))

    def relative_loss(self) -> Float[Array, " trials"]:
        r"""Return $\|f(X) - y\|^2 / \|y\|^2$."""
        outputs = torch.bmm(self.features(), self.outer[:, :, None])[:, :, 0]
        return _squares(outputs - self.targets) / _squares(self.targets)

    def gradients(self, trained: str) -> Gradients:
        r"""Return the residual r and the gradients of $\tfrac12 \|r\|^2$.

        .. math::
            \nabla_W = s\, \mathrm{diag}(a)\, (\phi'(X W^\top) \circ r 1^\top)^\top X,
            \qquad \nabla_a = s\, \phi(X W^\top)^\top r .
        """
        arguments = torch.bmm(self.points, self.inner.transpose(1, 2))
        values = self.act(arguments)
        residual = torch.bmm(values, self.outer[:, :, None])[:, :, 0] - self.targets
        inner = outer = None
        if trained != "inner":
            outer = torch.bmm(values.transpose(1, 2), residual[:, :, None])[:, :, 0]
            outer *= self.scale[:, None]
        if trained != "outer":
            slopes = self.act.derivative(arguments).mul_(residual[:, :, None])
            inner = torch.bmm(slopes.transpose(1, 2), self.points)
            inner *= self.outer[:, :, None]
        return Gradients(residual, inner, outer)

    def stepped(
        self,
        found: Gradients,
        inner_step: Float[Array, " trials"] | None,
        outer_step: Float[Array, " trials"] | None,
    ) -> "Networks":
        """Return the networks after one step of gradient descent."""
        inner, signs = self.inner, self.signs
        if found.inner is not None and inner_step is not None:
            inner = inner - inner_step[:, None, None] * found.inner
        if found.outer is not None and outer_step is not None:
            signs = signs - outer_step[:, None] * found.outer
        return replace(self, inner=inner, signs=signs)

    def only(self, which: Array) -> "Networks":
        """Return the networks of these trials."""
        return Networks(
            self.act,
            self.points[which],
            self.targets[which],
            self.inner[which],
            self.signs[which],
            self.scale[which],
        )


def networks(
    act: Activation,
    points: Float[Array, "trials n d"],
    targets: Float[Array, "trials n"],
    width: int,
    seeds: Sequence[int],
) -> Networks:
    """Draw W with standard normal entries; a is +1, -1, +1, ...

    A narrower network of the same seed is the first units of a wider one.
    """
    trials, count, dimension = points.shape
    law = Gaussian()
    drawn = [law.weights(seed, dimension, 0, width) for seed in seeds]
    signs = torch.ones((trials, width), dtype=torch.float64)
    signs[:, 1::2] = -1.0
    scale = torch.sqrt(_squares(targets)) / math.sqrt(width * count)
    return Networks(act, points, targets, torch.stack(drawn), signs, scale)


def _squares(rows: Float[Array, "trials n"]) -> Float[Array, " trials"]:
    squares: Array = torch.linalg.vecdot(rows, rows)
    return squares

"""The kernels of a deep network as functions of the correlation of its inputs."""

import math
from dataclasses import dataclass, field

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arguments import non_negative, positive, whole_number
from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.kernels.deep._errors import propagated
from widthwise.kernels.deep._layer import Layer, layer
from widthwise.kernels.deep._reach import require_digits, require_variances
from widthwise.kernels.deep._step import Step, advance, step_through
from widthwise.kernels.duals import QUARTER, Numbers, clipped, half_angles

__all__ = ["DeepDual", "deep_dual"]

_DEPTHS = (1, 10_000)


@dataclass(frozen=True)
class DeepDual:
    r"""The conjugate and the tangent kernel of a deep network, as functions of t.

    Of points of norm r: with $q_1 = s_w^2 r^2/d + s_b^2$, $K_1 = s_w^2 r^2 t/d +
    s_b^2$, $\Theta_1 = K_1$ and, for every hidden layer l, $\rho_l = K_l / q_l$,

    $$K_{l+1} = s_w^2\, E[\sigma(u)\sigma(v)] + s_b^2, \qquad
    \Theta_{l+1} = K_{l+1} + s_w^2\, \Theta_l\, E[\sigma'(u)\sigma'(v)],$$

    u and v normal of variance $q_l$ and correlation $\rho_l$. Half the lack of
    correlation, $(1-\rho)/2$ or $(1+\rho)/2$, is what goes from layer to layer, so that
    points which nearly coincide, or are nearly opposite, keep their digits.

    Attributes
    ----------
    activation, dimension, depth, weight_std, bias_std, norm
        σ, d, the number of hidden layers, $s_w$, $s_b$ and r.
    variances
        $q_1, \dots, q_{L+1}$; the last is the conjugate kernel's diagonal.
    conjugate_error, tangent_error
        Absolute bounds on the error of any value on [-1, 1].

    Examples
    --------
    >>> import widthwise as ww
    >>> act = ww.activations.get("relu")
    >>> dual = ww.kernels.deep_dual(act, 4, depth=2, weight_std=2**0.5)
    >>> dual.depth, dual.tangent_error < 1e-9
    (2, True)
    """

    activation: Activation
    dimension: int
    depth: int
    weight_std: float
    bias_std: float
    norm: float
    variances: tuple[float, ...]
    conjugate_error: float
    tangent_error: float
    steps: tuple[Step, ...] = field(repr=False, compare=False)

    def conjugate(self, t: Numbers) -> Array:
        """Evaluate $K_{L+1}$ at correlations t in [-1, 1]; float64, the shape of t.

        Raises
        ------
        InvalidArgumentError
            If some t is outside [-1, 1] by more than 1e-9, or is not a number.
        """
        return self._at_correlation(t)[0]

    def tangent(self, t: Numbers) -> Array:
        r"""Evaluate $\Theta_{L+1}$ at correlations t in [-1, 1], as `conjugate`."""
        return self._at_correlation(t)[1]

    def at_angle(self, theta: Numbers) -> tuple[Array, Array]:
        r"""Evaluate both kernels at angles θ in [0, π], in radians.

        Near θ = 0 and π this keeps digits that t = cos θ cannot hold.
        """
        return self._at(*self._squares(theta))

    def decorrelation(self, theta: Numbers) -> Array:
        r"""Evaluate $1 - K_{L+1}(t)/q_{L+1}$ at angles θ in [0, π], in radians.

        Its relative error is below 1e-10 down to angles of 1e-12, where the kernel and
        its diagonal are the same float.
        """
        u, v = (each.numpy() for each in self._squares(theta))
        u, _, _ = self._through(u.reshape(-1), v.reshape(-1))
        return 2 * torch.from_numpy(u).reshape(v.shape)

    @staticmethod
    def _squares(
        theta: Numbers,
    ) -> tuple[Array, Array]:
        _, sine, cosine = half_angles(theta)
        return torch.from_numpy(sine).square(), torch.from_numpy(cosine).square()

    @property
    def slopes_at_one(self) -> tuple[float, ...]:
        r"""Return $d\rho_{l+1}/d\rho_l$ at one, for each hidden layer.

        Below 1 nearby points come together with depth, above 1 they part. It is
        infinite for an activation that jumps.
        """
        if self.activation.smoothness == 0:
            return (math.inf,) * self.depth
        return tuple(
            2 * step.rise * step.layer.slope.value_at_one for step in self.steps
        )

    def entry_errors(self) -> tuple[float, float]:
        """Bound the errors of kernel entries made from inner products in R^d.

        To `conjugate_error` and `tangent_error` they add what the rounding of the
        product, 4 √d units in the last place, becomes in the last layer.
        """
        rounding = 4 * math.sqrt(self.dimension) * 1.2e-16
        weight = self.weight_std**2
        return propagated(self.first, self.steps, self.variances[0], weight, rounding)

    @property
    def start(self) -> tuple[float, float]:
        r"""The parts of $\rho_1$ from the weights, times t, and from the biases."""
        q = self.variances[0]
        weight = (self.weight_std * self.norm) ** 2
        return weight / (self.dimension * q), self.bias_std**2 / q

    def first(self, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        r"""Turn $(1-t)/2$ and $(1+t)/2$ into the same of the first layer."""
        share, constant = self.start
        return share * u, share * v + constant

    def _at_correlation(self, t: Numbers) -> tuple[Array, Array]:
        t = clipped(t)
        return self._at((1 - t) / 2, (1 + t) / 2)

    def _at(self, u: Array, v: Array) -> tuple[Array, Array]:
        found = self.at_halves(u.reshape(-1).numpy(), v.reshape(-1).numpy())
        conjugate, tangent = (torch.from_numpy(each).reshape(u.shape) for each in found)
        return conjugate, tangent

    def at_halves(self, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        r"""Evaluate both kernels where $u = (1-t)/2$ and $v = (1+t)/2$."""
        _, conjugate, tangent = self._through(u, v)
        return conjugate, tangent

    def _through(
        self, u: np.ndarray, v: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        r"""Return $(1-\rho)/2$ after the last layer, and both kernels."""
        u, v = self.first(u, v)
        conjugate = self.variances[0] * np.where(u <= v, 1 - 2 * u, 2 * v - 1)
        tangent = conjugate
        for step in self.steps:
            near = u <= v
            x = np.minimum(np.sqrt(np.where(near, u, v)), QUARTER)
            slope = step.layer.slope.at_half_chords(x, near)
            u, v = advance(step, x, near)
            conjugate = step.variance * np.where(u <= v, 1 - 2 * u, 2 * v - 1)
            tangent = conjugate + step.gain * tangent * slope
        return u, np.asarray(conjugate), np.asarray(tangent)


def deep_dual(
    activation: Activation,
    dimension: int,
    depth: int = 3,
    weight_std: float | int = 1.0,
    bias_std: float | int = 0.0,
    *,
    norm: float | int = 1.0,
) -> DeepDual:
    r"""Return the kernels of a deep network of infinite width, as functions of t.

    Parameters
    ----------
    activation
        Any activation that is defined for every real number.
    dimension
        d >= 1, the number of input coordinates; inputs are divided by √d.
    depth
        The number of hidden layers, 1 to 10000.
    weight_std, bias_std
        $s_w > 0$ and $s_b \ge 0$, the same in every layer, the readout included.
    norm
        r > 0, of every point; √d gives the first layer arguments of variance $s_w^2 +
        s_b^2$.

    Returns
    -------
    A `DeepDual`; each layer's two duals are found once in a process.

    Raises
    ------
    OutsideDomainError
        If the activation is not defined everywhere: the arguments are normal.
    InvalidArgumentError
        If a parameter is out of range, a mean square is infinite, the variance of a
        layer leaves the range of floats, or no digit of a value is left.

    Source
    ------
    Jacot, Gabriel and Hongler (2018), arXiv:1806.07572, Theorem 1; Daniely, Frostig and
    Singer (2016), arXiv:1602.05897. Cost: 0.05 to 2 s a layer, once.

    Examples
    --------
    >>> import widthwise as ww
    >>> act = ww.activations.get("relu")
    >>> dual = ww.kernels.deep_dual(act, 4, depth=2, weight_std=2**0.5)
    >>> round(float(dual.conjugate(1.0)), 6), round(float(dual.tangent(1.0)), 6)
    (0.5, 1.5)
    """
    _check(activation, dimension, depth, weight_std, bias_std)
    positive(norm, "norm")
    # Products of floats overflow to infinity, where powers raise.
    weight, bias, square = (
        float(each) * float(each) for each in (weight_std, bias_std, norm)
    )
    variances = [weight * square / dimension + bias]
    steps = []
    for index in range(depth):
        q = variances[-1]
        require_variances(index + 1, q, q)
        each = _layer(activation, q, index + 1)
        steps.append(step_through(each, weight, bias))
        variances.append(steps[-1].variance)
    plain = DeepDual(
        activation,
        dimension,
        depth,
        float(weight_std),
        float(bias_std),
        float(norm),
        tuple(variances),
        0.0,
        0.0,
        tuple(steps),
    )
    errors = propagated(plain.first, plain.steps, plain.variances[0], weight, 0.0)
    at_one = plain.at_halves(np.zeros(1), np.ones(1))
    require_digits(errors, [float(each[0]) for each in at_one])
    return DeepDual(
        activation,
        dimension,
        depth,
        plain.weight_std,
        plain.bias_std,
        plain.norm,
        plain.variances,
        *errors,
        plain.steps,
    )


def _layer(activation: Activation, variance: float, index: int) -> Layer:
    try:
        return layer(activation, variance)
    except InvalidArgumentError as refusal:
        raise type(refusal)(
            f"Hidden layer {index}, whose arguments have variance {variance:.3g}: "
            f"{refusal}"
        ) from refusal


def _check(
    activation: Activation,
    dimension: int,
    depth: int,
    weight_std: float | int,
    bias_std: float | int,
) -> None:
    if not math.isinf(min(-activation.domain[0], activation.domain[1])):
        low, high = activation.domain
        raise OutsideDomainError(
            f"{activation.name} is defined on [{low:g}, {high:g}], and the arguments "
            "of a deep network's units are normal, so unbounded. Choose an activation "
            "that is defined everywhere."
        )
    whole_number(dimension, "The dimension", least=1)
    whole_number(
        depth,
        "The depth",
        least=_DEPTHS[0],
        most=_DEPTHS[1],
        meaning="the number of hidden layers",
    )
    positive(weight_std, "weight_std")
    non_negative(bias_std, "bias_std")

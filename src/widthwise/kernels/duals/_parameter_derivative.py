"""How a dual changes with a parameter of its activation."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import torch

from widthwise.activations import Activation
from widthwise.arguments import whole_number
from widthwise.arrays import Array
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.duals._dual import Dual, Numbers, dual, dual_of_derivative
from widthwise.kernels.rules import named
from widthwise.laws import Law

__all__ = [
    "ParameterDerivative",
    "parameter_derivative",
    "require_parameter",
    "stencil",
]

_TWO = {1: 1 / 2}
_EIGHT = {1: 4 / 5, 2: -1 / 5, 3: 4 / 105, 4: -1 / 280}
_SIX = {1: 3 / 4, 2: -3 / 20, 3: 1 / 60}
"""Weights of central differences of orders two, eight and six."""
_STEP = 0.01
_ANGLES = np.linspace(0.0, np.pi, 33)


@dataclass(frozen=True)
class ParameterDerivative:
    r"""The function $\partial\kappa(t) / \partial p$, p a parameter of σ.

    Attributes
    ----------
    activation, parameter
        σ and the name of p.
    terms
        Weights and duals; their sum is the function.
    error_bound
        Absolute: the duals' own bounds, and twice the largest distance at 33 angles
        from differences of order six.

    Examples
    --------
    >>> import widthwise as ww
    >>> act = ww.activations.get("leaky_relu", negative_slope=0.1)
    >>> slope = ww.kernels.parameter_derivative(act, "gaussian", "negative_slope")
    >>> slope.parameter, slope.error_bound < 1e-9
    ('negative_slope', True)
    """

    activation: Activation
    parameter: str
    terms: tuple[tuple[float, Dual], ...]
    error_bound: float

    def __call__(self, t: Numbers) -> Array:
        """Evaluate at correlations t in [-1, 1], as a `Dual`."""
        return _sum([weight * each(t) for weight, each in self.terms])

    def at_angle(self, theta: Numbers) -> Array:
        """Evaluate at angles θ in [0, π], as a `Dual`."""
        return _sum([weight * each.at_angle(theta) for weight, each in self.terms])


def parameter_derivative(
    activation: Activation | str, law: Law | str, parameter: str, *, order: int = 0
) -> ParameterDerivative:
    r"""Return the derivative of a dual in a parameter of its activation.

    $$\frac{\partial\kappa(t)}{\partial p} = 2\,E[\sigma(w\cdot x)\,
    \partial_p\sigma(w\cdot x')]$$

    in its symmetric part, by central differences of eight duals: exact but for rounding
    where σ is a polynomial in p, as the leaky rectifier and the ELU are.

    Parameters
    ----------
    activation, law
        As for `dual`.
    parameter
        The name of a real parameter: "alpha", "negative_slope".
    order
        0 for the dual of σ, 1 for that of σ'.

    Returns
    -------
    A callable on correlations in [-1, 1]. `error_bound` is absolute, some 1e-12 of
    κ(1).

    Raises
    ------
    InvalidArgumentError
        If the activation has no such parameter; or as `dual`.

    Source
    ------
    Fornberg (1988), "Generation of finite difference formulas on arbitrarily spaced
    grids", Math. Comp. 51, 699-706. Cost: that of eight duals, once in a process.

    Examples
    --------
    >>> import widthwise as ww
    >>> act = ww.activations.get("leaky_relu", negative_slope=0.1)
    >>> slope = ww.kernels.parameter_derivative(act, "gaussian", "negative_slope")
    >>> round(float(slope(1.0)), 6)
    0.1
    """
    act, found = named(activation, law)
    whole_number(order, "order", least=0, most=1, meaning="of the derivative of σ")
    make = dual_of_derivative if order else dual

    def terms(weights: dict[int, float]) -> tuple[tuple[float, Dual], ...]:
        return tuple(
            (weight, make(each, found))
            for weight, each in _weighted(act, parameter, weights)
        )

    of_eight = terms(_EIGHT)
    values, coarser = (
        _sum([weight * each.at_angle(_ANGLES) for weight, each in some])
        for some in (of_eight, terms(_SIX))
    )
    bound = 2 * float((values - coarser).abs().max())
    bound += sum(abs(weight) * each.error_bound for weight, each in of_eight)
    return ParameterDerivative(act, parameter, of_eight, bound)


def stencil(act: Activation, parameter: str) -> list[tuple[float, Activation]]:
    """Return weights and activations whose duals sum to the slope of act's.

    Two where σ is linear in the parameter, so that its dual is a square in it.

    Raises
    ------
    InvalidArgumentError
        If the activation has no such parameter.
    """
    low, high = (np.clip(end, -6.0, 6.0) for end in act.domain)
    z = torch.from_numpy(low + (high - low) * np.linspace(0.01, 0.99, 99))
    near = [each(z) for _, each in _weighted(act, parameter, _TWO)]
    bend = (near[0] + near[1] - 2 * act(z)).abs().max()
    is_linear = bool(bend <= 1e-14 * near[0].abs().max())
    return _weighted(act, parameter, _TWO if is_linear else _EIGHT)


def _weighted(
    act: Activation, parameter: str, weights: dict[int, float]
) -> list[tuple[float, Activation]]:
    value = require_parameter(act, parameter)
    step = _STEP * (abs(value) or 1.0)
    return [
        (
            sign * weight / step,
            dataclasses.replace(act, **{parameter: value + sign * k * step}),
        )
        for k, weight in weights.items()
        for sign in (1, -1)
    ]


def require_parameter(act: Activation, name: str) -> float:
    """Return the value of a real parameter, which must be one."""
    real = [
        each.name
        for each in dataclasses.fields(act)
        if each.init and isinstance(getattr(act, each.name), float)
    ]
    if name not in real:
        raise InvalidArgumentError(
            f"{act.name} has no real parameter {name!r}. It has "
            f"{', '.join(real) or 'none'}."
        )
    return float(getattr(act, name))


def _sum(values: list[Array]) -> Array:
    total = values[0]
    for each in values[1:]:
        total = total + each
    return total

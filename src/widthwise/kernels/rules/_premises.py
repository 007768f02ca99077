"""What is asked of an activation before its dual is found."""

import numpy as np

from widthwise.activations import Activation, Scaled, typical_noise
from widthwise.errors import KernelUnderflowError, OutsideDomainError
from widthwise.kernels.rules._function import GAUSSIAN_REACH, NumpyFunction
from widthwise.kernels.rules._marginal import Marginal
from widthwise.laws import Law, Sphere
from widthwise.wording import number

__all__ = ["LEAST", "UNSEEN", "noise_of", "require_domain", "require_no_underflow"]

LEAST = 1e-290
"""A mean square below this has parts that floats cannot hold."""

UNSEEN = 4e-13
"""Part of κ(1) that kinks may carry which a fit to 1e-13 of a function runs over."""

_SAMPLED, _ROUNDINGS = 512, 32 * 2.0**-53


def require_domain(activation: Activation, law: Law) -> None:
    """Refuse an activation that is not defined where the law's arguments go."""
    low, high = activation.domain
    if law.support_radius > min(-low, high):
        raise OutsideDomainError(
            f"{activation.name} is defined on [{low:g}, {high:g}] and the weights of "
            f"the {law.name} law reach beyond. Use the sphere law, with points of norm "
            "1."
        )


def require_no_underflow(
    activation: Activation, function: NumpyFunction, one: Marginal, law: Law
) -> None:
    """Refuse a dual that floats cannot hold, though σ is not zero."""
    if one.at_one >= LEAST:
        return
    reach = min(law.support_radius, GAUSSIAN_REACH)
    if one.at_one > 0.0 or function(np.linspace(-reach, reach, 999)).any():
        name, where = activation.name, ""
        advice = (
            "Leave this activation out, or use one that is not as small in this "
            "dimension."
        )
        if isinstance(activation, Scaled):
            name, factor = activation.base.name, activation.factor
            where = f" at rows of norm {number(factor)}"
            advice = f"Scale the rows {'up' if factor < 1.0 else 'down'}."
        raise KernelUnderflowError(
            f"The kernel of {name} underflows under {law!r}{where}: its mean square is "
            f"below {LEAST:.0e}, and floats keep no digits there. {advice}"
        )


def noise_of(activation: Activation, law: Law, order: int) -> float:
    """Return the error of σ's own values where it is more than some roundings."""
    dimension = law.dimension if isinstance(law, Sphere) else 2
    z = law.weights(0, dimension, 0, _SAMPLED)[:, 0].contiguous()
    function = activation.derivative if order else activation
    found = typical_noise(function, z, activation.domain, sizes=0.0)
    size = float(function(z).square().mean().sqrt())
    return found if found > _ROUNDINGS * size else 0.0

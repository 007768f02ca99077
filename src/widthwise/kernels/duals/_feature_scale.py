"""The factor that gives features mean square one."""

from widthwise.activations import Activation
from widthwise.errors import InvalidArgumentError
from widthwise.kernels.duals._dual import dual
from widthwise.laws import Gaussian

__all__ = ["feature_scale"]


def feature_scale(activation: Activation | str) -> float:
    r"""Return $c_\sigma = E[\sigma(g)^2]^{-1/2}$, which gives features mean square one.

    Multiplied by $c_\sigma^2$, the inner tangent kernel is the G-matrix of Panigrahi,
    Shetty and Goyal (2020) with their normalised network.

    Raises
    ------
    InvalidArgumentError
        If $E[\sigma(g)^2]$ is zero or not finite.

    Examples
    --------
    >>> import widthwise as ww
    >>> round(ww.kernels.feature_scale("relu"), 6)
    1.414214
    """
    found = dual(activation, Gaussian())
    square = found.value_at_one
    if not square > 0:
        raise InvalidArgumentError(
            f"{found.activation.name} is zero almost everywhere, and has no scale."
        )
    return float(square**-0.5)

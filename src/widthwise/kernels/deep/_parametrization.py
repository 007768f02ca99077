"""What each parametrization trains at infinite width, and at which rate."""

from dataclasses import replace

from widthwise.errors import InvalidArgumentError, unknown_name
from widthwise.kernels.deep._any_network import Network
from widthwise.kernels.deep._hidden_layer import HiddenLayer
from widthwise.kernels.two_layer import number

__all__ = ["in_parametrization"]

_NAMES = ("ntk", "standard", "mean_field", "mup")


def in_parametrization(network: Network, name: str, dimension: int) -> Network:
    r"""Return the network whose tangent kernel is that of another parametrization.

    The part of a weight in the tangent kernel is the square of what multiplies it. With
    $\Theta_W = s_w^2\,\Theta_V$ the part of one map in "ntk", V = s_w W its weights
    themselves, the limits are

    - standard: of $\Theta / m$: the $\Theta_V$ of all maps but the first. Rates go like
      1/m, at which the first map and all biases, whose parts stay finite, do not move.
    - mean_field (one hidden layer, rates times m): as "ntk".
    - mup: the $\Theta_V$ of all maps, the first one times d, and the biases' own.

    Raises
    ------
    UnknownNameError
        If there is no such parametrization.
    InvalidArgumentError
        For mean_field with more than one hidden layer.

    Source
    ------
    Sohl-Dickstein et al. (2020), arXiv:2001.07301 (standard); Mei, Montanari and Nguyen
    (2018), arXiv:1804.06561; Yang and Hu (2021), arXiv:2011.14522, Table 1.
    """
    if name not in _NAMES:
        raise unknown_name("parametrization", str(name), _NAMES)
    if name == "mean_field" and len(network.layers) > 1:
        raise InvalidArgumentError(
            "The mean-field parametrization has one hidden layer, not "
            f"{len(network.layers)}: an average over units makes deeper layers "
            "constant as the width grows. Use 'mup'."
        )
    if name in ("ntk", "mean_field"):
        return network
    first, *others = (*network.layers, network.readout)
    if name == "standard":
        maps = [replace(first, trained=False)]
        maps += [_at_own_rate(each, 1.0, biases=False) for each in others]
    else:
        maps = [_at_own_rate(first, float(dimension), biases=True)]
        maps += [_at_own_rate(each, 1.0, biases=True) for each in others]
    return Network(tuple(maps[:-1]), maps[-1])


def _at_own_rate(layer: HiddenLayer, factor: float, *, biases: bool) -> HiddenLayer:
    """Return the layer whose weights and biases themselves are trained."""
    rate = factor * layer.weight_rate / layer.weight_std**2
    has_biases = biases and number(layer.bias_std, "bias_std") > 0
    of_bias = layer.bias_rate / layer.bias_std**2 if has_biases else 0.0
    return replace(layer, weight_rate=rate, bias_rate=of_bias)

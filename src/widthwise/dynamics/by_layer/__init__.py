"""Gradient descent on either layer of a two-layer network, each with its own step."""

from widthwise.dynamics.by_layer._descent import descend, layer_steps
from widthwise.dynamics.by_layer._network import TwoLayerOnData, two_layer_on_data
from widthwise.dynamics.by_layer._outer import outer_losses
from widthwise.dynamics.by_layer._path import FollowedRun, follow
from widthwise.dynamics.by_layer._streamed import streamed_residuals

__all__ = [
    "FollowedRun",
    "TwoLayerOnData",
    "descend",
    "follow",
    "layer_steps",
    "outer_losses",
    "streamed_residuals",
    "two_layer_on_data",
]

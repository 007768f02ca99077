"""Networks of finite width, before they see data."""

from widthwise.networks._fully_connected import FullyConnected
from widthwise.networks._layer import Layer
from widthwise.networks._scalings import PARAMETRIZATIONS, Scaling, scaling
from widthwise.networks._two_layer import TwoLayer

__all__ = [
    "PARAMETRIZATIONS",
    "FullyConnected",
    "Layer",
    "Scaling",
    "TwoLayer",
    "scaling",
]

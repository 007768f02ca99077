"""Kernels of deep networks of infinite width."""

from widthwise.kernels.deep._depth_map import DepthMap, depth_map
from widthwise.kernels.deep._dual import DeepDual, deep_dual
from widthwise.kernels.deep._hidden_layer import HiddenLayer
from widthwise.kernels.deep._kernels import deep_diagonals, deep_kernels

__all__ = [
    "DeepDual",
    "DepthMap",
    "HiddenLayer",
    "deep_diagonals",
    "deep_dual",
    "deep_kernels",
    "depth_map",
]

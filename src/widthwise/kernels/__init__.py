"""Kernels of networks of infinite width."""

from widthwise.kernels._conjugate import conjugate_kernel
from widthwise.kernels._correlations import correlations, unit_points
from widthwise.kernels._dual import Dual, dual, dual_of_derivative
from widthwise.kernels._funk_hecke import funk_hecke
from widthwise.kernels._positive_definiteness import (
    PositiveDefiniteness,
    positive_definiteness,
)
from widthwise.kernels._tangent import tangent_kernel, two_layer_kernels

__all__ = [
    "Dual",
    "PositiveDefiniteness",
    "conjugate_kernel",
    "correlations",
    "dual",
    "dual_of_derivative",
    "funk_hecke",
    "positive_definiteness",
    "tangent_kernel",
    "two_layer_kernels",
    "unit_points",
]

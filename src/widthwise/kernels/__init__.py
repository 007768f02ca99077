"""Kernels of networks of infinite width."""

from widthwise.kernels._conjugate import conjugate_kernel
from widthwise.kernels._correlations import correlations, unit_points
from widthwise.kernels._deep_dual import DeepDual, deep_dual
from widthwise.kernels._deep_kernels import deep_kernels
from widthwise.kernels._dual import Dual, dual, dual_of_derivative
from widthwise.kernels._enclosed_dual import enclosed_dual
from widthwise.kernels._enclosed_entries import enclosed_deep_kernels, enclosed_kernel
from widthwise.kernels._funk_hecke import funk_hecke
from widthwise.kernels._hermite_coefficients import (
    feature_scale,
    hermite_coefficients,
)
from widthwise.kernels._positive_definiteness import (
    PositiveDefiniteness,
    positive_definiteness,
)
from widthwise.kernels._tangent import tangent_kernel, two_layer_kernels

__all__ = [
    "DeepDual",
    "Dual",
    "PositiveDefiniteness",
    "conjugate_kernel",
    "correlations",
    "deep_dual",
    "deep_kernels",
    "dual",
    "dual_of_derivative",
    "enclosed_deep_kernels",
    "enclosed_dual",
    "enclosed_kernel",
    "feature_scale",
    "funk_hecke",
    "hermite_coefficients",
    "positive_definiteness",
    "tangent_kernel",
    "two_layer_kernels",
    "unit_points",
]

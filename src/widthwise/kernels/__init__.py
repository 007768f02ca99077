"""Kernels of networks of infinite width."""

from widthwise.kernels.deep import DeepDual, deep_dual, deep_kernels
from widthwise.kernels.enclosed import (
    enclosed_deep_kernels,
    enclosed_dual,
    enclosed_kernel,
)
from widthwise.kernels.two_layer import (
    Dual,
    Mercer,
    PositiveDefiniteness,
    TangentDual,
    conjugate_kernel,
    correlations,
    dual,
    dual_of_derivative,
    feature_scale,
    funk_hecke,
    hermite_coefficients,
    mercer,
    positive_definiteness,
    tangent_dual,
    tangent_kernel,
    two_layer_kernels,
)

__all__ = [
    "DeepDual",
    "Dual",
    "Mercer",
    "PositiveDefiniteness",
    "TangentDual",
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
    "mercer",
    "positive_definiteness",
    "tangent_dual",
    "tangent_kernel",
    "two_layer_kernels",
]

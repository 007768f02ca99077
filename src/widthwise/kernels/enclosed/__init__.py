"""Kernel values with proved enclosures."""

from widthwise.kernels.enclosed._coefficients import (
    EnclosedCoefficients,
    enclosed_coefficients,
)
from widthwise.kernels.enclosed._dual import enclosed_dual
from widthwise.kernels.enclosed._entries import enclosed_deep_kernels, enclosed_kernel

__all__ = [
    "EnclosedCoefficients",
    "enclosed_coefficients",
    "enclosed_deep_kernels",
    "enclosed_dual",
    "enclosed_kernel",
]

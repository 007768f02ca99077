"""Kernels of deep networks of infinite width."""

from widthwise.kernels.deep._dual import DeepDual, deep_dual
from widthwise.kernels.deep._kernels import deep_kernels

__all__ = ["DeepDual", "deep_dual", "deep_kernels"]

"""Activations as steps of any PyTorch model."""

from widthwise.nn._differentiable import differentiable
from widthwise.nn._module import ActivationModule, activation

__all__ = ["ActivationModule", "activation", "differentiable"]

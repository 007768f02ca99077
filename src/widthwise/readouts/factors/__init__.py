"""One factorization of a last layer, its rows weighted and centred."""

from widthwise.readouts.factors._design import (
    Design,
    FeatureDesign,
    KernelDesign,
    feature_design,
    kernel_design,
)
from widthwise.readouts.factors._kernel import kernel_eigenvectors, symmetric_kernel
from widthwise.readouts.factors._modes import Modes, modes
from widthwise.readouts.factors._system import System, system_of

__all__ = [
    "Design",
    "FeatureDesign",
    "KernelDesign",
    "Modes",
    "System",
    "feature_design",
    "kernel_design",
    "kernel_eigenvectors",
    "modes",
    "symmetric_kernel",
    "system_of",
]

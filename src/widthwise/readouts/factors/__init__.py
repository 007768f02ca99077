"""One factorization of a last layer, its rows weighted and centred."""

from widthwise.readouts.factors._design import (
    Design,
    FeatureDesign,
    KernelDesign,
    feature_design,
    kernel_design,
)
from widthwise.readouts.factors._kernel import kernel_eigenvectors, symmetric_kernel
from widthwise.readouts.factors._modes import Modes, modes, reach
from widthwise.readouts.factors._range import in_range
from widthwise.readouts.factors._reading import Gram, Reading, smaller_gram
from widthwise.readouts.factors._scale import features_scale
from widthwise.readouts.factors._system import (
    Rows,
    System,
    rows_of,
    system_of,
)
from widthwise.readouts.factors._two_rows import require_two

__all__ = [
    "Design",
    "FeatureDesign",
    "Gram",
    "KernelDesign",
    "Modes",
    "Reading",
    "Rows",
    "System",
    "feature_design",
    "features_scale",
    "in_range",
    "kernel_design",
    "kernel_eigenvectors",
    "modes",
    "reach",
    "require_two",
    "rows_of",
    "smaller_gram",
    "symmetric_kernel",
    "system_of",
]

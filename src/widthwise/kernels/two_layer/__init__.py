"""Kernels of two-layer networks of infinite width."""

from widthwise.kernels.two_layer._conjugate import conjugate_diagonal, conjugate_kernel
from widthwise.kernels.two_layer._correlations import correlations, unit_points
from widthwise.kernels.two_layer._differentiable import (
    as_tensor,
    carries_gradient,
    expectations,
    mean_squares,
    number,
    plain,
    require_gradients,
    with_gradient,
)
from widthwise.kernels.two_layer._labelled import wanted
from widthwise.kernels.two_layer._off_sphere import powers
from widthwise.kernels.two_layer._outputs import Output, Outputs, read_outputs
from widthwise.kernels.two_layer._parametrized import (
    ActivationLike,
    Parametrized,
    activation_of,
    tuned,
)
from widthwise.kernels.two_layer._rows import Rows, read_rows
from widthwise.kernels.two_layer._tangent import (
    tangent_diagonal,
    tangent_kernel,
    two_layer_kernels,
)
from widthwise.kernels.two_layer._tiles import half_chord_squared
from widthwise.kernels.two_layer._triangle import (
    COMPILE_FROM,
    NEARLY_PARALLEL,
    TILE,
    Entries,
    Room,
    half_chords_squared,
)

__all__ = [
    "COMPILE_FROM",
    "NEARLY_PARALLEL",
    "TILE",
    "ActivationLike",
    "Entries",
    "Output",
    "Outputs",
    "Parametrized",
    "Room",
    "Rows",
    "activation_of",
    "as_tensor",
    "carries_gradient",
    "conjugate_diagonal",
    "conjugate_kernel",
    "correlations",
    "expectations",
    "half_chord_squared",
    "half_chords_squared",
    "mean_squares",
    "number",
    "plain",
    "powers",
    "read_outputs",
    "read_rows",
    "require_gradients",
    "tangent_diagonal",
    "tangent_kernel",
    "tuned",
    "two_layer_kernels",
    "unit_points",
    "wanted",
    "with_gradient",
]

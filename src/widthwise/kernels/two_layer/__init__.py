"""Kernels of two-layer networks of infinite width."""

from widthwise.kernels.two_layer._conjugate import conjugate_diagonal, conjugate_kernel
from widthwise.kernels.two_layer._correlations import correlations, unit_points
from widthwise.kernels.two_layer._cross_dual import CrossDual, cross_dual
from widthwise.kernels.two_layer._departure import (
    FITTING,
    Departure,
    divided,
    integrated,
)
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
from widthwise.kernels.two_layer._dual import (
    Dual,
    dual,
    dual_of_derivative,
    half_angles,
)
from widthwise.kernels.two_layer._ends import ends
from widthwise.kernels.two_layer._funk_hecke import funk_hecke
from widthwise.kernels.two_layer._hermite_coefficients import (
    feature_scale,
    hermite_coefficients,
)
from widthwise.kernels.two_layer._kinked import KinkedDual, Residuals
from widthwise.kernels.two_layer._labelled import wanted
from widthwise.kernels.two_layer._line_rule import line_rule, means
from widthwise.kernels.two_layer._mercer import Mercer, mercer
from widthwise.kernels.two_layer._named import named
from widthwise.kernels.two_layer._off_sphere import powers
from widthwise.kernels.two_layer._outputs import Output, Outputs, read_outputs
from widthwise.kernels.two_layer._parameter_derivative import (
    ParameterDerivative,
    parameter_derivative,
)
from widthwise.kernels.two_layer._parametrized import (
    ActivationLike,
    Parametrized,
    activation_of,
    tuned,
)
from widthwise.kernels.two_layer._positive_definiteness import (
    PositiveDefiniteness,
    positive_definiteness,
)
from widthwise.kernels.two_layer._radial import RadialDual, radial_dual
from widthwise.kernels.two_layer._representation import QUARTER
from widthwise.kernels.two_layer._rows import Rows, read_rows
from widthwise.kernels.two_layer._smooth import Smooth, smooth
from widthwise.kernels.two_layer._spline_dual import SplineDual
from widthwise.kernels.two_layer._table import Table, table
from widthwise.kernels.two_layer._tangent import (
    tangent_diagonal,
    tangent_kernel,
    two_layer_kernels,
)
from widthwise.kernels.two_layer._tangent_dual import TangentDual, tangent_dual
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
    "FITTING",
    "NEARLY_PARALLEL",
    "QUARTER",
    "TILE",
    "ActivationLike",
    "CrossDual",
    "Departure",
    "Dual",
    "Entries",
    "KinkedDual",
    "Mercer",
    "Output",
    "Outputs",
    "ParameterDerivative",
    "Parametrized",
    "PositiveDefiniteness",
    "RadialDual",
    "Residuals",
    "Room",
    "Rows",
    "Smooth",
    "SplineDual",
    "Table",
    "TangentDual",
    "activation_of",
    "as_tensor",
    "carries_gradient",
    "conjugate_diagonal",
    "conjugate_kernel",
    "correlations",
    "cross_dual",
    "divided",
    "dual",
    "dual_of_derivative",
    "ends",
    "expectations",
    "feature_scale",
    "funk_hecke",
    "half_angles",
    "half_chords_squared",
    "hermite_coefficients",
    "integrated",
    "line_rule",
    "mean_squares",
    "means",
    "mercer",
    "named",
    "number",
    "parameter_derivative",
    "plain",
    "positive_definiteness",
    "powers",
    "radial_dual",
    "read_outputs",
    "read_rows",
    "require_gradients",
    "smooth",
    "table",
    "tangent_diagonal",
    "tangent_dual",
    "tangent_kernel",
    "tuned",
    "two_layer_kernels",
    "unit_points",
    "wanted",
    "with_gradient",
]

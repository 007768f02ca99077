"""Duals: kernels as functions of the angle, and of two norms."""

from widthwise.kernels.duals._cross_dual import CrossDual, cross_dual
from widthwise.kernels.duals._departure import Departure, divided, integrated
from widthwise.kernels.duals._dual import (
    Dual,
    Numbers,
    clipped,
    dual,
    dual_of_derivative,
    half_angles,
)
from widthwise.kernels.duals._feature_scale import feature_scale
from widthwise.kernels.duals._mercer import Mercer, mercer
from widthwise.kernels.duals._parameter_derivative import (
    ParameterDerivative,
    parameter_derivative,
    require_parameter,
    stencil,
)
from widthwise.kernels.duals._positive_definiteness import (
    PositiveDefiniteness,
    positive_definiteness,
)
from widthwise.kernels.duals._radial import RadialDual, radial_dual
from widthwise.kernels.duals._representation import QUARTER
from widthwise.kernels.duals._smooth import Smooth, smooth
from widthwise.kernels.duals._table import Table, table
from widthwise.kernels.duals._tangent_dual import TangentDual, tangent_dual

__all__ = [
    "QUARTER",
    "CrossDual",
    "Departure",
    "Dual",
    "Mercer",
    "Numbers",
    "ParameterDerivative",
    "PositiveDefiniteness",
    "RadialDual",
    "Smooth",
    "Table",
    "TangentDual",
    "clipped",
    "cross_dual",
    "divided",
    "dual",
    "dual_of_derivative",
    "feature_scale",
    "half_angles",
    "integrated",
    "mercer",
    "parameter_derivative",
    "positive_definiteness",
    "radial_dual",
    "require_parameter",
    "smooth",
    "stencil",
    "table",
    "tangent_dual",
]

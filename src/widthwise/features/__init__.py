"""Finite width: random features, Jacobians, Gram matrices streamed over the width."""

from widthwise.features._check import as_widths
from widthwise.features._jacobian import jacobian
from widthwise.features._linearized import (
    TaylorExpanded,
    linearized,
    taylor_expanded,
)
from widthwise.features._module_checks import (
    module_inputs,
    require_evaluation,
    require_module,
    require_rows_alone,
    trainable_parameters,
)
from widthwise.features._module_features import module_features, module_last_layer
from widthwise.features._module_jacobian import module_jacobian
from widthwise.features._module_kernel import (
    module_tangent_kernel,
    module_tangent_kernels_by_layer,
)
from widthwise.features._module_operator import (
    TangentOperator,
    module_tangent_operator,
)
from widthwise.features._module_prepared import prepared, undisturbed
from widthwise.features._points import PointsLike, as_matrix
from widthwise.features._random_features import RandomFeatures
from widthwise.features._tangent_kernel import tangent_kernel

__all__ = [
    "PointsLike",
    "RandomFeatures",
    "TangentOperator",
    "TaylorExpanded",
    "as_matrix",
    "as_widths",
    "jacobian",
    "linearized",
    "module_features",
    "module_inputs",
    "module_jacobian",
    "module_last_layer",
    "module_tangent_kernel",
    "module_tangent_kernels_by_layer",
    "module_tangent_operator",
    "prepared",
    "require_evaluation",
    "require_module",
    "require_rows_alone",
    "tangent_kernel",
    "taylor_expanded",
    "trainable_parameters",
    "undisturbed",
]

"""Finite width: random features, Jacobians, Gram matrices streamed over the width."""

from widthwise.features.modules import (
    Curvature,
    SampledKernels,
    TangentOperator,
    TaylorExpanded,
    image_features,
    linearized,
    module_curvature,
    module_features,
    module_jacobian,
    module_last_layer,
    module_tangent_kernel,
    module_tangent_kernels_by_layer,
    module_tangent_operator,
    sampled_kernels,
    taylor_expanded,
)
from widthwise.features.two_layer import RandomFeatures, jacobian, tangent_kernel

__all__ = [
    "Curvature",
    "RandomFeatures",
    "SampledKernels",
    "TangentOperator",
    "TaylorExpanded",
    "image_features",
    "jacobian",
    "linearized",
    "module_curvature",
    "module_features",
    "module_jacobian",
    "module_last_layer",
    "module_tangent_kernel",
    "module_tangent_kernels_by_layer",
    "module_tangent_operator",
    "sampled_kernels",
    "tangent_kernel",
    "taylor_expanded",
]

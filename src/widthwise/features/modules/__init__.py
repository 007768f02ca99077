"""Features and tangent kernels of any torch module."""

from widthwise.features.modules._affine import AFFINE_TRIALS, affine_in
from widthwise.features.modules._checks import (
    module_inputs,
    require_evaluation,
    require_module,
    require_rows_alone,
    trainable_parameters,
)
from widthwise.features.modules._curvature import (
    Curvature,
    hessian_products,
    module_curvature,
)
from widthwise.features.modules._features import (
    last_parameters,
    module_features,
    module_last_layer,
)
from widthwise.features.modules._image_features import image_features
from widthwise.features.modules._jacobian import module_jacobian
from widthwise.features.modules._kernel import (
    module_tangent_kernel,
    module_tangent_kernels_by_layer,
)
from widthwise.features.modules._linearized import (
    TaylorExpanded,
    linearized,
    taylor_expanded,
)
from widthwise.features.modules._noise import module_noise
from widthwise.features.modules._operator import (
    TangentOperator,
    module_tangent_operator,
)
from widthwise.features.modules._prepared import (
    float64_copy,
    prepared,
    undisturbed,
)
from widthwise.features.modules._products import forward_differentiable
from widthwise.features.modules._sampled import SampledKernels, sampled_kernels

__all__ = [
    "AFFINE_TRIALS",
    "Curvature",
    "SampledKernels",
    "TangentOperator",
    "TaylorExpanded",
    "affine_in",
    "float64_copy",
    "forward_differentiable",
    "hessian_products",
    "image_features",
    "last_parameters",
    "linearized",
    "module_curvature",
    "module_features",
    "module_inputs",
    "module_jacobian",
    "module_last_layer",
    "module_noise",
    "module_tangent_kernel",
    "module_tangent_kernels_by_layer",
    "module_tangent_operator",
    "prepared",
    "require_evaluation",
    "require_module",
    "require_rows_alone",
    "sampled_kernels",
    "taylor_expanded",
    "trainable_parameters",
    "undisturbed",
]

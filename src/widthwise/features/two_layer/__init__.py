"""Features and Jacobians of two-layer networks."""

from widthwise.features.two_layer._check import as_widths
from widthwise.features.two_layer._jacobian import (
    as_vector,
    jacobian,
    jacobian_noise,
)
from widthwise.features.two_layer._layer import require_layer
from widthwise.features.two_layer._points import (
    PointsLike,
    as_matrix,
    unread_matrix,
)
from widthwise.features.two_layer._random_features import RandomFeatures
from widthwise.features.two_layer._tangent_kernel import tangent_kernel

__all__ = [
    "PointsLike",
    "RandomFeatures",
    "as_matrix",
    "as_vector",
    "as_widths",
    "jacobian",
    "jacobian_noise",
    "require_layer",
    "tangent_kernel",
    "unread_matrix",
]

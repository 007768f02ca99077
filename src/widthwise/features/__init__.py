"""Finite width: random features, Jacobians, Gram matrices streamed over the width."""

from widthwise.features._check import as_widths
from widthwise.features._jacobian import jacobian
from widthwise.features._points import PointsLike, as_matrix
from widthwise.features._random_features import RandomFeatures

__all__ = ["PointsLike", "RandomFeatures", "as_matrix", "as_widths", "jacobian"]

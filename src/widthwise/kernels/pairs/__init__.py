"""Expectations of piecewise functions of two coordinates, of any norms."""

from widthwise.kernels.pairs._kinked import KinkedDual, Residuals, kinked_rule
from widthwise.kernels.pairs._norm_series import NormSeries, norm_series
from widthwise.kernels.pairs._spline_dual import SplineDual, spline_rule

__all__ = [
    "KinkedDual",
    "NormSeries",
    "Residuals",
    "SplineDual",
    "kinked_rule",
    "norm_series",
    "spline_rule",
]

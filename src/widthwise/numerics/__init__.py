"""Numerical methods that know nothing of networks."""

from widthwise.numerics.chebyshev import (
    PiecewisePolynomial,
    fit,
    interpolate,
    smooth_edges,
)
from widthwise.numerics.halving import halved
from widthwise.numerics.memory import available_bytes, has_room, require
from widthwise.numerics.quadrature import gauss_legendre
from widthwise.numerics.single_polynomial import single_polynomial

__all__ = [
    "PiecewisePolynomial",
    "available_bytes",
    "fit",
    "gauss_legendre",
    "halved",
    "has_room",
    "interpolate",
    "require",
    "single_polynomial",
    "smooth_edges",
]

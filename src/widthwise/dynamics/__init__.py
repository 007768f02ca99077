"""Gradient descent on the last layer, exactly, at any number of steps."""

from widthwise.dynamics._guarantee import steps_guaranteed
from widthwise.dynamics._landweber import Landweber
from widthwise.dynamics._plateaus import Plateau
from widthwise.dynamics._solvers import (
    landweber,
    landweber_from_projections,
    landweber_from_svd,
)

__all__ = [
    "Landweber",
    "Plateau",
    "landweber",
    "landweber_from_projections",
    "landweber_from_svd",
    "steps_guaranteed",
]

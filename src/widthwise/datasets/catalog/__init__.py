"""The named data sets, from files, from scikit-learn and made up."""

from widthwise.datasets.catalog._catalog import Entry
from widthwise.datasets.catalog._synthetic import (
    Planted,
    bad_points,
    plant,
    synthetic_1,
    synthetic_2,
    uniform_sphere,
)

__all__ = [
    "Entry",
    "Planted",
    "bad_points",
    "plant",
    "synthetic_1",
    "synthetic_2",
    "uniform_sphere",
]

"""A data set: points, targets, and what was done to them."""

from widthwise.datasets.points._definition import Dataset
from widthwise.datasets.points._doubt import widest_doubt
from widthwise.datasets.points._duplicates import Duplicates
from widthwise.datasets.points._preparation_step import PreparationStep
from widthwise.datasets.points._separation import Separation, separation, span_dimension
from widthwise.datasets.points._sphere import project_to_sphere, unit_rows
from widthwise.datasets.points._wording import listed, nearest

__all__ = [
    "Dataset",
    "Duplicates",
    "PreparationStep",
    "Separation",
    "listed",
    "nearest",
    "project_to_sphere",
    "separation",
    "span_dimension",
    "unit_rows",
    "widest_doubt",
]

"""A data set: points, targets, and what was done to them."""

from widthwise.datasets.core._definition import Dataset
from widthwise.datasets.core._duplicates import Duplicates
from widthwise.datasets.core._separation import Separation, separation, span_dimension
from widthwise.datasets.core._sphere import project_to_sphere, unit_rows
from widthwise.datasets.core._step import Step
from widthwise.datasets.core._wording import column_count, listed, nearest

__all__ = [
    "Dataset",
    "Duplicates",
    "Separation",
    "Step",
    "column_count",
    "listed",
    "nearest",
    "project_to_sphere",
    "separation",
    "span_dimension",
    "unit_rows",
]

"""Tables and arrays of any kind, read into data sets."""

from widthwise.datasets.tables._array_files import read_npz
from widthwise.datasets.tables._files import DataFile, Found, find
from widthwise.datasets.tables._read import read
from widthwise.datasets.tables._recipe import (
    Applied,
    FeatureRecipe,
    Recipe,
    recipe_of,
)
from widthwise.datasets.tables._table import to_dataset
from widthwise.datasets.tables._text import from_text

__all__ = [
    "Applied",
    "DataFile",
    "FeatureRecipe",
    "Found",
    "Recipe",
    "find",
    "from_text",
    "read",
    "read_npz",
    "recipe_of",
    "to_dataset",
]

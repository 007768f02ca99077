"""Tables and arrays of any kind, read into data sets."""

from widthwise.datasets.tables._array_files import read_npz
from widthwise.datasets.tables._delimited import parse_delimited
from widthwise.datasets.tables._files import DataFile, Found, find
from widthwise.datasets.tables._read import read
from widthwise.datasets.tables._sources import from_frame, to_frame
from widthwise.datasets.tables._table import to_dataset

__all__ = [
    "DataFile",
    "Found",
    "find",
    "from_frame",
    "parse_delimited",
    "read",
    "read_npz",
    "to_dataset",
    "to_frame",
]

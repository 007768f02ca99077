"""Files of fitted estimators: arrays and JSON, one hash over all."""

from widthwise.estimators.files._file_format import read_file, write_file
from widthwise.estimators.files._saved import HELD, Saved, saved_content

__all__ = ["HELD", "Saved", "read_file", "saved_content", "write_file"]

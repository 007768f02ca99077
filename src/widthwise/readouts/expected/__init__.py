"""The error to expect of a readout on new rows, before any row is seen."""

from widthwise.readouts.expected._ridge import ExpectedError, expected_error
from widthwise.readouts.expected._stopping import expected_stopping

__all__ = ["ExpectedError", "expected_error", "expected_stopping"]

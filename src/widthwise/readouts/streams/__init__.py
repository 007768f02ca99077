"""Features that are never held whole: read by blocks of rows or of units."""

from widthwise.readouts.streams._accumulator import RowAccumulator
from widthwise.readouts.streams._gram_path import GramPath, gram_path
from widthwise.readouts.streams._plan import StreamPlan, stream_plan
from widthwise.readouts.streams._source import Source, feature_source, source_of
from widthwise.readouts.streams._streamed import ridge_stream

__all__ = [
    "GramPath",
    "RowAccumulator",
    "Source",
    "StreamPlan",
    "feature_source",
    "gram_path",
    "ridge_stream",
    "source_of",
    "stream_plan",
]

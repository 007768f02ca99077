"""Which units are active on which points."""

from widthwise.landscape.patterns._column import one_each
from widthwise.landscape.patterns._counts import count_regions, count_sign_patterns
from widthwise.landscape.patterns._draws import (
    DATA,
    INITIALIZATIONS,
    draw_points,
    draw_weights,
)
from widthwise.landscape.patterns._network import PiecewiseNetwork, random_network
from widthwise.landscape.patterns._pattern import (
    PatternLike,
    activation_pattern,
    as_pattern,
    lifted,
    undecided_entries,
)
from widthwise.landscape.patterns._pieces import RECTIFIER, Pieces, pieces
from widthwise.landscape.patterns._rays import ParallelRows, parallel_rows
from widthwise.landscape.patterns._sign_patterns import sign_patterns

__all__ = [
    "DATA",
    "INITIALIZATIONS",
    "RECTIFIER",
    "ParallelRows",
    "PatternLike",
    "Pieces",
    "PiecewiseNetwork",
    "activation_pattern",
    "as_pattern",
    "count_regions",
    "count_sign_patterns",
    "draw_points",
    "draw_weights",
    "lifted",
    "one_each",
    "parallel_rows",
    "pieces",
    "random_network",
    "sign_patterns",
    "undecided_entries",
]

"""Which units are active on which points."""

from widthwise.landscape.patterns._counts import count_regions, count_sign_patterns
from widthwise.landscape.patterns._draws import (
    DATA,
    INITIALIZATIONS,
    draw_points,
    draw_weights,
)
from widthwise.landscape.patterns._pattern import (
    PatternLike,
    activation_pattern,
    as_pattern,
    lifted,
    undecided_entries,
)
from widthwise.landscape.patterns._pieces import RECTIFIER, Pieces, pieces
from widthwise.landscape.patterns._sign_patterns import sign_patterns
from widthwise.landscape.patterns._whole_numbers import natural_number, positive_integer

__all__ = [
    "DATA",
    "INITIALIZATIONS",
    "RECTIFIER",
    "PatternLike",
    "Pieces",
    "activation_pattern",
    "as_pattern",
    "count_regions",
    "count_sign_patterns",
    "draw_points",
    "draw_weights",
    "lifted",
    "natural_number",
    "pieces",
    "positive_integer",
    "sign_patterns",
    "undecided_entries",
]

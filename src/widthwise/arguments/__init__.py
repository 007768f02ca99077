"""Checks of arguments: each returns the value in its own type, or says what is wrong.

A refusal has three parts: what was found, what is needed, and, where the caller knows
it, what to do next. `what` opens the sentence ("The width", "trials"), `meaning` says
what the number stands for, `advice` is a sentence of its own.
"""

from widthwise.arguments._choices import choice
from widthwise.arguments._paths import path
from widthwise.arguments._real_numbers import (
    non_negative,
    positive,
    probability,
    real_number,
)
from widthwise.arguments._shapes import (
    require_finite,
    require_matrix,
    require_same_columns,
    require_vector,
)
from widthwise.arguments._whole_numbers import (
    is_whole_number,
    seed,
    whole_number,
    whole_numbers,
)

__all__ = [
    "choice",
    "is_whole_number",
    "non_negative",
    "path",
    "positive",
    "probability",
    "real_number",
    "require_finite",
    "require_matrix",
    "require_same_columns",
    "require_vector",
    "seed",
    "whole_number",
    "whole_numbers",
]

"""What an interval answers in one case of a claim, and how far chance explains it."""

import math
from typing import TYPE_CHECKING

from widthwise.experiments.shared._record import Answer
from widthwise.prose import Prose

if TYPE_CHECKING:
    from widthwise.estimates import Estimate  # which loads SciPy

__all__ = ["at_least", "at_most", "in_order", "within"]


def within(
    found: "Estimate",
    said: Prose | str,
    low: float | int = -math.inf,
    high: float | int = math.inf,
) -> Answer:
    """Answer that the number lies in [low, high]."""
    from widthwise.estimates import chance_outside, chance_within, is_within

    against, support = chance_within(found, low, high), chance_outside(found, low, high)
    return is_within(found, low, high), said, against, support


def at_least(found: "Estimate", said: Prose | str, level: float | int) -> Answer:
    """Answer that it is `level` or more."""
    return within(found, said, low=level)


def at_most(found: "Estimate", said: Prose | str, level: float | int) -> Answer:
    """Answer that it is `level` or less."""
    return within(found, said, high=level)


def in_order(less: "Estimate", more: "Estimate", said: Prose | str) -> Answer:
    """Answer that the first number is less than the second."""
    from widthwise.estimates import chance_of_order, is_less

    chances = chance_of_order(less, more), chance_of_order(more, less)
    return is_less(less, more), said, *chances

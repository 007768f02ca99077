"""Widths found by drawing networks."""

from widthwise.bounds.trials._minimum_width import MinimumWidth, minimum_width
from widthwise.bounds.trials._quantile_interval import (
    QuantileInterval,
    quantile_interval,
)
from widthwise.bounds.trials._support import Support, supports

__all__ = [
    "MinimumWidth",
    "QuantileInterval",
    "Support",
    "minimum_width",
    "quantile_interval",
    "supports",
]

"""Widths whose constants are not known: orders of magnitude, never certificates."""

from widthwise.bounds.orders._benson_gaussian import (
    benson_gaussian,
    benson_gaussian_full_rank,
)
from widthwise.bounds.orders._du_2019 import du_2019
from widthwise.bounds.orders._du_lee_2019 import du_lee_2019
from widthwise.bounds.orders._oymak_output_layer import oymak_output_layer
from widthwise.bounds.orders._oymak_relu import oymak_relu
from widthwise.bounds.orders._oymak_smooth import oymak_smooth

__all__ = [
    "benson_gaussian",
    "benson_gaussian_full_rank",
    "du_2019",
    "du_lee_2019",
    "oymak_output_layer",
    "oymak_relu",
    "oymak_smooth",
]

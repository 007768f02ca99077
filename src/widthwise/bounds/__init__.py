"""Widths that theorems ask for, one statement a file; widths found by experiment.

To add one: write `_<name>.py` in this folder and add its object below.
"""

from widthwise.bounds._benson_bernstein import benson_bernstein
from widthwise.bounds._benson_chernoff import benson_chernoff
from widthwise.bounds._benson_chernoff_simplified import benson_chernoff_simplified
from widthwise.bounds._benson_full_rank import benson_full_rank, benson_theorem_4_5
from widthwise.bounds._benson_gaussian import (
    benson_gaussian,
    benson_gaussian_full_rank,
)
from widthwise.bounds._definition import WidthBound
from widthwise.bounds._du_2019 import du_2019
from widthwise.bounds._du_lee_2019 import du_lee_2019
from widthwise.bounds._gaussian_truncation import gaussian_truncation
from widthwise.bounds._minimum_width import MinimumWidth, minimum_width
from widthwise.bounds._oymak_output_layer import oymak_output_layer
from widthwise.bounds._oymak_relu import oymak_relu
from widthwise.bounds._oymak_smooth import oymak_smooth
from widthwise.bounds._quantile_interval import QuantileInterval, quantile_interval
from widthwise.bounds._squared_feature_norm import (
    squared_feature_norm_bound,
    squared_feature_norm_estimate,
)
from widthwise.bounds._support import Support, supports
from widthwise.theorems import Width

CATALOG: dict[str, WidthBound] = {
    each.name: each
    for each in (
        benson_full_rank,
        benson_theorem_4_5,
        benson_chernoff,
        benson_chernoff_simplified,
        benson_bernstein,
        gaussian_truncation,
        benson_gaussian,
        benson_gaussian_full_rank,
        du_lee_2019,
        du_2019,
        oymak_output_layer,
        oymak_relu,
        oymak_smooth,
    )
}

__all__ = [
    "CATALOG",
    "MinimumWidth",
    "QuantileInterval",
    "Support",
    "Width",
    "WidthBound",
    "benson_bernstein",
    "benson_chernoff",
    "benson_chernoff_simplified",
    "benson_full_rank",
    "benson_gaussian",
    "benson_gaussian_full_rank",
    "benson_theorem_4_5",
    "du_2019",
    "du_lee_2019",
    "gaussian_truncation",
    "minimum_width",
    "oymak_output_layer",
    "oymak_relu",
    "oymak_smooth",
    "quantile_interval",
    "squared_feature_norm_bound",
    "squared_feature_norm_estimate",
    "supports",
]

"""Widths that theorems ask for, one statement a file; widths found by experiment.

To add one: write `_<name>.py` in this folder and add its object below.
"""

from widthwise.bounds.eigenvalues import (
    WidthBound,
    benson_bernstein,
    benson_chernoff,
    benson_chernoff_simplified,
    benson_full_rank,
    benson_theorem_4_5,
    gaussian_truncation,
    squared_feature_norm_bound,
    squared_feature_norm_estimate,
)
from widthwise.bounds.orders import (
    benson_gaussian,
    benson_gaussian_full_rank,
    du_2019,
    du_lee_2019,
    oymak_output_layer,
    oymak_relu,
    oymak_smooth,
)
from widthwise.bounds.trials import (
    MinimumWidth,
    QuantileInterval,
    Support,
    minimum_width,
    quantile_interval,
    supports,
)
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

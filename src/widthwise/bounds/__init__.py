"""Widths that theorems ask for, one statement a file; widths found by experiment.

To add one: write `_<name>.py` in its suite and add its object to `_catalog.py`.
"""

from widthwise.bounds._best import Best, best
from widthwise.bounds._catalog import CATALOG, RANK_CATALOG
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
from widthwise.bounds.rank import (
    RankTheorem,
    analytic_rank,
    angle_rank,
    exponential_rank,
    pair_rank,
    separation_rank,
    wendland_rank,
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

__all__ = [
    "CATALOG",
    "RANK_CATALOG",
    "Best",
    "MinimumWidth",
    "QuantileInterval",
    "RankTheorem",
    "Support",
    "Width",
    "WidthBound",
    "analytic_rank",
    "angle_rank",
    "benson_bernstein",
    "benson_chernoff",
    "benson_chernoff_simplified",
    "benson_full_rank",
    "benson_gaussian",
    "benson_gaussian_full_rank",
    "benson_theorem_4_5",
    "best",
    "du_2019",
    "du_lee_2019",
    "exponential_rank",
    "gaussian_truncation",
    "minimum_width",
    "oymak_output_layer",
    "oymak_relu",
    "oymak_smooth",
    "pair_rank",
    "quantile_interval",
    "separation_rank",
    "squared_feature_norm_bound",
    "squared_feature_norm_estimate",
    "supports",
    "wendland_rank",
]

"""Widths that theorems ask for, one statement a file; widths found by experiment.

To add one: write `_<name>.py` in its suite and add its object to `_catalog.py`.
"""

from widthwise.bounds._best import Best, best
from widthwise.bounds._catalog import CATALOG, RANK_CATALOG
from widthwise.bounds.convergence import (
    Descent,
    StochasticDescent,
    descent_certificate,
    inner_layer,
    stochastic_certificate,
    two_layer_certificate,
)
from widthwise.bounds.eigenvalues import (
    WidthBound,
    benson_bernstein,
    benson_chernoff,
    benson_chernoff_simplified,
    benson_full_rank,
    benson_theorem_4_5,
    chernoff_smallest,
    gaussian_truncation,
    squared_feature_norm_bound,
    squared_feature_norm_estimate,
    truncated_smallest,
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
    volume_rank,
    wendland_rank,
)
from widthwise.bounds.smallest import (
    EigenvalueBound,
    SufficientDepth,
    smallest_eigenvalue_lower,
    smallest_eigenvalue_upper,
    sufficient_depth,
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
    "Descent",
    "EigenvalueBound",
    "MinimumWidth",
    "QuantileInterval",
    "RankTheorem",
    "StochasticDescent",
    "SufficientDepth",
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
    "chernoff_smallest",
    "descent_certificate",
    "du_2019",
    "du_lee_2019",
    "exponential_rank",
    "gaussian_truncation",
    "inner_layer",
    "minimum_width",
    "oymak_output_layer",
    "oymak_relu",
    "oymak_smooth",
    "pair_rank",
    "quantile_interval",
    "separation_rank",
    "smallest_eigenvalue_lower",
    "smallest_eigenvalue_upper",
    "squared_feature_norm_bound",
    "squared_feature_norm_estimate",
    "stochastic_certificate",
    "sufficient_depth",
    "supports",
    "truncated_smallest",
    "two_layer_certificate",
    "volume_rank",
    "wendland_rank",
]

"""Ranks of Jacobians, exact and generic."""

from widthwise.estimates import Threshold
from widthwise.estimates import threshold as fit_threshold
from widthwise.landscape.ranks._binary_matrices import binary_full_rank_probability
from widthwise.landscape.ranks._fraction_1d import (
    exact_full_rank_fraction_1d,
    full_rank_fraction_1d,
)
from widthwise.landscape.ranks._full_rank_at_points import full_rank_probability_at
from widthwise.landscape.ranks._full_rank_probability import (
    FullRankProbability,
    full_rank_probability,
)
from widthwise.landscape.ranks._full_rank_trials import full_rank_choices
from widthwise.landscape.ranks._generic_rank import (
    GenericRank,
    generic_rank,
    generic_rank_certificate,
)
from widthwise.landscape.ranks._heat_map import (
    FAMILY_A,
    FAMILY_B,
    HeatMap,
    growing_dimension,
    heat_map,
)
from widthwise.landscape.ranks._jacobian import as_outer_weights, pattern_jacobian
from widthwise.landscape.ranks._rank_evidence import (
    RankEvidence,
    jacobian_rank,
    rank_evidence,
)
from widthwise.landscape.ranks._row_dependencies import (
    RowDependencies,
    row_dependencies,
)
from widthwise.landscape.ranks._subset_map import SubsetMap, subset_map
from widthwise.landscape.ranks._trend import (
    ThresholdTrend,
    binomial_interval,
    fit_trend,
)
from widthwise.landscape.ranks._width_search import (
    FullRankCurve,
    find_widths,
    necessary_width,
)

__all__ = [
    "FAMILY_A",
    "FAMILY_B",
    "FullRankCurve",
    "FullRankProbability",
    "GenericRank",
    "HeatMap",
    "RankEvidence",
    "RowDependencies",
    "SubsetMap",
    "Threshold",
    "ThresholdTrend",
    "as_outer_weights",
    "binary_full_rank_probability",
    "binomial_interval",
    "exact_full_rank_fraction_1d",
    "find_widths",
    "fit_threshold",
    "fit_trend",
    "full_rank_choices",
    "full_rank_fraction_1d",
    "full_rank_probability",
    "full_rank_probability_at",
    "generic_rank",
    "generic_rank_certificate",
    "growing_dimension",
    "heat_map",
    "jacobian_rank",
    "necessary_width",
    "pattern_jacobian",
    "rank_evidence",
    "row_dependencies",
    "subset_map",
]

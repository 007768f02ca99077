"""The loss landscape: activation patterns, Jacobian ranks, regions and their minima."""

from widthwise.landscape._binary_matrices import binary_full_rank_probability
from widthwise.landscape._binomial_interval import binomial_interval
from widthwise.landscape._conservatism import (
    THEOREMS,
    Conservatism,
    compare_with_theorems,
)
from widthwise.landscape._counts import count_regions, count_sign_patterns
from widthwise.landscape._critical_descent import Descent, descend_and_classify
from widthwise.landscape._critical_point import CriticalPoint, classify_critical_point
from widthwise.landscape._draws import DATA, INITIALIZATIONS
from widthwise.landscape._fraction_1d import (
    exact_full_rank_fraction_1d,
    full_rank_fraction_1d,
)
from widthwise.landscape._full_rank_at_points import full_rank_probability_at
from widthwise.landscape._full_rank_probability import (
    FullRankProbability,
    full_rank_probability,
)
from widthwise.landscape._generic_rank import (
    GenericRank,
    generic_rank,
    generic_rank_certificate,
)
from widthwise.landscape._heat_map import FAMILY_A, FAMILY_B, HeatMap, heat_map
from widthwise.landscape._jacobian import pattern_jacobian
from widthwise.landscape._minima_fraction import (
    GlobalMinimumProbability,
    global_minimum_probability,
)
from widthwise.landscape._minima_targets import TARGETS
from widthwise.landscape._path_between_minima import MinimaPath, path_between_minima
from widthwise.landscape._pattern import activation_pattern, undecided_entries
from widthwise.landscape._pieces import Pieces, pieces
from widthwise.landscape._rank_evidence import (
    RankEvidence,
    jacobian_rank,
    rank_evidence,
)
from widthwise.landscape._region_certificate import InteriorPoint, Separation
from widthwise.landscape._region_fraction import (
    RegionFraction,
    count_full_rank_patterns,
    full_rank_fraction,
    sampled_full_rank_fraction,
)
from widthwise.landscape._region_least_loss import (
    RegionLeastLoss,
    region_least_loss,
)
from widthwise.landscape._region_minimum import RegionMinimum, region_minimum
from widthwise.landscape._sign_patterns import sign_patterns
from widthwise.landscape._theorem import Deficiency, LandscapeTheorem, TheoremWidth
from widthwise.landscape._threshold import (
    Threshold,
    ThresholdTrend,
    fit_threshold,
    fit_trend,
)

__all__ = [
    "DATA",
    "FAMILY_A",
    "FAMILY_B",
    "INITIALIZATIONS",
    "TARGETS",
    "THEOREMS",
    "Conservatism",
    "CriticalPoint",
    "Deficiency",
    "Descent",
    "FullRankProbability",
    "GenericRank",
    "GlobalMinimumProbability",
    "HeatMap",
    "InteriorPoint",
    "LandscapeTheorem",
    "MinimaPath",
    "Pieces",
    "RankEvidence",
    "RegionFraction",
    "RegionLeastLoss",
    "RegionMinimum",
    "Separation",
    "TheoremWidth",
    "Threshold",
    "ThresholdTrend",
    "activation_pattern",
    "binary_full_rank_probability",
    "binomial_interval",
    "classify_critical_point",
    "compare_with_theorems",
    "count_full_rank_patterns",
    "count_regions",
    "count_sign_patterns",
    "descend_and_classify",
    "exact_full_rank_fraction_1d",
    "fit_threshold",
    "fit_trend",
    "full_rank_fraction",
    "full_rank_fraction_1d",
    "full_rank_probability",
    "full_rank_probability_at",
    "generic_rank",
    "generic_rank_certificate",
    "global_minimum_probability",
    "heat_map",
    "jacobian_rank",
    "path_between_minima",
    "pattern_jacobian",
    "pieces",
    "rank_evidence",
    "region_least_loss",
    "region_minimum",
    "sampled_full_rank_fraction",
    "sign_patterns",
    "undecided_entries",
]

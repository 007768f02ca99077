"""Regions of the parameter space, their minima and the paths between them."""

from widthwise.landscape.regions._certificate import InteriorPoint, Separation
from widthwise.landscape.regions._closed_misfit import closed_misfit
from widthwise.landscape.regions._critical_descent import Descent, descend_and_classify
from widthwise.landscape.regions._critical_point import (
    CriticalPoint,
    classify_critical_point,
)
from widthwise.landscape.regions._fraction import (
    RegionFraction,
    count_full_rank_patterns,
    full_rank_fraction,
    sampled_full_rank_fraction,
)
from widthwise.landscape.regions._function_cone import FunctionCone, function_cone
from widthwise.landscape.regions._least_loss import RegionLeastLoss, region_least_loss
from widthwise.landscape.regions._minima_at_points import global_minimum_probability_at
from widthwise.landscape.regions._minima_fraction import (
    GlobalMinimumProbability,
    global_minimum_probability,
)
from widthwise.landscape.regions._minima_of_patterns import (
    MinimaOfPatterns,
    minima_of_patterns,
)
from widthwise.landscape.regions._minima_targets import TARGETS
from widthwise.landscape.regions._minimum import RegionMinimum, region_minimum
from widthwise.landscape.regions._path_between_minima import (
    MinimaPath,
    path_between_minima,
)

__all__ = [
    "TARGETS",
    "CriticalPoint",
    "Descent",
    "FunctionCone",
    "GlobalMinimumProbability",
    "InteriorPoint",
    "MinimaOfPatterns",
    "MinimaPath",
    "RegionFraction",
    "RegionLeastLoss",
    "RegionMinimum",
    "Separation",
    "classify_critical_point",
    "closed_misfit",
    "count_full_rank_patterns",
    "descend_and_classify",
    "full_rank_fraction",
    "function_cone",
    "global_minimum_probability",
    "global_minimum_probability_at",
    "minima_of_patterns",
    "path_between_minima",
    "region_least_loss",
    "region_minimum",
    "sampled_full_rank_fraction",
]

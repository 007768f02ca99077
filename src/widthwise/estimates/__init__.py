"""Estimates from trials, each with an interval, and what they decide."""

from widthwise.estimates._decisions import (
    all_hold,
    any_holds,
    is_above,
    is_at_least,
    is_at_most,
    is_below,
    is_less,
    is_within,
)
from widthwise.estimates._estimate import Estimate
from widthwise.estimates._growth import LAWS, Growth, growth, hardly_grows
from widthwise.estimates._logistic_fit import LogisticFit, logistic_fit
from widthwise.estimates._mean import mean
from widthwise.estimates._power_law import power_law
from widthwise.estimates._quantile import median, observations_needed, quantile
from widthwise.estimates._several import (
    chance_of_order,
    chance_outside,
    chance_within,
    holm,
)
from widthwise.estimates._share import share
from widthwise.estimates._threshold import Threshold, threshold
from widthwise.estimates._weighted_fit import (
    WeightedFit,
    normal_deviations,
    weighted_fit,
)

__all__ = [
    "LAWS",
    "Estimate",
    "Growth",
    "LogisticFit",
    "Threshold",
    "WeightedFit",
    "all_hold",
    "any_holds",
    "chance_of_order",
    "chance_outside",
    "chance_within",
    "growth",
    "hardly_grows",
    "holm",
    "is_above",
    "is_at_least",
    "is_at_most",
    "is_below",
    "is_less",
    "is_within",
    "logistic_fit",
    "mean",
    "median",
    "normal_deviations",
    "observations_needed",
    "power_law",
    "quantile",
    "share",
    "threshold",
    "weighted_fit",
]

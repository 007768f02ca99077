"""Widths from the smallest eigenvalue of an infinite-width kernel."""

from widthwise.bounds.eigenvalues._benson_bernstein import benson_bernstein
from widthwise.bounds.eigenvalues._benson_chernoff import benson_chernoff
from widthwise.bounds.eigenvalues._benson_chernoff_simplified import (
    benson_chernoff_simplified,
)
from widthwise.bounds.eigenvalues._benson_full_rank import (
    benson_full_rank,
    benson_theorem_4_5,
)
from widthwise.bounds.eigenvalues._chernoff_tails import lower_exponent
from widthwise.bounds.eigenvalues._definition import WidthBound
from widthwise.bounds.eigenvalues._feature_norm import check_deviation
from widthwise.bounds.eigenvalues._gaussian_truncation import gaussian_truncation
from widthwise.bounds.eigenvalues._intrinsic import (
    intrinsic_bernstein,
    intrinsic_condition,
    intrinsic_smallest,
)
from widthwise.bounds.eigenvalues._power_growth import power_condition, power_smallest
from widthwise.bounds.eigenvalues._premises import premises
from widthwise.bounds.eigenvalues._quantities import (
    linear_growth,
    oymak_slack,
    squared_spectral_norm,
)
from widthwise.bounds.eigenvalues._smallest import (
    chernoff_smallest,
    truncated_smallest,
)
from widthwise.bounds.eigenvalues._spectral import (
    spectral_condition,
    spectral_smallest,
)
from widthwise.bounds.eigenvalues._squared_feature_norm import (
    squared_feature_norm_bound,
    squared_feature_norm_estimate,
)

__all__ = [
    "WidthBound",
    "benson_bernstein",
    "benson_chernoff",
    "benson_chernoff_simplified",
    "benson_full_rank",
    "benson_theorem_4_5",
    "check_deviation",
    "chernoff_smallest",
    "gaussian_truncation",
    "intrinsic_bernstein",
    "intrinsic_condition",
    "intrinsic_smallest",
    "linear_growth",
    "lower_exponent",
    "oymak_slack",
    "power_condition",
    "power_smallest",
    "premises",
    "spectral_condition",
    "spectral_smallest",
    "squared_feature_norm_bound",
    "squared_feature_norm_estimate",
    "squared_spectral_norm",
    "truncated_smallest",
]

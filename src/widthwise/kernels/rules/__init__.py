"""Expectations of one coordinate, and in the plane of two unit rows."""

from widthwise.kernels.rules._bipolar import bipolar_rule
from widthwise.kernels.rules._ends import ends
from widthwise.kernels.rules._function import (
    NumpyFunction,
    density_peak,
    diverges_at_one,
    has_pole,
    kinks,
    misplacement,
    on_numpy,
    require_numbers,
    seams,
    smooth_pieces,
    within_budget,
)
from widthwise.kernels.rules._funk_hecke import (
    funk_hecke,
    inverse_roots,
    orthonormal_coefficients,
    project_angles,
)
from widthwise.kernels.rules._heat import heat_duals
from widthwise.kernels.rules._hermite_coefficients import hermite_coefficients
from widthwise.kernels.rules._line_rule import PANEL, REACH, line_rule, means, panels
from widthwise.kernels.rules._marginal import Marginal, density, marginal
from widthwise.kernels.rules._named import named
from widthwise.kernels.rules._plane import Angles, PlanarExpectation, Resolution
from widthwise.kernels.rules._premises import (
    LEAST,
    UNSEEN,
    noise_of,
    require_domain,
    require_no_underflow,
)
from widthwise.kernels.rules._series import (
    HermiteSeries,
    ZonalSeries,
    hermite_series,
    series_of_amplitudes,
    zonal_series,
)
from widthwise.kernels.rules._singular_chords import QUARTER, singular_chords

__all__ = [
    "LEAST",
    "PANEL",
    "QUARTER",
    "REACH",
    "UNSEEN",
    "Angles",
    "HermiteSeries",
    "Marginal",
    "NumpyFunction",
    "PlanarExpectation",
    "Resolution",
    "ZonalSeries",
    "bipolar_rule",
    "density",
    "density_peak",
    "diverges_at_one",
    "ends",
    "funk_hecke",
    "has_pole",
    "heat_duals",
    "hermite_coefficients",
    "hermite_series",
    "inverse_roots",
    "kinks",
    "line_rule",
    "marginal",
    "means",
    "misplacement",
    "named",
    "noise_of",
    "on_numpy",
    "orthonormal_coefficients",
    "panels",
    "project_angles",
    "require_domain",
    "require_no_underflow",
    "require_numbers",
    "seams",
    "series_of_amplitudes",
    "singular_chords",
    "smooth_pieces",
    "within_budget",
    "zonal_series",
]

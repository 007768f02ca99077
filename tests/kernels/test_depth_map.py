"""Fixed points of depth, against closed forms and published critical points."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq

from widthwise import activations
from widthwise.errors import (
    InvalidArgumentError,
    OutsideDomainError,
    PrecisionLimitError,
)
from widthwise.kernels import deep_kernels, depth_map


def erf_variance(q, weight, bias):
    return weight**2 * 2 / math.pi * math.asin(2 * q / (1 + 2 * q)) + bias**2


@pytest.mark.parametrize(("weight", "bias"), [(0.8, 0.3), (1.0, 0.1), (2.5, 0.4)])
def test_erf_has_the_fixed_points_of_its_closed_forms(weight, bias):
    found = depth_map("erf", weight, bias)
    q = brentq(lambda q: erf_variance(q, weight, bias) - q, 1e-6, 1e3, xtol=1e-15)
    assert found.variances == (found.variance,)
    assert found.variance == pytest.approx(q, rel=1e-12)
    assert found.variance_map(0.7) == pytest.approx(
        erf_variance(0.7, weight, bias), rel=1e-13
    )
    chi = weight**2 * 4 / math.pi / math.sqrt(1 + 4 * q)
    assert found.slope_at_one == pytest.approx(chi, rel=1e-12)
    step = q * 1e-5
    slope = (
        erf_variance(q + step, weight, bias) - erf_variance(q - step, weight, bias)
    ) / (2 * step)
    assert found.variance_depth == pytest.approx(-1 / math.log(slope), rel=1e-7)

    def correlation(c):
        value = 2 / math.pi * math.asin(2 * q * c / (1 + 2 * q))
        return (weight**2 * value + bias**2) / q

    assert found.correlation_map(0.3) == pytest.approx(correlation(0.3), rel=1e-12)
    if chi > 1:
        assert found.phase == "chaotic"
        star = brentq(lambda c: correlation(c) - c, 0, 1 - 1e-6)
        assert found.correlation == pytest.approx(star, rel=1e-9)
        bottom = math.sqrt((1 + 2 * q) ** 2 - (2 * q * star) ** 2)
        slope = weight**2 * 4 / math.pi / bottom
        assert found.correlation_depth == pytest.approx(-1 / math.log(slope), rel=1e-7)
    else:
        assert (found.phase, found.correlation) == ("ordered", 1.0)
        assert found.correlation_depth == pytest.approx(-1 / math.log(chi), rel=1e-10)


def test_a_clipped_line_has_the_fixed_point_of_its_closed_form():
    def variance(q):
        h = 1 / math.sqrt(q)
        within = math.erf(h / math.sqrt(2))
        density = math.exp(-h * h / 2) / math.sqrt(2 * math.pi)
        return 1.5**2 * (q * (within - 2 * h * density) + 1 - within) + 0.04

    found = depth_map("hard_tanh", 1.5, 0.2)
    q = brentq(lambda q: variance(q) - q, 0.1, 3.0, xtol=1e-15)
    assert found.variance == pytest.approx(q, rel=1e-12)
    inside = math.erf(1 / math.sqrt(2 * q))
    assert found.slope_at_one == pytest.approx(1.5**2 * inside, rel=1e-12)


def test_relu_is_critical_at_the_root_of_two():
    critical = depth_map("relu", math.sqrt(2))
    assert critical.variances == (math.inf,)
    assert critical.phase == "critical"
    assert critical.correlation_depth == math.inf
    below = depth_map("relu", 1.2, 0.5)
    assert below.variance == pytest.approx(0.25 / (1 - 0.72), rel=1e-12)
    assert below.slope_at_one == pytest.approx(0.72, rel=1e-13)
    grows = depth_map("relu", 1.5, 0.1)
    assert (grows.variances, grows.phase) == ((), None)
    assert math.isnan(grows.variance)


def test_tanh_without_biases_is_critical_at_one():
    """Poole et al. (2016): the variance dies below, correlations fall to 0 above."""
    below, above = depth_map("tanh", 0.9), depth_map("tanh", 1.5)
    assert (below.variance, below.phase) == (0.0, "ordered")
    assert below.slope_at_one == pytest.approx(0.81, rel=1e-12)
    assert above.phase == "chaotic"
    assert above.correlation == 0.0


@pytest.mark.parametrize("name", ["erf", "tanh", "gelu"])
def test_deep_kernels_arrive_at_the_fixed_points(name):
    found = depth_map(name, 1.3, 0.4)
    points = np.array([[1.0, 0.2, -0.5], [0.3, -1.0, 0.8]])
    conjugate, _ = deep_kernels(points, name, 80, 1.3, 0.4)
    assert float(conjugate[0, 0]) == pytest.approx(found.variance, rel=1e-6)
    correlation = float(conjugate[0, 1]) / found.variance
    # What is left falls by e in so many layers; it began below one.
    left = 3 * math.exp(-80 / found.correlation_depth)
    assert correlation == pytest.approx(found.correlation, abs=left + 1e-9)


def test_variances_that_settle_beyond_the_grid_are_refused_not_called_unbounded():
    with pytest.raises(PrecisionLimitError, match=r"near 1e\+12.*Scale both down"):
        depth_map("tanh", 1e6)
    assert depth_map("relu", 2.0).variances == ()  # They do grow without bound.


def test_what_has_no_map_is_refused():
    with pytest.raises(InvalidArgumentError, match="weight_std"):
        depth_map("relu", 0.0)
    with pytest.raises(OutsideDomainError, match="unbounded"):
        depth_map(activations.get("wendland2", dimension=3))

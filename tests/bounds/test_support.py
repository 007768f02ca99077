"""Test `supports`: what the support radius of a Wendland activation changes."""

import math

import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.bounds import supports
from widthwise.errors import InvalidArgumentError
from widthwise.features import RandomFeatures
from widthwise.laws import Sphere

WIDTH = 400


@pytest.fixture(scope="module")
def points():
    drawn = np.random.default_rng(0).standard_normal((40, 20))
    return torch.nn.functional.normalize(torch.from_numpy(drawn))


@pytest.fixture(scope="module")
def found(points):
    alphas = (1.2, math.sqrt(2.0), 1.7, 1.95)
    return {each.alpha: each for each in supports(points, WIDTH, alphas=alphas)}


def test_in_many_dimensions_the_rectifier_s_support_is_too_narrow(found):
    """The limit is best where the width is worst: few units fire enough to count."""
    narrow, default, wide = (found[a] for a in (1.2, math.sqrt(2.0), 1.95))
    assert next(iter(found)) == 1.95
    assert narrow.condition_number < default.condition_number < wide.condition_number
    assert narrow.relative_smallest > default.relative_smallest > wide.relative_smallest
    assert 100 * wide.at_width < default.at_width < narrow.at_width / 100
    assert narrow.certified_width > default.certified_width > wide.certified_width


def test_active_share_is_that_of_drawn_weights(found, points):
    weights = Sphere(20).weights(1, 20, 0, 20_000)
    for alpha, each in found.items():
        act = activations.get("wendland2", dimension=20, alpha=alpha)
        fired = (act((weights @ points[0]).clamp(-1, 1)) > 0).double()
        error = 4 * math.sqrt(each.active_share * (1 - each.active_share) / 20_000)
        assert abs(float(fired.mean()) - each.active_share) <= error + 1e-4


def test_condition_number_at_the_width_is_that_of_the_features(found, points):
    for alpha in (1.7, 1.95):
        act = activations.get("wendland2", dimension=20, alpha=alpha)
        features = RandomFeatures(act, width=WIDTH, law=Sphere(20), seed=0)
        values = torch.linalg.svdvals(features.matrix(points))
        expected = float((values[0] / values[-1]) ** 2)
        assert found[alpha].at_width == pytest.approx(expected, rel=1e-8)


def test_certified_width_is_below_that_of_the_bound_one(found):
    """Section 4.1 with C = 1: n / λ_min log(n / δ)."""
    for each in found.values():
        smallest = each.relative_smallest * each.value_at_one
        crude = 40 / smallest * math.log(40 / 0.01)
        assert 1.0 / smallest < each.certified_width <= crude * (1 + 1e-6) + 1


def test_what_is_no_wendland_activation_is_refused(points):
    with pytest.raises(InvalidArgumentError, match="act is 'relu'"):
        supports(points, 10, "relu")
    with pytest.raises(InvalidArgumentError, match="alpha is -1"):
        supports(points, 10, alphas=(-1.0,))

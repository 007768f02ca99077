"""Bounds of the smallest eigenvalue from correlations hold on both sides."""

import math

import numpy as np
import pytest
import torch

from widthwise import bounds
from widthwise.activations import from_callable, get, normalized
from widthwise.errors import InvalidArgumentError, NotCoveredError
from widthwise.kernels import conjugate_kernel, deep_kernels, tangent_kernel
from widthwise.laws import Gaussian, Sphere


def unit(rows):
    rows = np.asarray(rows, dtype=float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def gaussian(count, dimension, seed=0):
    return unit(np.random.default_rng(seed).standard_normal((count, dimension)))


def half_circle(count):
    angle = np.pi * np.arange(1, count + 1) / count
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


POINT_SETS = {
    "half circle": half_circle(5),
    "random": gaussian(50, 30),
    "low dimension": gaussian(20, 5),
    "clusters": unit(np.repeat(gaussian(4, 6), 3, axis=0) + 0.3 * gaussian(12, 6, 1)),
    "nearly opposite": unit(np.vstack([gaussian(5, 8), -gaussian(5, 8) + 0.1])),
    "grid": unit([(i, j, 2.0) for i in range(3) for j in range(3)]),
}


def exact(points, name, law, kernel):
    points = torch.from_numpy(points)
    law = Gaussian() if law == "gaussian" else Sphere(points.shape[1])
    matrix = (
        conjugate_kernel(points, name, law)
        if kernel == "conjugate"
        else tangent_kernel(points, name, law, trained="inner")
    )
    return float(torch.linalg.eigvalsh(matrix)[0])


@pytest.mark.parametrize("name", POINT_SETS)
@pytest.mark.parametrize("act", ["relu", "elu", "tanh", "softplus", "abs"])
@pytest.mark.parametrize("kernel", ["conjugate", "tangent_inner"])
def test_the_eigenvalue_is_between_its_bounds(name, act, kernel):
    points = POINT_SETS[name]
    low = bounds.smallest_eigenvalue_lower(points, act, kernel=kernel)
    high = bounds.smallest_eigenvalue_upper(points, act, kernel=kernel)
    true = exact(points, act, "gaussian", kernel)
    assert low.value <= true + 1e-14
    assert true <= high.value + 1e-14
    assert high.is_certificate
    assert low.is_certificate == (low.value > 0)


@pytest.mark.parametrize("name", POINT_SETS)
@pytest.mark.parametrize("act", ["relu", "exp", "elu", "step"])
def test_the_sphere_law_is_bounded_too(name, act):
    points = POINT_SETS[name]
    low = bounds.smallest_eigenvalue_lower(points, act, "sphere")
    assert low.value <= exact(points, act, "sphere", "conjugate") + 1e-14


def test_the_rectifier_is_bounded_within_a_small_factor():
    """At most the factors noted for the largest correlation alone."""
    cases = ((half_circle(5), 1.6), (gaussian(20, 5), 5.0), (gaussian(50, 30), 3.5))
    for points, factor in cases:
        low = bounds.smallest_eigenvalue_lower(points, "relu", kernel="tangent_inner")
        true = exact(points, "relu", "gaussian", "tangent_inner")
        assert true / factor <= low.value <= true


def test_a_smooth_activation_cannot_be_better_in_the_plane():
    points = half_circle(50)
    tanh = bounds.smallest_eigenvalue_upper(points, "tanh", kernel="tangent_inner")
    swish = bounds.smallest_eigenvalue_upper(points, "swish", kernel="tangent_inner")
    assert tanh.value == pytest.approx(1.6e-6, rel=0.1)
    # Its derivative is odd but for a constant: half of the degrees, so twice as many.
    assert swish.value <= 8.6e-9


def test_closer_rows_lower_the_lower_bound():
    found = []
    for angle in (1.2, 0.8, 0.4, 0.1):
        points = np.array([[1.0, 0.0], [math.cos(angle), math.sin(angle)]])
        found.append(bounds.smallest_eigenvalue_lower(points, "relu").value)
    assert found == sorted(found, reverse=True)
    assert found[-1] > 0


def test_many_rows_need_no_matrix():
    points = np.random.default_rng(0).standard_normal((3000, 400))
    low = bounds.smallest_eigenvalue_lower(unit(points), "relu")
    assert low.is_certificate


def test_parallel_rows_are_left_to_the_rank_theorem():
    points = np.vstack([gaussian(4, 3), -gaussian(4, 3)[:1]])
    for ask in (bounds.smallest_eigenvalue_lower, bounds.sufficient_depth):
        with pytest.raises(NotCoveredError, match="parallel"):
            ask(points, "relu")
    with pytest.raises(NotCoveredError, match="not homogeneous"):
        bounds.smallest_eigenvalue_upper(points, "tanh", "sphere")


def test_a_sampled_function_gives_no_certificate():
    mine = from_callable(torch.tanh, "mine")
    low = bounds.smallest_eigenvalue_lower(gaussian(6, 20), mine)
    assert not low.is_certificate


@pytest.mark.parametrize(
    ("act", "law", "is_proved"),
    [
        ("elu", "gaussian", True),
        ("relu", "sphere", True),
        ("tanh", "sphere", True),
        ("elu", "sphere", False),
        ("hard_swish", "gaussian", False),
    ],
)
def test_a_bound_is_called_proved_where_its_coefficients_are_enclosed(
    act, law, is_proved
):
    found = bounds.smallest_eigenvalue_lower(gaussian(5, 20), act, law)
    assert found.value > 0
    assert found.is_certificate == is_proved
    assert any("no certificate" in each for each in found.assumptions) != is_proved
    if law == "gaussian":
        upper = bounds.smallest_eigenvalue_upper(gaussian(5, 20), act)
        assert upper.is_certificate == is_proved
        assert bounds.sufficient_depth(gaussian(5, 20), act).is_certificate == is_proved


@pytest.mark.parametrize("act", ["relu", "tanh", "swish"])
def test_the_depth_that_suffices_suffices(act):
    points = gaussian(12, 4)
    found = bounds.sufficient_depth(points, act)
    deep, _ = deep_kernels(
        torch.from_numpy(points * math.sqrt(4)), normalized(get(act)), depth=found.depth
    )
    assert float(torch.linalg.eigvalsh(deep)[0]) >= 0.5 - 1e-9
    assert found.is_certificate
    with pytest.raises(InvalidArgumentError, match="smallest"):
        bounds.sufficient_depth(points, act, 1.5)

"""Points made by a rule have the properties that the paper gives them."""

from itertools import product

import numpy as np
import pytest
import torch

from widthwise.datasets import (
    bad_points,
    plant,
    synthetic_1,
    synthetic_2,
    uniform_sphere,
)
from widthwise.errors import InvalidArgumentError


@pytest.mark.parametrize("dimension", [3, 5, 20])
def test_bad_points_are_the_cube_in_the_papers_order(dimension):
    points = bad_points(dimension)
    cube = {tuple(row) for row in (points[:, :3] * 3**0.5).round().tolist()}
    assert cube == set(product((1.0, -1.0), repeat=3))
    assert not points[:, 3:].any()
    assert (points[:4, :3].prod(dim=1) > 0).all()
    assert torch.equal(points[4:], -points[:4])
    m = 4 / 3 * torch.eye(4) - 1 / 3
    gram = torch.cat([torch.cat([m, -m], 1), torch.cat([-m, m], 1)]).double()
    torch.testing.assert_close(points @ points.T, gram, rtol=0, atol=1e-7)


def test_relu_features_of_the_bad_points_have_rank_seven():
    weights = np.random.default_rng(0).standard_normal((3, 2000))
    features = np.maximum(bad_points(3).numpy() @ weights, 0.0)
    values = np.linalg.svd(features, compute_uv=False)
    assert values[6] > 1e-2 * values[0]
    assert values[7] < 1e-14 * values[0]
    null = np.array([1.0] * 4 + [-1.0] * 4)
    assert np.abs(null @ features).max() < 1e-14


def test_bad_points_need_three_dimensions():
    with pytest.raises(InvalidArgumentError, match="dimension 3 or more; found 2"):
        bad_points(2)


def test_planted_rows_are_where_they_are_said_to_be():
    points, extra = torch.randn(40, 3).double(), bad_points(3)
    mixed, rows = plant(points, extra, seed=4)
    assert torch.equal(mixed[list(rows)], extra)
    others = [row for row in range(48) if row not in rows]
    assert torch.equal(mixed[others], points)
    assert plant(points, extra, seed=4).rows == rows
    assert plant(points, extra, seed=5).rows != rows


def test_planting_needs_one_dimension():
    with pytest.raises(InvalidArgumentError, match="same number of columns"):
        plant(torch.zeros(3, 2), torch.zeros(3, 4))


def test_uniform_points_are_on_the_sphere_and_balanced():
    points = uniform_sphere(20_000, dimension=4, seed=1).points
    torch.testing.assert_close(points.norm(dim=1), torch.ones(20_000).double())
    # E x xᵀ = I/4; each entry has deviation at most sqrt(E x⁴) = 0.35 over sqrt(n).
    second = points.T @ points / 20_000
    assert (second - torch.eye(4) / 4).abs().max() < 5 * 0.36 / 20_000**0.5
    assert points.mean(dim=0).abs().max() < 5 * 0.5 / 20_000**0.5


def test_synthetic_1_has_the_product_with_all_ones_as_target():
    data = synthetic_1()
    assert data.points.shape == (500, 10)
    ones = torch.ones(10, dtype=torch.float64)
    torch.testing.assert_close(data.targets, data.points @ ones, rtol=0, atol=1e-14)
    assert torch.equal(data.points, synthetic_1().points)
    assert not torch.equal(data.points, synthetic_1(seed=1).points)


@pytest.mark.parametrize(("uniform", "dimension"), [(92, 10), (92, 3), (15, 4)])
def test_synthetic_2_has_half_of_each_label_and_bad_points_of_one(uniform, dimension):
    data = synthetic_2(uniform, dimension, seed=2)
    rows = data.steps[-1].numbers["rows"]
    total = uniform + 8
    assert torch.equal(data.points[rows], bad_points(dimension))
    assert (data.targets[rows] == 1).all()
    assert int((data.targets == 1).sum()) == total - total // 2
    assert int((data.targets == -1).sum()) == total // 2


def test_preparing_synthetic_2_keeps_its_antipodal_pairs():
    data = synthetic_2().prepare()
    bad = data.points[data.steps[1].numbers["rows"]]
    assert torch.equal(bad[:4], -bad[4:])
    assert data.points.shape == (100, 10)


@pytest.mark.parametrize(
    "call",
    [
        lambda: synthetic_1(count=1),
        lambda: uniform_sphere(dimension=1),
        lambda: synthetic_2(uniform=7),
    ],
)
def test_too_few_points_or_dimensions_are_refused(call):
    with pytest.raises(InvalidArgumentError, match="at least"):
        call()

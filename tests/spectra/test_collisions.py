"""Test the search for equal, opposite and nearly colliding rows."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise.spectra._collisions import find_collisions


def sphere(count, dimension, seed=0):
    normals = np.random.default_rng(seed).standard_normal((count, dimension))
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def search(points, tolerance=1e-12, near_angle=1e-3):
    return find_collisions(points, tolerance=tolerance, near_angle=near_angle)


def turned(point, angle, seed=12345):
    """Return a unit vector at this angle from `point`."""
    other = np.random.default_rng(seed).standard_normal(point.shape)
    other -= (other @ point) * point
    other /= np.linalg.norm(other)
    return math.cos(angle) * point + math.sin(angle) * other


def by_all_pairs(points, tolerance):
    """Labels of equal rows and the set of opposite labels, by brute force."""
    gap = np.linalg.norm(points[:, None] - points[None], axis=2)
    label = np.array([np.flatnonzero(row <= tolerance)[0] for row in gap])
    sum_norm = np.linalg.norm(points[:, None] + points[None], axis=2)
    opposite = {
        frozenset((label[i], label[j])) for i, j in np.argwhere(sum_norm <= tolerance)
    }
    return label, opposite


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10**6),
    dimension=st.integers(2, 12),
    distinct=st.integers(1, 12),
    copies=st.integers(0, 12),
    opposites=st.integers(0, 12),
)
def test_agrees_with_comparing_all_pairs(seed, dimension, distinct, copies, opposites):
    random = np.random.default_rng(seed)
    points = sphere(distinct, dimension, seed)
    picked = points[random.integers(0, distinct, copies)]
    mirrored = -points[random.integers(0, distinct, opposites)]
    rows = random.permutation(np.concatenate([points, picked, mirrored]))
    # Rows that are equal up to rounding only.
    rows = rows + 1e-15 * random.standard_normal(rows.shape)
    found = search(rows)
    label, opposite = by_all_pairs(rows, 1e-12)
    first = found.first_row[found.point_of_row]
    assert (first == label).all()
    pairs = {frozenset(found.first_row[pair]) for pair in found.pairs}
    assert pairs == {pair for pair in opposite if len(pair) == 2}
    assert found.multiplicity.sum() == len(rows)
    assert found.near_misses == ()


@pytest.mark.parametrize("dimension", [2, 3, 4, 5, 30])
@pytest.mark.parametrize("kind", ["duplicate", "antipodal"])
@pytest.mark.parametrize("angle", [1e-11, 1e-9, 1e-6, 9e-4])
def test_reports_the_angle_of_a_near_miss(dimension, kind, angle):
    points = sphere(20, dimension, seed=dimension)
    if dimension == 2:
        turns = np.arange(20) * 0.15
        points = np.column_stack([np.cos(turns), np.sin(turns)])
    other = turned(points[4], angle) * (1 if kind == "duplicate" else -1)
    found = search(np.vstack([points, other]))
    assert len(found.pairs) == 0
    assert len(found.first_row) == 21
    assert found.near_miss_count == 1
    (miss,) = found.near_misses
    assert miss.rows == (4, 20)
    assert miss.kind == kind
    # Unit vectors are rounded to 1e-16, and so is the angle.
    assert miss.angle == pytest.approx(angle, rel=1e-9, abs=5e-16)
    said = str(miss).split(" are ")[1].split(" rad")[0]
    assert float(said) == pytest.approx(angle, rel=0.05)


def test_beyond_the_near_angle_nothing_is_reported():
    points = sphere(20, 5)
    found = search(np.vstack([points, turned(points[4], 1.1e-3)]))
    assert found.near_misses == ()
    assert found.near_miss_count == 0


def test_the_tolerance_is_the_border_between_equal_and_near():
    points = sphere(5, 3)
    rows = np.vstack([points, turned(points[0], 1e-8)])
    assert len(search(rows, tolerance=2e-8).first_row) == 5
    assert len(search(rows, tolerance=5e-9).first_row) == 6


def test_equal_rows_across_a_cell_border_are_found():
    """No grid can tear rows apart: gaps are measured, not rounded."""
    base = sphere(200, 6, seed=3)
    shaken = base + 3e-14 * np.random.default_rng(1).standard_normal(base.shape)
    found = search(np.vstack([base, shaken]))
    assert len(found.first_row) == 200
    assert (found.multiplicity == 2).all()


def test_a_chain_of_equal_rows_is_one_point():
    steps = np.array([turned(np.array([1.0, 0, 0]), k * 8e-13) for k in range(6)])
    rows = np.vstack([steps, sphere(5, 3)])
    assert len(search(rows).first_row) == 6


def test_near_misses_are_the_closest_ones_when_cut():
    angles = np.linspace(1e-6, 9e-4, 150)
    points = sphere(150, 10)
    others = np.array([turned(p, a) for p, a in zip(points, angles, strict=True)])
    found = search(np.vstack([points, others]))
    assert found.near_miss_count == 150
    assert len(found.near_misses) == 100
    measured = [miss.angle for miss in found.near_misses]
    np.testing.assert_allclose(measured, angles[:100], rtol=1e-8)


def test_a_dense_cloud_is_not_compared_pair_by_pair():
    """20000 rows within 1e-9 of three points: 7e7 near pairs, nearest ones kept."""
    cloud = np.repeat(sphere(3, 20), 7000, axis=0)
    cloud = cloud + 1e-10 * np.random.default_rng(0).standard_normal(cloud.shape)
    cloud /= np.linalg.norm(cloud, axis=1, keepdims=True)
    found = search(cloud)
    assert found.near_miss_count is None
    assert len(found.near_misses) == 100
    assert found.near_misses[0].angle > 1e-12


def test_equal_rows_cost_no_more_than_different_ones():
    found = search(np.repeat(sphere(3, 20), 7000, axis=0))
    assert found.multiplicity.tolist() == [7000, 7000, 7000]


def test_tensors_of_one_row():
    found = search(torch.tensor([[0.6, 0.8]], dtype=torch.float64).numpy())
    assert found.first_row.tolist() == [0]
    assert found.pairs.shape == (0, 2)

"""Rank verdicts where rows are almost equal, opposite or dependent."""

import math

import pytest
import torch

from widthwise import activations
from widthwise.datasets import bad_points
from widthwise.spectra import rank_verdict


def activation(name, dimension):
    return activations.for_dimension(name, dimension)


def test_almost_opposite_rows_are_near_misses_and_not_collisions():
    points = bad_points(3)
    angle = 1e-5
    points[7] = math.cos(angle) * points[7] + math.sin(angle) * torch.linalg.cross(
        points[7], points[0] / torch.linalg.cross(points[7], points[0]).norm()
    )
    points[7] /= points[7].norm()
    found = rank_verdict(points, activation("relu", 3))
    assert found.can_fit_any_labels
    (miss,) = found.near_misses
    assert miss.rows == (3, 7)
    assert miss.kind == "antipodal"
    assert miss.angle == pytest.approx(angle, rel=1e-9)
    assert rank_verdict(points, activation("elu", 3)).near_misses == ()


def test_nearly_dependent_directions_are_said_to_be():
    pairs = bad_points(4)[:4].clone()
    pairs[3, 3] = 1e-8
    points = torch.cat([pairs, -pairs])
    found = rank_verdict(points / points.norm(dim=1, keepdim=True), "relu")
    assert found.can_fit_any_labels
    assert found.is_exact
    assert "nearly dependent" in found.reason
    assert 1e-9 < found.smallest_kept < 1e-7


def test_a_borderline_decision_is_not_called_exact():
    pairs = bad_points(4)[:4].clone()
    pairs[3, 3] = 2e-11
    points = torch.cat([pairs, -pairs])
    found = rank_verdict(points / points.norm(dim=1, keepdim=True), "relu")
    assert not found.is_exact
    assert found.method == "numerical"
    assert "close to dependent" in found.reason

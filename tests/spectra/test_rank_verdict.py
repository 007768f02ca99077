"""Test `widthwise.spectra.rank_verdict`: the planted sets and the words."""

import math

import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.datasets import bad_points
from widthwise.errors import (
    InvalidArgumentError,
    MemoryBudgetError,
    NotOnSphereError,
    OutsideDomainError,
    UnknownNameError,
)
from widthwise.laws import Sphere
from widthwise.spectra import rank_verdict

LINEAR_ODD = ["relu", "swish", "gelu", "gelu_tanh", "softplus", "leaky_relu"]
UNIVERSAL = ["elu", "selu", "celu", "exp", "mish", "wendland0", "wendland2"]
ONE_PARITY = ["tanh", "erf", "sin", "cos", "abs", "gaussian"]
CONSTANT_EVEN = ["step", "sigmoid"]


def sphere(count, dimension, seed=0):
    generator = torch.Generator().manual_seed(seed)
    normals = torch.randn(count, dimension, generator=generator, dtype=torch.float64)
    return normals / normals.norm(dim=1, keepdim=True)


def activation(name, dimension):
    return activations.for_dimension(name, dimension)


def planted(extra, dimension, count=40, seed=0):
    """Random points with `extra` in shuffled places; returns them and the places."""
    points = torch.cat([sphere(count, dimension, seed), extra])
    order = torch.randperm(
        len(points), generator=torch.Generator().manual_seed(seed + 1)
    )
    places = torch.empty_like(order)
    places[order] = torch.arange(len(order))
    return points[order], places[count:].tolist()


@pytest.mark.parametrize("dimension", [3, 5, 20])
@pytest.mark.parametrize("name", LINEAR_ODD)
def test_the_cube_is_found_in_any_data_set(name, dimension):
    """S1 Theorem 2.2 and Corollary 2.4: rank 7 of 8, null vector (1111,-1-1-1-1)."""
    points, places = planted(bad_points(dimension), dimension)
    found = rank_verdict(points, activation(name, dimension))
    assert not found.can_fit_any_labels
    assert found.is_exact
    assert found.rank == len(points) - 1
    assert found.nullity == 1
    assert found.rows == tuple(sorted(places))
    null = torch.zeros(len(points), dtype=torch.float64)
    null[places] = torch.tensor([1.0] * 4 + [-1.0] * 4, dtype=torch.float64) / 8**0.5
    assert abs(abs(float(found.null_vectors[0] @ null)) - 1.0) < 1e-14
    (group,) = found.groups
    assert group.rows == found.rows
    torch.testing.assert_close(
        group.coefficients.abs(), torch.full((8,), 8**-0.5, dtype=torch.float64)
    )
    y = torch.randn(len(points), generator=torch.Generator().manual_seed(5)).double()
    assert found.residual_bound(y) == pytest.approx(abs(float(null @ y)), rel=1e-12)
    assert found.relative_residual_bound(null) == pytest.approx(1.0, rel=1e-14)
    assert found.holds_for_all_weights


@pytest.mark.parametrize("dimension", [3, 4, 9])
@pytest.mark.parametrize("name", UNIVERSAL)
def test_a_universal_activation_never_collides(name, dimension):
    extra = torch.cat([bad_points(dimension), -sphere(30, dimension, seed=0)])
    points = torch.cat([sphere(30, dimension, seed=0), extra])
    found = rank_verdict(points, activation(name, dimension))
    assert found.can_fit_any_labels
    assert found.rank == len(points)
    assert found.rows == ()
    assert found.groups == ()
    assert found.cure is None
    assert found.null_vectors.shape == (0, len(points))
    assert found.residual_bound(points[:, 0]) == 0.0


@pytest.mark.parametrize("name", ONE_PARITY)
def test_one_antipodal_pair_is_enough_for_an_even_or_odd_activation(name):
    points, places = planted(torch.cat([p := sphere(1, 6, seed=9), -p]), 6)
    found = rank_verdict(points, activation(name, 6))
    assert found.rank == len(points) - 1
    assert found.rows == tuple(sorted(places))
    low, high = sorted(places)
    assert str(found.groups[0]) == f"rows {low} and {high} are opposite"
    sign = 1.0 if found.groups[0].coefficients.sum() > 1 else -1.0
    assert sign == (1.0 if activation(name, 6).parity == "odd" else -1.0)


@pytest.mark.parametrize("name", CONSTANT_EVEN)
def test_two_antipodal_pairs_are_enough_for_a_constant_even_part(name):
    for count in (1, 2, 3):
        pairs = sphere(count, 6, seed=9)
        points, places = planted(torch.cat([pairs, -pairs]), 6)
        found = rank_verdict(points, activation(name, 6))
        assert found.nullity == count - 1
        assert found.rows == (tuple(sorted(places)) if count > 1 else ())


@pytest.mark.parametrize("name", LINEAR_ODD)
@pytest.mark.parametrize(
    ("count", "subspace"), [(4, 3), (3, 2), (6, 4), (2, 2), (3, 3), (1, 1), (7, 3)]
)
def test_dependent_pair_directions_cost_rank(name, count, subspace):
    """Nullity q - rank(P): any four pairs in three dimensions, three in a plane."""
    frame, _ = torch.linalg.qr(sphere(subspace, 8, seed=2).T)
    pairs = sphere(count, subspace, seed=4) @ frame.T
    points, places = planted(torch.cat([pairs, -pairs]), 8)
    found = rank_verdict(points, activation(name, 8))
    assert found.nullity == max(count - subspace, 0)
    assert found.rows == (tuple(sorted(places)) if count > subspace else ())
    for group in found.groups:
        assert len(group.parts) == subspace + 1


@pytest.mark.parametrize("name", [*LINEAR_ODD, *ONE_PARITY, *CONSTANT_EVEN])
def test_a_constant_coordinate_cures_a_parity(name):
    points = bad_points(5)
    found = rank_verdict(points, activation(name, 5))
    assert "constant coordinate (--bias)" in found.cure
    assert "elu" in found.cure
    lifted = torch.cat([points, torch.ones(8, 1, dtype=torch.float64)], dim=1) / 2**0.5
    assert rank_verdict(lifted, activation(name, 6)).can_fit_any_labels


def test_a_repeated_row_costs_one_rank_with_any_activation():
    points = sphere(20, 4)
    rows = torch.cat([points, points[3:4], points[3:4], points[7:8]])
    for name in ("elu", "relu", "tanh", "wendland0"):
        found = rank_verdict(rows, activation(name, 4))
        assert found.nullity == 3
        assert found.rows == (3, 7, 20, 21, 22)
        assert [str(group) for group in found.groups] == [
            "rows 3, 20 and 21 are equal",
            "rows 7 and 22 are equal",
        ]
        assert "Merge the equal rows" in found.cure
        assert "bias" not in found.cure
    y = torch.zeros(23, dtype=torch.float64)
    y[7], y[22] = 1.0, -1.0
    assert found.residual_bound(y) == pytest.approx(2**0.5, rel=1e-15)
    assert found.residual_bound(torch.ones(23)) == 0.0


def test_repeated_antipodal_points_share_the_relation():
    """Copies of p and -p: the relation spreads evenly over equal rows."""
    cube = bad_points(3)
    rows = torch.cat([cube, cube[:1], cube[:1], cube[5:6]])
    found = rank_verdict(rows, activation("relu", 3))
    assert found.nullity == 4
    null = found.null_vectors
    torch.testing.assert_close(null @ null.T, torch.eye(4, dtype=torch.float64))
    weights = sphere(500, 3, seed=8).T
    features = torch.relu(rows @ weights)
    assert float((null @ features).abs().max()) < 1e-14


def test_the_unreachable_part_is_the_projection():
    rows = torch.cat([bad_points(4), sphere(10, 4), sphere(10, 4)[:3]])
    found = rank_verdict(rows, activation("relu", 4))
    y = sphere(1, len(rows), seed=3)[0]
    part = found.unreachable_part(y)
    null = found.null_vectors
    torch.testing.assert_close(part, null.T @ (null @ y), atol=1e-15, rtol=0)
    torch.testing.assert_close(found.unreachable_directions, null)
    assert found.residual_bound(y) == pytest.approx(float(part.norm()))
    assert found.residual_bound(y - part) == 0.0


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_labels_of_any_size_are_bounded(scale):
    found = rank_verdict(bad_points(3), activation("relu", 3))
    y = torch.tensor([scale] + [0.0] * 7, dtype=torch.float64)
    assert found.residual_bound(y) == pytest.approx(scale / 8**0.5, rel=1e-12)
    assert found.relative_residual_bound(y) == pytest.approx(1 / 8**0.5)
    assert found.relative_residual_bound(0 * y) == 0.0


def test_integers_and_single_precision_are_read_as_they_are():
    axes = torch.cat(
        [torch.eye(3, dtype=torch.int64), -torch.eye(3, dtype=torch.int64)]
    )
    assert rank_verdict(axes, activation("relu", 3)).can_fit_any_labels
    assert rank_verdict(axes, activation("tanh", 3)).nullity == 3
    single = bad_points(3).float()
    assert rank_verdict(single, activation("relu", 3)).nullity == 1
    random = torch.cat([sphere(3, 6), -sphere(3, 6), sphere(5, 6, seed=1)]).float()
    assert rank_verdict(random, activation("tanh", 6)).nullity == 3
    rounded = random.double()
    with pytest.raises(NotOnSphereError, match="every row must have norm 1"):
        rank_verdict(rounded, activation("relu", 6))


def test_the_order_and_orientation_of_rows_do_not_matter():
    points, _ = planted(bad_points(5), 5)
    rotation, _ = torch.linalg.qr(sphere(5, 5, seed=77))
    turned = points.flip(0) @ rotation
    first = rank_verdict(points, "swish")
    second = rank_verdict(turned / turned.norm(dim=1, keepdim=True), "swish")
    last = len(points) - 1
    assert sorted(last - row for row in second.rows) == list(first.rows)
    assert (
        abs(float(first.null_vectors[0] @ second.null_vectors[0].flip(0))) > 1 - 1e-13
    )


def test_the_reason_is_one_a_person_can_read():
    found = rank_verdict(bad_points(3), "relu")
    assert found.reason == (
        "Some labels cannot be fitted at any width: 4 pairs of opposite rows, x and "
        "-x, lie in too few dimensions: the odd part of relu is a straight line, so 1 "
        "linear relation ties its outputs on them. The rank is 7 for 8 rows."
    )
    assert str(found.groups[0]) == (
        "opposite rows 0/4, 1/5, 2/6 and 3/7 are tied by one linear relation"
    )
    assert found.groups[0].describe("abcdefgh") == (
        "opposite rows a/e, b/f, c/g and d/h are tied by one linear relation"
    )
    assert "q - rank(P)" in found.theorem


def test_a_function_of_ones_own_is_decided_numerically():
    mine = activations.from_callable(lambda z: torch.relu(z), breakpoints=(0.0,))
    found = rank_verdict(bad_points(3), mine)
    assert found.rank == 7
    assert not found.is_exact
    assert "decided numerically" in found.reason


def test_many_null_vectors_are_refused_but_not_the_verdict(monkeypatch):
    pairs = sphere(400, 3)
    found = rank_verdict(torch.cat([pairs, -pairs]), "tanh")
    monkeypatch.setattr("widthwise.numerics.memory.available_bytes", lambda: 10**6)
    assert found.nullity == 400
    assert len(found.groups) == 50
    assert found.residual_bound(torch.ones(800)) == pytest.approx(800**0.5)
    with pytest.raises(MemoryBudgetError, match="400 null vectors of 800 rows"):
        _ = found.null_vectors


def test_bad_input_is_refused_with_the_number_at_fault():
    points = sphere(5, 3)
    with pytest.raises(NotOnSphereError, match="Row 3 has norm 2"):
        rank_verdict(torch.cat([points[:3], 2 * points[3:4]]), "relu")
    with pytest.raises(NotOnSphereError, match="Row 1 has norm nan"):
        rank_verdict(torch.tensor([[1.0, 0.0], [math.nan, 0.0]]), "relu")
    with pytest.raises(UnknownNameError, match="Did you mean 'relu'"):
        rank_verdict(points, "rellu")
    with pytest.raises(UnknownNameError, match="no law named"):
        rank_verdict(points, "relu", "cauchy")
    with pytest.raises(InvalidArgumentError, match=r"Sphere\(3\)"):
        rank_verdict(points, "relu", Sphere(dimension=4))
    with pytest.raises(InvalidArgumentError, match="two columns"):
        rank_verdict(torch.ones(3, 1), "relu")
    with pytest.raises(InvalidArgumentError, match="near_angle"):
        rank_verdict(points, "relu", tolerance=1e-2)
    with pytest.raises(InvalidArgumentError, match="conjugate, tangent_inner"):
        rank_verdict(points, "relu", kernel="neural")
    with pytest.raises(OutsideDomainError, match="Use the sphere law"):
        rank_verdict(points, "wendland0", "gaussian")
    found = rank_verdict(points, "relu")
    with pytest.raises(InvalidArgumentError, match=r"shape \(4,\)"):
        found.residual_bound(torch.ones(4))
    with pytest.raises(InvalidArgumentError, match="row 1 is nan"):
        found.residual_bound(torch.tensor([0.0, math.nan, 0.0, 0.0, 0.0]))


def test_a_dependence_at_the_tolerance_is_not_called_exact():
    """Directions 2e-12 off a plane: nobody can say whether data or rounding did it."""
    for gap in (2e-12, 1e-11):
        rows = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1.0, 1.0, gap]]
        half = torch.tensor(rows, dtype=torch.float64)
        half = half / half.norm(dim=1, keepdim=True)
        assert not rank_verdict(torch.cat([half, -half]), "relu").is_exact


@pytest.mark.parametrize(("sign", "kind"), [(1.0, "equal"), (-1.0, "opposite")])
@pytest.mark.parametrize("angle", [0.0, 3e-13])
def test_rows_counted_as_equal_or_opposite_carry_their_angle(sign, kind, angle):
    points = np.random.default_rng(5).standard_normal((6, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    across = np.cross(points[2], [0.0, 0.0, 1.0])
    across /= np.linalg.norm(across)
    other = points[2] if angle == 0.0 else points[2] + angle * across
    rows = torch.from_numpy(np.vstack([points, sign * other]))
    # The absolute value cannot tell x from -x.
    verdict = rank_verdict(rows, activations.get("abs"))
    assert verdict.rank == 6
    (group,) = verdict.groups
    assert (group.kind, group.rows) == (kind, (2, 6))
    # Coordinates are rounded to 1e-16, and so is the angle.
    assert group.angles[0] == 0.0
    assert group.angles[1] == pytest.approx(angle, abs=3e-16)
    assert ("counted as such" in verdict.reason) == (angle > 0.0)
    assert ("3e-13 rad" in str(group)) == (angle > 0.0)
    if angle == 0.0:
        assert group.angles[1] == 0.0


def test_rows_that_float32_cannot_tell_apart_are_left_open():
    generator = torch.Generator().manual_seed(0)
    points = torch.nn.functional.normalize(
        torch.randn(12, 4, generator=generator, dtype=torch.float64)
    )
    points[1] = points[0] + 2e-7 * points[2]
    points = torch.nn.functional.normalize(points)
    assert rank_verdict(points, "elu").rank == 12
    single = rank_verdict(points.float(), "elu")
    assert single.rank == 11
    assert not single.can_fit_any_labels
    assert rank_verdict(points.float(), "elu", tolerance=1e-12).rank == 12

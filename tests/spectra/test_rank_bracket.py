"""A verdict is right or left open: what hangs on rounding, tolerances and samples."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from numpy.polynomial import chebyshev

from widthwise import activations
from widthwise.laws import Sphere
from widthwise.spectra import rank_verdict
from widthwise.spectra._active_degrees import active_degrees
from widthwise.spectra._rational_rank import rational_rank

T_36 = chebyshev.cheb2poly([0] * 36 + [1]).tolist()


def circle(angles):
    return torch.from_numpy(np.stack([np.cos(angles), np.sin(angles)], axis=1))


def sphere(count, dimension):
    random = np.random.default_rng(0).standard_normal((count, dimension))
    return torch.from_numpy(random / np.linalg.norm(random, axis=1, keepdims=True))


def determinant(points):
    a, b, c = (
        [Fraction(x) ** 2, Fraction(x) * Fraction(y), Fraction(y) ** 2]
        for x, y in points.tolist()
    )
    return (
        a[0] * (b[1] * c[2] - b[2] * c[1])
        - a[1] * (b[0] * c[2] - b[2] * c[0])
        + a[2] * (b[0] * c[1] - b[1] * c[0])
    )


@pytest.mark.parametrize("law", ["sphere", "gaussian"])
@pytest.mark.parametrize("gap", [1e-3, 1e-5, 1e-7, 1e-8])
def test_squares_at_three_close_points_of_the_circle_are_independent(gap, law):
    points = circle(gap * np.arange(3.0))
    assert determinant(points) != 0
    found = rank_verdict(points, "square", law)
    assert found.can_fit_any_labels
    assert found.residual_bound(torch.tensor([1.0, -2.0, 1.0])) == 0.0


@pytest.mark.parametrize("places", [(0, 1, 2), (0, -2, 1), (0, 5, -2)])
@pytest.mark.parametrize("size", [3e-8, 1e-8, 3e-9])
def test_different_points_in_a_row_are_independent_for_quadratics(places, size):
    """Three different points always are, though rounding is off the row by as much."""
    centre, along = np.array([5.0, 1.0, -3.0]), np.array([1.0, 1.0, 2.0])
    rows = centre + size * np.array(places)[:, None] * along
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    act = activations.get("rectified_monomial", degree=2)
    both = torch.from_numpy(np.vstack([rows, -rows]))
    assert rank_verdict(both, act, "gaussian").can_fit_any_labels
    assert rank_verdict(torch.from_numpy(rows), "square").can_fit_any_labels


def test_rows_as_near_as_the_tolerance_leave_the_verdict_open():
    """1e-13 rad, or 3e-16, may be the rounding of whoever prepared them; 0 is not."""
    for gap, answer in ((1e-9, True), (1e-13, None), (3e-16, None), (0.0, False)):
        found = rank_verdict(circle(np.array([0.5, 0.5 + gap, 2.0])), "elu", "gaussian")
        assert found.can_fit_any_labels is answer
        assert found.is_exact == (answer is not None)
    found = rank_verdict(circle(np.array([0.5, 0.5 + 1e-13, 2.0])), "elu", "gaussian")
    assert found.rank_interval == (2, 3)
    assert "not decided" in found.reason
    assert "between 2 and 3 for 3 rows" in found.reason
    assert found.nullity == 0
    assert "Merge" in found.cure


def test_all_degrees_of_a_chebyshev_polynomial_count():
    """T_36 on the sphere of R^3 has every even degree: 703 harmonics, not 637."""
    act = activations.get("polynomial", coefficients=T_36)
    found = active_degrees(act, Sphere(3), 3)
    assert (found.even, found.odd, found.doubtful) == (tuple(range(0, 37, 2)), (), ())


def test_coefficients_that_cancel_to_their_rounding_are_doubtful():
    """P_4 of five dimensions has thirds: its floats have a trace of degrees 0 and 2."""
    exact = [Fraction(1, 21), Fraction(0), Fraction(-2, 3), Fraction(0), Fraction(1)]
    act = activations.get("polynomial", coefficients=[float(c) for c in exact])
    points = sphere(60, 5)
    found = rank_verdict(points, act)
    assert found.rank_interval[0] == 55
    assert found.can_fit_any_labels is None or found.rank == 55


def test_copies_of_another_last_digit_may_be_copies():
    half = circle(np.linspace(0.1, 3.0, 20))
    points = torch.cat([half, torch.nextafter(half, torch.tensor(2.0).double())])
    act = activations.get("wendland0", dimension=2)
    found = rank_verdict(points, act)
    assert found.can_fit_any_labels is None
    assert found.rank_interval == (20, 40)
    found = rank_verdict(torch.cat([half, half]), act)
    assert found.rank_interval == (20, 20)


CUSTOM = {
    "z^32": (lambda z: z**32, 3, 600, 561),
    "z^40": (lambda z: z**40, 2, 60, 41),
    "z + 1e-10 z^20": (lambda z: z + 1e-10 * z**20, 2, 30, 23),
}


@pytest.mark.parametrize("name", CUSTOM)
def test_a_sampled_function_is_never_a_yes_that_its_spectrum_denies(name):
    function, dimension, count, rank = CUSTOM[name]
    points = sphere(count, dimension)
    found = rank_verdict(points, activations.from_callable(function, name))
    assert not found.can_fit_any_labels
    low, high = found.rank_interval
    assert low <= rank <= high
    assert not found.is_exact
    if found.can_fit_any_labels is None:
        assert f"rank {high}" in found.reason
        assert f"shows {low}" in found.reason


@pytest.mark.slow
def test_waves_that_three_points_of_the_circle_share():
    """abs(cos 12 φ) at points a twelfth of a half turn apart: the true rank is 1."""
    kinks = [math.cos((2 * j + 1) * math.pi / 24) for j in range(12)]
    act = activations.from_callable(
        lambda z: torch.cos(12 * torch.acos(z.clamp(-1, 1))).abs(),
        "waves",
        breakpoints=kinks,
        domain=(-1, 1),
    )
    found = rank_verdict(circle(np.arange(3) * math.pi / 12 + 0.1), act)
    assert found.can_fit_any_labels is None
    assert found.rank == 1


@pytest.mark.parametrize("parities", [(0, 2, 4), (1, 3), (0, 1, 2), (0, 3)])
def test_the_rational_rank_counts_harmonics_in_general_position(parities):
    random = np.random.default_rng(0).standard_normal((40, 3))
    most = sum(2 * k + 1 for k in parities)
    assert rational_rank(random, parities, 3) == most
    inside = np.random.default_rng(1).integers(-9, 10, (40, 2)) @ np.array(
        [[1, 2, 3], [0, 1, -1]]
    )
    inside = inside[np.any(inside != 0, axis=1)].astype(float)
    # In a plane a harmonic of degree k is any form of that degree and parity.
    forms = max((k + 1 for k in parities if k % 2 == 0), default=0)
    forms += max((k + 1 for k in parities if k % 2), default=0)
    assert rational_rank(inside, parities, 3) <= forms


def short(count, dimension, seed):
    """Rows of norm one to 2e-9 whose numbers have 25 bits: products are exact."""
    random, rows = np.random.default_rng(seed), []
    while len(rows) < count:
        row = random.normal(size=dimension)
        row = np.round(row / np.linalg.norm(row) * 2**25) / 2**25
        if abs(np.linalg.norm(row) - 1) < 2e-9:
            rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("ulps", [1, 2])
def test_rows_some_ulps_apart_are_not_called_equal(seed, sign, ulps):
    """As rationals they are two points; an opposite is seldom written down exactly."""
    rows = short(6, 3, seed)
    rows[5] = sign * rows[1]
    for _ in range(ulps):
        rows[5, seed % 3] = np.nextafter(rows[5, seed % 3], np.inf)
    points = torch.from_numpy(rows)
    found = rank_verdict(points, "relu")
    assert found.can_fit_any_labels is (None if sign > 0 else True)
    found = rank_verdict(points, "abs")
    assert found.rank == 5
    assert not found.is_exact
    if sign > 0:
        assert found.can_fit_any_labels is None
        assert found.rank_interval == (5, 6)
        assert found.nullity == 0
    else:
        assert "one rounding of unit rows" in found.reason


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
@pytest.mark.parametrize("law", ["sphere", "gaussian"])
def test_rows_some_ulps_apart_leave_a_polynomial_open(degree, law):
    """Over the rationals six points are six, in one cluster of a few roundings."""
    rows = np.repeat(short(1, 3, degree), 6, axis=0)
    for i in range(6):
        for _ in range(i):
            rows[i, i % 3] = np.nextafter(rows[i, i % 3], np.inf)
    act = activations.get("polynomial", coefficients=[0.0] * degree + [1.0])
    found = rank_verdict(torch.from_numpy(rows), act, law)
    parity = tuple(range(degree % 2, degree + 1, 2))
    assert found.can_fit_any_labels is (False if degree == 1 else None)
    assert found.rank_interval == (1, rational_rank(rows, parity, 3))
    assert not found.is_exact


def test_a_cluster_that_one_rounding_makes_a_line_is_not_called_exact():
    """Its points are told apart, and their rank is not that of the rationals."""
    generator = np.random.default_rng(5)
    for _ in range(20):
        rows = short(1, 4, 3) + 3e-16 * generator.standard_normal((4, 4))
        act = activations.get("polynomial", coefficients=(0.0, 0.0, 1.0))
        found = rank_verdict(torch.from_numpy(rows), act)
        exact = rational_rank(rows, (0, 2), 4)
        low, high = found.rank_interval
        assert low <= exact <= high
        assert found.is_exact == (low == high)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_rows_of_one_ray_are_equal_and_exact_whatever_their_last_digits(seed, sign):
    rows = short(6, 3, seed)
    rows[5] = sign * rows[1] * (1 + 2.0**-27)
    assert (rows[5] != sign * rows[1]).all()
    found = rank_verdict(torch.from_numpy(rows), "abs")
    assert (found.can_fit_any_labels, found.rank) == (False, 5)
    assert found.is_exact
    assert found.rows == (1, 5)


def test_directions_that_one_rounding_makes_dependent_are_not_called_exact():
    """(x + y) / |x + y| is on no plane with x and y over the rationals."""
    rows = short(3, 3, 0)
    rows[2] = rows[0] + rows[1]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    points = torch.from_numpy(np.vstack([rows, -rows]))
    found = rank_verdict(points, "relu")
    assert found.rank == 5
    assert not found.is_exact
    assert "one rounding" in found.reason
    exact = torch.tensor([[1.0, 0, 0], [0, 1, 0], [0.6, 0.8, 0]], dtype=torch.float64)
    found = rank_verdict(torch.cat([exact, -exact]), "relu")
    assert (found.rank, found.is_exact) == (5, True)

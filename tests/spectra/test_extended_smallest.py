"""Smallest eigenvalues in extended precision, against stored and independent values."""

import json
import re
from pathlib import Path

import pytest
import torch
from flint import arb, arb_mat, ctx

from widthwise import activations, datasets
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.kernels import (
    conjugate_kernel,
    deep_kernels,
    enclosed_deep_kernels,
    enclosed_kernel,
    tangent_kernel,
)
from widthwise.laws import Sphere
from widthwise.spectra import extended_smallest, smallest_enclosed

REFERENCE = Path(__file__).parents[1] / "reference" / "exact_values.json"
STORED = [
    pytest.param(each, id=f"{each['id']}")
    for each in json.loads(REFERENCE.read_text(encoding="utf-8"))
    if each["group"] == "panigrahi.gmatrix" and each["name"].startswith("lam_min")
]


def half_circle(count):
    """Return cos(πj/n), sin(πj/n) as balls."""
    with ctx.workprec(500):
        angles = [arb.pi() * j / count for j in range(1, count + 1)]
        return [[angle.cos(), angle.sin()] for angle in angles]


@pytest.mark.parametrize("entry", STORED)
def test_the_half_circle_has_the_stored_digits(entry):
    """The 14 digits of the stored text, of which a float of λ_min keeps all."""
    sigma = activations.get(entry["inputs"]["activation"])
    points = half_circle(entry["inputs"]["n"])
    found = extended_smallest(points, sigma, "gaussian", "tangent_inner", digits=20)
    assert found.is_positive
    assert found.digits >= 20
    text = entry["expected_str"][0]
    digits = len(re.sub(r"e.*|\D", "", text).lstrip("0"))
    unit = abs(arb(text)) * arb(10) ** (1 - digits)
    assert abs(found.enclosure - arb(text)) < unit


def test_the_enclosure_contains_a_known_eigenvalue():
    """Of the matrix with 2 on the diagonal and -1 beside it: 2 - 2 cos(π/(n+1))."""
    n = 12
    rows = [[2 if i == j else -(abs(i - j) == 1) for j in range(n)] for i in range(n)]
    found = smallest_enclosed(arb_mat(rows), bits=200)
    with ctx.workprec(300):
        expected = 2 - 2 * (arb.pi() / (n + 1)).cos()
        assert found.enclosure.contains(expected)
    assert found.digits >= 50


def test_nearly_equal_eigenvalues_are_told_apart():
    """Diagonal 1, 1 + 1e-30, 2 turned by a rotation: the smallest is 1."""
    with ctx.workprec(400):
        c, s = arb(3) / 5, arb(4) / 5
        turn = arb_mat([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        second = arb_mat([[1, 0, 0], [0, c, -s], [0, s, c]])
        turn = turn * second
        middle = arb_mat([[2, 0, 0], [0, 1 + arb(10) ** -30, 0], [0, 0, 1]])
        found = smallest_enclosed(turn * middle * turn.transpose(), bits=300)
        assert found.enclosure.contains(1)
        assert found.enclosure.rad() < arb(10) ** -60


def test_a_singular_matrix_is_not_said_to_be_positive():
    """Antipodal points and a rectifier: λ_min = 0 whatever the precision."""
    points = torch.tensor(
        [[1.0, 0.0], [0.6, 0.8], [-1.0, 0.0], [-0.6, -0.8], [0.0, 1.0]]
    )
    points = torch.cat([points, -points[4:]])
    found = extended_smallest(
        points, activations.get("relu"), "gaussian", "tangent_inner", most_bits=300
    )
    assert not found.is_positive
    # At t = -1 the angle is a root of 1 + t: of 194 bits 97 are left, 6e-30.
    assert found.lower <= 0.0 <= found.upper <= 1e-28
    assert "not told from zero" in str(found)


@pytest.mark.parametrize("name", ["relu", "tanh", "swish", "gelu", "elu"])
def test_a_duplicate_row_is_singular(name):
    points = torch.tensor([[0.6, 0.8], [0.6, 0.8], [1.0, 0.0]], dtype=torch.float64)
    found = extended_smallest(points, activations.get(name))
    assert not found.is_positive
    assert (found.lower, found.upper, str(found)) == (0.0, 0.0, "0, exactly")
    # As it is of the balls, in which no two rows are known to be equal.
    balls = enclosed_kernel(points, activations.get(name), "gaussian", bits=100)
    assert smallest_enclosed(balls, bits=100).enclosure.contains(0)


@pytest.mark.parametrize("name", ["tanh", "sin", "erf"])
def test_opposite_rows_are_singular_for_an_odd_activation(name):
    points = [[3.0, 4.0], [1.0, 0.5], [-3.0, -4.0]]
    assert str(extended_smallest(points, activations.get(name))) == "0, exactly"
    assert extended_smallest(points, activations.get("relu")).is_positive


@pytest.mark.parametrize(("name", "most"), [("tanh", 180), ("gelu", None)])
def test_a_matrix_that_stays_singular_has_its_tightest_enclosure(name, most):
    """Rows on one ray are equal on the sphere, which no ball can show."""
    points = [[1.0, 2.0], [0.5, 0.125], [3.0, 6.0]]
    sigma = activations.get(name)
    found = extended_smallest(points, sigma, digits=2, most_bits=most)
    assert not found.is_positive
    assert found.lower <= 0.0 <= found.upper < 1e-30
    assert "not told from zero" in str(found)


def test_a_law_may_be_the_object():
    points = torch.tensor([[0.6, 0.8, 0.0], [0.0, 0.8, 0.6], [1.0, 0.0, 0.0]])
    relu = activations.get("relu")
    named = extended_smallest(points, relu, "sphere")
    assert extended_smallest(points, relu, Sphere(3)).value == named.value
    with pytest.raises(InvalidArgumentError, match="3 coordinates"):
        extended_smallest(points, relu, Sphere(4))


@pytest.mark.parametrize("kernel", ["conjugate", "tangent_inner", "tangent_both"])
def test_the_float_kernels_are_within_their_error_of_the_balls(points, kernel):
    from widthwise.arrays import provenance

    sigma = activations.get("swish")
    balls = enclosed_kernel(points, sigma, "sphere", kernel, bits=150)
    if kernel == "conjugate":
        matrix = conjugate_kernel(points, sigma, "sphere")
    else:
        matrix = tangent_kernel(
            points, sigma, "sphere", kernel.removeprefix("tangent_")
        )
    allowed = provenance(matrix).entry_error
    worst = max(
        float(abs(balls[i, j] - float(matrix[i, j])).upper())
        for i in range(12)
        for j in range(12)
    )
    assert worst <= allowed


@pytest.mark.parametrize("name", ["relu", "tanh", "swish", "erf"])
def test_the_deep_float_kernels_are_within_their_error_of_the_balls(points, name):
    from widthwise.arrays import provenance

    sigma = activations.get(name)
    balls = enclosed_deep_kernels(points, sigma, 3, 1.5, 0.25, bits=120)
    matrices = deep_kernels(points, sigma, 3, 1.5, 0.25)
    for ball, matrix in zip(balls, matrices, strict=True):
        worst = max(
            float(abs(ball[i, j] - float(matrix[i, j])).upper())
            for i in range(12)
            for j in range(12)
        )
        assert worst <= provenance(matrix).entry_error


def test_depth_is_reached_through_the_same_call(points):
    sigma = activations.get("swish")
    _, tangent = deep_kernels(points, sigma, 2, 1.5)
    found = extended_smallest(
        points, sigma, kernel="deep_tangent", depth=2, weight_std=1.5, digits=12
    )
    assert found.digits >= 12
    smallest = float(torch.linalg.eigvalsh(tangent)[0])
    # An eigenvalue moves by at most n times the error of an entry.
    assert smallest == pytest.approx(found.value, abs=1e-13)


@pytest.mark.slow
def test_fifty_points_of_the_half_circle_are_resolved_for_tanh():
    found = extended_smallest(
        half_circle(50), activations.get("tanh"), "gaussian", "tangent_inner", digits=5
    )
    assert found.is_positive
    assert found.digits >= 5
    # In float64 the matrix's own rounding, 50 * 2.2e-16, is larger.
    assert 1.877e-15 < found.lower <= found.upper < 1.879e-15


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("name", ["relu", "swish"])
def test_prostate_has_the_stored_smallest_eigenvalue(name, data_directory):
    data = datasets.load("prostate", data_dir=data_directory).standardize().to_sphere()
    found = extended_smallest(data.points, activations.get(name), "sphere", digits=10)
    stored = {"relu": (5.779447324068605e-06, 1e-6), "swish": (2.06732648e-10, 1e-3)}
    assert found.digits >= 10
    value, tolerance = stored[name]
    assert found.value == pytest.approx(value, rel=tolerance)


def test_what_cannot_be_enclosed_is_refused(points):
    relu = activations.get("relu")
    mine = activations.from_callable(torch.tanh, name="mine")
    with pytest.raises(
        InvalidArgumentError, match="no proven form of the dual of mine"
    ):
        extended_smallest(points, mine)
    with pytest.raises(InvalidArgumentError, match="no proven form"):
        extended_smallest(points, activations.get("elu"), "sphere")
    with pytest.raises(InvalidArgumentError, match="digits"):
        extended_smallest(points, relu, digits=0)
    with pytest.raises(InvalidArgumentError, match="no kernel"):
        extended_smallest(points, relu, kernel="outer")
    with pytest.raises(DataError, match="Row 1 has norm"):
        extended_smallest([[1.0, 0.0], [0.0, 0.0]], relu)
    with pytest.raises(DataError, match="Row 0"):
        extended_smallest([[float("nan"), 0.0], [0.0, 1.0]], relu)
    with pytest.raises(DataError, match="one length"):
        extended_smallest([[1.0, 0.0], [1.0]], relu)
    with pytest.raises(DataError, match="square"):
        smallest_enclosed(arb_mat(2, 3))

"""The conjugate kernel matrix."""

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise import activations, laws
from widthwise.arrays import provenance
from widthwise.errors import MemoryBudgetError, OutsideDomainError
from widthwise.kernels import conjugate_kernel, correlations, dual
from widthwise.laws import Gaussian, Sphere

NAMES = ["relu", "tanh", "step", "exp", "cos", "cubic", "wendland0", "wendland2"]


def sphere(count, dimension, seed):
    generator = torch.Generator().manual_seed(seed)
    normal = torch.randn(count, dimension, generator=generator, dtype=torch.float64)
    return normal / normal.norm(dim=1, keepdim=True)


@pytest.mark.parametrize("name", NAMES)
def test_each_entry_is_the_dual_of_the_inner_product(points, name):
    sigma = activations.for_dimension(name, 5)
    kappa = dual(sigma, Sphere(5))
    matrix = conjugate_kernel(points, sigma, Sphere(5))
    slope = float(dual_slope(kappa))
    # The inner product is rounded; the value moves by at most the slope times that.
    difference = (matrix - kappa(correlations(points))).abs().max()
    assert float(difference) <= 1e-15 * (slope + kappa.value_at_one)
    expected = torch.full((12,), kappa.value_at_one, dtype=torch.float64)
    # A unit row's distance to itself is exactly zero.
    assert torch.equal(matrix.diagonal(), expected)


def dual_slope(kappa):
    """Return the largest slope of κ over a grid, in angle."""
    theta = np.linspace(0, np.pi, 2001)
    return np.abs(np.diff(kappa.at_angle(theta).numpy())).max() / np.diff(theta)[0]


@pytest.mark.parametrize("name", NAMES)
def test_the_matrix_is_symmetric_to_the_last_bit(points, name):
    matrix = conjugate_kernel(points, activations.for_dimension(name, 5), Sphere(5))
    assert matrix.dtype == torch.float64
    assert torch.equal(matrix, matrix.T)


@pytest.mark.parametrize("name", NAMES)
def test_no_eigenvalue_is_negative_beyond_the_entries_errors(name):
    points = torch.cat([sphere(40, 3, 1), -sphere(40, 3, 1)[:10]])
    matrix = conjugate_kernel(points, activations.for_dimension(name, 3), Sphere(3))
    # Weyl: the norm of a matrix of entry errors is at most n times the largest, and
    # LAPACK's own error a few n ulps of the norm.
    allowed = 50 * provenance(matrix).entry_error + 50 * 2**-52 * float(matrix.trace())
    assert float(torch.linalg.eigvalsh(matrix)[0]) >= -allowed


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6), name=st.sampled_from(NAMES), d=st.integers(2, 6))
def test_a_rotation_of_the_points_changes_nothing(seed, name, d):
    points = sphere(9, d, seed)
    turn, _ = torch.linalg.qr(sphere(d, d, seed + 1))
    turned = points @ turn
    turned = turned / turned.norm(dim=1, keepdim=True)
    sigma = activations.for_dimension(name, d)
    first = conjugate_kernel(points, sigma, Sphere(d))
    again = conjugate_kernel(turned, sigma, Sphere(d))
    # Rotating moves each coordinate by some ulps, so an angle by some 1e-15.
    size = dual(sigma, Sphere(d)).value_at_one
    slope = float(dual_slope(dual(sigma, Sphere(d))))
    assert float((first - again).abs().max()) <= 1e-14 * (slope + size)


@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 10**6), name=st.sampled_from(NAMES))
def test_a_permutation_of_the_points_permutes_the_matrix(seed, name):
    points = sphere(11, 4, seed)
    order = torch.randperm(11, generator=torch.Generator().manual_seed(seed))
    sigma = activations.for_dimension(name, 4)
    first = conjugate_kernel(points, sigma, Sphere(4))[order][:, order]
    again = conjugate_kernel(points[order], sigma, Sphere(4))
    size = dual(sigma, Sphere(4)).value_at_one
    # BLAS may add the products of a pair in another order.
    assert float((first - again).abs().max()) <= 4e-15 * size


def test_one_point_has_its_mean_square(points):
    matrix = conjugate_kernel(points[:1], activations.get("relu"), "sphere")
    assert matrix.shape == (1, 1)
    assert float(matrix[0, 0]) == pytest.approx(1 / 10, rel=1e-14)  # 1/(2d)


@pytest.mark.parametrize("dtype", [torch.float32, torch.int64])
def test_other_dtypes_give_the_float64_matrix_of_their_values(dtype):
    rows = torch.tensor([[1, 0, 0], [0, 1, 0], [0, 0, -1], [-1, 0, 0]])
    sigma = activations.get("gelu")
    expected = conjugate_kernel(rows.double(), sigma, Gaussian())
    found = conjugate_kernel(rows.to(dtype), sigma, Gaussian())
    assert found.dtype == torch.float64
    assert torch.equal(found, expected)


def test_nearly_unit_rows_count_as_unit(points):
    sigma = activations.get("relu")
    first = conjugate_kernel(points, sigma, "sphere")
    again = conjugate_kernel(points * (1 - 5e-9), sigma, "sphere")
    assert float((first - again).abs().max()) <= 1e-15


def test_antipodal_points_are_the_dual_at_minus_one():
    points = torch.cat([sphere(5, 4, 2), -sphere(5, 4, 2)])
    for name in ("relu", "step", "abs", "tanh", "softplus"):
        sigma = activations.get(name)
        kappa = dual(sigma, Sphere(4))
        matrix = conjugate_kernel(points, sigma, "sphere")
        opposite = matrix[:5, 5:].diagonal()
        assert float((opposite - float(kappa(-1.0))).abs().max()) <= 2e-16
    # σ(z) σ(-z) = 0 for the rectifier, an even one has its mean square again.
    relu = conjugate_kernel(points, activations.get("relu"), "sphere")
    assert float(relu[:5, 5:].diagonal().abs().max()) <= provenance(relu).entry_error


@pytest.mark.parametrize(
    ("name", "law"),
    [*product(["relu", "tanh"], ["sphere", "gaussian"]), ("wendland2", "sphere")],
)
def test_wide_networks_agree_within_five_standard_errors(points, name, law):
    sigma, law = activations.for_dimension(name, 5), laws.get(law, 5)
    width = 40_000
    features = sigma((points @ law.weights(11, 5, 0, width).T).clamp(-9, 9))
    products = features[:, None, :] * features[None, :, :]
    error = products.std(dim=2) / width**0.5
    apart = (products.mean(dim=2) - conjugate_kernel(points, sigma, law)).abs()
    assert bool((apart <= 5 * error + 1e-15).all())


def test_the_label_says_what_the_matrix_is(points):
    sigma = activations.get("elu")
    origin = provenance(conjugate_kernel(points, sigma, "sphere"))
    assert (origin.kernel, origin.activation, origin.law) == (
        "conjugate",
        sigma,
        Sphere(5),
    )
    assert origin.dimension == 5
    assert origin.width is None
    assert origin.entry_error >= dual(sigma, Sphere(5)).error_bound


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "abs", "step"])
def test_the_entry_error_holds_against_40_digits(points, name):
    import mpmath as mp

    forms = {  # ((1+a)/2)² t/d + ((1-a)/2)² 2 (sqrt(1-t²) + t asin t)/(π d)
        "relu": 0.0,
        "leaky_relu": activations.get("leaky_relu").negative_slope,
        "abs": -1.0,
    }
    matrix = conjugate_kernel(points, activations.get(name), "sphere")
    with mp.workdps(40):
        rows = [mp.matrix([mp.mpf(x) for x in row]) for row in points.tolist()]
        rows = [row / mp.norm(row) for row in rows]
        for i, j in [(0, 0), (1, 0), (2, 7), (11, 4), (5, 9)]:
            t = min(
                sum(a * b for a, b in zip(rows[i], rows[j], strict=True)), mp.mpf(1)
            )
            if name == "step":
                exact = (mp.pi - mp.acos(t)) / (2 * mp.pi)
            else:
                a = mp.mpf(forms[name])
                bent = 2 * (mp.sqrt(1 - t * t) + t * mp.asin(t)) / mp.pi
                exact = (((1 + a) / 2) ** 2 * t + ((1 - a) / 2) ** 2 * bent) / 5
            # The points' own rounding moves t by two ulps.
            allowed = provenance(matrix).entry_error + 2**-51
            assert abs(float(matrix[i, j]) - exact) <= allowed


def test_the_law_must_fit_the_points(points):
    with pytest.raises(ValueError, match="5 coordinates"):
        conjugate_kernel(points, activations.get("relu"), Sphere(4))


def test_wendland_under_the_gaussian_law_is_refused(points):
    with pytest.raises(OutsideDomainError, match="sphere"):
        conjugate_kernel(points, activations.get("wendland0", dimension=5), "gaussian")


def test_a_matrix_beyond_the_memory_is_refused_before_it_is_made(points, monkeypatch):
    from widthwise.numerics import memory

    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    with pytest.raises(MemoryBudgetError, match=r"12 points.*random sample"):
        conjugate_kernel(points, activations.get("relu"), "sphere")

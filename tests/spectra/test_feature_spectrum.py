import itertools
import math

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.polynomial import chebyshev

from widthwise import activations
from widthwise.errors import InvalidArgumentError
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel
from widthwise.readouts import minimum_norm
from widthwise.spectra import (
    feature_spectra,
    feature_spectrum,
    feature_svd,
    jacobian_spectrum,
    rank_verdict,
    spectrum,
)


def cube():
    signs = torch.tensor(list(itertools.product((1.0, -1.0), repeat=3)))
    return signs.to(torch.float64) / math.sqrt(3)


def arc(n, length):
    angle = torch.linspace(0, length, n, dtype=torch.float64)
    return torch.stack([torch.cos(angle), torch.sin(angle)], dim=1)


def exact_singular_values(points, features, function):
    """Return the singular values of Φ, all of it computed with 80 digits."""
    with mpmath.workdps(80):
        x = mpmath.matrix(points.tolist())
        w = mpmath.matrix(features.weights(points.shape[1]).tolist())
        z = x * w.T
        phi = z.apply(function) / mpmath.sqrt(features.width)
        values = mpmath.eigsy(phi * phi.T, eigvals_only=True)
        roots = (float(mpmath.sqrt(abs(v))) for v in values)
        return sorted(roots, reverse=True)


@pytest.mark.parametrize("length", [2.0, 0.5, 0.12, 0.02])
def test_conditions_up_to_1e28_agree_with_eighty_digits(length):
    points, features = arc(6, length), RandomFeatures("exp", 40, "sphere", seed=2)
    exact = exact_singular_values(points, features, mpmath.exp)
    found = feature_spectrum(points, features)
    errors = [
        abs(a - b)
        for a, b in zip(found.eigenvalues.sqrt().tolist(), exact, strict=True)
    ]
    assert max(errors) <= found.singular_value_error
    low, high = found.smallest_interval
    assert low <= exact[-1] ** 2 <= high
    least, greatest = found.condition_interval
    assert least <= (exact[0] / exact[-1]) ** 2 <= greatest


def test_what_the_gram_matrix_loses_is_resolved():
    points, features = arc(6, 0.025), RandomFeatures("exp", 40, "sphere", seed=2)
    exact = exact_singular_values(points, features, mpmath.exp)
    condition = (exact[0] / exact[-1]) ** 2
    found = feature_spectrum(points, features)
    assert 1e25 < condition < 1e28
    assert found.condition_number == pytest.approx(condition, rel=1e-2)
    assert spectrum(features.gram(points)).is_singular


HALF_LINEAR = ["relu", "swish", "gelu", "softplus", "leaky_relu"]


def assert_singular_on_the_cube(name, widths, seeds):
    for seed in seeds:
        features = RandomFeatures(name, widths[-1], "sphere", seed)
        for width, found in feature_spectra(cube(), features, widths).items():
            assert found.is_singular
            assert width < 1024 or found.rank == 7


@pytest.mark.parametrize("name", HALF_LINEAR)
def test_eight_cube_points_are_singular_of_rank_seven(name):
    assert_singular_on_the_cube(name, [8, 64, 1024, 8192], range(5))


@pytest.mark.slow
@pytest.mark.parametrize("name", HALF_LINEAR)
def test_eight_cube_points_are_singular_up_to_width_65536_over_20_seeds(name):
    assert_singular_on_the_cube(name, [8, 1024, 16384, 65536], range(20))


@pytest.mark.parametrize("name", ["elu", "wendland0", "wendland2"])
def test_eight_cube_points_are_regular_for_elu_and_wendland(name):
    for seed in range(10):
        features = RandomFeatures(name, 8192, "sphere", seed)
        for found in feature_spectra(cube(), features, [1024, 8192]).values():
            assert found.rank == 8
            assert found.condition_number < 1e6


@pytest.mark.parametrize(
    ("name", "rank"), [("tanh", 4), ("erf", 4), ("sin", 4), ("cos", 4), ("step", 5)]
)
def test_rank_on_the_cube_is_that_of_the_parity(name, rank):
    for seed in range(5):
        features = RandomFeatures(name, 8192, "sphere", seed)
        assert feature_spectrum(cube(), features).rank == rank


def test_every_width_of_one_pass_is_the_spectrum_of_that_width(points):
    features = RandomFeatures("gelu", 2500, "sphere", seed=1)
    found = feature_spectra(points, features, [2500, 5, 12, 600])
    assert list(found) == [5, 12, 600, 2500]
    for width, each in found.items():
        narrow = RandomFeatures("gelu", width, "sphere", seed=1)
        direct = torch.linalg.svdvals(narrow.matrix(points))
        assert each.provenance.width == width
        values = each.eigenvalues.sqrt()[: len(direct)]
        torch.testing.assert_close(values, direct, rtol=0, atol=1e-14)


def test_narrow_features_have_at_most_their_width_in_rank(points):
    found = feature_spectrum(points, RandomFeatures("relu", 5, "gaussian"))
    assert found.points_count == 12
    assert found.rank == 5
    assert found.eigenvalues[5:].tolist() == [0.0] * 7


def test_well_conditioned_spectrum_is_that_of_the_gram_matrix(points):
    features = RandomFeatures("wendland2", 5000, "sphere", seed=3)
    by_gram = spectrum(features.gram(points))
    found = feature_spectrum(points, features)
    gap = (by_gram.eigenvalues - found.eigenvalues).abs().max()
    assert float(gap) <= by_gram.error_bound + found.error_bound


@settings(deadline=None, max_examples=20)
@given(permutation=st.permutations(range(12)))
def test_permutation_of_the_points_changes_nothing(permutation):
    generator = torch.Generator().manual_seed(5)
    points = torch.randn(12, 5, generator=generator, dtype=torch.float64)
    features = RandomFeatures("tanh", 800, "gaussian", seed=1)
    plain = feature_spectrum(points, features)
    moved = feature_spectrum(points[list(permutation)], features)
    gap = (plain.eigenvalues.sqrt() - moved.eigenvalues.sqrt()).abs().max()
    assert float(gap) <= 2 * plain.singular_value_error


@settings(deadline=None, max_examples=20)
@given(power=st.integers(-400, 400))
def test_scaling_the_points_scales_relu_eigenvalues_by_its_square(power):
    generator = torch.Generator().manual_seed(5)
    points = torch.randn(9, 5, generator=generator, dtype=torch.float64)
    features = RandomFeatures("relu", 300, "gaussian", seed=1)
    plain = feature_spectrum(points, features).eigenvalues
    scaled = feature_spectrum(points * 2.0**power, features).eigenvalues
    torch.testing.assert_close(
        scaled.sqrt() * 2.0**-power, plain.sqrt(), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_features_whose_squares_leave_the_range_are_refused(points, scale):
    with pytest.raises(InvalidArgumentError, match=r"[Ss]cale (the points|it up)"):
        feature_spectrum(points * scale, RandomFeatures("relu", 50, "gaussian"))


def test_features_that_overflow_are_refused(points):
    with pytest.raises(InvalidArgumentError, match="overflow"):
        feature_spectrum(points * 1e200, RandomFeatures("square", 50, "gaussian"))


def test_features_that_are_all_zero_have_rank_zero():
    found = feature_spectrum(torch.zeros(3, 4), RandomFeatures("relu", 9, "gaussian"))
    assert found.rank == 0
    assert found.condition_number == math.inf


@pytest.mark.parametrize("width", [4, 12, 3000])
def test_left_singular_vectors_diagonalize_the_gram_matrix(points, width):
    features = RandomFeatures("elu", width, "sphere", seed=1)
    values, left = feature_svd(points, features)
    rank = min(12, width)
    assert left.shape == (12, rank)
    eye = torch.eye(rank, dtype=torch.float64)
    torch.testing.assert_close(left.T @ left, eye, rtol=0, atol=1e-13)
    gram = (left * values**2) @ left.T
    torch.testing.assert_close(gram, features.gram(points), rtol=0, atol=1e-13)


@pytest.mark.parametrize("degree", [4, 10, 16, 24])
def test_the_rounding_of_a_polynomial_is_no_rank(degree):
    """T_k on the circle has degree k alone: rank 2 at every width."""
    angles = torch.linspace(0.1, 2.9, 8, dtype=torch.float64)
    points = torch.stack([angles.cos(), angles.sin()], dim=1)
    coefficients = chebyshev.cheb2poly([0] * degree + [1]).tolist()
    act = activations.get("polynomial", coefficients=coefficients)
    features = RandomFeatures(act, width=400, law="sphere")
    assert feature_spectrum(points, features).rank == 2
    values, _ = feature_svd(points, features)
    assert int((values > 0).sum()) == 2
    labels = torch.linspace(-1, 1, 8, dtype=torch.float64)
    found = minimum_norm(features.matrix(points), labels)
    least = rank_verdict(points, act).relative_residual_bound(labels)
    assert found.rank == 2
    assert least <= found.residual <= least + 1e-6


@pytest.mark.parametrize("shift", [3.0, 100.0])
def test_a_formula_that_cancels_is_no_rank(shift):
    act = activations.from_callable(
        lambda z: (z + shift) ** 2 - shift * shift - 2 * shift * z, "cancelling"
    )
    random = torch.Generator().manual_seed(0)
    frame = torch.randn(2, 3, generator=random, dtype=torch.float64)
    points = torch.randn(13, 2, generator=random, dtype=torch.float64) @ frame
    points = points / points.norm(dim=1, keepdim=True)
    for law in ("sphere", "gaussian"):
        assert feature_spectrum(points, RandomFeatures(act, 200, law)).rank == 3
        assert spectrum(conjugate_kernel(points, act, law)).rank == 3
        assert rank_verdict(points, act, law).rank == 3
        assert not rank_verdict(points, act, law).can_fit_any_labels


@pytest.mark.parametrize("degree", [8, 24])
def test_the_rounding_of_a_slope_is_no_rank_of_a_jacobian(degree):
    """σ' = T_k on the circle, times a coordinate: degrees k - 1 and k + 1, rank 4."""
    angles = torch.linspace(0.1, 2.9, 8, dtype=torch.float64)
    points = torch.stack([angles.cos(), angles.sin()], dim=1)
    slope = chebyshev.cheb2poly([0] * degree + [1])
    coefficients = [0.0, *(slope / np.arange(1, degree + 2)).tolist()]
    act = activations.get("polynomial", coefficients=coefficients)
    weights = points.flip(0).repeat(8, 1)[:60]
    assert jacobian_spectrum(points, weights, torch.ones(60), act).rank == 4

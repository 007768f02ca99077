"""Khatri-Rao powers, the bounds they give, and the ceilings of polynomial ranks."""

import json
import math
import re
from pathlib import Path

import mpmath as mp
import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.datasets import span_dimension
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.features import jacobian
from widthwise.kernels import (
    dual,
    dual_of_derivative,
    feature_scale,
    hermite_coefficients,
    tangent_kernel,
)
from widthwise.laws import Gaussian
from widthwise.spectra import (
    jacobian_spectrum,
    khatri_rao_bound,
    khatri_rao_condition,
    khatri_rao_smallest,
    rank_ceiling,
    rank_verdict,
    spectrum,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "exact_values.json"
VALUES = json.loads(REFERENCE.read_text(encoding="utf-8"))
POLYNOMIALS = {
    "z^2": (0, 0, 1),
    "z^3": (0, 0, 0, 1),
    "z+z^2": (0, 1, 1),
    "(1+z)^3": (1, 3, 3, 1),
}


def stored(group, pattern):
    found = [
        pytest.param(each, id=str(each["id"]))
        for each in VALUES
        if each["group"] == group and re.search(pattern, each["name"])
    ]
    assert found
    return found


def on_sphere(count, dimension, seed=3):
    generator = torch.Generator().manual_seed(seed)
    normal = torch.randn(count, dimension, generator=generator, dtype=torch.float64)
    return normal / normal.norm(dim=1, keepdim=True)


@pytest.mark.parametrize("power", [1, 2, 3])
def test_the_smallest_singular_value_is_that_of_the_tensor_product(power):
    """All d^r products, repeated ones too, by brute force."""
    points = on_sphere(5, 4)
    product = points
    for _ in range(power - 1):
        product = torch.einsum("ni,nj->nij", product, points).reshape(5, -1)
    smallest = float(torch.linalg.svdvals(product)[-1]) if power > 1 else 0.0
    # Five points of R^4 are dependent.
    assert khatri_rao_smallest(points, power) == pytest.approx(smallest**2, rel=1e-11)


def test_small_values_keep_their_digits_below_rounding_of_the_gram_matrix():
    """Two points at angle a: the squares' Gram matrix has 1 - cos² a = sin² a."""
    angle = 1e-10
    points = torch.tensor([[1.0, 0.0], [math.cos(angle), math.sin(angle)]])
    points = points.double()
    points[1, 1] = math.sin(angle)
    found = khatri_rao_smallest(points, 2)
    # Singular values have absolute error 1e-16 times √2; the smallest is 1e-10.
    assert found == pytest.approx(1 - math.cos(angle) ** 2 or angle**2, rel=1e-5)


@pytest.mark.parametrize("entry", stored("oymak", "^rank of Khatri-Rao"))
def test_the_product_has_the_stored_rank(entry):
    n, d = entry["inputs"]["n"], entry["inputs"]["d"]
    rank = min(n, d * (d + 1) // 2)
    assert rank == entry["expected"]
    assert (khatri_rao_smallest(on_sphere(n, d)) > 0) == (rank == n)


def test_the_condition_is_of_order_one_for_random_points():
    """Twice as many points as coordinates, far below d(d+1)/2."""
    for d in (10, 20, 40):
        assert 1.0 < khatri_rao_condition(on_sphere(2 * d, d)) < 8.0
    assert khatri_rao_condition(on_sphere(7, 3)) == math.inf


@pytest.mark.parametrize(
    "name", ["relu", "softplus", "tanh", "swish", "gelu", "elu", "erf", "selu"]
)
def test_the_bound_holds_and_is_not_vacuous(name):
    points = on_sphere(9, 6)
    sigma = activations.get(name)
    bound = khatri_rao_bound(points, sigma)
    smallest = spectrum(tangent_kernel(points, sigma, "gaussian", "inner")).smallest
    assert smallest / 60 <= bound.value <= smallest
    assert bound.terms.argmax() == bound.degree
    if sigma.parity == "odd":
        assert float(bound.terms[1]) == 0.0  # μ = 0: the quadratic bound is vacuous
        assert bound.degree % 2 == 0


def test_orthonormal_points_attain_the_mean_square_slope():
    """λ(X) = E φ'(g)², of which every term is a part."""
    points = torch.eye(4, dtype=torch.float64)
    for name, expected in (("relu", 0.5), ("softplus", 0.29337903585809296)):
        sigma = activations.get(name)
        matrix = tangent_kernel(points, sigma, "gaussian", "inner")
        assert spectrum(matrix).smallest == pytest.approx(expected, abs=1e-14)
        terms = khatri_rao_bound(points, sigma, 16).terms
        assert float(terms.sum()) <= expected + 1e-14


@pytest.mark.parametrize("entry", stored("oymak", "^mu_phi"))
def test_the_first_coefficient_is_the_stored_mean(entry):
    name = re.split(r"[ =]", entry["name"])[-1]
    name = {"(=E": "relu"}.get(name, name)
    if name not in activations.CATALOG:
        name = next(
            each
            for each in ("softplus", "relu", "tanh", "erf")
            if each in entry["name"]
        )
    found = float(hermite_coefficients(activations.get(name), 1, 1)[1])
    assert found == pytest.approx(entry["expected"], abs=1e-13)


@pytest.mark.parametrize("name", ["tanh", "swish", "elu", "hard_tanh"])
@pytest.mark.parametrize("order", [0, 1])
def test_hermite_coefficients_agree_with_mpmath(name, order):
    sigma = activations.get(name)
    found = hermite_coefficients(sigma, 7, order)
    function = sigma.derivative if order else sigma

    def value(z):
        return float(function(torch.tensor(float(z), dtype=torch.float64)))

    def hermite(k, z):
        return mp.hermite(k, z / mp.sqrt(2)) / mp.sqrt(2**k * mp.factorial(k))

    edges = sorted({-12, *range(-9, 10, 3), 12, *sigma.breakpoints})
    for k in (0, 1, 2, 7):
        expected = mp.quad(lambda z, k=k: value(z) * hermite(k, z) * mp.npdf(z), edges)
        # The function's values are rounded to 1e-16, its quadrature to 1e-14.
        assert float(found[k]) == pytest.approx(float(expected), abs=3e-14)


@pytest.mark.parametrize("name", ["tanh", "sigmoid", "swish", "softplus", "gelu"])
def test_squares_of_the_coefficients_add_up_to_the_dual(name):
    sigma = activations.get(name)
    for order, function in ((0, dual), (1, dual_of_derivative)):
        squares = hermite_coefficients(sigma, 120, order).numpy() ** 2
        kappa = function(sigma, Gaussian())
        for t in (-0.7, 0.0, 0.6):
            series = float(np.polynomial.polynomial.polyval(t, squares))
            assert series == pytest.approx(float(kappa(t)), abs=1e-13)


def test_the_scale_gives_features_of_mean_square_one():
    """E max(0, g)² = 1/2, and the mean square of the scaled features is one."""
    assert feature_scale(activations.get("relu")) == pytest.approx(2**0.5, rel=1e-14)
    sigma = activations.get("tanh")
    square = dual(sigma, Gaussian()).value_at_one
    assert feature_scale(sigma) ** 2 * square == pytest.approx(1.0, rel=1e-14)
    with pytest.raises(InvalidArgumentError, match="zero almost everywhere"):
        feature_scale(activations.get("polynomial", coefficients=(0.0,)))


@pytest.mark.parametrize("entry", stored("panigrahi.rank", "sigma="))
def test_the_ceiling_is_the_stored_rank(entry):
    formula = re.search(r"sigma=([^,]*)", entry["name"])[1]
    sigma = activations.get("polynomial", coefficients=POLYNOMIALS[formula])
    kernel = "conjugate" if "output kernel" in entry["name"] else "tangent_inner"
    span = entry["inputs"]["dim_span"]
    assert rank_ceiling(sigma, span, kernel) == entry["expected"]
    points = on_sphere(entry["inputs"]["n"], span)
    lifted = torch.cat(
        [points, torch.zeros(len(points), 2, dtype=torch.float64)], dim=1
    )
    assert span_dimension(lifted) == span
    verdict = rank_verdict(lifted, sigma, law="gaussian", kernel=kernel)
    assert verdict.rank == entry["expected"]


def test_only_polynomials_have_a_ceiling():
    assert rank_ceiling(activations.get("tanh"), 3) == math.inf
    # On a line every point is one of two directions.
    assert rank_ceiling(activations.get("cubic"), 1) == 1
    with pytest.raises(InvalidArgumentError, match="span"):
        rank_ceiling(activations.get("square"), 0)


@pytest.mark.parametrize("count", [10, 50])
def test_the_full_circle_with_an_even_number_of_points_is_singular(count):
    """Rank n/2 + 2 for a rectifier; an odd number, or a half circle, has full rank."""
    relu = activations.get("relu")
    for n, turn, rank in (
        (count, 2 * math.pi, count // 2 + 2),
        (count - 1, 2 * math.pi, count - 1),
        (count, math.pi, count),
    ):
        angle = turn * torch.arange(1, n + 1, dtype=torch.float64) / n
        points = torch.stack([angle.cos(), angle.sin()], dim=1)
        found = spectrum(tangent_kernel(points, relu, "gaussian", "inner"))
        assert found.rank == rank
        assert found.is_singular == (rank < n)
        verdict = rank_verdict(points, relu, law="gaussian", kernel="tangent_inner")
        assert verdict.rank == rank


@pytest.mark.parametrize("entry", stored("oymak", "^generic rank"))
def test_the_jacobian_has_the_stored_generic_rank(entry):
    d, m, n = (entry["inputs"][key] for key in ("d", "k", "n"))
    generator = torch.Generator().manual_seed(0)
    weights = torch.randn(m, d, generator=generator, dtype=torch.float64)
    outer = torch.ones(m, dtype=torch.float64)
    softplus = activations.get("softplus")
    found = jacobian_spectrum(on_sphere(n, d), weights, outer, softplus)
    assert found.rank == entry["expected"] == min(n, m * d)


def test_the_jacobian_has_the_infinite_kernel_as_its_mean():
    """J Jᵀ / ‖v‖² at width 20000, within five standard deviations of an entry."""
    points, sigma, m = on_sphere(6, 4), activations.get("tanh"), 20_000
    generator = torch.Generator().manual_seed(1)
    weights = torch.randn(m, 4, generator=generator, dtype=torch.float64)
    outer = torch.full((m,), m**-0.5, dtype=torch.float64)
    found = jacobian_spectrum(points, weights, outer, sigma)
    matrix = jacobian(points, weights, outer, sigma)
    assert float(found.eigenvalues[0]) == pytest.approx(
        float(torch.linalg.matrix_norm(matrix, 2)) ** 2, rel=1e-12
    )
    limit = spectrum(tangent_kernel(points, sigma, "gaussian", "inner")).eigenvalues
    # σ' <= 1: an entry has standard deviation at most 1/√m, a norm of 6 x 6 six times.
    assert float((found.eigenvalues - limit).abs().max()) <= 5 * 6 / math.sqrt(m)


def test_arguments_out_of_range_are_refused():
    relu = activations.get("relu")
    with pytest.raises(InvalidArgumentError, match="power"):
        khatri_rao_smallest(on_sphere(3, 3), 0)
    with pytest.raises(InvalidArgumentError, match="degree"):
        hermite_coefficients(relu, -1)
    with pytest.raises(InvalidArgumentError, match="order"):
        hermite_coefficients(relu, 3, 2)
    with pytest.raises(OutsideDomainError):
        hermite_coefficients(activations.get("wendland0", dimension=3), 3)

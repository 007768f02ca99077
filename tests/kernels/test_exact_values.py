"""Every stored exact value about duals, kernels and coefficients, at its tolerance."""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from widthwise import activations, datasets
from widthwise.kernels import (
    conjugate_kernel,
    dual,
    dual_of_derivative,
    funk_hecke,
    tangent_kernel,
)
from widthwise.laws import Gaussian, Sphere

REFERENCE = Path(__file__).parents[1] / "reference" / "exact_values.json"
VALUES = json.loads(REFERENCE.read_text(encoding="utf-8"))

NAMES = {
    "gelu_exact": "gelu",
    "gaussian_exp_mz2_over2": "gaussian",
    "wendland_phi0": "wendland0",
    "wendland_phi2": "wendland2",
}
POLYNOMIALS = {
    "z^2": (0, 0, 1),
    "z^3": (0, 0, 0, 1),
    "z+z^2": (0, 1, 1),
    "(1+z)^3": (1, 3, 3, 1),
}


def entries(group, pattern=""):
    """Return the stored values of a group whose name has the pattern, as parameters."""
    found = [
        pytest.param(each, id=f"{each['id']}-{each['name']}")
        for each in VALUES
        if each["group"] == group and re.search(pattern, each["name"])
    ]
    assert found, "the reference file lost a group"
    return found


def activation_of(name, dimension):
    if name == "leaky_relu_0p1":
        return activations.get("leaky_relu", negative_slope=0.1)
    return activations.for_dimension(NAMES.get(name, name), dimension or 2)


def agree(found, entry, expected=None):
    """Assert that the difference is within the tolerance of the entry."""
    expected = np.asarray(entry["expected"] if expected is None else expected)
    stated = entry["tolerance"]
    allowed = np.maximum(
        stated.get("rel", 0.0) * np.abs(expected), stated.get("abs", 0.0)
    )
    assert np.all(np.abs(np.asarray(found) - expected) <= allowed), (found, expected)


def circle(count, turn):
    angle = turn * np.arange(1, count + 1) / count
    return torch.from_numpy(np.stack([np.cos(angle), np.sin(angle)], axis=1))


def cube():
    corners = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, 8).T
    return torch.from_numpy(corners / np.sqrt(3.0))


def generic(count, dimension, seed=3):
    generator = torch.Generator().manual_seed(seed)
    normal = torch.randn(count, dimension, generator=generator, dtype=torch.float64)
    return normal / normal.norm(dim=1, keepdim=True)


DUALS = [
    *entries("benson.sphere"),
    *entries("benson.gauss"),
    *entries("benson.wendland"),
    *entries("benson.ntk", r"derivative dual"),
    *entries("panigrahi.gmatrix", r"derivative dual"),
]


@pytest.mark.parametrize("entry", DUALS)
def test_the_dual_has_the_stored_value(entry):
    given = entry["inputs"]
    name = given["activation"].split("'")[0]
    law = Gaussian() if given["d"] is None else Sphere(given["d"])
    function = dual_of_derivative if "derivative" in given["activation"] else dual
    kappa = function(activation_of(name, given["d"]), law)
    agree(float(kappa(given["t"])), entry)


@pytest.mark.parametrize("entry", entries("benson.wendland_point"))
def test_the_wendland_activations_have_the_stored_values(entry):
    z = torch.tensor(entry["inputs"]["z"], dtype=torch.float64)
    d = entry["inputs"]["d"]
    found = [
        float(activations.for_dimension(n, d)(z)) for n in ("wendland0", "wendland2")
    ]
    agree(found, entry)


@pytest.mark.parametrize("entry", entries("benson.ntk", "^ReLU"))
def test_the_relu_tangent_kernel_has_the_stored_value(entry):
    t = entry["inputs"]["t"]
    relu = activations.get("relu")
    d = entry["inputs"].get("d", 2)
    x = np.zeros((2, d))
    x[0, 0], x[1, :2] = 1.0, (t, math.sqrt(1 - t * t))
    trained = "both" if "joint" in entry["name"] else "inner"
    matrix = tangent_kernel(torch.from_numpy(x), relu, Sphere(d), trained=trained)
    agree(float(matrix[0, 1]), entry)


@pytest.mark.parametrize("entry", entries("benson.funkhecke", "lambda"))
def test_the_funk_hecke_coefficient_has_the_stored_value(entry):
    d, k = entry["inputs"]["d"], entry["inputs"]["k"]
    name = entry["inputs"].get("activation", "relu")
    coefficient = float(funk_hecke(activation_of(name, d), d, k + 3)[k])
    if isinstance(entry["expected"], list):  # λ_k, and a_k = λ_k (k + ν)/ν
        nu = d / 2 - 1
        agree([coefficient, coefficient * (k + nu) / nu], entry)
    else:
        agree(coefficient, entry)


@pytest.mark.parametrize("entry", entries("benson.funkhecke", "^dim "))
def test_the_addition_theorem_counts_the_harmonics(entry):
    # For σ = P_k, λ_k = E P_k² = 1/N(d, k), with P_k from SciPy's Gegenbauer basis.
    from scipy.special import eval_gegenbauer, gegenbauer

    d, k = entry["inputs"]["d"], entry["inputs"]["k"]
    nu = d / 2 - 1
    ascending = gegenbauer(k, nu).coef[::-1] / eval_gegenbauer(k, nu, 1.0)
    sigma = activations.get("polynomial", coefficients=tuple(map(float, ascending)))
    assert round(1 / float(funk_hecke(sigma, d, k)[k]), 9) == entry["expected"]


@pytest.mark.parametrize("entry", entries("benson.badpoints"))
def test_the_cube_has_the_stored_eigenvalues(entry):
    name = re.search(r"of (\w+)", entry["name"])[1]
    sigma, law = activation_of(name, 3), Sphere(3)
    if "NTK" in entry["name"]:
        matrix = tangent_kernel(cube(), sigma, law, trained="inner")
    else:
        matrix = conjugate_kernel(cube(), sigma, law)
    # Walsh characters of degree 0, 1, 2, 3 are the eigenvectors: Rayleigh quotients.
    signs = np.sign(cube().numpy())
    characters = [
        np.ones(8),
        signs[:, 0],
        signs[:, 0] * signs[:, 1],
        signs.prod(axis=1),
    ]
    agree([c @ matrix.numpy() @ c / 8 for c in characters], entry)
    expected = np.repeat(entry["expected"], entry["inputs"]["multiplicities"])
    # An eigenvalue moves by at most the norm of the entries' errors.
    apart = np.linalg.eigvalsh(matrix.numpy()) - np.sort(expected)
    assert np.abs(apart).max() <= 3e-14 * max(1.0, expected.max())


@pytest.mark.parametrize("entry", entries("benson.width", "^ReLU G_inf eigenvalues"))
def test_orthonormal_points_have_the_stored_eigenvalues(entry):
    points = torch.eye(3, dtype=torch.float64)
    matrix = conjugate_kernel(points, activations.get("relu"), Sphere(3))
    agree(np.linalg.eigvalsh(matrix.numpy())[[0, -1]], entry)


@pytest.mark.parametrize("entry", entries("panigrahi.gmatrix", "^lam_min"))
def test_the_g_matrix_has_the_stored_extreme_eigenvalues(entry):
    sigma = activations.get(entry["inputs"]["activation"])
    points = circle(entry["inputs"]["n"], np.pi)
    matrix = tangent_kernel(points, sigma, Gaussian(), trained="inner")
    agree(np.linalg.eigvalsh(matrix.numpy())[[0, -1]], entry)


def numerical_rank(matrix):
    """Return the rank, where the eigenvalues leave no doubt about it."""
    values = np.sort(np.abs(np.linalg.eigvalsh(matrix.numpy())))[::-1] / len(matrix)
    rank = int((values > 1e-13).sum())
    assert values[rank - 1] > 1e-8
    return rank


@pytest.mark.parametrize("entry", entries("panigrahi.rank", "sigma="))
def test_a_polynomial_kernel_has_the_stored_rank(entry):
    formula = re.search(r"sigma=([^,]*)", entry["name"])[1]
    sigma = activations.get("polynomial", coefficients=POLYNOMIALS[formula])
    points = generic(entry["inputs"]["n"], entry["inputs"]["dim_span"])
    trained = "outer" if "output kernel" in entry["name"] else "inner"
    matrix = tangent_kernel(points, sigma, Gaussian(), trained=trained)
    assert numerical_rank(matrix) == entry["expected"]


@pytest.mark.parametrize("entry", entries("panigrahi.rank", "FULL circle"))
def test_the_full_circle_has_the_stored_rank(entry):
    points = circle(entry["inputs"]["n"], 2 * np.pi)
    relu = activations.get("relu")
    matrix = tangent_kernel(points, relu, Gaussian(), trained="inner")
    values = np.linalg.eigvalsh(matrix.numpy())
    assert int((values > 1e-12).sum()) == entry["expected"]


@pytest.mark.parametrize("entry", entries("oymak", "^lambda"))
def test_two_points_have_the_stored_smallest_eigenvalue(entry):
    t = entry["inputs"]["t"]
    x = torch.tensor([[1.0, 0.0], [t, math.sqrt(1 - t * t)]], dtype=torch.float64)
    relu = activations.get("relu")
    matrix = tangent_kernel(x, relu, Gaussian(), trained="inner")
    agree(np.linalg.eigvalsh(matrix.numpy())[0], entry)


@pytest.mark.parametrize("entry", entries("oymak", "^mu_phi=.*softplus"))
def test_the_slope_at_zero_is_the_square_of_the_stored_mean(entry):
    # Under the Gaussian law the dual of φ' is Σ c_k² t^k, and c_1 = E[g φ'(g)].
    slope = dual_of_derivative(activations.get("softplus"), Gaussian())
    t = 0.5 * np.cos(np.pi * (np.arange(24) + 0.5) / 24)
    odd = (slope(t) - slope(-t)).numpy() / 2
    series = np.polynomial.chebyshev.Chebyshev.fit(t, odd, 15, domain=[-0.5, 0.5])
    agree(math.sqrt(series.deriv()(0.0)), entry)


@pytest.mark.data
@pytest.mark.parametrize("entry", entries("benson.prostate"))
def test_prostate_has_the_stored_extreme_eigenvalues(entry, data_directory):
    name = entry["name"].split(", ")[-1]
    data = datasets.load("prostate", data_dir=data_directory).standardize().to_sphere()
    d = data.points.shape[1]
    matrix = conjugate_kernel(data.points, activation_of(name, d), Sphere(d))
    values = np.linalg.eigvalsh(matrix.numpy())
    agree([values[0], values[-1], values[-1] / values[0]], entry)

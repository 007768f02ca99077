"""Kernels between two sets of points of any norms, with biases."""

import math
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
import torch
from scipy import integrate

from widthwise import activations
from widthwise.activations import Scaled
from widthwise.arrays import provenance
from widthwise.bounds import CATALOG
from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    KernelMismatchError,
    OutsideDomainError,
    PrecisionLimitError,
    UnknownNameError,
)
from widthwise.kernels import (
    conjugate_diagonal,
    conjugate_kernel,
    dual,
    tangent_diagonal,
    tangent_kernel,
    two_layer_kernels,
)
from widthwise.laws import Gaussian, Sphere
from widthwise.numerics import gauss_legendre
from widthwise.spectra import spectrum


def rows(count, dimension, seed, low=1.05, high=1.9):
    """Rows whose norms are of one octave, so that few tables are made."""
    random = np.random.default_rng(seed)
    normal = random.standard_normal((count, dimension))
    units = normal / np.linalg.norm(normal, axis=1, keepdims=True)
    return units * random.uniform(low, high, (count, 1))


def erf_kernels(a2, b2, product):
    """Williams (1997): E[erf(u) erf(v)], and the same of the derivatives."""
    size = np.sqrt((1 + 2 * a2)[:, None] * (1 + 2 * b2))
    slope = 4 / np.pi / np.sqrt(size**2 - 4 * product**2)
    return 2 / np.pi * np.arcsin(2 * product / size), slope


def sin_kernels(a2, b2, product):
    damped = np.exp(-(a2[:, None] + b2) / 2)
    return damped * np.sinh(product), damped * np.cosh(product)


def gaussian_kernels(a2, b2, product):
    """Of exp(-z²/2); E[uv exp(-(u² + v²)/2)] by differentiating in the covariance."""
    square = (1 + a2)[:, None] * (1 + b2) - product**2
    return square**-0.5, product * square**-1.5


@pytest.mark.parametrize(
    ("name", "truth"),
    [("erf", erf_kernels), ("sin", sin_kernels), ("gaussian", gaussian_kernels)],
)
@pytest.mark.parametrize("bias", [0.0, 0.8])
def test_closed_forms_hold_for_any_norms_and_biases(name, truth, bias):
    one, two = rows(7, 4, 1), rows(5, 4, 2)
    two[0], two[1] = one[0] * 1.01, -one[1]
    given = {"weight_std": 1 if bias else 0.9, "bias_std": bias}
    conjugate, tangent = two_layer_kernels(one, name, "gaussian", two, **given)
    scale = given["weight_std"] ** 2
    a2, b2 = (scale * (each**2).sum(axis=1) + bias**2 for each in (one, two))
    product = scale * one @ two.T + bias**2
    kappa, slope = truth(a2, b2, product)
    error = np.abs(conjugate.numpy() - kappa).max()
    assert error <= provenance(conjugate).entry_error <= 1000 * max(error, 1e-16)
    error = np.abs(tangent.numpy() - kappa - product * slope).max()
    assert error <= provenance(tangent).entry_error <= 1000 * max(error, 1e-16)


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("name", ["softplus", "elu", "celu", "hard_tanh", "hard_swish"])
def test_other_activations_agree_with_a_rule_of_two_variables(name, order):
    """E over u and v = ρu + sqrt(1-ρ²) w in squares cut at the kinks."""
    one, two = rows(2, 3, 3), rows(2, 3, 4)
    act = activations.get(name)
    trained = "inner" if order else "outer"
    found = tangent_kernel(one, act, Gaussian(), trained, two)
    function = act.derivative if order else act
    nodes, weights = gauss_legendre(80)
    reach = 9.5

    def entry(x, y):
        a, b = np.linalg.norm(x), np.linalg.norm(y)
        rho = x @ y / (a * b)
        root = math.sqrt(1 - rho**2)
        total = 0.0
        for low, high in pairwise([-reach, *(z / a for z in act.breakpoints), reach]):
            u = low + (high - low) * nodes
            at = np.exp(-(u**2) / 2) * weights * (high - low)
            at *= function(torch.from_numpy(a * u)).numpy()
            cuts = [
                np.clip((z / b - rho * u) / root, -reach, reach)
                for z in act.breakpoints
            ]
            for start, end in pairwise([np.full_like(u, -reach), *cuts, reach + 0 * u]):
                w = start[:, None] + (end - start)[:, None] * nodes
                v = rho * u[:, None] + root * w
                values = function(torch.from_numpy(b * v)).numpy()
                values = values * np.exp(-(w**2) / 2) * weights
                total += (at * values.sum(axis=1) * (end - start)).sum()
        return total / (2 * np.pi) * (x @ y if order else 1.0)

    for i in range(2):
        for j in range(2):
            assert float(found[i, j]) == pytest.approx(entry(one[i], two[j]), rel=2e-13)


@pytest.mark.parametrize("name", ["tanh", "softplus"])
def test_the_sphere_law_takes_any_norms_too(name):
    """Over the sphere of R³ by a rule exact for harmonics to degree 79."""
    one, two = rows(3, 3, 5), rows(4, 3, 6)
    act = activations.get(name)
    conjugate, tangent = two_layer_kernels(one, act, "sphere", two)
    nodes, weights = gauss_legendre(60)
    height, turn = 2 * nodes - 1, 2 * np.pi * np.arange(120) / 120
    root = np.sqrt(1 - height**2)[:, None]
    across = np.stack([root * np.cos(turn), root * np.sin(turn)], axis=-1)
    up = np.broadcast_to(height[:, None, None], (60, 120, 1))
    units = np.concatenate([across, up], axis=-1).reshape(-1, 3)
    mass = np.repeat(weights / 120, 120)
    first, second = (torch.from_numpy(units @ each.T) for each in (one, two))
    kappa = act(first).numpy().T @ (mass[:, None] * act(second).numpy())
    slopes = [act.derivative(each).numpy() for each in (first, second)]
    slope = (one @ two.T) * (slopes[0].T @ (mass[:, None] * slopes[1]))
    assert float(np.abs(conjugate.numpy() - kappa).max()) <= 1e-13
    assert float(np.abs(tangent.numpy() - kappa - slope).max()) <= 2e-13


@pytest.mark.parametrize("law", ["sphere", "gaussian"])
@pytest.mark.parametrize(("name", "power"), [("relu", 1), ("step", 0), ("cubic", 3)])
def test_homogeneous_kernels_scale(points, law, name, power):
    norms = np.geomspace(1e-3, 1e3, 12)
    scaled = points.numpy() * norms[:, None]
    expected = conjugate_kernel(points, name, law).numpy() * np.outer(norms, norms) ** (
        power
    )
    found = conjugate_kernel(scaled, name, law)
    assert np.abs(found.numpy() / expected - 1).max() <= 4e-15 or power == 1
    size = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    assert np.abs((found.numpy() - expected) / size).max() <= 1e-15


@pytest.mark.parametrize("sizes", [(5, 6), (130, 600), (600, 130), (700, 128)])
@pytest.mark.parametrize("norms", ["one", "any"])
def test_a_block_is_the_same_bits_as_in_the_joint_matrix(sizes, norms):
    random = np.random.default_rng(7)
    both = random.standard_normal((sum(sizes), 6))
    if norms == "one":
        both /= np.linalg.norm(both, axis=1, keepdims=True)
    one, two = both[: sizes[0]], both[sizes[0] :]
    joint = two_layer_kernels(both, "relu", "gaussian")
    for block, whole in zip(
        two_layer_kernels(one, "relu", "gaussian", two), joint, strict=True
    ):
        assert torch.equal(block, whole[: sizes[0], sizes[0] :])


@pytest.mark.parametrize("first", [3, 128, 140])
def test_a_block_of_different_norms_is_the_same_bits(first):
    both = rows(160, 5, 8)
    joint = conjugate_kernel(both, "erf", "gaussian")
    assert torch.equal(joint, joint.T)
    block = conjugate_kernel(both[:first], "erf", "gaussian", both[first:])
    assert torch.equal(block, joint[:first, first:])


def test_norms_of_several_octaves_meet_without_a_seam():
    both = rows(40, 3, 9, low=0.3, high=5.0)
    both[0] *= 2.0 / np.linalg.norm(both[0])
    found = conjugate_kernel(both, "erf", "gaussian").numpy()
    squares = (both**2).sum(axis=1)
    kappa, _ = erf_kernels(squares, squares, both @ both.T)
    assert np.abs(found - kappa).max() <= 5e-14


def test_rows_of_one_norm_are_those_of_a_scaled_activation(points):
    """Under ‖x‖ = √d, the usual one, for an activation with kinks anywhere."""
    scaled = points * math.sqrt(5)
    act = activations.get("hard_tanh")
    found = conjugate_kernel(scaled, act, "gaussian")
    expected = conjugate_kernel(points, Scaled(act, math.sqrt(5)), "gaussian")
    assert float((found - expected).abs().max()) <= 1e-14
    assert not provenance(found).on_sphere


def test_a_zero_row_has_the_value_of_the_limit():
    points = np.array([[0.0, 0.0], [1.2, 0.5], [-0.7, 1.1]])
    conjugate, tangent = two_layer_kernels(points, "softplus", "gaussian")
    for j in (1, 2):
        size = np.linalg.norm(points[j])

        def integrand(u, size=size):
            normal = math.exp(-u * u / 2) / math.sqrt(2 * math.pi)
            return math.log(2) * math.log1p(math.exp(size * u)) * normal

        expected = integrate.quad(integrand, -12, 12, epsabs=1e-14)[0]
        assert float(conjugate[0, j]) == pytest.approx(expected, rel=1e-13)
        assert float(tangent[j, 0]) == pytest.approx(expected, rel=1e-13)
    assert float(conjugate[0, 0]) == pytest.approx(math.log(2) ** 2, rel=1e-15)
    moved = points + np.array([[1e-9, 0], [0, 0], [0, 0]])
    near = conjugate_kernel(moved, "softplus", "gaussian")
    assert float((near - conjugate).abs().max()) <= 1e-8
    relu = conjugate_kernel(points, "relu", "gaussian")
    assert relu[0].tolist() == [0.0, 0.0, 0.0]
    alone = conjugate_kernel(np.zeros((2, 3)), "softplus", "gaussian")
    np.testing.assert_allclose(alone.numpy(), math.log(2) ** 2, rtol=1e-15)
    with pytest.raises(InvalidArgumentError, match="Row 0 is zero, where step jumps"):
        conjugate_kernel(points, "step", "gaussian")


@pytest.mark.parametrize("name", ["relu", "erf"])
@pytest.mark.parametrize("high", [1.0, 1.9])
def test_diagonals_are_those_of_the_matrices(name, high):
    given = rows(9, 4, 10, low=1.0, high=high)
    found = conjugate_diagonal(given, name, "gaussian", bias_std=0.3)
    whole = conjugate_kernel(given, name, "gaussian", bias_std=0.3)
    assert torch.allclose(found, whole.diagonal(), rtol=1e-13, atol=0)
    for trained in ("inner", "outer", "both"):
        found = tangent_diagonal(given, name, "gaussian", trained)
        whole = tangent_kernel(given, name, "gaussian", trained)
        assert torch.allclose(found, whole.diagonal(), rtol=1e-13, atol=0)


def test_torch_numpy_and_tables_are_one(points):
    expected = conjugate_kernel(points, "gelu", "gaussian")
    for given in (points.numpy(), pl.DataFrame(points.numpy()), points.tolist()):
        assert torch.equal(conjugate_kernel(given, "gelu", "gaussian"), expected)


def test_a_bound_on_the_sphere_refuses_points_off_it(points):
    bound = CATALOG["benson_chernoff"]
    found = spectrum(conjugate_kernel(points * 2, "relu", "sphere"))
    with pytest.raises(KernelMismatchError, match="unit sphere"):
        bound.width(found)


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"other": torch.ones(3, 4)}, InvalidArgumentError, "5 columns.* 4; both"),
        ({"other": torch.ones(0, 5)}, DataError, r"other points.*\(0, 5\)"),
        ({"other": torch.full((2, 5), math.nan)}, DataError, "other points"),
        ({"other": torch.ones(2, 5) * 1j}, DataError, "other points are complex"),
        ({"bias_std": 1.0, "law": "sphere"}, InvalidArgumentError, "constant coord"),
        ({"weight_std": 0.0}, InvalidArgumentError, "weight_std"),
        ({"bias_std": -1.0}, InvalidArgumentError, "bias_std"),
        ({"activation": "wendland2", "law": "sphere"}, OutsideDomainError, "norm 1.8"),
        ({"activation": "wendland2"}, OutsideDomainError, "Use the sphere law"),
        (
            {"activation": "cubic", "points": [[1e60], [1.0]]},
            InvalidArgumentError,
            "power 6",
        ),
        ({"activation": "relu6x"}, UnknownNameError, "relu"),
    ],
)
def test_what_has_no_kernel_is_refused_in_a_sentence(change, error, says):
    given = {"points": rows(3, 5, 11), "activation": "relu", "law": "gaussian"}
    given["points"][0] *= 1.8 / np.linalg.norm(given["points"][0])
    given["points"][1:] /= 2
    with pytest.raises(error, match=says):
        conjugate_kernel(**{**given, **change})


def test_points_that_require_gradients_are_not_detached_in_silence(points):
    assert conjugate_kernel(points.requires_grad_(), "relu", "sphere").requires_grad


@pytest.mark.parametrize("law", ["gaussian", "sphere"])
def test_kinks_of_ones_own_that_polynomials_meet_at_are_not_refused(law):
    own = activations.from_callable(
        lambda z: z.clamp(-1.0, 1.0), name="own", breakpoints=(-1.0, 1.0)
    )
    some = rows(5, 4, 12)
    for kernel in (conjugate_kernel, tangent_kernel):
        apart = (kernel(some, own, law) - kernel(some, "hard_tanh", law)).abs().max()
        assert float(apart) <= 1e-13 * float(kernel(some, own, law).abs().max())


def test_what_is_too_steep_for_the_rules_is_refused():
    with pytest.raises(PrecisionLimitError, match="rows of norm 32"):
        conjugate_kernel(rows(3, 4, 12, low=17, high=31), "sin", "gaussian")


def test_wendland_lives_in_the_ball():
    """At norm 1/2 by drawing weights, with five standard errors."""
    points = rows(4, 6, 13, low=0.5, high=0.5)
    act = activations.get("wendland2", dimension=6)
    found = conjugate_kernel(points, act, "sphere")
    weights = Sphere(6).weights(3, 6, 0, 60_000)
    features = act(torch.from_numpy(points) @ weights.T)
    products = features[:, None] * features[None]
    error = products.std(dim=2) / 60_000**0.5
    assert bool(((products.mean(dim=2) - found).abs() <= 5 * error + 1e-15).all())
    assert float(found[0, 0]) == pytest.approx(
        dual(Scaled(act, 0.5), Sphere(6)).value_at_one, rel=1e-12
    )

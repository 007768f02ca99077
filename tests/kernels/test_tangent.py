"""The neural tangent kernel of two layers."""

import math
from itertools import product

import mpmath as mp
import numpy as np
import pytest
import torch

from widthwise import activations, laws
from widthwise.arrays import provenance
from widthwise.errors import InvalidArgumentError, MemoryBudgetError
from widthwise.kernels import (
    conjugate_kernel,
    correlations,
    dual,
    dual_of_derivative,
    tangent_kernel,
    two_layer_kernels,
)
from widthwise.laws import Gaussian, Sphere

NAMES = ["relu", "tanh", "swish", "elu", "hard_tanh", "wendland2"]


@pytest.mark.parametrize("name", NAMES)
def test_the_inner_part_is_the_correlation_times_the_derivative_dual(points, name):
    sigma = activations.for_dimension(name, 5)
    slope = dual_of_derivative(sigma, Sphere(5))
    cosine = correlations(points)
    matrix = tangent_kernel(points, sigma, "sphere", trained="inner")
    # Rounding of the cosine, times the slope of t κ(t) away from t = ±1.
    allowed = 1e-14 * slope.value_at_one
    assert float((matrix - cosine * slope(cosine)).abs().max()) <= allowed


@pytest.mark.parametrize(
    ("name", "law"),
    [
        (name, law)
        for name, law in product([*NAMES, "step"], ["sphere", "gaussian"])
        if (name, law) != ("wendland2", "gaussian")
    ],
)
def test_both_parts_add_up(points, name, law):
    sigma = activations.for_dimension(name, 5)
    inner, outer, both = (
        tangent_kernel(points, sigma, law, trained=trained)
        for trained in ("inner", "outer", "both")
    )
    assert torch.equal(outer, conjugate_kernel(points, sigma, law))
    assert torch.equal(both, tangent_kernel(points, sigma, law))
    assert float((both - (inner + outer)).abs().max()) <= 4e-16 * float(
        both.abs().max()
    )
    assert torch.equal(both, both.T)


def test_a_step_has_no_inner_part(points):
    matrix = tangent_kernel(points, activations.get("step"), "sphere", trained="inner")
    assert not matrix.any()


@pytest.mark.parametrize("trained", ["first", "", "Both", "inner,outer"])
def test_another_choice_of_layers_is_refused(points, trained):
    with pytest.raises(InvalidArgumentError, match=r"'inner', 'outer' or 'both'"):
        tangent_kernel(points, activations.get("relu"), "sphere", trained=trained)


def test_the_label_says_which_layers_are_trained(points):
    sigma = activations.get("tanh")
    kappa, slope = dual(sigma, Gaussian()), dual_of_derivative(sigma, Gaussian())
    errors = {
        "inner": ("tangent_inner", slope.error_bound),
        "outer": ("conjugate", kappa.error_bound),
        "both": ("tangent_both", slope.error_bound + kappa.error_bound),
    }
    for trained, (kernel, error) in errors.items():
        origin = provenance(tangent_kernel(points, sigma, "gaussian", trained=trained))
        assert origin.kernel == kernel
        assert origin.entry_error >= error
        assert (origin.activation, origin.law) == (sigma, Gaussian())
        assert origin.dimension == 5


def test_two_kernels_in_one_pass_are_the_two_kernels(points):
    sigma = activations.get("gelu")
    conjugate, tangent = two_layer_kernels(points, sigma, "sphere")
    assert torch.equal(conjugate, conjugate_kernel(points, sigma, "sphere"))
    assert torch.equal(tangent, tangent_kernel(points, sigma, "sphere"))
    assert provenance(conjugate) == provenance(
        conjugate_kernel(points, sigma, "sphere")
    )
    assert provenance(tangent) == provenance(tangent_kernel(points, sigma, "sphere"))


def angle_between(first, second):
    """Return the angle of two rows of floats, in 40 digits."""
    with mp.workdps(40):
        x, y = (mp.matrix([mp.mpf(v) for v in row]) for row in (first, second))
        x, y = x / mp.norm(x), y / mp.norm(y)
        return 2 * mp.atan2(mp.norm(x - y), mp.norm(x + y))


def pair_at(angle, dimension, seed):
    """Return two rows of floats whose angle is about the one asked for."""
    generator = np.random.default_rng(seed)
    frame, _ = np.linalg.qr(generator.standard_normal((dimension, 2)))
    with mp.workdps(40):
        c, s = mp.cos(angle), mp.sin(angle)
        first = [mp.mpf(float(v)) for v in frame[:, 0]]
        second = [c * a + s * float(b) for a, b in zip(first, frame[:, 1], strict=True)]
        norm = mp.sqrt(sum(v * v for v in second))
        return [float(v) for v in first], [float(v / norm) for v in second]


def relu_tangent(theta, d):
    """Return the tangent kernel of both layers, in 40 digits."""
    rest = (mp.pi - theta) / (2 * mp.pi)
    inner = mp.cos(theta) * rest
    return inner + (mp.sin(theta) / (2 * mp.pi) + inner) / d


@pytest.mark.parametrize("count", [2, 750])
@pytest.mark.parametrize("exponent", [-1, -2, -3, -4, -5, -6, -7, -8])
def test_nearly_equal_points_keep_their_distance_in_the_kernel(exponent, count):
    # arccos of the rounded cosine loses everything at 1e-8.
    d = 6
    first, second = pair_at(10.0**exponent, d, seed=exponent + 20)
    filler = np.random.default_rng(5).standard_normal((count - 2, d))
    filler /= np.linalg.norm(filler, axis=1, keepdims=True)
    points = torch.from_numpy(np.concatenate([[first], filler, [second]]))
    matrix = tangent_kernel(points, activations.get("relu"), Sphere(d))
    found = 1 - float(matrix[0, -1]) / float(matrix[0, 0])
    theta = angle_between(first, second)
    with mp.workdps(40):
        exact = 1 - relu_tangent(theta, d) / relu_tangent(mp.mpf(0), d)
    relative = abs(found / float(exact) - 1)
    # Away from θ = 0 the entries have the errors of the fit; near it, of rounding.
    entry_error = provenance(matrix).entry_error / float(matrix[0, 0])
    absolute = 2 * entry_error if exponent > -3 else 8 * 2**-53
    assert relative <= absolute / float(exact) + 4e-15
    assert relative <= 1e-6


@pytest.mark.parametrize("exponent", [-2, -5, -8])
def test_nearly_opposite_points_keep_their_distance_in_the_kernel(exponent):
    # At θ = π - δ the inner kernel is -cos δ · δ/(2π): tiny, with its own digits.
    first, second = pair_at(10.0**exponent, 4, seed=2)
    points = torch.tensor([first, [-v for v in second]], dtype=torch.float64)
    matrix = tangent_kernel(
        points, activations.get("relu"), "gaussian", trained="inner"
    )
    with mp.workdps(40):
        delta = angle_between(first, second)
        exact = -mp.cos(delta) * delta / (2 * mp.pi)
    # Each coordinate's rounding turns a row by 1e-16.
    allowed = 4e-16 + 1e-14 * float(-exact)
    assert abs(float(matrix[0, 1]) - float(exact)) <= allowed


def test_equal_rows_have_exactly_equal_entries():
    first, _ = pair_at(1.0, 7, seed=3)
    other, _ = pair_at(1.0, 7, seed=4)
    points = torch.tensor([first, other, first], dtype=torch.float64)
    matrix = tangent_kernel(points, activations.get("relu"), "sphere")
    assert torch.equal(matrix[0], matrix[2])
    assert matrix[0, 2] == matrix[0, 0]


@pytest.mark.parametrize("name", ["relu", "tanh"])
@pytest.mark.parametrize("law", ["sphere", "gaussian"])
def test_a_wide_network_s_gradients_agree_within_five_standard_errors(
    points, name, law
):
    # f(x) = Σ_r a_r σ(w_r·x) / sqrt(m): the products of gradients, unit by unit,
    # by autograd, with a_r = ±1.
    sigma, law = activations.get(name), laws.get(law, 5)
    width = 20_000
    weights = law.weights(5, 5, 0, width)
    hidden = (points @ weights.T).requires_grad_()
    values = sigma(hidden)
    (slopes,) = torch.autograd.grad(values.sum(), hidden)
    values = values.detach()
    cosine = (points @ points.T)[..., None]
    inner = slopes[:, None] * slopes[None] * cosine
    for trained, products in (
        ("inner", inner),
        ("outer", values[:, None] * values[None]),
        ("both", inner + values[:, None] * values[None]),
    ):
        error = products.std(dim=2) / math.sqrt(width)
        exact = tangent_kernel(points, sigma, law, trained=trained)
        assert bool(((products.mean(dim=2) - exact).abs() <= 5 * error + 1e-14).all())


def test_a_rectifier_s_slope_is_a_step(points):
    # σ' = 1[z > 0], so the derivative dual of relu is the dual of step.
    inner = tangent_kernel(points, activations.get("relu"), "sphere", trained="inner")
    step = conjugate_kernel(points, activations.get("step"), "sphere")
    assert float((inner - correlations(points) * step).abs().max()) <= 2e-15


@pytest.mark.parametrize("dimension", [2, 3])
def test_a_kernel_that_does_not_exist_is_refused(dimension):
    points = torch.eye(dimension, dtype=torch.float64)
    sigma = activations.get("wendland0", dimension=dimension)
    for trained in ("inner", "both"):
        with pytest.raises(InvalidArgumentError, match="outer"):
            tangent_kernel(points, sigma, "sphere", trained=trained)
    assert tangent_kernel(points, sigma, "sphere", trained="outer").isfinite().all()


def test_two_kernels_need_the_memory_of_two(points, monkeypatch):
    from widthwise.numerics import memory

    monkeypatch.setattr(memory, "available_bytes", lambda: 1000)
    for function in (tangent_kernel, two_layer_kernels):
        with pytest.raises(MemoryBudgetError, match=r"12 points.*random sample"):
            function(points, activations.get("relu"), "sphere")

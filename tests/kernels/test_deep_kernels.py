"""The kernels of deep networks against recursions written in extended precision."""

import math

import mpmath as mp
import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.arrays import provenance
from widthwise.errors import (
    InvalidArgumentError,
    MemoryBudgetError,
    OutsideDomainError,
)
from widthwise.kernels import deep_dual, deep_kernels, two_layer_kernels
from widthwise.laws import Gaussian

SETTINGS = [
    (1, 1.0, 0.0),
    (3, 1.0, 0.0),
    (3, 1.5, 0.1),
    (10, 2**0.5, 0.0),
    (5, 2.0, 0.5),
]
ANGLES = [0, 1e-12, 1e-8, 1e-4, 0.02, 0.7, 1.57, 1.6, 2.9, 3.1415, "opposite"]
SMOOTH = ["tanh", "swish", "gelu", "elu", "sin", "cos", "gaussian", "softplus"]


def arc_cosine(p, q, c):
    """Return E[σσ] and E[σ'σ'] for the rectifier, variances p and q, covariance c."""
    theta = mp.acos(min(max(c / mp.sqrt(p * q), -1), 1))
    value = mp.sin(theta) + (mp.pi - theta) * mp.cos(theta)
    return mp.sqrt(p * q) * value / (2 * mp.pi), (mp.pi - theta) / (2 * mp.pi)


def arc_sine(p, q, c):
    """Return the same for the error function."""
    product = (1 + 2 * p) * (1 + 2 * q)
    value = 2 / mp.pi * mp.asin(2 * c / mp.sqrt(product))
    return value, 4 / mp.pi / mp.sqrt(product - 4 * c * c)


def step_dual(p, q, c):
    theta = mp.acos(min(max(c / mp.sqrt(p * q), -1), 1))
    return (mp.pi - theta) / (2 * mp.pi), mp.mpf(0)


def recursion(one_layer, t, dimension, depth, weight_std, bias_std):
    """Return the kernels of Dense, σ, ..., Dense, the same stds in each Dense."""
    weight, bias = mp.mpf(weight_std) ** 2, mp.mpf(bias_std) ** 2
    variance, covariance = weight / dimension + bias, weight * t / dimension + bias
    tangent = covariance
    for _ in range(depth):
        value, slope = one_layer(variance, variance, covariance)
        diagonal, _ = one_layer(variance, variance, variance)
        covariance, variance = weight * value + bias, weight * diagonal + bias
        tangent = covariance + weight * tangent * slope
    return covariance, tangent


FORMS = {"relu": arc_cosine, "erf": arc_sine, "step": step_dual}


@pytest.mark.parametrize("name", list(FORMS))
@pytest.mark.parametrize(("depth", "weight_std", "bias_std"), SETTINGS)
def test_the_closed_recursion_is_within_the_error(name, depth, weight_std, bias_std):
    dual = deep_dual(activations.get(name), 7, depth, weight_std, bias_std)
    # Below 1e-11 for ordinary depths: the bound is not vacuous.
    assert dual.tangent_error <= 1e-11 * max(1.0, float(dual.tangent(1.0)))
    with mp.workdps(40):
        for angle in ANGLES:
            theta = math.pi if angle == "opposite" else float(angle)
            t = mp.mpf(-1) if angle == "opposite" else mp.cos(mp.mpf(theta))
            expected = recursion(FORMS[name], t, 7, depth, weight_std, bias_std)
            found = dual.at_angle(theta)
            assert abs(float(found[0]) - expected[0]) <= dual.conjugate_error
            assert abs(float(found[1]) - expected[1]) <= dual.tangent_error


@pytest.mark.parametrize("name", ["relu", "erf"])
def test_nearly_equal_points_keep_their_digits_through_ten_layers(name):
    """At angle 1e-8 t rounds to 1, and Θ of a rectifier is 1e-8 from the diagonal."""
    angle = 1e-8
    x = torch.zeros(3, 4, dtype=torch.float64)
    x[0, 0] = 1.0
    x[1, 0], x[1, 1] = math.cos(angle), math.sin(angle)
    x[2, 0], x[2, 1] = -math.cos(angle), math.sin(angle)
    sigma = activations.get(name)
    conjugate, tangent = deep_kernels(x, sigma, 10, 2**0.5)
    with mp.workdps(60):
        for row, sign in ((1, 1), (2, -1)):
            t = sign * mp.cos(mp.mpf(angle))
            expected = recursion(FORMS[name], t, 4, 10, 2**0.5, 0.0)
            # 100 units in the last place of Θ's 5; the angle is known to 1e-16 / 1e-8.
            assert abs(float(conjugate[0, row]) - expected[0]) <= 1e-14
            assert abs(float(tangent[0, row]) - expected[1]) <= 3e-13


def conditional_moments(sigma, q, rho):
    """Return E σσ and E σ'σ' by a product rule for a smooth σ."""
    # The trapezoidal rule converges geometrically for functions analytic in a strip.
    z = np.linspace(-12.0, 12.0, 401)
    w = np.exp(-(z**2) / 2) * (z[1] - z[0]) / math.sqrt(2 * math.pi)
    u = math.sqrt(q) * z[:, None] + 0 * z
    v = math.sqrt(q) * (rho * z[:, None] + math.sqrt(1 - rho**2) * z)
    found = []
    for function in (sigma, sigma.derivative):
        first = function(torch.from_numpy(u)).numpy()
        second = function(torch.from_numpy(v)).numpy()
        found.append(float(w @ (first * second) @ w))
    return found


@pytest.mark.parametrize("name", ["tanh", "swish", "gelu", "sin", "gaussian"])
def test_smooth_activations_agree_with_a_product_rule(name):
    sigma, d, depth, weight_std, bias_std = activations.get(name), 4, 3, 1.3, 0.2
    dual = deep_dual(sigma, d, depth, weight_std, bias_std)
    for t in (-0.9, -0.3, 0.0, 0.4, 0.8):
        weight, bias = weight_std**2, bias_std**2
        q, c = weight / d + bias, weight * t / d + bias
        tangent = c
        for _ in range(depth):
            value, slope = conditional_moments(sigma, q, c / q)
            diagonal, _ = conditional_moments(sigma, q, 1.0)
            c, q = weight * value + bias, weight * diagonal + bias
            tangent = c + weight * tangent * slope
        # The rule itself is good to 1e-14 for these functions.
        assert float(dual.conjugate(t)) == pytest.approx(c, abs=1e-13)
        assert float(dual.tangent(t)) == pytest.approx(tangent, abs=1e-13)


@pytest.mark.parametrize("name", [*SMOOTH, "relu", "step"])
def test_one_hidden_layer_is_the_two_layer_network(points, name):
    sigma = activations.get(name)
    d = points.shape[1]
    deep = deep_kernels(points, sigma, 1, math.sqrt(d))
    flat = two_layer_kernels(points, sigma, Gaussian())
    for one, other in zip(deep, flat, strict=True):
        allowed = provenance(one).entry_error + d * provenance(other).entry_error
        assert float((one - d * other).abs().max()) <= allowed


def test_unit_weights_make_the_conjugate_kernel_of_the_last_layer(points):
    """Layer l + 1 of depth L is layer l of depth L - 1 plus one."""
    sigma = activations.get("tanh")
    conjugate, _ = deep_kernels(points, sigma, 2)
    below, _ = deep_kernels(points, sigma, 1)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()
    q, c = float(below[0, 0]), float(below[0, 1])
    u = math.sqrt(q) * nodes[:, None] + 0 * nodes
    v = c / math.sqrt(q) * nodes[:, None] + math.sqrt(q - c * c / q) * nodes
    expected = weights @ (np.tanh(u) * np.tanh(v)) @ weights
    assert float(conjugate[0, 1]) == pytest.approx(expected, abs=1e-12)


def test_an_odd_activation_keeps_opposite_points_opposite():
    x = torch.tensor([[0.6, 0.8], [-0.6, -0.8]], dtype=torch.float64)
    for name in ("tanh", "erf", "sin", "cubic"):
        conjugate, tangent = deep_kernels(x, activations.get(name), 4, 1.4)
        assert float(conjugate[0, 1]) == -float(conjugate[0, 0])
        assert float(tangent[0, 1]) == pytest.approx(-float(tangent[0, 0]), rel=1e-13)


def test_an_even_activation_makes_opposite_points_equal():
    x = torch.tensor([[0.6, 0.8], [-0.6, -0.8]], dtype=torch.float64)
    for name in ("abs", "cos", "gaussian", "square"):
        conjugate, _ = deep_kernels(x, activations.get(name), 3, 1.2)
        assert float(conjugate[0, 1]) == float(conjugate[0, 0])


def test_biases_move_opposite_points():
    x = torch.tensor([[0.6, 0.8], [-0.6, -0.8]], dtype=torch.float64)
    conjugate, _ = deep_kernels(x, activations.get("tanh"), 2, 1.0, 0.5)
    assert abs(float(conjugate[0, 1])) < float(conjugate[0, 0])


@pytest.mark.parametrize("name", ["relu", "tanh", "step", "abs"])
@pytest.mark.parametrize("bias_std", [0.0, 0.3])
def test_tiles_and_vectors_agree(name, bias_std):
    """The compiled tiles and the NumPy route, with equal and opposite rows."""
    generator = torch.Generator().manual_seed(1)
    rows = torch.randn(400, 6, generator=generator, dtype=torch.float64)
    rows = rows / rows.norm(dim=1, keepdim=True)
    many = torch.cat([rows, -rows[:300], rows[:20]])
    sigma = activations.get(name)
    fused = deep_kernels(many, sigma, 3, 1.2, bias_std)
    some = torch.cat(
        [torch.arange(0, 100), torch.arange(400, 500), torch.arange(700, 720)]
    )
    plain = deep_kernels(many[some], sigma, 3, 1.2, bias_std)
    for one, other in zip(fused, plain, strict=True):
        size = float(one.abs().max())
        assert torch.equal(one, one.T)
        # Both round; fused additions and multiplications differ in the last bits.
        assert float((one[some][:, some] - other).abs().max()) <= 2e-14 * size
        assert float((one.diagonal() - one[0, 0]).abs().max()) <= 4e-16 * size


def test_the_label_has_the_kernel_and_its_error(points):
    sigma = activations.get("tanh")
    dual = deep_dual(sigma, 5, 2, 1.5, 0.1)
    for matrix, kind, error in zip(
        deep_kernels(points, sigma, 2, 1.5, 0.1),
        ("deep_conjugate", "deep_tangent"),
        (dual.conjugate_error, dual.tangent_error),
        strict=True,
    ):
        origin = provenance(matrix)
        assert (origin.kernel, origin.activation) == (kind, sigma)
        assert (origin.law, origin.dimension) == (Gaussian(), 5)
        assert error <= origin.entry_error <= 1e-11
        diagonal = dual.conjugate(1.0) if kind == "deep_conjugate" else dual.tangent(1)
        assert float(matrix[0, 0]) == pytest.approx(float(diagonal), rel=1e-14)


def test_the_slope_at_one_tells_order_from_chaos():
    """A rectifier with weight variance 2 keeps nearby points apart."""
    critical = deep_dual(activations.get("relu"), 9, 3, math.sqrt(2.0))
    assert critical.slopes_at_one == pytest.approx((1.0,) * 3, rel=1e-14)
    chaotic = deep_dual(activations.get("tanh"), 1, 3, 2.0)
    assert all(slope > 1 for slope in chaotic.slopes_at_one[1:])
    assert math.isinf(deep_dual(activations.get("step"), 3, 1).slopes_at_one[0])


def test_a_step_has_no_tangent_part(points):
    conjugate, tangent = deep_kernels(points, activations.get("step"), 3)
    assert torch.equal(conjugate, tangent)


def test_a_layer_of_zeros_gives_a_kernel_of_zeros(points):
    zero = activations.get("polynomial", coefficients=(0.0,))
    conjugate, tangent = deep_kernels(points, zero, 1)
    assert not conjugate.any()
    assert not tangent.any()
    with pytest.raises(InvalidArgumentError, match="hidden layer 2 is 0"):
        deep_kernels(points, zero, 2)


def test_what_cannot_be_is_refused(points, monkeypatch):
    sigma = activations.get("tanh")
    with pytest.raises(OutsideDomainError, match="defined everywhere"):
        deep_kernels(points, activations.get("wendland0", dimension=5))
    for depth in (0, -1, 10**6):
        with pytest.raises(InvalidArgumentError, match="depth"):
            deep_kernels(points, sigma, depth)
    for weight_std in (0.0, -1.0, math.inf, math.nan):
        with pytest.raises(InvalidArgumentError, match="weight_std"):
            deep_kernels(points, sigma, 2, weight_std)
    for bias_std in (-0.1, math.inf, math.nan):
        with pytest.raises(InvalidArgumentError, match="bias_std"):
            deep_kernels(points, sigma, 2, 1.0, bias_std)
    with pytest.raises(InvalidArgumentError, match="variance of hidden layer"):
        deep_kernels(points, activations.get("cubic"), 30, 3.0)
    with pytest.raises(InvalidArgumentError, match=r"Hidden layer \d, whose arguments"):
        deep_kernels(points, activations.get("exp"), 6, 2.0)
    monkeypatch.setattr("widthwise.numerics.memory.available_bytes", lambda: 10)
    with pytest.raises(MemoryBudgetError):
        deep_kernels(points, sigma)


def test_correlations_and_angles_out_of_range_are_refused():
    dual = deep_dual(activations.get("tanh"), 3, 1)
    for t in (1.1, -1.1, math.nan):
        with pytest.raises(InvalidArgumentError, match="correlation"):
            dual.conjugate(t)
    with pytest.raises(InvalidArgumentError, match="angle"):
        dual.at_angle(4.0)


@pytest.mark.parametrize("name", ["gaussian", "sigmoid"])
def test_a_kernel_that_has_become_constant_still_has_an_error(name):
    """Weights of 1e-3: after 50 layers 1 - ρ is below the squares of floats."""
    points = torch.eye(4, dtype=torch.float64)
    sigma = activations.get(name)
    for matrix in deep_kernels(points, sigma, 50, 1e-3):
        error = provenance(matrix).entry_error
        assert 0.0 < error < 1e-19
    # σ(0)² times the variance of the weights, everywhere.
    conjugate, _ = deep_kernels(points, sigma, 50, 1e-3)
    limit = 1e-6 * float(sigma(torch.zeros(1))[0]) ** 2
    assert (conjugate - conjugate[0, 0]).abs().max() <= 2e-20
    assert float(conjugate[0, 0]) == pytest.approx(limit, rel=1e-5)


def test_a_homogeneous_kernel_beyond_the_range_of_floats_names_the_layer():
    points = np.array([[10.0, 0.0], [0.0, 1.0]]) * 2**0.5
    with pytest.raises(InvalidArgumentError, match=r"Hidden layer 5: A row has norm"):
        deep_kernels(points, "cubic", 7)
    assert bool(torch.isfinite(deep_kernels(points, "cubic", 4)[0]).all())

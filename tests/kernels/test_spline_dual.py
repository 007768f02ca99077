"""Duals of truncated powers between any norms: against rules, and another engine."""

import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).parent))  # for the second route

from second_route import Independent

from widthwise.activations import Custom, Scaled, from_callable, get
from widthwise.arrays import provenance
from widthwise.kernels import (
    conjugate_kernel,
    dual,
    dual_of_derivative,
    two_layer_kernels,
)
from widthwise.kernels.pairs import SplineDual
from widthwise.kernels.two_layer import half_chords_squared
from widthwise.laws import Gaussian, Sphere
from widthwise.numerics import gauss_legendre

ANGLES = np.array([0.0, 1e-9, 1e-3, 0.4, 1.2, np.pi / 2, 1.9, 3.0, np.pi])


def chords(theta):
    near = theta <= np.pi / 2
    return np.where(near, np.sin(theta / 2), np.cos(theta / 2)), near


@pytest.mark.parametrize(
    ("name", "law", "order"),
    [
        ("hard_tanh", Gaussian(), 1),
        ("hard_tanh", Sphere(2), 0),
        ("hard_swish", Gaussian(), 0),
        ("hard_swish", Sphere(20), 1),
        pytest.param("hard_tanh", Sphere(3), 1, marks=pytest.mark.slow),
    ],
)
def test_between_rows_of_one_norm_it_is_the_dual_of_a_scaled_activation(
    name, law, order, monkeypatch
):
    """By quadrature over the plane, of a function that is not known to have powers."""
    monkeypatch.setattr(Custom, "splines", None)
    act, norm = get(name), 4.7
    plain = from_callable(
        act, derivative=act.derivative, name="plain", breakpoints=act.breakpoints
    )
    of = SplineDual(act, law, order, np.full(len(ANGLES) + 1, norm))
    chord, near = chords(ANGLES)
    found = of.tile(slice(0, 1), slice(1, None), chord[None], near[None])[0]
    make = dual_of_derivative if order else dual
    back = norm ** (-2 * order)
    other, quick = (make(Scaled(each, norm), law) for each in (plain, act))
    expected = other.at_angle(ANGLES).numpy() * back
    bound = of.relative_error * of.sizes[0] ** 2 + other.error_bound * back
    assert np.abs(found - expected).max() <= bound
    assert of.relative_error <= 1e-11
    assert quick.error_bound <= 1e-12 * quick.value_at_one
    off = np.abs(quick.at_angle(ANGLES).numpy() - other.at_angle(ANGLES).numpy())
    assert off.max() <= quick.error_bound + other.error_bound


def by_circles(function, kinks, norms, theta, d):
    """Integrate over the plane's circles, cut at kinks, and over their radii."""
    a, b = norms
    nodes, weights = gauss_legendre(24)
    places = [(k, norm) for k in kinks for norm in norms]
    squares = [(k / norm) ** 2 for k, norm in places]
    for one in kinks:
        for two in kinks:
            h, k = one / a, two / b
            cross = h * h + k * k - 2 * h * k * np.cos(theta)
            squares.append(cross / np.sin(theta) ** 2)
    ends = sorted({0.0, 1.0, *(np.sqrt(each) for each in squares if each < 1)})
    total = 0.0
    for low, high in pairwise(ends):
        # Roots at either end of a shell become smooth.
        turn = np.pi * nodes / 2
        radius = low + (high - low) * np.sin(turn) ** 2
        mass = weights * np.pi * np.sin(turn) * np.cos(turn) * (high - low)
        if d > 2:
            mass = mass * (d - 2) * radius * (1 - radius**2) ** ((d - 4) / 2)
        for r, part in zip(radius, mass, strict=True):
            cuts = {0.0, 2 * np.pi}
            for (k, norm), off in zip(places, [0.0, theta] * len(kinks), strict=True):
                if abs(k) < norm * r:
                    w = np.arccos(k / (norm * r))
                    cuts |= {(w + off) % (2 * np.pi), (off - w) % (2 * np.pi)}
            for start, stop in pairwise(sorted(cuts)):
                w = start + (stop - start) * nodes
                values = function(torch.from_numpy(a * r * np.cos(w)))
                values = values * function(torch.from_numpy(b * r * np.cos(w - theta)))
                total += part * (stop - start) * float(weights @ values.numpy())
    return total / (2 * np.pi)


@pytest.mark.parametrize("theta", [0.7, 2.2])
@pytest.mark.parametrize("d", [3, 4, 9])
@pytest.mark.parametrize("name", ["hard_tanh", "hard_swish"])
def test_between_norms_it_agrees_with_a_rule_of_circles(name, d, theta):
    act, norms = get(name), np.array([3.3, 6.1])
    chord, near = (each.reshape(1, 1) for each in chords(np.array([theta])))
    for order, function in ((0, act), (1, act.derivative)):
        of = SplineDual(act, Sphere(d), order, norms)
        found = float(of.tile(slice(0, 1), slice(1, 2), chord, near)[0, 0])
        expected = by_circles(function, act.breakpoints, norms, theta, d)
        assert abs(found - expected) <= 1e-9 * of.sizes.prod()


def hat(z):
    return torch.relu(1 - (z - 0.1).abs() / 0.7)


def stairs(z):
    return sum((z > b).to(z.dtype) * c for b, c in ((-0.1, 1.0), (0.0, -2.0), (0.2, 2)))


OWN = {
    "shifted": (lambda z: torch.relu(z - 0.3), (0.3,)),
    "rectifier": (torch.relu, (0.0,)),
    "hat": (hat, (-0.6, 0.1, 0.8)),
    "hat at zero": (lambda z: torch.relu(1 - 2 * z.abs()), (-0.5, 0.0, 0.5)),
    "stairs": (stairs, (-0.1, 0.0, 0.2)),
    "lines": (lambda z: torch.where(z < 0.3, 0.1 * z, z - 0.27), (0.3,)),
    "bent": (lambda z: torch.relu(z + 0.2) ** 2 - torch.relu(z) ** 3, (-0.2, 0.0)),
}


@pytest.mark.parametrize("law", [Gaussian(), Sphere(2), Sphere(3), Sphere(6)])
@pytest.mark.parametrize("name", OWN)
def test_a_function_of_ones_own_made_of_powers_has_its_dual(name, law):
    """By nested integrals, whatever the kinks are, zero among them."""
    fn, breakpoints = OWN[name]
    own = from_callable(fn, name=name, breakpoints=breakpoints)
    assert own.splines is not None
    reference = Independent(own, breakpoints, getattr(law, "dimension", None))
    kappa = dual(own, law)
    assert kappa.error_bound <= 1e-12 * kappa.value_at_one
    for t in (1.0, 0.93, -0.4):
        value, error = reference(t)
        assert abs(float(kappa(t)) - value) <= kappa.error_bound + error


def test_a_trapezoid_on_a_sphere_of_few_dimensions_keeps_its_digits():
    """Sixteen pairs of kinks, at whose angles the dual is no polynomial."""
    own = from_callable(
        lambda z: torch.minimum((z + 0.8) / 0.5, (0.7 - z) / 0.4).clamp(0.0, 1.0),
        name="trapezoid",
        breakpoints=(-0.8, -0.3, 0.3, 0.7),
    )
    for kappa in (dual(own, Sphere(3)), dual_of_derivative(own, Sphere(3))):
        assert kappa.error_bound <= 1e-12 * kappa.value_at_one
    # On the sphere of R^3 a coordinate is uniform.
    assert abs(kappa.value_at_one - (4 * 0.5 + 6.25 * 0.4) / 2) <= 2e-12


def test_it_does_not_hang_on_the_tile_and_is_symmetric():
    random = np.random.default_rng(0)
    units = random.standard_normal((6, 3))
    units /= np.linalg.norm(units, axis=1, keepdims=True)
    norms = random.uniform(0.2, 8.0, 6)
    of = SplineDual(get("hard_tanh"), Sphere(3), 0, norms)
    i, j = np.indices((6, 6)).reshape(2, -1)
    cosine = units @ units.T
    square = half_chords_squared(units, cosine.ravel(), i, j).reshape(6, 6)
    chord, near = np.sqrt(square), cosine >= 0
    whole = of.tile(slice(0, 6), slice(0, 6), chord, near)
    np.testing.assert_allclose(whole, whole.T, rtol=0, atol=4e-15)
    assert np.linalg.eigvalsh(whole)[0] > 0
    part = of.tile(slice(1, 3), slice(4, 6), chord[1:3, 4:], near[1:3, 4:])
    assert np.array_equal(part, whole[1:3, 4:])


@pytest.mark.parametrize("law", [Gaussian(), Sphere(3)])
@pytest.mark.parametrize("length", [1e-1, 1e-6, 1e-9, 1e-100])
def test_rows_short_beside_every_kink_have_the_kernel_of_a_polynomial(law, length):
    """hard_tanh is z there, and hard_swish z/2 + z²/6, with E over u, v in R^3."""
    rows = length * np.random.default_rng(0).uniform(-0.5, 0.5, (5, 3))
    product, squares = rows @ rows.T, (rows**2).sum(axis=1)
    second, fourth = (1.0, 1.0) if law == Gaussian() else (1 / 3, 1 / 15)
    quartic = fourth * (np.outer(squares, squares) + 2 * product**2)
    norms = np.sqrt(squares)
    sizes = np.outer(norms, norms)
    for name, truth in [
        ("hard_tanh", second * product),
        ("hard_swish", second * product / 4 + quartic / 36),
    ]:
        found = conjugate_kernel(rows, name, law)
        error = provenance(found).entry_error
        bent = np.exp(-1 / (2 * squares.max())) if law == Gaussian() else 0.0
        assert np.abs(found.numpy() - truth).max() <= error + bent * squares.max()
        assert error <= 1e-12 * sizes.max()
        assert np.abs((found.numpy() - truth) / sizes).max() <= 1e-10


def test_short_rows_beside_long_ones_keep_their_digits():
    """E[a u f(b v)] = a b ρ E f'(b v), and a gradient by the same."""
    rows = torch.tensor([[3e-7, 4e-7], [1.2, 0.9], [2.0, 1.0]], dtype=torch.float64)
    long, means = rows[1:].norm(dim=1), rows[0] @ rows[1:].T
    truth = means * torch.erf(1 / (long * 2**0.5))
    found = conjugate_kernel(rows, "hard_tanh", "gaussian")
    assert float((found[0, 1:] / truth - 1).abs().max()) <= 1e-12
    assert float((found[0, 0] / rows[0].square().sum() - 1).abs()) <= 1e-12
    short = rows[:1].clone().requires_grad_()
    conjugate_kernel(short, "hard_tanh", "gaussian", rows[1:])[0, 0].backward()
    slope = rows[1] * torch.erf(1 / (long[0] * 2**0.5))
    assert float((short.grad[0] / slope - 1).abs().max()) <= 1e-9


def test_a_line_below_a_kink_below_zero_is_met_by_short_rows_too():
    """1 but below -1, where it is 2 + z: the line and the kink cancel at zero."""
    hinge = from_callable(
        lambda z: 2 - torch.relu(1 + z) + z, name="hinge", breakpoints=(-1.0,)
    )
    assert hinge.splines is not None
    rows = torch.tensor([[3e-9, 0.0], [0.0, 4e-9]], dtype=torch.float64)
    found = two_layer_kernels(rows, hinge, "gaussian")
    assert all(float((each - 1).abs().max()) <= 1e-13 for each in found)


def test_a_bound_is_not_one_rows_lost_digits_times_another_rows_square():
    """A kink far beyond most rows: they have all but nothing, and no error."""
    far = from_callable(lambda z: torch.relu(z - 3), name="far", breakpoints=(3.0,))
    for norms, most in ((2.0 ** np.arange(-6, 3), 1e-11), ([0.3, 0.4, 0.6], 1e-13)):
        rows = np.outer(norms, [0.6, 0.8])
        error = provenance(conjugate_kernel(rows, far, "gaussian")).entry_error
        assert error <= most

"""Kernels in balls: each contains what mpmath finds in 40 digits, and is tight."""

import mpmath as mp
import numpy as np
import pytest
import torch
from flint import arb, ctx

from widthwise import activations
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.kernels import (
    conjugate_kernel,
    dual,
    dual_of_derivative,
    enclosed_deep_kernels,
    enclosed_dual,
    enclosed_kernel,
)
from widthwise.laws import Gaussian, Sphere
from widthwise.spectra import extended_smallest

FACTOR = mp.mpf(5) / 4


def gelu_tanh(z):
    inner = mp.sqrt(8 / mp.pi) * (z + mp.mpf("0.044715") * z**3)
    return z / (1 + mp.exp(-inner))


def gelu_tanh_slope(z):
    inner = mp.sqrt(8 / mp.pi) * (z + mp.mpf("0.044715") * z**3)
    rate = mp.sqrt(8 / mp.pi) * (1 + 3 * mp.mpf("0.044715") * z**2)
    s = 1 / (1 + mp.exp(-inner))
    return s + z * s * (1 - s) * rate


def mish(z):
    return z * mp.tanh(mp.log1p(mp.exp(z)))


def mish_slope(z):
    gate = mp.tanh(mp.log1p(mp.exp(z)))
    return gate + z * (1 - gate**2) / (1 + mp.exp(-z))


def hard_swish(z):
    return z * min(max(z + 3, mp.mpf(0)), mp.mpf(6)) / 6


def hard_swish_slope(z):
    return mp.mpf(z > 3) if abs(z) > 3 else (2 * z + 3) / mp.mpf(6)


def monomial(degree):
    return (
        lambda z: max(z, mp.mpf(0)) ** degree,
        lambda z: degree * z ** (degree - 1) if z > 0 else mp.mpf(0),
    )


CASES = {
    "gelu_tanh": ({}, (gelu_tanh, gelu_tanh_slope), ()),
    "mish": ({}, (mish, mish_slope), ()),
    "hard_swish": ({}, (hard_swish, hard_swish_slope), (-3, 3)),
    "hard_tanh": (
        {},
        (lambda z: max(min(z, 1), -1), lambda z: mp.mpf(abs(z) < 1)),
        (-1, 1),
    ),
    "rectified_monomial": ({"degree": 3}, monomial(3), (0,)),
    "rectified_monomial of 1": ({"degree": 1}, monomial(1), (0,)),
}


def named(case):
    return activations.get(case.split()[0], **CASES[case][0])


def contains(ball, value, most):
    """Whether the ball, with the 1e-37 that mpmath may err by, contains the value."""
    assert float(ball.rad()) < most
    return (ball + arb(0, "1e-37")).contains(arb(mp.nstr(value, 42)))


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("case", list(CASES))
def test_gaussian_balls_contain_the_ends_and_the_middle(case, order):
    """κ(1) = E σ², κ(-1) = E σ(u)σ(-u) and κ(0) = (E σ)², of σ(5z/4)."""
    _, functions, kinks = CASES[case]
    f = functions[order]
    with mp.workdps(42), ctx.workprec(150):
        # A series is cut at 2^-50; the others are as good as their balls.
        most = 1e-14 if case in ("gelu_tanh", "mish") else 1e-40
        form = enclosed_dual(named(case), Gaussian(), order, 50, arb(5) / 4)
        # 18 standard deviations leave out 1e-72 of the mass.
        places = {mp.mpf(k) for k in range(-18, 19, 2)}
        places |= {s * k / FACTOR for k in kinks for s in (-1, 1)}
        cuts = sorted(places)

        def mean(g):
            return mp.quad(lambda u: g(FACTOR * u) * mp.npdf(u), cuts)

        for t, expected in (
            (1, mean(lambda z: f(z) ** 2)),
            (-1, mean(lambda z: f(z) * f(-z))),
            (0, mean(f) ** 2),
        ):
            assert contains(form(arb(t)), expected, most)


def power_mean(j, m, s):
    """Return E (m + s Z)_+^j for a standard normal Z."""
    share, peak = mp.ncdf(m / s), s * mp.npdf(m / s)
    return (
        share,
        m * share + peak,
        (m * m + s * s) * share + m * peak,
        (m**3 + 3 * m * s * s) * share + (m * m + 2 * s * s) * peak,
    )[j]


MEANS = {
    ("hard_tanh", 0): lambda p: p(1, 1) - p(1, -1) - 1,
    ("hard_tanh", 1): lambda p: p(0, 1) - p(0, -1),
    ("hard_swish", 0): lambda p: (p(2, 3) - p(2, -3)) / 6 - (p(1, 3) + p(1, -3)) / 2,
    ("hard_swish", 1): lambda p: (p(1, 3) - p(1, -3)) / 3 - (p(0, 3) + p(0, -3)) / 2,
    ("rectified_monomial", 0): lambda p: p(3, 0),
    ("rectified_monomial", 1): lambda p: 3 * p(2, 0),
}


@pytest.mark.parametrize(
    ("case", "order", "t"),
    [(*each, "0.5") for each in MEANS] + [("hard_swish", 0, "-0.9")],
)
def test_balls_of_kinked_units_contain_what_mpmath_finds(case, order, t):
    """E[σ(fu) E[σ(fv) | u]], the inner mean in closed form, f = 5/4."""
    _, functions, kinks = CASES[case]
    f = functions[order]
    with mp.workdps(42), ctx.workprec(150):
        s = FACTOR * mp.sqrt(1 - mp.mpf(t) ** 2)

        def mean(u):
            m = FACTOR * mp.mpf(t) * u
            return MEANS[case, order](lambda j, shift: power_mean(j, m + shift, s))

        edges = {mp.mpf(k) for k in range(-18, 19, 6)}
        edges |= {e / FACTOR for e in kinks}
        # Where v reaches a kink the mean turns on the scale of s.
        turns = {(e + k * s) / FACTOR / mp.mpf(t) for e in kinks for k in (-6, 0, 6)}
        cuts = sorted(edges | {e for e in turns if abs(e) < 18})
        expected = mp.quad(lambda u: f(FACTOR * u) * mean(u) * mp.npdf(u), cuts)
        form = enclosed_dual(named(case), Gaussian(), order, 120, arb(5) / 4)
        assert contains(form(arb(t)), expected, 1e-40)


@pytest.mark.parametrize("law", [Gaussian(), Sphere(2), Sphere(5)], ids=str)
@pytest.mark.parametrize("case", list(CASES))
@pytest.mark.parametrize("order", [0, 1])
def test_the_balls_contain_what_the_quadrature_finds(case, law, order):
    sigma = named(case)
    function = (dual_of_derivative if order else dual)(sigma, law)
    with ctx.workprec(160):
        enclosed = enclosed_dual(sigma, law, order, 60)
        for t in (-1.0, -0.999, -0.4, 0.0, 0.3, 0.99, 1.0):
            ball = enclosed(arb(t))
            assert float(ball.rad()) <= 1e-17 * function.value_at_one
            assert float(abs(ball - float(function(t))).upper()) <= function.error_bound


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize(
    ("case", "law"),
    [
        ("tanh", Gaussian()),
        ("hard_tanh", Gaussian()),
        ("elu", Gaussian()),
        ("relu", Sphere(4)),
        ("rectified_monomial", Sphere(5)),
    ],
)
def test_the_balls_of_a_scaled_activation_contain_its_dual(case, law, order):
    """E f(u) f(v) for f(z) = σ(3z/2), by quadrature, and the refusal elsewhere."""
    parameters = {"degree": 2} if case == "rectified_monomial" else {}
    sigma = activations.Scaled(activations.get(case, **parameters), 1.5)
    function = (dual_of_derivative if order else dual)(sigma, law)
    with ctx.workprec(128):
        enclosed = enclosed_dual(sigma, law, order, 60)
        for t in (-1.0, -0.4, 0.3, 0.99, 1.0):
            ball = enclosed(arb(t))
            assert float(ball.rad()) <= 1e-17 * function.value_at_one
            assert float(abs(ball - float(function(t))).upper()) <= function.error_bound
    tanh = activations.Scaled(activations.get("tanh"), 1.5)
    with pytest.raises(InvalidArgumentError, match="tanh, scaled"):
        enclosed_dual(tanh, Sphere(4), order, 60)


@pytest.mark.parametrize("case", ["hard_tanh", "hard_swish", "rectified_monomial"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_ball_that_reaches_the_end_contains_the_end(case, sign):
    """Cosines of nearly equal or opposite rows are balls beyond one in modulus."""
    with ctx.workprec(128):
        form = enclosed_dual(named(case), Gaussian(), 0, 100)
        at_end = form(arb(sign))
        around = form(sign * arb(1, "1e-30"))
        assert around.overlaps(at_end)
        assert float(around.rad()) < 1e-13


def test_a_hermite_polynomial_has_a_power_for_its_dual():
    """Exactly t^k, though its coefficients are no floats."""
    with ctx.workprec(200):
        for k in (3, 7, 30):
            form = enclosed_dual(
                activations.get("hermite", degree=k), Gaussian(), 0, 150
            )
            for t in (arb(1), arb(-0.75), arb(0.3)):
                assert form(t).overlaps(t**k)
                assert float(form(t).rad()) < 1e-40


def test_a_name_is_no_proof():
    """A function of somebody's own that is called relu is not the rectifier."""
    impostor = activations.from_callable(lambda z: z * z, name="relu")
    with pytest.raises(InvalidArgumentError, match="no proven form"):
        enclosed_dual(impostor, Gaussian(), 0, 60)


@pytest.mark.parametrize("law", [Gaussian(), "gaussian", Sphere(3), "sphere"], ids=str)
@pytest.mark.parametrize("name", ["relu", "mish", "hard_tanh", "hard_swish"])
def test_the_smallest_eigenvalue_takes_laws_by_name_and_object(law, name):
    points = [[1.0, 0.5, 0.0], [0.0, 1.0, 0.25], [0.5, 0.0, -1.0]]
    found = extended_smallest(points, name, law, digits=10)
    assert found.digits >= 10
    rows = torch.tensor(points, dtype=torch.float64)
    rows = rows / rows.norm(dim=1, keepdim=True)
    smallest = torch.linalg.eigvalsh(
        conjugate_kernel(rows, activations.get(name), law)
    )[0]
    assert float(smallest) == pytest.approx(found.value, abs=1e-13)


@pytest.mark.parametrize("kernel", ["conjugate", "tangent_inner", "tangent_both"])
def test_blocks_between_two_sets_are_those_of_the_joint_matrix(kernel):
    points = [[1.0, 0.5, 0.0], [0.0, 1.0, 0.25], [0.5, 0.0, -1.0]]
    other = [[0.5, 0.25, 1.0], [1.0, 0.5, 0.0]]
    block = enclosed_kernel(points, "swish", "sphere", kernel, other=other)
    joint = enclosed_kernel(points + other, "swish", "sphere", kernel)
    assert (block.nrows(), block.ncols()) == (3, 2)
    for i in range(3):
        for j in range(2):
            assert block[i, j] == joint[i, 3 + j] or block[i, j].overlaps(
                joint[i, 3 + j]
            )
            assert block[i, j].rad() <= joint[i, 3 + j].rad()
    # The same row in both sets: no digit of the diagonal is lost.
    assert block[0, 1].overlaps(joint[0, 0])
    assert block[0, 1].rad() <= joint[0, 0].rad()


def test_deep_blocks_between_two_sets_are_those_of_the_joint_matrix():
    points, other = [[1.0, 0.5], [0.0, 1.0]], [[0.5, 0.25], [0.25, -1.0]]
    blocks = enclosed_deep_kernels(points, "erf", 2, 1.5, 0.25, other=other)
    joints = enclosed_deep_kernels(points + other, "erf", 2, 1.5, 0.25)
    for block, joint in zip(blocks, joints, strict=True):
        for i in range(2):
            for j in range(2):
                assert block[i, j].overlaps(joint[i, 2 + j])
                assert float(block[i, j].rad()) < 1e-30


def test_two_sets_of_different_dimensions_are_refused():
    with pytest.raises(DataError, match="2 columns and the second set has 3"):
        enclosed_kernel(
            [[1.0, 0.5]], activations.get("relu"), "gaussian", other=[[1.0, 0.0, 0.0]]
        )


def test_points_of_any_kind_are_rows_of_exact_numbers():
    rows = [[1, 2], [3, -4]]
    expected = enclosed_kernel([[1.0, 2.0], [3.0, -4.0]], "relu", "gaussian")
    for given in (
        np.array(rows),
        torch.tensor(rows),
        torch.tensor(rows, dtype=torch.float16),
    ):
        found = enclosed_kernel(given, "relu", "gaussian")
        assert all(
            bool(found[i, j].overlaps(expected[i, j])) for i in (0, 1) for j in (0, 1)
        )
    with pytest.raises(DataError, match="complex"):
        enclosed_kernel(torch.tensor(rows) * 1j, "relu", "gaussian")
    with pytest.raises(DataError, match="complex"):
        enclosed_kernel(np.array(rows) * 1j, "relu", "gaussian")

"""Test `widthwise.kernels.dual` and `dual_of_derivative`."""

import mpmath as mp
import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.errors import InvalidArgumentError, OutsideDomainError
from widthwise.kernels import dual, dual_of_derivative, funk_hecke
from widthwise.kernels.rules._function import on_numpy
from widthwise.kernels.rules._plane import Angles, PlanarExpectation, Resolution
from widthwise.laws import Gaussian, Sphere

LAWS = [Sphere(2), Sphere(3), Sphere(4), Sphere(5), Sphere(8), Sphere(10), Sphere(50)]
LAWS += [Sphere(784), Sphere(5000), Gaussian()]
CORRELATIONS = (-1.0, -1 + 1e-12, -0.9, -0.5, 0.0, 0.3, 0.8, 0.999, 1 - 1e-12, 1.0)


def bessel(law, s, hyperbolic):
    """E exp(s u) or E cos(s u) for one coordinate u of the law."""
    if isinstance(law, Gaussian):
        return mp.exp(s * s / 2 if hyperbolic else -s * s / 2)
    if s == 0:
        return mp.mpf(1)
    sign = 1 if hyperbolic else -1
    return mp.hyp0f1(mp.mpf(law.dimension) / 2, sign * s * s / 4)


def closed_form(name, law, t):
    """Return the dual in 40 digits, from the theory."""
    d = 1 if isinstance(law, Gaussian) else law.dimension
    angle = 2 * mp.atan2(mp.sqrt((1 - t) / 2), mp.sqrt((1 + t) / 2))
    step = (mp.pi - angle) / (2 * mp.pi)
    relu = (mp.sin(angle) + t * (mp.pi - angle)) / (2 * mp.pi * d)
    absolute = 2 * (mp.sin(angle) + t * (mp.pi / 2 - angle)) / (mp.pi * d)
    more, less = mp.sqrt(2 + 2 * t), mp.sqrt(2 - 2 * t)
    plus, minus = bessel(law, more, False), bessel(law, less, False)
    slope = mp.mpf(0.01)
    fourth = 3 if isinstance(law, Gaussian) else mp.mpf(3) / (d * (d + 2))
    return {
        "relu": relu,
        "step": step,
        "abs": absolute,
        "leaky_relu": ((1 + slope) / 2) ** 2 * t / d
        + ((1 - slope) / 2) ** 2 * absolute,
        "exp": bessel(law, more, True),
        "cos": (minus + plus) / 2,
        "sin": (minus - plus) / 2,
        "square": fourth * (1 + 2 * t * t) / 3,
    }[name]


@pytest.mark.parametrize("law", LAWS, ids=repr)
@pytest.mark.parametrize(
    "name", ["relu", "step", "abs", "leaky_relu", "exp", "cos", "sin", "square"]
)
def test_closed_form_within_the_error_bound(name, law):
    kernel = dual(activations.get(name), law)
    with mp.workdps(40):
        for t in CORRELATIONS:
            exact = closed_form(name, law, mp.mpf(t))
            assert abs(mp.mpf(float(kernel(t))) - exact) <= kernel.error_bound, t
    assert kernel.error_bound <= 1e-14 * kernel.value_at_one


@pytest.mark.parametrize(
    ("name", "exact"),
    [
        ("erf", lambda t: 2 / mp.pi * mp.asin(2 * t / 3)),
        ("gaussian", lambda t: 1 / mp.sqrt(4 - t * t)),
        ("cubic", lambda t: 6 * t**3 + 9 * t),
    ],
)
def test_gaussian_closed_form_within_the_error_bound(name, exact):
    kernel = dual(activations.get(name), Gaussian())
    with mp.workdps(40):
        for t in CORRELATIONS:
            error = abs(mp.mpf(float(kernel(t))) - exact(mp.mpf(t)))
            assert error <= kernel.error_bound, t


def test_derivative_of_a_step_has_no_dual():
    assert dual_of_derivative(activations.get("step"), Sphere(4)).value_at_one == 0.0


@pytest.mark.parametrize("dimension", [4, 6, 10])
def test_wendland0_slope_has_its_mean_square(dimension):
    """σ' is infinite at z = 1, and still square integrable from d = 4 on."""
    activation = activations.get("wendland0", dimension=dimension)
    kernel = dual_of_derivative(activation, Sphere(dimension))
    assert np.isfinite(kernel.value_at_one)

    # E σ'² by the one integral that is left at t = 1, in z = cos a.
    power, d = dimension // 2 + 1, dimension
    with mp.workdps(30):
        density = mp.gamma(mp.mpf(d) / 2) / (
            mp.sqrt(mp.pi) * mp.gamma(mp.mpf(d - 1) / 2)
        )

        def integrand(a):
            chord = mp.sqrt(2) * mp.sin(a / 2)
            slope = power * (1 - chord) ** (power - 1) / (2 * chord)
            return slope**2 * mp.sin(a) ** (d - 2)

        exact = density * mp.quad(integrand, [0, mp.pi / 4, mp.pi / 2])
        error = abs(kernel.value_at_one - exact)
    assert error <= kernel.error_bound
    assert kernel.error_bound <= 3e-7 * kernel.value_at_one


@pytest.mark.parametrize("dimension", [2, 3])
def test_infinite_mean_square_of_the_slope_is_refused(dimension):
    activation = activations.get("wendland0", dimension=dimension)
    with pytest.raises(InvalidArgumentError, match="infinite mean square"):
        dual_of_derivative(activation, Sphere(dimension))


def test_wendland_under_the_gaussian_law_is_refused():
    activation = activations.get("wendland2", dimension=3)
    with pytest.raises(OutsideDomainError, match="Use the sphere law"):
        dual(activation, Gaussian())


@pytest.mark.parametrize("name", ["tanh", "swish", "gelu", "erf", "sin", "softplus"])
def test_gaussian_dual_has_the_dual_of_the_derivative_as_its_slope(name):
    """Price's theorem, by a central difference of error h² |κ'''| / 6."""
    activation, step = activations.get(name), 1e-4
    kernel = dual(activation, Gaussian())
    slope = dual_of_derivative(activation, Gaussian())
    t = torch.linspace(-0.9, 0.9, 13, dtype=torch.float64)
    difference = (kernel(t + step) - kernel(t - step)) / (2 * step)
    torch.testing.assert_close(difference, slope(t), atol=5e-8, rtol=0)


@pytest.mark.parametrize("name", ["relu", "elu", "tanh", "wendland2", "step"])
def test_sphere_dual_is_its_funk_hecke_series(name):
    """κ(t) = Σ N(d, k) λ_k² P_k(t); what is left out is below κ(1) - Σ N λ²."""
    dimension, degree = 6, 300
    given = {"dimension": dimension} if name == "wendland2" else {}
    activation = activations.get(name, **given)
    coefficients = funk_hecke(activation, dimension, degree).numpy()
    kernel = dual(activation, Sphere(dimension))
    for t in (-1.0, -0.4, 0.2, 0.7, 1.0):
        total, before, now, count = 0.0, 0.0, 1.0, 1.0
        size = 0.0
        for k in range(degree + 1):
            total += count * coefficients[k] ** 2 * now
            size += count * coefficients[k] ** 2
            following = ((2 * k + dimension - 2) * t * now - k * before) / (
                k + dimension - 2
            )
            before, now = now, following
            count *= (
                dimension
                if k == 0
                else (2 * k + dimension)
                * (k + dimension - 2)
                / ((2 * k + dimension - 2) * (k + 1))
            )
        left_out = kernel.value_at_one - size
        error = abs(float(kernel(t)) - total)
        assert error <= abs(left_out) + 1e-13 * kernel.value_at_one
        assert left_out <= 1e-2 * kernel.value_at_one


@pytest.mark.parametrize("name", ["relu", "abs", "leaky_relu"])
def test_homogeneous_dual_scales_between_the_laws(name):
    """A Gaussian vector is a uniform direction times a radius with E r² = d."""
    t = torch.linspace(-1, 1, 21, dtype=torch.float64)
    sphere = dual(activations.get(name), Sphere(300))(t) * 300
    torch.testing.assert_close(
        sphere, dual(activations.get(name), Gaussian())(t), rtol=1e-13, atol=1e-14
    )


def test_sphere_law_tends_to_the_gaussian_law():
    """√d w has standard normal coordinates up to O(1/d)."""
    gaussian = dual(activations.get("tanh"), Gaussian())
    errors = []
    for dimension in (100, 400):

        def scaled(z, factor=dimension**0.5):
            return torch.tanh(factor * z)

        activation = activations.from_callable(scaled, name=f"tanh{dimension}")
        sphere = dual(activation, Sphere(dimension))
        errors.append(abs(float(sphere(0.5) - gaussian(0.5))))
    assert errors[1] < 1e-3
    assert 3.5 < errors[0] / errors[1] < 4.5


@pytest.mark.slow
@pytest.mark.parametrize("law", [Sphere(5), Gaussian()], ids=repr)
def test_steep_function_keeps_its_digits(law):
    """erf(200 z): under the Gaussian law (2/π) asin(2·200² t / (1 + 2·200²))."""
    activation = activations.from_callable(lambda z: torch.erf(200 * z), name="steep")
    kernel = dual(activation, law)
    # Steep functions cost digits; what is asked is that the bound says so.
    assert kernel.error_bound <= 1e-8
    if isinstance(law, Gaussian):
        with mp.workdps(30):
            for t in (-0.9, 0.3, 0.99, 1.0):
                ratio = mp.mpf(80000) / 80001
                exact = 2 / mp.pi * mp.asin(ratio * mp.mpf(t))
                assert abs(float(kernel(t)) - exact) <= kernel.error_bound


def test_kink_hidden_from_the_declaration_is_found():
    class Hidden(type(activations.get("relu"))):
        breakpoints = ()

        def __call__(self, z):
            return torch.relu(z - 0.3)

        def derivative(self, z):
            return (z > 0.3).to(z.dtype)

    class Declared(Hidden):
        breakpoints = (0.3,)

    t = torch.linspace(-1, 1, 41, dtype=torch.float64)
    for law in (Sphere(4), Gaussian()):
        hidden, declared = dual(Hidden(), law), dual(Declared(), law)
        error = float((hidden(t) - declared(t)).abs().max())
        assert error <= hidden.error_bound + declared.error_bound
        assert hidden.error_bound <= 1e-12


def test_growth_without_a_mean_square_is_refused():
    activation = activations.from_callable(lambda z: torch.exp(z * z / 3), name="huge")
    with pytest.raises(InvalidArgumentError, match="grows too fast"):
        dual(activation, Gaussian())
    assert np.isfinite(dual(activation, Sphere(4)).value_at_one)


def test_relative_accuracy_next_to_one():
    """1 - κ/κ(1) at angle 1e-8, where arccos of a float64 correlation has no digit."""
    kernel = dual_of_derivative(activations.get("relu"), Gaussian())
    for theta in (1e-8, 1e-6, 1e-3):
        lack = 1 - float(kernel.at_angle(theta)) / kernel.value_at_one
        # κ = (π - θ) / 2π; 4e-16 of rounding in κ is all that may be missing.
        assert abs(lack - theta / np.pi) <= 4e-16 + 1e-12 * theta


def test_accepts_any_real_input_and_keeps_the_shape():
    kernel = dual(activations.get("relu"), Sphere(3))
    assert kernel(torch.zeros(2, 3, dtype=torch.float32)).shape == (2, 3)
    assert kernel(torch.zeros(0)).shape == (0,)
    assert kernel(1).dtype == torch.float64
    assert float(kernel(np.float32(0.5))) == float(kernel(0.5))


@pytest.mark.parametrize("t", [1.1, -1.0001, float("nan"), float("inf")])
def test_refuses_what_is_no_correlation(t):
    with pytest.raises(InvalidArgumentError, match="must be in"):
        dual(activations.get("relu"), Sphere(3))(t)


def test_is_built_once():
    assert dual(activations.get("gelu"), Sphere(7)) is dual(
        activations.get("gelu"), Sphere(7)
    )


@pytest.mark.parametrize("law", [Gaussian(), Sphere(3)])
@pytest.mark.parametrize("order", [0, 1])
def test_half_a_circle_does_for_an_odd_function_and_its_slope(law, order):
    """A cut more, on one side only, makes the rule go round the whole circle."""
    act = activations.get("hard_tanh")
    at = on_numpy(act.derivative if order else act)
    f, kinks = (lambda z: at(2 * z)), (-0.5, 0.5)
    halves = np.array([1e-3, 0.1, 0.6, 1.2, 1.57])
    angles = Angles(halves, np.sin(halves), np.cos(halves))
    shells = (0.0, min(law.support_radius, 12.0))
    half = PlanarExpectation(f, law, kinks, shells=shells)
    whole = PlanarExpectation(f, law, kinks, (0.3,), shells=shells)
    fine = Resolution(96, 24)
    assert half._end * 2 == whole._end
    found, expected = half(angles, fine)[0], whole(angles, fine)[0]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-15)

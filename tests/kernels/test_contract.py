"""What every dual of the catalog keeps, by a second route to each value."""

import math
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest
import scipy.integrate
import torch

sys.path.insert(0, str(Path(__file__).parent))  # for the second route

from second_route import Independent

from widthwise import activations
from widthwise.errors import (
    InvalidArgumentError,
    KernelUnderflowError,
    OutsideDomainError,
)
from widthwise.kernels import dual, dual_of_derivative
from widthwise.laws import Gaussian, Sphere

CORRELATIONS = (1.0, 1 - 1e-12, 0.9, 0.6, 0.0, -0.3, -1 + 1e-12, -1.0)
FEW = (1.0, 0.9, -0.3, -1 + 1e-12)
FAST = [2, 3, 8, None]
SLOW = [4, 5, 20, 784]
MOST_OF_WENDLAND = 700
"""d beyond which E σ² is less than any float."""
DIVERGENT = {("wendland0", 2), ("wendland0", 3)}
"""d where E σ'² is infinite: σ' ~ (1 - z)^{-1/2} with density (1 - z)^{(d-3)/2}."""


def cases(dimensions):
    """Return each catalog activation with each law it is defined under."""
    found = []
    for name, family in activations.CATALOG.items():
        for d in dimensions:
            per_dimension = "dimension" in family.example
            if per_dimension and (d is None or d > MOST_OF_WENDLAND):
                continue
            example = {"dimension": d} if per_dimension else family.example
            law = Gaussian() if d is None else Sphere(d)
            found.append(pytest.param(family(**example), law, id=f"{name}-{law!r}"))
    return found


def diverges(activation, law):
    return (activation.name, getattr(law, "dimension", None)) in DIVERGENT


def check_values(sigma, kappa, correlations=CORRELATIONS):
    dimension = getattr(kappa.law, "dimension", None)
    reference = Independent(sigma, kappa.activation.breakpoints, dimension)
    size = reference(1.0)[0]
    for t in correlations:
        value, error = reference(t)
        assert abs(float(kappa(t)) - value) <= kappa.error_bound + error, t
        # The second route decides ten digits of κ(1), or the test says nothing.
        assert error <= 1e-10 * size, t


@pytest.mark.parametrize(("activation", "law"), cases(FAST))
def test_the_dual_is_the_independent_integral(activation, law):
    check_values(activation, dual(activation, law))


@pytest.mark.parametrize(("activation", "law"), cases(FAST))
def test_the_derivative_dual_is_the_independent_integral(activation, law):
    if not diverges(activation, law):
        slope = dual_of_derivative(activation, law)
        check_values(activation.derivative, slope)


@pytest.mark.slow
@pytest.mark.parametrize(("activation", "law"), cases(SLOW))
def test_both_duals_are_the_independent_integrals_in_more_dimensions(activation, law):
    check_values(activation, dual(activation, law), FEW)
    # Floats z resolve no angle below 1.5e-8, which holds that part of E σ'² here;
    # the mean square has its own test, in the distance instead of z.
    if (activation.name, law.dimension) != ("wendland0", 4):
        slope = dual_of_derivative(activation, law)
        check_values(activation.derivative, slope, FEW)


@pytest.mark.parametrize("function", [dual, dual_of_derivative])
@pytest.mark.parametrize(("activation", "law"), cases([*FAST, *SLOW]))
def test_the_error_bound_is_small_and_every_value_finite(activation, law, function):
    if function is dual_of_derivative and diverges(activation, law):
        return
    kappa = function(activation, law)
    t = np.concatenate([np.linspace(-1, 1, 501), 1 - np.geomspace(1e-16, 1, 60)])
    t = np.concatenate([t, -t])
    values = kappa(t).numpy()
    assert np.isfinite(values).all()
    largest = kappa.value_at_one
    assert 0.0 <= kappa.error_bound <= 1e-12 * largest
    # Cauchy-Schwarz: |κ(t)| <= κ(1).
    assert np.abs(values).max() <= largest + 2 * kappa.error_bound
    assert (values[t == 1.0] == largest).all()


@pytest.mark.parametrize("name", ["wendland0", "wendland2"])
@pytest.mark.parametrize("function", [dual, dual_of_derivative])
def test_a_kernel_that_floats_cannot_hold_is_refused(name, function):
    with pytest.raises(KernelUnderflowError, match="underflows"):
        function(activations.get(name, dimension=784), Sphere(784))


@pytest.mark.parametrize(("activation", "law"), cases([2, 3, 8]))
def test_the_value_at_one_is_the_mean_square_of_one_coordinate(activation, law):
    # E σ(u)² over one coordinate u = cos α of density sin^{d-2} α, by scipy's quad.
    import torch
    from scipy.integrate import quad

    turns = sorted(np.arccos(b) for b in activation.breakpoints if abs(b) < 1)
    d = law.dimension

    def integrand(alpha):
        u = torch.tensor(np.cos(alpha), dtype=torch.float64)
        return float(activation(u)) ** 2 * np.sin(alpha) ** (d - 2)

    total = error = mass = 0.0
    for low, high in zip([0.0, *turns], [*turns, np.pi], strict=True):
        part, doubt = quad(integrand, low, high, epsabs=0, epsrel=1e-13)[:2]
        total, error = total + part, error + doubt
        mass += quad(lambda a: np.sin(a) ** (d - 2), low, high, epsrel=1e-13)[0]
    kappa = dual(activation, law)
    allowed = kappa.error_bound + (error + 1e-14 * total) / mass
    assert abs(kappa.value_at_one - total / mass) <= allowed


# The derivative of a step is a point mass, not a function.
@pytest.mark.parametrize(
    ("activation", "law"), [c for c in cases([None]) if c.values[0].name != "step"]
)
def test_under_the_gaussian_law_the_derivative_dual_is_the_slope(activation, law):
    kappa, slope = dual(activation, law), dual_of_derivative(activation, law)
    for centre in (-0.5, 0.0, 0.35):
        # Interpolation on a tenth of the way to the singularities at ±1 converges
        # like 10^-k; differentiating degree 16 magnifies errors by 16² / 0.1.
        t = centre + 0.05 * np.cos(np.pi * (np.arange(17) + 0.5) / 17)
        domain = [centre - 0.05, centre + 0.05]
        fit = np.polynomial.chebyshev.Chebyshev.fit(
            t, kappa(t).numpy(), 16, domain=domain
        )
        allowed = 6000 * kappa.error_bound + slope.error_bound
        assert abs(fit.deriv()(centre) - float(slope(centre))) <= allowed


@pytest.mark.parametrize("d", [4, 5, 6, 9])
def test_the_singular_derivative_has_the_mean_square_of_the_distance_integral(d):
    # With s = sqrt(1 - z): σ' = l (1 - s)^(l-1) / (2 s), (1 - z²) = s² (2 - s²).
    power = d // 2 + 1
    with mpmath.workdps(30):
        half = mpmath.mpf(d) / 2
        peak = mpmath.gamma(half) / mpmath.sqrt(mpmath.pi) / mpmath.gamma(half - 0.5)
        exact = peak * mpmath.quad(
            lambda s: (
                (power * (1 - s) ** (power - 1) / (2 * s)) ** 2
                * (2 * s)
                * (s * s * (2 - s * s)) ** (half - 1.5)
            ),
            [0, 1],
        )
    slope = dual_of_derivative(activations.get("wendland0", dimension=d), Sphere(d))
    assert abs(slope.value_at_one - float(exact)) <= 1e-12 * float(exact)


@pytest.mark.parametrize(("name", "d"), sorted(DIVERGENT))
def test_an_infinite_derivative_dual_is_refused(name, d):
    sigma = activations.get(name, dimension=d)
    with pytest.raises(InvalidArgumentError, match=r"infinite mean square.*outer"):
        dual_of_derivative(sigma, Sphere(d))


@pytest.mark.parametrize("name", ["wendland0", "wendland2"])
def test_the_gaussian_law_leaves_the_domain_of_wendland(name):
    with pytest.raises(OutsideDomainError, match="sphere"):
        dual(activations.get(name, dimension=3), Gaussian())


@pytest.mark.parametrize("t", [1 + 1e-8, -1.1, np.nan, np.array([0.2, np.nan])])
def test_correlations_outside_the_interval_are_refused(t):
    kappa = dual(activations.get("relu"), Sphere(3))
    with pytest.raises(InvalidArgumentError, match=r"\[-1, 1\]"):
        kappa(t)


@pytest.mark.parametrize("theta", [-0.1, 3.2, np.nan])
def test_angles_outside_the_half_turn_are_refused(theta):
    with pytest.raises(InvalidArgumentError, match="angle"):
        dual(activations.get("relu"), Sphere(3)).at_angle(theta)


def test_rounding_beyond_one_counts_as_one():
    kappa = dual(activations.get("relu"), Sphere(3))
    assert float(kappa(1 + 1e-10)) == kappa.value_at_one


def test_equal_activations_and_laws_share_one_dual():
    first = dual(activations.get("leaky_relu", negative_slope=0.2), Sphere(4))
    again = dual(activations.get("leaky_relu", negative_slope=0.2), Sphere(4))
    assert first is again
    assert first != dual(activations.get("leaky_relu", negative_slope=0.3), Sphere(4))


def test_angles_and_correlations_give_the_same_values_and_shapes():
    kappa = dual(activations.get("gelu"), Sphere(5))
    theta = np.linspace(0.0, np.pi, 60).reshape(3, 4, 5)
    by_angle, by_cosine = kappa.at_angle(theta), kappa(np.cos(theta))
    assert by_angle.shape == by_cosine.shape == (3, 4, 5)
    # cos θ is rounded, so κ moves by |κ'| 2^-53.
    assert np.abs((by_angle - by_cosine).numpy()).max() <= 1e-15


@pytest.mark.parametrize("alpha", [0.7, 1.0, 2.0])
@pytest.mark.parametrize("dimension", [3, 5, 8])
@pytest.mark.parametrize("name", ["wendland0", "wendland2"])
def test_wendland_of_any_support_has_its_mean_square_on_the_diagonal(
    name, dimension, alpha
):
    """κ(1) = E σ(u)², one integral over the support, by scipy's own rule."""
    act = activations.get(name, dimension=dimension, alpha=alpha)
    peak = math.gamma(dimension / 2) / (
        math.sqrt(math.pi) * math.gamma((dimension - 1) / 2)
    )

    def integrand(chord):
        u = 1 - chord**2 / 2
        value = float(act(torch.tensor(u, dtype=torch.float64)))
        return value**2 * peak * (1 - u * u) ** ((dimension - 3) / 2) * chord

    expected, error = scipy.integrate.quad(
        integrand, 0, min(alpha, 2.0), epsabs=0, epsrel=1e-12
    )
    found = dual(act, Sphere(dimension))
    assert abs(found.value_at_one - expected) <= found.error_bound + 10 * error

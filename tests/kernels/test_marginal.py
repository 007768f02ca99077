"""What one integral says of a dual: the mean square, and where it lies."""

import mpmath as mp
import numpy as np
import pytest
import torch

from widthwise import activations
from widthwise.errors import KernelUnderflowError
from widthwise.kernels import dual
from widthwise.kernels.rules._function import on_numpy, smooth_pieces
from widthwise.kernels.rules._marginal import marginal
from widthwise.laws import Gaussian, Sphere


def marginal_of(activation, law):
    function = on_numpy(activation)
    edges = smooth_pieces(function, activation.breakpoints, law, activation.narrow)
    return marginal(function, edges, law)


@pytest.mark.parametrize("alpha", [2**0.5, 1.0, 0.3, 0.1, 0.05, 0.01])
def test_the_mean_square_of_a_narrow_support_is_known(alpha):
    """In R^3 w·x is uniform: E (1 - √(2 - 2u)/α)_+^4 = α²/60."""
    wendland = activations.get("wendland0", dimension=3, alpha=alpha)
    found = marginal_of(wendland, Sphere(3))
    exact = alpha**2 / 60
    assert abs(found.at_one - exact) <= found.rounding + 1e-15 * exact
    # 1 - u is below α²/2, and u has an absolute rounding.
    assert found.rounding <= 3e-13 / alpha**2 * exact
    # Where the support begins, and nothing of it is left out.
    assert found.low <= 1 - alpha**2 / 2 + 1e-12
    assert found.high == 1.0


@pytest.mark.parametrize("alpha", [0.3])
def test_a_narrow_wendland_dual_keeps_its_bound(alpha):
    for name, exact in (("wendland0", alpha**2 / 60), ("wendland2", None)):
        wendland = activations.get(name, dimension=3, alpha=alpha)
        kappa = dual(wendland, Sphere(3))
        if exact is None:
            # ∫ over s = 1 - u = α² v²/2 of ((1-v)^4 (4v+1))², by the beta function.
            terms = {1: 1, 2: 8, 3: 16}
            beta = sum(c * mp.beta(k + 1, 9) for k, c in terms.items())
            exact = alpha**2 / 2 * float(beta)
        assert abs(kappa.value_at_one - exact) <= kappa.error_bound
        assert kappa.error_bound <= 1e-11 * exact


@pytest.mark.parametrize(
    ("dimension", "name"), [(100, "wendland0"), (150, "wendland2")]
)
def test_a_high_power_has_its_rounding_in_the_bound(dimension, name):
    wendland = activations.get(name, dimension=dimension)
    kappa = dual(wendland, Sphere(dimension))
    with mp.workdps(40):
        d = mp.mpf(dimension)
        power = dimension // 2 + (3 if name == "wendland2" else 1)
        factor = mp.gamma(d / 2) / mp.sqrt(mp.pi) / mp.gamma((d - 1) / 2)

        def integrand(angle):
            u = mp.sqrt(2) * mp.sin(angle / 2)
            value = (1 - u) ** power * (power * u + 1 if name == "wendland2" else 1)
            return factor * value**2 * mp.sin(angle) ** (dimension - 2)

        exact = mp.quad(integrand, [mp.pi / 2 * k / 48 for k in range(49)])
        assert abs(kappa.value_at_one - exact) <= kappa.error_bound
    assert kappa.error_bound <= 1e-12 * kappa.value_at_one


def test_a_kernel_below_the_range_of_floats_is_refused():
    with pytest.raises(KernelUnderflowError, match="underflows"):
        dual(activations.get("wendland0", dimension=1000), Sphere(1000))
    far = activations.from_callable(
        lambda z: torch.relu(z - 2.0), name="far", breakpoints=(2.0,)
    )
    assert dual(far, Sphere(3)).value_at_one == 0.0  # zero, and no underflow


@pytest.mark.parametrize("width", [0.1, 0.01, 0.005])
def test_a_bump_at_zero_is_not_missed(width):
    """E exp(-(u/s)²) on the sphere of R^3, u uniform: s √π erf(1/s) / 2."""
    bump = activations.from_callable(
        lambda z: torch.exp(-((z / width) ** 2) / 2), name="bump"
    )
    kappa = dual(bump, Sphere(3))
    exact = width * float(mp.sqrt(mp.pi) * mp.erf(1 / width) / 2)
    assert abs(kappa.value_at_one - exact) <= kappa.error_bound
    # A rounding of t times κ'(1) = κ(1) / 2s², and 4e-13 of what is only sampled.
    assert kappa.error_bound <= (1e-12 + 5e-16 / width**2) * exact


@pytest.mark.parametrize("law", [Sphere(3), Sphere(40), Gaussian()], ids=repr)
def test_shells_beyond_the_range_hold_nothing(law):
    """Of E z^40, by drawing the radius and the direction."""
    found = marginal_of(
        activations.get("polynomial", coefficients=(0,) * 20 + (1,)), law
    )
    angle = np.pi * (np.arange(64) + 0.5) / 64
    mean = float((np.cos(angle) ** 40).mean())
    radius = np.linspace(0.0, 1.0 if law.support_radius == 1.0 else 30.0, 20001)[1:-1]
    mass = radius**40 * law.planar_radius_density(radius) * mean
    total = mass.sum()
    outside = mass[(radius < found.low) | (radius > found.high)].sum()
    assert outside <= 1e-24 * total
    assert found.high < radius[-1] or law == Sphere(3)

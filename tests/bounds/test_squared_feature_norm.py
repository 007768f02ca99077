"""Test the bound on the squared feature norm, from both sides."""

import math

import numpy as np
import pytest
import torch
from scipy.optimize import minimize, minimize_scalar

from widthwise.activations import CATALOG, for_dimension, get
from widthwise.bounds import (
    benson_full_rank,
    squared_feature_norm_bound,
    squared_feature_norm_estimate,
)
from widthwise.bounds.eigenvalues._square_envelope import square_envelope
from widthwise.errors import NotOnSphereError
from widthwise.kernels import conjugate_kernel
from widthwise.laws import Gaussian, Sphere
from widthwise.spectra import spectrum

PARAMETRIC = {
    "polynomial": {"coefficients": (0.2, -1.0, 0.0, 2.0)},
    "hermite": {"degree": 3},
    "rectified_monomial": {"degree": 2},
}


def activation(name, dimension):
    if name in PARAMETRIC:
        return get(name, **PARAMETRIC[name])
    return for_dimension(name, dimension)


def sphere_points(n, d, seed):
    generator = torch.Generator().manual_seed(seed)
    points = torch.randn(n, d, generator=generator, dtype=torch.float64)
    return points / points.norm(dim=1, keepdim=True)


LENGTH = math.pi / 2**18
"""The longest cell of the envelope."""

GOOD_ENOUGH = 1e-4
"""The search ends this close to the least majorant, relative to it."""


every_activation = pytest.mark.parametrize("name", sorted(CATALOG))


def clustered(points):
    """Make rows collide, two antipodal, and six crowd."""
    points[1], points[2] = points[0], -points[0]
    points[3:9] = points[0] + 0.05 * points[3:9]
    return points / points.norm(dim=1, keepdim=True)


def check_both_sides(name, points):
    n, d = points.shape
    act = activation(name, d)
    bound = squared_feature_norm_bound(points, act)
    weights = torch.cat([sphere_points(4000, d, 9), points, -points])
    attained = act((weights @ points.T).clamp(-1, 1)).square().sum(1)
    ascent = squared_feature_norm_estimate(points, act, steps=60)
    # A step has no slope to climb, and up to 128 of its rows are among the starts.
    seen = attained[4000:] if name == "step" else attained
    assert float(seen.max()) <= ascent * (1 + 1e-12)
    assert max(float(attained.max()), ascent) <= bound * (1 + 1e-12)
    assert bound <= n * act.bound**2 * (1 + 1e-12)


@every_activation
def test_bound_is_above_everything_attained(name):
    """Random weights, the points themselves and ascent from many starts stay below."""
    check_both_sides(name, clustered(sphere_points(30, 5, 2)))


@pytest.mark.slow
@every_activation
@pytest.mark.parametrize("shape", [(1, 2), (12, 3), (6, 15), (30, 2), (200, 10)])
def test_bound_is_above_everything_attained_in_any_dimension(name, shape):
    check_both_sides(name, sphere_points(*shape, seed=1))


@every_activation
def test_envelope_lies_above_between_its_nodes(name):
    """At 200,000 random places and close to the ends and breakpoints."""
    act = activation(name, 5)
    envelope = square_envelope(act)
    assert envelope is not None
    generator = np.random.default_rng(0)
    near = generator.uniform(0, 1e-4, 20_000)
    places = np.concatenate(
        [generator.uniform(-1, 1, 200_000), 1 - near, near - 1, near, -near]
    )
    cell = np.searchsorted(envelope.nodes, places, side="right") - 1
    cell = cell.clip(0, len(envelope.left) - 1)
    start, stop = envelope.nodes[cell], envelope.nodes[cell + 1]
    share = (places - start) / (stop - start)
    above = envelope.left[cell] * (1 - share) + envelope.right[cell] * share
    exact = act(torch.from_numpy(places)).numpy() ** 2
    assert (exact <= above + 1e-13 * act.bound**2).all()
    slack = 1e-3 if not math.isfinite(act.lipschitz) else 1e-4
    ordinary = above - exact < slack * act.bound**2
    assert ordinary.mean() > 0.999


@pytest.mark.parametrize(("beta", "gamma"), [(0.3, 1.1), (-2.0, 0.0), (0.5, -3.0)])
def test_offset_makes_a_majorant(beta, gamma):
    act = get("relu")
    offset = square_envelope(act).offset(beta, gamma)
    z = torch.linspace(-1, 1, 1_000_003, dtype=torch.float64)
    gap = offset + beta * z + gamma * z**2 - act(z) ** 2
    assert gap.min() >= 0
    assert gap.min() < 1e-4


def test_rectifier_and_absolute_value_are_within_the_spectral_norm():
    points = sphere_points(80, 9, 5)
    squared = float(torch.linalg.matrix_norm(points, 2)) ** 2
    # z² itself is the majorant. On a cell of length h its chord is above it by h²/4,
    # and the envelope above the chord by h (K² - s²) / 2K < 2h², as K - s = 2h.
    above = len(points) * 2.25 * LENGTH**2
    assert squared_feature_norm_bound(points, get("relu")) <= squared + above
    found = squared_feature_norm_bound(points, get("abs"))
    assert 0 <= found - squared <= above


def test_orthonormal_points_are_solved():
    """For relu on an orthonormal basis the supremum is 1, at any non-negative w."""
    points = torch.eye(5, dtype=torch.float64)
    found = squared_feature_norm_bound(points, get("relu"))
    assert 1 <= found <= 1 + GOOD_ENOUGH
    assert squared_feature_norm_estimate(points, get("relu")) == pytest.approx(1)


def test_spread_points_leave_wendland_a_norm_of_one():
    """Far points do not see each other: the supremum is σ(1)² = 1, and n C² is 300.

    Where σ vanishes its envelope still allows it to rise by Lh/2 inside a cell of
    length h, at a rate of its square of L²h: up to (Lh)²/2 for each other point.
    """
    points = sphere_points(300, 30, 6)
    act = get("wendland2", dimension=30)
    excess = 299 * (act.lipschitz * LENGTH) ** 2 / 2
    assert 0 <= squared_feature_norm_bound(points, act) - 1 <= excess * 1.001 < 1e-3


def majorant_value(coefficients, act, points):
    """Return αn + max(β·1ᵀXw + γ‖Xw‖²) for the least α, by the dual in one number."""
    beta, gamma = coefficients
    z = torch.linspace(-1, 1, 20_001, dtype=torch.float64)
    alpha = float((act(z) ** 2 - beta * z - gamma * z**2).max())
    values, vectors = np.linalg.eigh((points.T @ points).numpy() * gamma)
    pull = (beta / 2 * (vectors.T @ points.sum(0).numpy())) ** 2
    radius = math.sqrt(pull.sum())

    def dual(level):
        return level + (pull / np.maximum(level - values, 1e-300)).sum()

    top = values[-1]
    ends = (top + 1e-9 * radius, top + radius + 1e-9)
    found = minimize_scalar(
        dual, bounds=ends, method="bounded", options={"xatol": 1e-9}
    )
    return alpha * len(points) + found.fun


@pytest.mark.parametrize(
    ("name", "gap"),
    [("sigmoid", 0.0118), ("cos", 0.0324), ("tanh", 0.1284), ("elu", 0.2131)],
)
def test_bound_is_that_of_the_least_quadratic_above_a_smooth_activation(name, gap):
    """The least by Nelder and Mead's search of a convex function of two numbers.

    What is then left above the largest norm found is the method's own gap.
    """
    points, act = sphere_points(60, 4, 7), get(name)
    bound = squared_feature_norm_bound(points, act)
    least = minimize(
        majorant_value,
        (0.0, 0.5),
        (act, points),
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-8},
    ).fun
    assert bound == pytest.approx(least, rel=GOOD_ENOUGH)
    ascent = squared_feature_norm_estimate(points, act)
    assert bound / ascent - 1 == pytest.approx(gap, abs=GOOD_ENOUGH)


def test_rotation_and_order_do_not_matter():
    points, act = sphere_points(25, 4, 8), get("swish")
    turn = torch.linalg.qr(sphere_points(4, 4, 9))[0]
    expected = squared_feature_norm_bound(points, act)
    for other in (points @ turn, points.flip(0)):
        assert squared_feature_norm_bound(other, act) == pytest.approx(
            expected, rel=GOOD_ENOUGH
        )


def test_gaussian_weights_have_no_bound(points):
    assert squared_feature_norm_bound(points, get("relu"), Gaussian()) == math.inf
    assert squared_feature_norm_estimate(points, get("relu"), "gaussian") == math.inf


def test_refuses_points_off_the_sphere(points):
    points[3] *= 2
    with pytest.raises(NotOnSphereError, match="Row 3"):
        squared_feature_norm_bound(points, get("relu"))


def test_it_sharpens_the_certificate(points):
    act = get("relu")
    found = spectrum(conjugate_kernel(points, act, Sphere(5)))
    sharp = squared_feature_norm_bound(points, act, "sphere")
    plain = benson_full_rank.width(found)
    better = benson_full_rank.width(found, squared_norm_bound=sharp)
    assert better.is_certificate
    # The width is proportional to the bound, n without it, and rounded up.
    share = sharp / len(points)
    assert share < 0.6
    assert abs(better.value - share * plain.value) < 1

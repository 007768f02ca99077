"""The laws' weights, their planar radius, and the door."""

import math
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from widthwise import laws
from widthwise.errors import InvalidArgumentError, UnknownNameError

DIMENSIONS = [2, 3, 4, 5, 10, 50]
SMOOTH = [laws.Gaussian(), *(laws.Sphere(d) for d in DIMENSIONS if d > 2)]
NAMES = st.sampled_from(sorted(laws.CATALOG))


@settings(deadline=None)
@given(name=NAMES, ends=st.lists(st.integers(0, 1700), min_size=2, max_size=6))
def test_any_split_into_ranges_gives_the_same_bits(name, ends):
    law = laws.get(name, 3)
    ends = sorted(ends)
    whole = law.weights(7, 3, ends[0], ends[-1])
    parts = [law.weights(7, 3, a, b) for a, b in pairwise(ends)]
    assert torch.equal(torch.cat(parts), whole)


@settings(deadline=None)
@given(name=NAMES, width=st.integers(0, 1200), wider=st.integers(0, 900))
def test_a_narrower_network_is_a_prefix_of_a_wider_one(name, width, wider):
    law = laws.get(name, 4)
    narrow, wide = law.weights(0, 4, 0, width), law.weights(0, 4, 0, width + wider)
    assert torch.equal(wide[:width], narrow)


@pytest.mark.parametrize("name", laws.CATALOG)
def test_threads_give_the_same_bits(name):
    law = laws.get(name, 6)
    whole = law.weights(3, 6, 0, 8 * laws.BLOCK)
    starts = range(0, 8 * laws.BLOCK, 100)
    with ThreadPoolExecutor(4) as pool:
        parts = pool.map(
            lambda a: law.weights(3, 6, a, min(a + 100, 8 * laws.BLOCK)), starts
        )
        assert torch.equal(torch.cat(list(parts)), whole)


def test_seeds_laws_dimensions_and_blocks_do_not_share_numbers():
    streams = [
        law.weights(seed, d, 0, 2 * laws.BLOCK)[:, 0]
        for seed in (0, 1)
        for d in (3, 4)
        for law in (laws.Sphere(d), laws.Gaussian())
    ]
    halves = torch.stack([half for s in streams for half in s.split(laws.BLOCK)])
    correlation = torch.corrcoef(halves) - torch.eye(len(halves), dtype=torch.float64)
    # 120 pairs of 512 independent numbers: five standard errors of 1/sqrt(512).
    assert float(correlation.abs().max()) < 5 / math.sqrt(laws.BLOCK)


def test_weights_of_a_seed_never_change():
    """Written down once: stored results name a seed and rely on it."""
    found = laws.Gaussian().weights(0, 3, 511, 513)
    expected = torch.tensor(FIRST_GAUSSIAN, dtype=torch.float64)
    assert torch.equal(found, expected)
    expected = torch.tensor(FIRST_SPHERE, dtype=torch.float64)
    torch.testing.assert_close(
        laws.Sphere(3).weights(0, 3, 511, 513), expected, rtol=1e-15, atol=0
    )


FIRST_GAUSSIAN = [
    [0.03667529106100543, -0.46260742999674326, -0.4957678289069152],
    [-1.0966257353507087, 0.32561199169934035, -0.044232909059072865],
]
FIRST_SPHERE = [
    [-0.4455122305930177, 0.33672228594015713, 0.8295402067068655],
    [-0.7130440773847059, 0.6998757574233007, 0.04173808665660892],
]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_sphere_weights_have_norm_one(dimension):
    weights = laws.Sphere(dimension).weights(0, dimension, 0, 3000)
    assert weights.shape == (3000, dimension)
    assert weights.dtype == torch.float64
    norms = torch.linalg.vector_norm(weights, dim=1)
    torch.testing.assert_close(norms, torch.ones_like(norms), rtol=0, atol=1e-15)


@pytest.mark.parametrize("name", laws.CATALOG)
@pytest.mark.parametrize("dimension", [2, 3, 8])
def test_moments_are_those_of_the_law(name, dimension):
    """E w = 0 and E w wᵀ = v I, within five standard errors of 2e5 units."""
    count, d = 200_000, dimension
    w = laws.get(name, d).weights(11, d, 0, count).numpy()
    variance = 1.0 if name == "gaussian" else 1 / d
    fourth = 3.0 if name == "gaussian" else 3 / (d * (d + 2))
    assert np.abs(w.mean(0)).max() < 5 * math.sqrt(variance / count)
    second = w.T @ w / count
    spread = math.sqrt((fourth - variance**2) / count)
    assert np.abs(np.diag(second) - variance).max() < 5 * spread
    mixed = math.sqrt(fourth / 3 / count)  # Var(w_i w_j) = E w_i² w_j² = E w_i⁴ / 3
    off = second - np.diag(np.diag(second))
    assert np.abs(off).max() < 5 * mixed
    assert abs((w[:, 0] ** 4).mean() - fourth) < 5 * (w[:, 0] ** 4).std() / count**0.5


@pytest.mark.parametrize("law", [*SMOOTH, laws.Sphere(2)], ids=repr)
def test_planar_radius_of_the_weights_follows_the_tail(law):
    """Kolmogorov-Smirnov over 2e4 units; p below 1e-6 would be the law's fault."""
    d = getattr(law, "dimension", 5)
    weights = law.weights(5, d, 0, 20_000)
    turned = torch.from_numpy(stats.ortho_group.rvs(d, random_state=1))
    for plane in (weights[:, :2], (weights @ turned)[:, :2]):
        radius = plane.norm(dim=1).numpy()
        if law.planar_radius_atom is not None:
            np.testing.assert_allclose(radius, law.planar_radius_atom, rtol=1e-14)
            continue
        found = stats.kstest(radius, lambda r: 1 - law.planar_radius_tail(r))
        assert found.pvalue > 1e-6
        angle = torch.atan2(plane[:, 1], plane[:, 0]).numpy()
        uniform = stats.kstest(angle, stats.uniform(-math.pi, 2 * math.pi).cdf)
        assert uniform.pvalue > 1e-6


@pytest.mark.parametrize("law", SMOOTH, ids=repr)
@pytest.mark.parametrize("radius", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_density_integrates_to_the_tail(law, radius):
    end = min(law.support_radius, 40.0)
    # r = end - s² removes the root at the end of the sphere's range in d = 3.
    value, error = integrate.quad(
        lambda s: 2 * s * float(law.planar_radius_density(np.array(end - s * s))),
        0.0,
        math.sqrt(end - radius),
        epsabs=1e-12,
        limit=200,
    )
    assert value == pytest.approx(
        float(law.planar_radius_tail(np.array(radius))), abs=10 * error + 1e-12
    )


@pytest.mark.parametrize("law", [*SMOOTH, laws.Sphere(2)], ids=repr)
def test_radius_is_never_outside_the_support(law):
    far = np.array([-1e300, -1.0, -1e-300, 1.0 + 1e-12, 2.0, 1e300, np.inf])
    tail = law.planar_radius_tail(far)
    assert np.all(tail[:3] == 1.0)
    beyond = far > law.support_radius
    assert np.all(tail[beyond] == 0.0)
    if law.planar_radius_atom is None:
        density = law.planar_radius_density(far)
        assert np.all(density[:3] <= 0.0)
        assert np.all(density[beyond] == 0.0)
        assert not np.isnan(density).any()


def test_second_moment_of_the_planar_radius_is_two_coordinates():
    """E r² = 2 E w_1²: 2 for the Gaussian law and 2/d for the sphere."""
    for law in SMOOTH:
        d = getattr(law, "dimension", None)
        end = min(law.support_radius, 40.0)
        value, _ = integrate.quad(
            lambda r, law=law: 2 * r * float(law.planar_radius_tail(np.array(r))),
            0,
            end,
        )
        assert value == pytest.approx(2 / d if d else 2.0, rel=1e-8)


def test_density_of_an_atom_is_refused():
    with pytest.raises(InvalidArgumentError, match="planar_radius_atom"):
        laws.Sphere(2).planar_radius_density(np.array([0.5]))


@pytest.mark.parametrize("dimension", [1, 0, -3])
def test_spheres_without_a_plane_are_refused(dimension):
    with pytest.raises(InvalidArgumentError, match=f"dimension is {dimension}"):
        laws.Sphere(dimension)


@pytest.mark.parametrize(("start", "stop"), [(-1, 3), (5, 4)])
def test_ranges_without_a_meaning_are_refused(start, stop):
    with pytest.raises(InvalidArgumentError, match="range of hidden units"):
        laws.Gaussian().weights(0, 3, start, stop)


def test_weights_of_another_dimension_are_refused():
    with pytest.raises(InvalidArgumentError, match=r"Use Sphere\(4\)"):
        laws.Sphere(3).weights(0, 4, 0, 10)
    with pytest.raises(InvalidArgumentError, match="at least 1"):
        laws.Gaussian().weights(0, 0, 0, 10)


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_seeds_outside_64_bits_are_refused(seed):
    with pytest.raises(InvalidArgumentError, match="seed"):
        laws.Gaussian().weights(seed, 3, 0, 1)


def test_get_resolves_names_and_checks_laws():
    assert laws.get("sphere", 5) == laws.Sphere(5)
    assert laws.get("gaussian", 5) == laws.Gaussian()
    assert laws.get(laws.Sphere(5), 5) == laws.Sphere(5)
    with pytest.raises(InvalidArgumentError, match=r"Use Sphere\(6\)"):
        laws.get(laws.Sphere(5), 6)
    with pytest.raises(UnknownNameError, match="Did you mean 'sphere'"):
        laws.get("spere", 5)

"""The rank theorem's verdicts are the ranks of real feature and kernel matrices."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise import activations
from widthwise.datasets import bad_points
from widthwise.features import RandomFeatures
from widthwise.kernels import conjugate_kernel, tangent_kernel
from widthwise.laws import Gaussian, Sphere
from widthwise.spectra import rank_verdict

REFERENCE = Path(__file__).parents[1] / "reference" / "exact_values.json"

# Zero, relative to the largest singular value of features: rounding leaves 1e-15, and
# the smallest nonzero one of the designs below is above 1e-8.
ZERO, NONZERO = 1e-13, 1e-9
WIDTH = 3000

FAMILIES = {
    "polynomial": [
        {"coefficients": c}
        for c in [(1,), (0, 1), (0, 1, 1), (1, 3, 3, 1), (-1, 0, 3), (0, 0, 1, 0, 1)]
    ]
    + [{"coefficients": (0.5, -1.0, 0.0, 2.5)}, {"coefficients": (0,)}],
    "hermite": [{"degree": k} for k in range(6)],
    "rectified_monomial": [{"degree": k} for k in (1, 2, 3)],
    "leaky_relu": [{"negative_slope": s} for s in (0.01, 0.5, 1.0, -1.0)],
    "wendland0": [{"alpha": a} for a in (1.0, 2**0.5, 2.5)],
    "wendland2": [{"alpha": a} for a in (1.0, 2**0.5, 2.5)],
}
CASES = [
    pytest.param(name, given, id=f"{name}-{index}")
    for name in activations.CATALOG
    for index, given in enumerate(FAMILIES.get(name, [{}]))
]


def built(name, parameters, dimension):
    needs = {"dimension": dimension} if name.startswith("wendland") else {}
    return activations.get(name, **parameters, **needs)


def design(seed, dimension, singles, pairs, subspace, copies):
    """Points with pairs whose directions span at most `subspace`, and copies."""
    random = np.random.default_rng(seed)

    def unit(count, size):
        found = random.standard_normal((count, size))
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    size = min(subspace, dimension)
    frame = np.linalg.qr(random.standard_normal((dimension, size)))[0]
    directions = unit(pairs, size) @ frame.T
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    distinct = np.vstack([unit(singles, dimension), directions, -directions])
    rows = np.vstack([distinct, distinct[random.integers(0, len(distinct), copies)]])
    return torch.from_numpy(random.permutation(rows))


def singular_values(features):
    scaled = features / max(float(features.abs().max()), 1e-300)
    found = torch.linalg.svdvals(scaled)
    return found / max(float(found[0]), 1e-300)


def assert_rank_is(rank, features):
    """Assert that the matrix has this rank, with a wide gap to show it."""
    if rank == 0:
        assert float(features.abs().max()) == 0.0
        return
    values = singular_values(features)
    assert values[rank - 1] > NONZERO, f"rank is less than {rank}"
    if rank < len(values):
        assert values[rank] < ZERO, f"rank is more than {rank}"


def assert_verdict_holds(points, act, law):
    found = rank_verdict(points, act, law)
    features = RandomFeatures(act, width=WIDTH, law=law, seed=1).matrix(points)
    assert_rank_is(found.rank, features)
    null = found.null_vectors
    assert null.shape == (found.nullity, len(points))
    size = float(features.norm()) or 1.0
    assert float((null @ features).norm()) <= 1e-12 * size
    torch.testing.assert_close(
        null @ null.T, torch.eye(found.nullity).double(), atol=1e-13, rtol=0
    )
    touched = (null.abs() > 1e-8).any(dim=0).nonzero()[:, 0].tolist()
    assert list(found.rows) == touched
    for group in found.groups:
        assert set(group.rows) <= set(found.rows)
        relation = group.coefficients @ features[list(group.rows)]
        assert float(relation.norm()) <= 1e-11 * size
    assert found.can_fit_any_labels == (found.cure is None)
    return found


DESIGNS = {
    "seed": st.integers(0, 2**31),
    "dimension": st.integers(3, 8),
    "singles": st.integers(1, 4),
    "pairs": st.integers(0, 5),
    "subspace": st.integers(1, 4),
    "copies": st.integers(0, 2),
}


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_every_activation_on_random_designs(name, parameters):
    @settings(max_examples=8, deadline=None, derandomize=True, database=None)
    @given(**DESIGNS)
    def check(seed, dimension, singles, pairs, subspace, copies):
        pairs = 1 if subspace == 1 and pairs else pairs
        points = design(seed, dimension, singles, pairs, subspace, copies)
        act = built(name, parameters, dimension)
        found = assert_verdict_holds(points, act, Sphere(dimension))
        # More pairs than dimensions depend on one another, in floats to rounding only.
        assert found.is_exact or pairs > subspace

    check()


@pytest.mark.parametrize(
    ("name", "parameters"), [c for c in CASES if not c.values[0].startswith("wendland")]
)
def test_gaussian_weights(name, parameters):
    """On all of R, hard_tanh and hard_swish are no polynomials any more."""

    @settings(max_examples=4, deadline=None, derandomize=True, database=None)
    @given(**{**DESIGNS, "dimension": st.integers(2, 6), "singles": st.integers(1, 3)})
    def check(seed, dimension, singles, pairs, subspace, copies):
        pairs = min(pairs, 3) if dimension == 2 else pairs
        pairs = 1 if subspace == 1 and pairs else pairs
        points = design(seed, dimension, singles, pairs, subspace, copies)
        found = assert_verdict_holds(
            points, built(name, parameters, dimension), Gaussian()
        )
        assert found.is_exact
        assert found.holds_for_all_weights

    check()


@pytest.mark.parametrize(("name", "parameters"), CASES)
def test_on_the_circle(name, parameters):
    """Equally spaced points, where a missing degree would cost rank."""
    act = built(name, parameters, 2)
    for count in (3, 4, 5, 6, 8):
        angles = 2 * math.pi * torch.arange(count, dtype=torch.float64) / count
        points = torch.stack([angles.cos(), angles.sin()], dim=1)
        if count % 2 == 0:
            points[count // 2 :] = -points[: count // 2]
        found = assert_verdict_holds(points, act, Sphere(dimension=2))
        polynomial = None not in (act.even_part(1.0), act.odd_part(1.0))
        assert found.is_exact == polynomial
        assert polynomial or "decided numerically" in found.reason


def test_the_degrees_that_a_polynomial_lacks_are_seen():
    """(3 z² - 1) / 2 has no constant part in d = 3, and has one in d = 4."""
    legendre = activations.get("polynomial", coefficients=(-0.5, 0.0, 1.5))
    for dimension, rank in ((3, 5), (4, 10)):
        points = design(3, dimension, 30, 0, 1, 0)
        found = assert_verdict_holds(points, legendre, Sphere(dimension))
        assert found.rank == rank
    assert not rank_verdict(design(3, 3, 30, 0, 1, 0), legendre).holds_for_all_weights
    assert rank_verdict(design(3, 3, 30, 0, 1, 0), legendre, "gaussian").rank == 6


def test_a_polynomial_on_the_sphere_may_be_none_on_the_line():
    points = design(5, 4, 20, 0, 1, 0)
    act = activations.get("hard_tanh")
    on_sphere = assert_verdict_holds(points, act, Sphere(dimension=4))
    assert on_sphere.rank == 4
    assert not on_sphere.holds_for_all_weights
    assert assert_verdict_holds(points, act, Gaussian()).rank == 20


@pytest.mark.parametrize("name", ["relu", "swish", "gelu", "softplus", "tanh", "elu"])
@pytest.mark.parametrize("dimension", [3, 5])
def test_the_infinite_width_kernel_has_this_rank(name, dimension):
    points = torch.cat([design(1, dimension, 4, 0, 1, 1), bad_points(dimension)])
    found = rank_verdict(points, name)
    kernel = conjugate_kernel(points, activations.get(name), Sphere(dimension))
    values = torch.linalg.eigvalsh(kernel).flip(0)
    error = 1e-13 * float(values[0])
    assert values[found.rank - 1] > 10 * error
    assert (values[found.rank :].abs() < error).all()
    assert float((found.null_vectors @ kernel).abs().max()) < error


PANIGRAHI = [
    ("z^2", (0, 0, 1), "tangent_inner"),
    ("z^3", (0, 0, 0, 1), "tangent_inner"),
    ("z+z^2", (0, 1, 1), "tangent_inner"),
    ("(1+z)^3", (1, 3, 3, 1), "tangent_inner"),
]


@pytest.mark.parametrize(("label", "coefficients", "kernel"), PANIGRAHI)
@pytest.mark.parametrize("law", ["sphere", "gaussian"])
def test_ranks_of_polynomials_as_derived_for_panigrahi(
    label, coefficients, kernel, law
):
    entries = [
        entry
        for entry in json.loads(REFERENCE.read_text(encoding="utf-8"))
        if entry["group"] == "panigrahi.rank"
        and entry["inputs"].get("sigma") == label
        and "train hidden" in entry["name"]
    ]
    assert entries
    act = activations.get("polynomial", coefficients=coefficients)
    random = np.random.default_rng(3)
    for entry in entries:
        span, dimension = entry["inputs"]["dim_span"], 5
        inside = random.standard_normal((entry["inputs"]["n"], span))
        inside /= np.linalg.norm(inside, axis=1, keepdims=True)
        frame = np.linalg.qr(random.standard_normal((dimension, span)))[0]
        points = torch.from_numpy(inside @ frame.T)
        found = rank_verdict(points, act, law, kernel=kernel)
        # Once turned, the floats span all dimensions, by one rounding.
        assert found.rank == entry["expected"], entry["name"]
        flat = torch.zeros(len(inside), dimension, dtype=torch.float64)
        flat[:, :span] = torch.from_numpy(inside)
        found = rank_verdict(flat, act, law, kernel=kernel)
        assert found.rank == entry["expected"], entry["name"]
        assert found.is_exact


def test_rectifier_tangent_kernel_on_the_full_circle():
    """S2: n equally spaced points, n even, have rank n/2 + 2; n odd, full rank."""
    act = activations.get("relu")
    for count in (10, 50, 9, 49):
        angles = 2 * math.pi * torch.arange(count, dtype=torch.float64) / count
        points = torch.stack([angles.cos(), angles.sin()], dim=1)
        if count % 2 == 0:
            points[count // 2 :] = -points[: count // 2]
        expected = count // 2 + 2 if count % 2 == 0 else count
        lifted = torch.cat([points, torch.zeros(count, 8).double()], dim=1)
        cases = [(points, "gaussian"), (points, "sphere"), (lifted, "sphere")]
        for rows, law in cases:
            found = rank_verdict(rows, act, law, kernel="tangent_inner")
            assert found.rank == expected
        kernel = tangent_kernel(points, act, "gaussian", trained="inner")
        values = torch.linalg.eigvalsh(kernel).flip(0)
        assert values[expected - 1] > 1e-6
        assert (values[expected:].abs() < 1e-12).all()


@pytest.mark.parametrize("kernel", ["tangent_inner", "tangent_both"])
@pytest.mark.parametrize("name", ["relu", "tanh", "elu", "abs", "softplus", "square"])
def test_tangent_kernels_have_this_rank(name, kernel):
    points = torch.cat([design(1, 4, 3, 0, 1, 1), bad_points(4)])
    act, law = activations.get(name), Sphere(dimension=4)
    found = rank_verdict(points, act, law, kernel=kernel)
    trained = kernel.removeprefix("tangent_")
    matrix = tangent_kernel(points, act, law, trained=trained)
    values = torch.linalg.eigvalsh(matrix).flip(0)
    error = 1e-13 * float(values[0])
    assert values[found.rank - 1] > 10 * error
    assert (values[found.rank :].abs() < error).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["relu", "swish", "gelu", "softplus", "leaky_relu"])
def test_the_cube_stays_singular_at_every_width(name):
    """Widths to 65536: the null vector is zero to rounding, rank is 19."""
    points = torch.cat([design(1, 4, 12, 0, 1, 0), bad_points(4)])
    act = activations.get(name)
    found = rank_verdict(points, act)
    assert found.rank == 19
    assert found.rows == tuple(range(12, 20))
    for seed in range(4):
        widest = RandomFeatures(act, width=65536, law="sphere", seed=seed)
        features = widest.matrix(points) * 65536**0.5
        for width in (64, 1024, 8192, 65536):
            some = features[:, :width]
            size = float(some.norm())
            assert float((found.null_vectors @ some).norm()) < 1e-14 * size
            assert_rank_is(19, some)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["elu", "wendland0", "wendland2"])
def test_the_cube_is_no_obstacle_to_a_universal_activation(name):
    points = torch.cat([design(1, 4, 12, 0, 1, 0), bad_points(4)])
    act = activations.for_dimension(name, 4)
    assert rank_verdict(points, act).can_fit_any_labels
    for seed in range(8):
        features = RandomFeatures(act, width=8192, law="sphere", seed=seed)
        assert_rank_is(20, features.matrix(points))

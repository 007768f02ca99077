import itertools
import math
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise import activations, laws
from widthwise.arrays import provenance
from widthwise.errors import (
    DataError,
    InvalidArgumentError,
    MemoryBudgetError,
    OutsideDomainError,
    UnknownNameError,
)
from widthwise.features import RandomFeatures

RELU = activations.get("relu")


def test_matrix_is_the_activation_of_the_weights(points):
    features = RandomFeatures(RELU, 700, "sphere", seed=3)
    weights = laws.Sphere(5).weights(3, 5, 0, 700)
    expected = torch.relu(points @ weights.T) / math.sqrt(700)
    torch.testing.assert_close(
        features.matrix(points), expected, rtol=1e-14, atol=1e-16
    )
    assert torch.equal(features.weights(5), weights)


@pytest.mark.parametrize("law", ["sphere", "gaussian"])
@pytest.mark.parametrize("name", ["relu", "gelu", "sin"])
def test_gram_is_features_times_their_transpose(points, law, name):
    features = RandomFeatures(name, 1500, law, seed=1)
    phi = features.matrix(points)
    gram = features.gram(points)
    # Two sums of 1500 products each, off by at most 1500 units in the last place.
    torch.testing.assert_close(gram, phi @ phi.T, rtol=1500 * 2.3e-16, atol=1e-15)
    assert torch.equal(gram, gram.T)
    assert gram.dtype == torch.float64


def test_gram_converges_to_its_mean_over_seeds(points):
    # Another route: the mean of G over the law is the arc-cosine kernel over d.
    grams = [RandomFeatures(RELU, 4096, "sphere", s).gram(points) for s in range(20)]
    stacked = torch.stack(grams)
    t = (points @ points.T).clamp(-1, 1)
    angle = torch.arccos(t)
    exact = (torch.sin(angle) + t * (math.pi - angle)) / (2 * math.pi * 5)
    error = stacked.std(dim=0) / math.sqrt(20)
    assert float(((stacked.mean(dim=0) - exact).abs() / error).max()) < 5.0


def test_gram_label_names_width_law_and_an_honest_entry_error(points):
    features = RandomFeatures(RELU, 30_000, "sphere", seed=0)
    gram = features.gram(points)
    origin = provenance(gram)
    assert (origin.kernel, origin.width, origin.dimension) == ("features", 30_000, 5)
    assert origin.activation == RELU
    assert origin.law == laws.Sphere(5)
    phi = features.matrix(points).numpy().astype(np.longdouble)
    exact = (phi @ phi.T).astype(np.float64)
    error = float((gram - torch.from_numpy(exact)).abs().max())
    assert error <= origin.entry_error < 1e-12 * float(gram.max())


def test_narrower_layer_is_a_prefix_of_a_wider_one(points):
    wide = RandomFeatures(RELU, 1300, "gaussian", seed=5)
    narrow = RandomFeatures(RELU, 300, "gaussian", seed=5)
    assert torch.equal(wide.weights(5)[:300], narrow.weights(5))
    scaled = wide.matrix(points)[:, :300] * math.sqrt(1300 / 300)
    torch.testing.assert_close(scaled, narrow.matrix(points), rtol=1e-14, atol=1e-16)


def test_one_pass_gives_the_gram_matrix_of_every_width(points):
    features = RandomFeatures("tanh", 3000, "sphere", seed=2)
    found = dict(features.grams(points, [3000, 7, 512, 513, 7, 2900]))
    assert list(found) == [7, 512, 513, 2900, 3000]
    for width, gram in found.items():
        alone = RandomFeatures("tanh", width, "sphere", seed=2).gram(points)
        torch.testing.assert_close(gram, alone, rtol=1e-12, atol=1e-15)
        assert torch.equal(gram, gram.T)
        assert provenance(gram).width == width


def test_one_pass_stops_at_the_widest_asked_for(points):
    features = RandomFeatures(RELU, 10**12, "sphere")
    assert [width for width, _ in features.grams(points, [5, 50])] == [5, 50]


@settings(deadline=None, max_examples=25)
@given(
    columns=st.integers(1, 1200),
    width=st.integers(1, 1500),
    stops=st.lists(st.integers(1, 1500), max_size=4),
)
def test_blocks_tile_the_width_for_any_chunk_size(columns, width, stops):
    points = torch.eye(3, dtype=torch.float64)
    features = RandomFeatures(RELU, width, "gaussian", seed=9)
    weights = features.weights(3)
    stops = [stop for stop in stops if stop <= width]
    edges = [0]
    for start, stop, block in features.blocks(points, stops=stops, columns=columns):
        assert start == edges[-1]
        assert stop - start <= columns
        torch.testing.assert_close(block, weights[start:stop].T.clamp(min=0.0))
        edges.append(stop)
    assert edges[-1] == width
    assert set(stops) <= set(edges)


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 2**32), permutation=st.permutations(range(12)))
def test_permuting_the_points_permutes_the_gram_matrix(seed, permutation):
    generator = torch.Generator().manual_seed(1)
    points = torch.randn(12, 4, generator=generator, dtype=torch.float64)
    features = RandomFeatures("elu", 600, "gaussian", seed)
    order = list(permutation)
    torch.testing.assert_close(
        features.gram(points[order]),
        features.gram(points)[order][:, order],
        rtol=1e-12,
        atol=1e-15,
    )


def test_arrays_integers_and_float32_are_taken_as_float64():
    features = RandomFeatures(RELU, 64, "gaussian")
    whole = torch.tensor([[1, 2], [-3, 4], [0, 5]])
    expected = features.gram(whole.to(torch.float64))
    for given_points in (whole, whole.float(), whole.numpy(), whole.float().numpy()):
        assert torch.equal(features.gram(given_points), expected)


def test_points_are_not_changed(points):
    before = points.clone()
    RandomFeatures("square", 300, "sphere").gram(points)
    assert torch.equal(points, before)


def test_a_view_that_is_not_contiguous_is_the_same_points(points):
    features = RandomFeatures(RELU, 256, "sphere")
    wide = torch.stack([points, points], dim=2)[:, :, 0]
    assert not wide.is_contiguous()
    assert torch.equal(features.gram(wide), features.gram(points))


@pytest.mark.parametrize("width", [0, -3, True])
def test_width_that_is_no_positive_integer_is_refused(width):
    with pytest.raises(InvalidArgumentError, match="width"):
        RandomFeatures(RELU, width, "sphere")


@pytest.mark.parametrize("seed", [-1, 2**64, True])
def test_seed_outside_its_range_is_refused(seed):
    with pytest.raises(InvalidArgumentError, match="seed"):
        RandomFeatures(RELU, 4, "sphere", seed)


def made_of(**given):
    """Below the constructor, where the tests' type checker does not answer first."""
    features = object.__new__(RandomFeatures)
    for name, value in ({"act": RELU, "law": "sphere"} | given).items():
        object.__setattr__(features, name, value)
    features.__post_init__()
    return features


def test_numpy_integers_count_as_integers():
    features = made_of(width=np.int64(7), seed=np.uint64(3))
    assert type(features.width) is int
    assert type(features.seed) is int


@pytest.mark.parametrize("value", [2.0, "10", None, 0.5])
def test_width_and_seed_of_another_type_are_refused(value):
    with pytest.raises(InvalidArgumentError, match=r"width .* whole number"):
        made_of(width=value, seed=0)
    with pytest.raises(InvalidArgumentError, match=r"seed .* integer"):
        made_of(width=4, seed=value)


def test_unknown_names_are_refused_at_once():
    with pytest.raises(UnknownNameError, match="relu"):
        RandomFeatures("rulu", 4, "sphere")
    with pytest.raises(UnknownNameError, match="sphere"):
        RandomFeatures(RELU, 4, "spher")


@pytest.mark.parametrize("widths", [[], [0], [11], [5, -2]])
def test_widths_that_cannot_be_given_are_refused(points, widths):
    with pytest.raises(InvalidArgumentError):
        next(RandomFeatures(RELU, 10, "sphere").grams(points, widths))


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_points_that_are_not_finite_are_refused_by_row(points, bad):
    points[7, 3] = bad
    for call in (
        RandomFeatures(RELU, 4, "sphere").gram,
        RandomFeatures(RELU, 4, "sphere").matrix,
    ):
        with pytest.raises(DataError, match=r"Row 7 .* column 3"):
            call(points)


@pytest.mark.parametrize("shape", [(3,), (0, 3), (3, 0), (2, 3, 4)])
def test_points_that_are_no_matrix_are_refused(shape):
    with pytest.raises(DataError, match="shape"):
        RandomFeatures(RELU, 4, "gaussian").gram(torch.zeros(shape))


def test_text_and_complex_points_are_refused():
    features = RandomFeatures(RELU, 4, "gaussian")
    with pytest.raises(DataError, match="numbers"):
        features.gram(np.array([["a", "b"]]))
    with pytest.raises(DataError, match="complex"):
        features.gram(torch.ones(2, 2, dtype=torch.complex128))


@pytest.mark.parametrize("name", ["wendland0", "wendland2"])
def test_wendland_with_the_gaussian_law_is_refused_at_construction(name):
    for law in ("gaussian", laws.Gaussian()):
        with pytest.raises(OutsideDomainError, match="sphere"):
            RandomFeatures(name, 10, law)


@pytest.mark.parametrize("name", ["wendland0", "wendland2"])
def test_wendland_outside_the_sphere_is_refused_by_row(points, name):
    features = RandomFeatures(name, 10, "sphere")
    assert torch.isfinite(features.gram(points)).all()
    points[4] *= 1.0001
    with pytest.raises(OutsideDomainError, match="Row 4"):
        features.gram(points)


def test_a_point_equal_to_a_weight_stays_inside_wendlands_domain():
    weights = laws.Sphere(6).weights(0, 6, 0, 512)
    phi = RandomFeatures("wendland0", 512, "sphere").matrix(weights)
    # At w = x the argument is 1 up to rounding, and the activation's cusp is there:
    # 1 - u^4 with u = sqrt(1 - t), t off by a few units in the last place.
    assert float((phi.diagonal() * math.sqrt(512) - 1.0).abs().max()) < 4e-7


def test_features_that_overflow_are_refused_by_row(points):
    points[2] *= 1e200
    with pytest.raises(InvalidArgumentError, match="row 2 overflow"):
        RandomFeatures(RELU, 600, "sphere").gram(points)
    points[2] *= 1e107
    with pytest.raises(InvalidArgumentError, match="row 2 overflow"):
        RandomFeatures("square", 10, "sphere").matrix(points)


def test_squares_that_underflow_are_refused_and_zero_features_are_not(points):
    with pytest.raises(InvalidArgumentError, match="underflow"):
        RandomFeatures(RELU, 600, "sphere").gram(points * 1e-200)
    points[3] = 0.0
    gram = RandomFeatures(RELU, 600, "sphere").gram(points)
    assert float(gram[3].abs().max()) == 0.0


def test_sphere_of_another_dimension_is_refused(points):
    with pytest.raises(InvalidArgumentError, match="Sphere"):
        RandomFeatures(RELU, 4, laws.Sphere(7)).gram(points)


def test_matrix_that_does_not_fit_names_the_cheaper_way(points):
    with pytest.raises(MemoryBudgetError, match="gram"):
        RandomFeatures(RELU, 10**12, "sphere").matrix(points)


def test_memory_budget_below_one_unit_is_refused(points):
    with pytest.raises(InvalidArgumentError, match="memory budget"):
        RandomFeatures(RELU, 4, "sphere").gram(points, memory_budget=100)


def test_global_settings_are_left_alone(points):
    before = (torch.get_num_threads(), torch.get_default_dtype())
    RandomFeatures(RELU, 3000, "sphere").gram(points)
    assert (torch.get_num_threads(), torch.get_default_dtype()) == before


_PEAK = """
import resource, sys, torch
from widthwise.features import RandomFeatures
width, n = int(sys.argv[1]), int(sys.argv[2])
points = torch.nn.functional.normalize(torch.randn(n, 5, dtype=torch.float64))
RandomFeatures("relu", 600, "sphere").gram(points)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
RandomFeatures("relu", width, "sphere").gram(points)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def _extra_kilobytes(width: int, n: int) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, str(width), str(n)],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.slow
def test_peak_memory_of_gram_does_not_grow_with_the_width():
    narrow, wide = (_extra_kilobytes(width, 100) for width in (10**4, 10**6))
    # The features themselves would take 800 MB at the wider one.
    assert wide - narrow < 8_000


def test_every_catalog_activation_gives_the_features_it_computes(points):
    for name, law in itertools.product(activations.CATALOG, ("sphere", "gaussian")):
        try:
            features = RandomFeatures(name, 40, law, seed=1)
            act, _ = features.resolve(5)
        except (OutsideDomainError, InvalidArgumentError):
            continue  # Wendland with the Gaussian law; families with parameters.
        arguments = points @ features.weights(5).T
        torch.testing.assert_close(
            features.matrix(points) * math.sqrt(40),
            act(arguments),
            rtol=1e-9,
            atol=1e-7,
        )


def test_a_function_that_fails_on_the_way_is_named_with_block_and_unit(points):
    is_late = False

    def late(z):
        found = z.clamp(min=0)
        if is_late:  # Not where it is first looked at.
            found.view(-1)[3] = math.nan
        return found

    act = activations.from_callable(late, name="late", breakpoints=(0.0,))
    layer = RandomFeatures(act, 600, "sphere")
    is_late = True
    said = "'late' returned nan at unit 3, in the block of units 0 to"
    for call in (layer.matrix, layer.gram):
        with pytest.raises(DataError, match=said):
            call(points)

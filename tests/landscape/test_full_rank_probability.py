"""Full-rank verdicts against exact ranks, and probabilities against known ones."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widthwise import activations
from widthwise.errors import InvalidArgumentError, UnknownNameError
from widthwise.landscape import (
    DATA,
    INITIALIZATIONS,
    activation_pattern,
    full_rank_probability,
    jacobian_rank,
)
from widthwise.landscape.patterns._pieces import pieces
from widthwise.landscape.ranks._full_rank_kernel import settle_choices
from widthwise.landscape.ranks._full_rank_trials import (
    TrialSetting,
    constants,
    draw_block,
    exact_verdicts,
)

LINEAR = ["relu", "leaky_relu", "abs", "hard_tanh"]


@pytest.mark.parametrize("name", LINEAR)
@pytest.mark.parametrize(
    ("n", "d0", "d1", "biases"),
    [(12, 2, 10, True), (9, 3, 4, False), (15, 1, 60, True), (10, 10, 4, True)],
)
@pytest.mark.parametrize("data", ["cube", "gaussian"])
def test_every_verdict_is_that_of_the_exact_rank(name, n, d0, d1, biases, data):
    act = activations.get(name)
    setting = TrialSetting(n, d0, d1, data, "gaussian", biases, pieces(act))
    verdicts = exact_verdicts(setting, 20, seed=3)
    points, weights = draw_block(setting, 3, 0)
    for trial in range(20):
        x = np.ascontiguousarray(points[trial, :d0].T)
        w = np.ascontiguousarray(weights[trial, :, :d0])
        b = weights[trial, :, d0].copy() if biases else None
        pattern = activation_pattern(x, w, b, act=act)
        rank = jacobian_rank(pattern, x, biases=biases, act=act)
        assert (verdicts[trial] > 0) == (rank == n)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(LINEAR), st.integers(0, 60))
def test_dependencies_of_whole_numbers_are_never_called_full(seed, name, bits):
    """Points of few values, one of them moved by a hair: both verdicts are frequent."""
    rng = np.random.default_rng(seed)
    act = activations.get(name)
    n, d, width = (int(rng.integers(2, top)) for top in (9, 4, 9))
    x = rng.integers(-2, 3, (d, n)).astype(np.float64)
    x[0, 0] += math.ldexp(1.0, -bits)
    tables = constants(pieces(act), 0)
    patterns = rng.integers(0, 2, (12, n)).astype(np.uint64)
    choices = rng.integers(0, 12, (20, width))
    verdicts = np.empty(20, dtype=np.int8)
    settle_choices(
        x,
        patterns,
        choices,
        tables.slopes,
        tables.residues,
        tables.primes,
        tables.powers,
        verdicts,
    )
    for chosen, verdict in zip(choices, verdicts, strict=True):
        pattern = patterns[chosen].astype(np.int64)
        rank = jacobian_rank(pattern, x.T.copy(), act=act)
        assert (verdict > 0) == (rank == n)


def test_more_trials_extend_fewer():
    few = exact_verdicts(
        TrialSetting(20, 2, 30, "cube", "pytorch", True, pieces(None)), 30, 0
    )
    many = exact_verdicts(
        TrialSetting(20, 2, 30, "cube", "pytorch", True, pieces(None)), 60, 0
    )
    assert few.tolist() == many[:30].tolist()


def test_one_unit_without_bias_is_a_closed_form():
    """One point: full rank unless no unit is active, each with probability 1/2."""
    found = full_rank_probability(
        1,
        3,
        2,
        4000,
        data="sphere",
        initialization="gaussian",
        biases=False,
        confidence=1 - 1e-9,
    )
    assert found.lower <= 0.75 <= found.upper
    assert found.upper - found.lower < 0.1


def test_with_many_dimensions_only_a_zero_column_is_deficient():
    """Orthogonal in the limit, so the columns are nearly independent coins.

    For Gaussian points in R^d0 without biases, P(point i inactive) = 2^-d1 exactly;
    inclusion and exclusion of single points bounds the probability from both sides.
    """
    n, d1 = 8, 5
    found = full_rank_probability(
        n,
        8,
        d1,
        4000,
        data="gaussian",
        initialization="gaussian",
        biases=False,
        confidence=1 - 1e-9,
    )
    assert 1 - found.upper <= n * 2.0**-d1
    assert found.estimate < 1 - 2.0**-d1


@pytest.mark.parametrize(
    ("n", "d0", "d1", "low", "high"),
    [
        # PAPERS' replicas with 20 to 25 trials, within Clopper-Pearson at 1 - 1e-4.
        (50, 50, 2, 0.05, 0.70),
        (50, 50, 4, 0.20, 0.92),
        (50, 50, 10, 0.70, 1.0),
        (50, 13, 15, 0.70, 1.0),
        (50, 2, 90, 0.20, 0.92),
        (100, 3, 90, 0.50, 1.0),
        (30, 1, 90, 0.0, 0.35),
    ],
)
def test_the_papers_cells_come_out_again(n, d0, d1, low, high):
    assert low <= full_rank_probability(n, d0, d1).estimate <= high


def test_float32_calls_deficient_what_is_full():
    exact = full_rank_probability(60, 2, 200, 10)
    double = full_rank_probability(60, 2, 200, 10, method="float64")
    single = full_rank_probability(60, 2, 200, 10, method="float32")
    assert double.full == exact.full
    assert single.full < exact.full
    assert double.error_probability is None


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("initialization", INITIALIZATIONS)
def test_every_law_is_drawn(data, initialization):
    found = full_rank_probability(
        6, 2, 8, 30, data=data, initialization=initialization, seed=1
    )
    assert sum(found.settled.values()) == 30
    assert found.lower <= float(found) <= found.upper
    assert found.full == round(found.estimate * 30)


def test_the_laws_of_the_weights_are_the_named_ones():
    def weights(initialization, biases=True):
        setting = TrialSetting(3, 4, 500, "cube", initialization, biases, pieces(None))
        return draw_block(setting, 0, 0)[1]

    # Sample moments of 25 · 500 · 5 numbers: relative errors of about 1 / 250.
    uniform = weights("pytorch")
    assert abs(uniform).max() <= 0.5
    assert uniform.var() == pytest.approx(0.25 / 3, rel=0.02)
    he = weights("he_uniform")
    assert abs(he).max() <= math.sqrt(1.5)
    assert he.var() == pytest.approx(0.5, rel=0.02)
    normal = weights("he_normal")
    assert (normal[..., -1] == 0).all()
    assert normal[..., :-1].var() == pytest.approx(0.5, rel=0.02)
    assert weights("gaussian").var() == pytest.approx(1.0, rel=0.02)
    norms = np.linalg.norm(weights("sphere"), axis=-1)
    assert norms == pytest.approx(1.0, abs=1e-15)
    assert weights("sphere", biases=False).shape == (25, 500, 4)


def test_singular_modulo_every_prime_leaves_a_bounded_doubt():
    """Three units of width in two dimensions: nothing in the pattern is repeated."""
    found = full_rank_probability(30, 2, 45, 400, seed=2)
    assert found.settled["singular modulo every prime"] > 0
    assert found.error_probability is not None
    # 30 rows of 2 · 53 + 7 bits over 25, of 1.9e6 primes, to the fourth, 400 trials.
    assert 0 < found.error_probability < 400 * (30 * 160 / 25 / 1.89e6) ** 4


def test_refusals():
    with pytest.raises(InvalidArgumentError, match="d1 is 0"):
        full_rank_probability(3, 2, 0)
    with pytest.raises(InvalidArgumentError, match="trials is 0"):
        full_rank_probability(3, 2, 2, 0)
    with pytest.raises(InvalidArgumentError, match="confidence"):
        full_rank_probability(3, 2, 2, confidence=1.0)
    with pytest.raises(UnknownNameError, match="symmetric_cube"):
        full_rank_probability(3, 2, 2, data="cubes")
    with pytest.raises(UnknownNameError, match="he_normal"):
        full_rank_probability(3, 2, 2, initialization="he")
    with pytest.raises(UnknownNameError, match="float32"):
        full_rank_probability(3, 2, 2, method="float16")
    three = activations.from_callable(
        lambda z: z.abs() + (z - 1.0).clamp(min=0.0),
        name="three slopes",
        breakpoints=(0.0, 1.0),
    )
    with pytest.raises(InvalidArgumentError, match="3 different slopes"):
        full_rank_probability(3, 2, 2, act=three)

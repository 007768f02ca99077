"""Widths that make features independent hold in simulation and against planted sets."""

import inspect
import math
import time
from itertools import product

import numpy as np
import pytest
import torch
from scipy.stats import binom

from widthwise import activations, bounds, datasets
from widthwise.activations import from_callable, get, normalized
from widthwise.bounds.rank._tails import binomial_width, chain_width, union_width
from widthwise.errors import InvalidArgumentError, NotCoveredError
from widthwise.features import RandomFeatures, jacobian

KINKS = {"step": 1, "relu": 2, "abs": 2, "leaky_relu": 2}


def unit(rows):
    rows = np.asarray(rows, dtype=float)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def gaussian(count, dimension, seed=0):
    return unit(np.random.default_rng(seed).standard_normal((count, dimension)))


def on_circle(*angles):
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


POINT_SETS = {
    "clusters": unit(
        np.repeat(gaussian(4, 3), 5, axis=0) + 0.02 * gaussian(20, 3, seed=1)
    ),
    "nearly opposite": unit(
        np.vstack([gaussian(8, 3), -gaussian(8, 3) + 0.01 * gaussian(8, 3, seed=2)])
    ),
    "grid": unit([(i, j, 4.0) for i in range(5) for j in range(4)]),
    "on one plane": on_circle(*np.linspace(0.1, 0.5, 10)),
}
# The full rank of elu on one plane is beyond what float64 resolves.
DRAWN = [
    each
    for each in product(POINT_SETS, ("relu", "abs", "step", "elu"))
    if each != ("on one plane", "elu")
]


@pytest.mark.parametrize(("name", "act"), DRAWN)
def test_a_proved_width_holds_on_planted_sets_with_its_probability(name, act):
    points = POINT_SETS[name]
    proved = bounds.best(points, act, failure_probability=0.3).certificate
    trials, fails = 60, 0
    for seed in range(trials):
        features = RandomFeatures(act, width=int(proved.value), law="sphere", seed=seed)
        gram = features.gram(torch.from_numpy(points)).numpy()
        fails += np.linalg.matrix_rank(gram, tol=1e-15 * np.trace(gram)) < len(points)
    assert fails <= binom.ppf(0.9999, trials, 0.3)


def test_a_chain_of_geometric_waits_is_solved_exactly():
    escapes = np.full(30, 0.2)
    assert chain_width(escapes, 0.01) == binomial_width(30, 0.2, 0.01)
    uneven = np.linspace(0.5, 0.05, 12)
    waits = np.random.default_rng(0).geometric(uneven, (200_000, 12)).sum(axis=1)
    width = chain_width(uneven, 0.01)
    share = float((waits > width).mean())
    assert share <= 0.01 + 4 * math.sqrt(0.01 / 200_000)
    assert float((waits > width - 2).mean()) >= 0.01 - 4 * math.sqrt(0.01 / 200_000)


def test_a_long_chain_is_bounded_by_its_exponential_moment(monkeypatch):
    escapes = np.linspace(0.5, 0.05, 40)
    exact = chain_width(escapes, 0.01)
    monkeypatch.setattr("widthwise.bounds.rank._tails._SECONDS", 0.0)
    assert chain_width(escapes, 0.01) == exact
    monkeypatch.setattr("widthwise.bounds.rank._tails._MOST_SQUARED", 0)
    assert exact <= chain_width(escapes, 0.01) <= 1.3 * exact


@pytest.mark.parametrize("angle", [1e-3, 1e-7, 1e-12])
@pytest.mark.parametrize("count", [3, 40])
def test_rows_that_nearly_coincide_are_answered_at_once(angle, count):
    points = on_circle(*np.arange(count) * angle)
    start = time.process_time()
    found = bounds.best(points, "relu", largest_matrix=0)
    assert time.process_time() - start < 2
    assert found.certificate is None or found.certificate.value > count / 20 / angle


def test_a_union_over_supports_sums_every_size():
    sizes, escapes = np.array([1]), np.array([0.5])
    width = int(union_width(8, sizes, escapes, 0.01))

    def total(units):
        return sum(math.comb(8, s) * binom.cdf(s - 1, units, 0.5) for s in range(1, 9))

    assert total(width) <= 0.01
    assert total(width // 2) > 0.01


@pytest.mark.parametrize(
    ("bound", "act"),
    [
        (bounds.pair_rank, "relu"),
        (bounds.pair_rank, "step"),
        (bounds.separation_rank, "relu"),
        (bounds.exponential_rank, "elu"),
        (bounds.wendland_rank, "wendland0"),
    ],
)
def test_more_confidence_never_asks_for_less(bound, act):
    points = gaussian(20, 4)
    chances = (0.5, 0.01, 1e-9)
    widths = [bound.width(points, act, failure_probability=d).value for d in chances]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]


@pytest.mark.parametrize("bound", [bounds.angle_rank, bounds.separation_rank])
def test_a_smaller_angle_or_more_rows_never_ask_for_less(bound):
    spread = [
        bound.width(on_circle(*np.arange(8) * step), "relu").value
        for step in (0.3, 0.1, 0.01)
    ]
    assert spread == sorted(spread)
    counts = [
        bound.width(on_circle(*np.arange(count) * 0.1), "relu").value
        for count in (2, 5, 12)
    ]
    assert counts == sorted(counts)


def test_all_angles_are_never_worse_than_the_smallest():
    points = gaussian(60, 6)
    for act in KINKS:
        from_all = bounds.pair_rank.width(points, act).value
        assert from_all <= bounds.separation_rank.width(points, act).value
        assert from_all <= 40 * 60


def test_an_analytic_activation_needs_as_many_units_as_rows():
    points = gaussian(30, 5)
    for act in ("tanh", "swish", "gelu", "softplus", "exp"):
        found = bounds.analytic_rank.width(points, act, "gaussian", 1e-9)
        assert found.value == 30
        assert found.is_certificate
        assert any("well conditioned" in each for each in found.assumptions)


@pytest.mark.parametrize("alpha", [0.8, math.sqrt(2.0), 1.7])
def test_a_wendland_unit_sees_a_row_as_often_as_is_said(alpha):
    points = gaussian(12, 4)
    act = get("wendland2", dimension=4, alpha=alpha)
    found = bounds.wendland_rank.width(points, act)
    w = unit(np.random.default_rng(5).standard_normal((200_000, 4)))
    share = float((w[:, 0] > act.support_edge).mean())
    exact = binomial_width(12, share, 0.01)
    assert found.value == pytest.approx(exact, rel=0.03)


def test_independent_antipodal_pairs_are_allowed():
    pairs = np.eye(4)[:3]
    points = unit(np.vstack([pairs, -pairs, gaussian(6, 4)]))
    found = bounds.pair_rank.width(points, "relu")
    full = [
        np.linalg.matrix_rank(
            RandomFeatures("relu", width=int(found.value), law="gaussian", seed=seed)
            .matrix(torch.from_numpy(points))
            .numpy()
        )
        == 12
        for seed in range(40)
    ]
    assert all(full)
    assert math.isfinite(found.value)


def test_the_inner_jacobian_has_full_rank_at_its_proved_width():
    points = gaussian(30, 4)
    found = bounds.volume_rank.width(points, "relu", failure_probability=0.2)
    assert found.is_certificate
    assert found.value < bounds.pair_rank.width(points, "step").value
    width, rows = int(found.value), torch.from_numpy(points)
    for seed in range(20):
        weights = np.random.default_rng(seed).standard_normal((width, 4))
        slopes = jacobian(rows, weights, np.ones(width), get("relu"))
        assert np.linalg.matrix_rank(slopes.numpy()) == 30
    with pytest.raises(NotCoveredError, match="volume_rank"):
        bounds.volume_rank.width(points, "tanh")


def test_columns_that_add_no_dimension_add_no_block():
    # Relu's Jacobian has rank 3 a unit at most, whatever columns of zeros stand beside.
    points = gaussian(24, 3)
    wide = np.hstack([points, np.zeros((24, 21))])
    narrow = bounds.volume_rank.width(points, "relu").value
    assert bounds.volume_rank.width(wide, "relu").value == narrow
    assert narrow >= 24 / 3


def test_a_factor_inside_a_wendland_activation_has_no_certificate():
    # wendland2(0.6 z) sees a row with probability 1/12, and not 1/4.
    scaled = activations.Scaled(get("wendland2", dimension=3, alpha=1.0), 0.6)
    with pytest.raises(NotCoveredError, match="moves the edge"):
        bounds.wendland_rank.width(gaussian(6, 3), scaled, "sphere")


def test_small_escapes_keep_the_digits_of_the_moment(monkeypatch):
    monkeypatch.setattr("widthwise.bounds.rank._tails._SECONDS", 0.0)
    monkeypatch.setattr("widthwise.bounds.rank._tails._MOST_SQUARED", 0)
    for chance in (1e-6, 1e-12, 3e-16):
        width = chain_width(np.full(5, chance), 0.01) * chance
        assert width == pytest.approx(15.147, abs=2e-3)


def test_the_best_certificate_is_beside_what_networks_need():
    points = gaussian(20, 6)
    found = bounds.best(points, "relu", trials=20)
    assert found.name == "pair_rank"
    assert found.certificate.value <= 10 * 20
    assert found.looseness == found.certificate.value / found.measured.estimate
    values = [each.value for _, each in found.others if each.is_certificate]
    assert [found.certificate.value, *values] == sorted(
        [found.certificate.value, *values]
    )
    names = {found.name, *dict(found.others), *dict(found.refused)}
    everything = {**bounds.RANK_CATALOG, **bounds.CATALOG}
    assert names == {k for k, v in everything.items() if v.promise == "rank"}


@pytest.mark.parametrize("promise", ["smallest", "condition", "convergence"])
def test_other_promises_name_every_theorem_that_they_refuse(promise):
    found = bounds.best(gaussian(8, 6), "softplus", "sphere", promise)
    names = {found.name, *dict(found.others), *dict(found.refused)} - {None}
    every = {k for k, v in bounds.CATALOG.items() if v.promise == promise}
    assert names == every
    if promise == "convergence":
        assert found.certificate is None
        assert all("law 'gaussian'" in why for _, why in found.refused)
    with pytest.raises(InvalidArgumentError, match="promise"):
        inspect.unwrap(bounds.best)(gaussian(8, 6), "relu", promise="speed")


@pytest.mark.parametrize("name", ["diabetes", "wine", "iris"])
def test_certificates_are_not_vacuous_on_bundled_tables(name):
    rows = np.asarray(datasets.load(name).points, dtype=float)
    rows = unit((rows - rows.mean(axis=0)) / rows.std(axis=0))
    rows = np.unique(rows.round(10), axis=0)[:150]
    most = {"relu": 45, "elu": 2.5, "tanh": 1}
    for act, times in most.items():
        found = bounds.best(unit(rows), act, largest_matrix=0)
        assert found.certificate.value <= times * len(rows)


def test_one_row_needs_a_few_units():
    for act in ("relu", "elu", "tanh"):
        assert 1 <= bounds.best(gaussian(1, 3), act).certificate.value <= 7


COLLISIONS = {
    "equal": np.vstack([gaussian(5, 3), gaussian(5, 3)[:1]]),
    "dependent antipodal pairs": np.vstack(
        [on_circle(0.1, 1.0, 2.0), -on_circle(0.1, 1.0, 2.0)]
    ),
}


@pytest.mark.parametrize("name", COLLISIONS)
@pytest.mark.parametrize("act", ["relu", "tanh", "abs"])
def test_where_no_width_fits_the_rank_theorem_speaks_first(name, act):
    found = bounds.best(COLLISIONS[name], act)
    assert found.certificate is None
    assert any("rank theorem speaks first" in why for _, why in found.refused)
    for bound in (bounds.pair_rank, bounds.separation_rank, bounds.analytic_rank):
        with pytest.raises(NotCoveredError, match=bound.name):
            bound.width(COLLISIONS[name], act)


@pytest.mark.parametrize("bound", bounds.RANK_CATALOG.values(), ids=bounds.RANK_CATALOG)
def test_a_theorem_refuses_what_it_does_not_speak_of(bound):
    points = gaussian(6, 3)
    mine = from_callable(torch.relu, "relu", (0.0,))
    for act, law in ((mine, "sphere"), ("hard_tanh", "gaussian")):
        with pytest.raises(NotCoveredError, match=bound.name):
            bound.width(points, act, law)
    for delta in (0.0, 1.0, -0.5, math.nan):
        with pytest.raises(InvalidArgumentError, match="failure probability"):
            bound.width(points, "relu", failure_probability=delta)
    said = (bound.promise, bound.activations, bound.laws, bound.data)
    assert all(isinstance(each, str) and each for each in said)


def test_rows_too_near_to_tell_are_refused():
    points = gaussian(6, 3)
    points[1] = -points[0]
    points[1, 0] = np.nextafter(points[1, 0], 2.0)
    for bound in (bounds.pair_rank, bounds.separation_rank):
        with pytest.raises(NotCoveredError, match="too near"):
            bound.width(points, "relu")


def test_constants_and_factors_change_no_certificate():
    points = gaussian(15, 4)
    for name in ("relu", "elu", "tanh"):
        plain = bounds.best(points, name, "gaussian").certificate.value
        assert (
            bounds.best(points, normalized(get(name)), "gaussian").certificate.value
            == plain
        )
    scaled = activations.Scaled(get("relu"), 2.0)
    assert bounds.pair_rank.width(points, scaled, "gaussian").is_certificate

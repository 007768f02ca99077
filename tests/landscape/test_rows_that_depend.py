"""Which rows units cannot tell apart, and which are in a dependency of a Jacobian."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import torch

from widthwise.activations import from_callable, get
from widthwise.errors import InvalidArgumentError
from widthwise.landscape import activation_pattern, rank_evidence
from widthwise.landscape.patterns import draw_weights, parallel_rows
from widthwise.landscape.ranks import row_dependencies
from widthwise.seeds import stream


def ratio(one, other):
    """Return c with one = c · other over the rationals, or None."""
    pairs = [(Fraction(a), Fraction(b)) for a, b in zip(one, other, strict=True)]
    found = {a / b for a, b in pairs if b}
    same = all(a == 0 for a, b in pairs if not b)
    return found.pop() if same and len(found) == 1 else None


@pytest.mark.parametrize("name", ["relu", "abs", "leaky_relu"])
def test_parallel_rows_are_those_of_every_pair_over_the_rationals(name):
    rng = np.random.default_rng(3)
    rows = rng.integers(-2, 3, (40, 3)) * rng.choice([0.1, 0.25, 1.0, 3.0], (40, 1))
    found = parallel_rows(torch.from_numpy(rows), act=get(name))
    together = {
        pair for group in found.groups for pair in itertools.combinations(group, 2)
    }
    expected = set()
    for i, j in itertools.combinations(range(40), 2):
        c = ratio(rows[i], rows[j]) if rows[i].any() and rows[j].any() else None
        if c is not None and (c > 0 or name == "abs"):
            expected.add((i, j))
    assert together == expected
    assert set(found.zeros) == {i for i in range(40) if not rows[i].any()}
    kept = set(range(40)) - found.repeats
    assert not {(i, j) for i, j in expected if i in kept and j in kept}


def test_biases_and_other_kinks_tell_rows_on_one_ray_apart():
    rows = torch.tensor([[1.0, 2.0], [2.0, 4.0], [0.0, 0.0]])
    assert parallel_rows(rows).groups == ((0, 1),)
    assert not parallel_rows(rows, biases=True).repeats
    assert not parallel_rows(rows, act=get("hard_tanh")).repeats


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "hard_tanh"])
def test_dependent_rows_are_those_of_the_exact_rank(name):
    """One network: modulo two primes of 26 bits, and by python-flint with 61 bits."""
    n, d0, width = 14, 2, 5
    points = torch.from_numpy(np.random.default_rng(0).uniform(-1, 1, (n, d0)))
    act = get(name)
    for seed in range(6):
        found = row_dependencies(points, width, seed, act=act, most_drawn=1)
        generator = stream(seed, f"diagnosis/landscape/rows/{d0 + 1}/{width}")
        weights = draw_weights("pytorch", generator, 1, width, d0, True)[0]
        inner, shift = torch.from_numpy(weights[:, :2]), torch.from_numpy(weights[:, 2])
        pattern = activation_pattern(points, inner, shift, act=act)
        exact = rank_evidence(pattern, points, biases=True, act=act)
        assert tuple(np.flatnonzero(found.counts)) == exact.dependent_rows
        assert found.deficient == int(not exact.is_full)


def test_rows_are_blamed_for_activations_of_two_slopes():
    bent = from_callable(lambda z: z.relu() + (z - 1).relu(), "bent", (0.0, 1.0))
    with pytest.raises(InvalidArgumentError, match="bent has 3 different slopes"):
        row_dependencies(torch.eye(3), 4, act=bent)

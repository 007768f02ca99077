"""How often regions hold global minima: on the line, by enumeration and by theorem."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from fraction_elimination import jacobian, region_has_point

from widthwise.errors import InvalidArgumentError, UnknownNameError
from widthwise.landscape import (
    THEOREMS,
    binomial_interval,
    global_minimum_probability,
    region_minimum,
)


def step_patterns(n):
    """List the 2 n patterns of a unit with bias on n ascending points of the line."""
    falling = [np.arange(n) < k for k in range(n)]
    return np.array(falling + [~each for each in falling])


def test_on_the_line_the_regions_with_a_global_minimum_are_those_of_elimination():
    points = np.array([[-1.0], [0.5], [2.0]])
    targets, outer = np.array([1.0, -0.25, -1.0]), np.array([1.0, -1.0])
    lifted = np.hstack([points, np.ones((3, 1))])
    count = 0
    for rows in itertools.product(step_patterns(3), repeat=2):
        pattern = np.array(rows)
        found = region_minimum(pattern, points, targets, outer, biases=True)
        inequalities = [
            (
                [
                    (1 if pattern[r, i] else -1) * Fraction(x) * int(r == k)
                    for k in range(2)
                    for x in lifted[i].tolist()
                ],
                Fraction(0),
            )
            for r in range(2)
            for i in range(3)
        ]
        rows = jacobian(pattern, lifted, outer)
        aims = [Fraction(each) for each in targets.tolist()]
        expected = region_has_point(rows, aims, inequalities)
        assert found.has_global_minimum == expected
        count += expected
    assert 0 < count < 36


@pytest.mark.parametrize("targets", ["ramp", "noise"])
def test_with_the_units_of_theorem_12_most_regions_on_the_line_hold_a_minimum(targets):
    # The statement: 2 n log(2 n / ε) units of each sign leave out a fraction ε at most.
    n, epsilon, trials = 3, 0.1, 40
    each_sign = math.ceil(2 * n * math.log(2 * n / epsilon))
    assert THEOREMS["theorem_12"].width(n, 1, epsilon).value == 2 * each_sign
    outer = np.repeat([1.0, -1.0], each_sign)
    rng = np.random.default_rng(0)
    points = np.sort(rng.standard_normal((n, 1)), axis=0)
    y = np.arange(n) / 2.0 if targets == "ramp" else rng.standard_normal(n)
    hits = 0
    for _ in range(trials):
        pattern = step_patterns(n)[rng.integers(0, 2 * n, 2 * each_sign)]
        found = region_minimum(pattern, points, y, outer, biases=True)
        hits += found.has_global_minimum
        if found.has_global_minimum:
            assert found.codimension == n
            assert found.dimension == 4 * each_sign - n
    # The interval's upper limit misses a probability of 1 - ε once in 2000.
    assert binomial_interval(hits, trials, 0.999)[1] >= 1 - epsilon
    # And the theorem is not sharp: all but a few do.
    assert hits >= trials - 3


def test_a_few_units_on_the_line_do_not_suffice():
    few = global_minimum_probability(4, 1, 4, trials=25, targets="uniform")
    many = global_minimum_probability(4, 1, 50, trials=25, targets="uniform")
    assert few.upper < many.lower
    assert sum(few.kinds.values()) == 25
    assert few.kinds["global minimum"] <= few.full_rank


@pytest.mark.parametrize("targets", ["polynomial", "teacher", "uniform"])
def test_wide_networks_start_in_regions_with_a_global_minimum(targets):
    found = global_minimum_probability(8, 4, 24, trials=12, targets=targets)
    assert float(found) >= 0.9
    again = global_minimum_probability(8, 4, 24, trials=6, targets=targets)
    assert sum(again.kinds.values()) == 6
    assert again.kinds.get("global minimum", 0) <= found.kinds["global minimum"]


def test_the_draws_depend_on_the_seed_alone():
    first = global_minimum_probability(3, 2, 3, trials=8, seed=3)
    assert first == global_minimum_probability(3, 2, 3, trials=8, seed=3)
    others = [global_minimum_probability(3, 2, 3, 8, seed=s).kinds for s in range(2)]
    assert any(other != first.kinds for other in others)


def test_bad_arguments_are_refused():
    with pytest.raises(UnknownNameError, match="polynomial"):
        global_minimum_probability(3, 1, 3, targets="cubic")
    with pytest.raises(UnknownNameError, match="gaussian"):
        global_minimum_probability(3, 1, 3, data="normal")
    with pytest.raises(InvalidArgumentError, match="d1"):
        global_minimum_probability(3, 1, 0)
    with pytest.raises(InvalidArgumentError, match="confidence"):
        global_minimum_probability(3, 1, 3, confidence=1)

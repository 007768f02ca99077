"""The theorems' widths against exact fractions."""

import math

import numpy as np
import pytest

from widthwise.errors import InvalidArgumentError
from widthwise.landscape import (
    THEOREMS,
    compare_with_theorems,
    full_rank_fraction_1d,
    generic_rank,
)
from widthwise.sources import KARHADKAR_2024, THEORY_PAGE

EVERY = pytest.mark.parametrize("theorem", THEOREMS.values(), ids=THEOREMS)


def sizes(theorem):
    return (5, 9) if theorem.name == "corollary_8" else (5, 1)


@EVERY
def test_a_width_says_what_it_rests_on(theorem):
    found = theorem.width(*sizes(theorem), 0.1)
    assert found.value >= 1
    own = theorem.name == "pattern_count"
    assert found.source is (THEORY_PAGE if own else KARHADKAR_2024)
    assert found.trust in {"derived", "recalled"}
    assert found.is_certificate == (found.trust == "derived")
    assert found.formula == theorem.formula
    if not found.is_certificate:
        assert "order of magnitude" in found.assumptions[-1]


@EVERY
def test_more_certainty_and_more_points_ask_for_more_width(theorem):
    n, d0 = sizes(theorem)
    widths = [theorem.width(n, d0, each).value for each in (0.9, 0.5, 0.1, 1e-6)]
    assert widths == sorted(widths)
    more = theorem.width(n - 3, d0, 0.1).value
    assert more <= theorem.width(n, d0, 0.1).value


@pytest.mark.parametrize("epsilon", [0.9, 0.5, 0.1, 0.01, 1e-6])
@pytest.mark.parametrize("n", [1, 2, 3, 5, 10, 40])
def test_theorem_10_holds_with_room(n, epsilon):
    theorem = THEOREMS["theorem_10"]
    width = theorem.width(n, 1, epsilon).value
    assert 1 - full_rank_fraction_1d(n, width) <= epsilon
    if n >= 2:  # the bound of the proof on the library's page
        assert 1 - full_rank_fraction_1d(n, width) <= 0.65 * epsilon


@pytest.mark.parametrize("epsilon", [0.9, 0.1, 1e-3])
@pytest.mark.parametrize("n", [1, 4, 30])
def test_corollary_8_holds_and_is_not_vacuous(n, epsilon):
    theorem = THEOREMS["corollary_8"]
    width = theorem.width(n, n, epsilon).value
    found = theorem.deficiency(n, n, width)
    assert found.is_exact
    assert found.fraction <= epsilon
    assert found.fraction == pytest.approx(1 - (1 - 2.0**-width) ** n, abs=1e-15)
    assert theorem.least_width(n, n, epsilon) >= width - 2


def test_the_sample_for_theorem_5_has_the_fraction_of_generic_ranks():
    """Against the matroid rank of uniform patterns drawn elsewhere."""
    n, d0, d1 = 6, 2, 4
    sample = THEOREMS["theorem_5"].deficiency(n, d0, d1, trials=3000)
    rng = np.random.default_rng(0)
    other = np.mean(
        [generic_rank(rng.random((d1, n)) < 0.5, d0) < n for _ in range(800)]
    )
    # Two binomial fractions: four standard errors of their difference.
    error = 4 * math.sqrt(0.25 / 3000 + 0.25 / 800)
    assert abs(sample.fraction - other) < error
    assert not sample.is_exact
    assert sample.lower <= sample.fraction <= sample.upper


def test_the_companion_of_theorem_12_is_about_both_signs():
    theorem = THEOREMS["theorem_12"]
    found = theorem.deficiency(4, 1, 20)
    assert found.fraction == pytest.approx(1 - full_rank_fraction_1d(4, 10) ** 2)
    assert theorem.deficiency(4, 1, 1).fraction == 1.0


def test_the_comparison_brackets_the_least_width():
    found = {each.name: each for each in compare_with_theorems(10, 1, 0.1, trials=200)}
    assert set(found) == {"theorem_5", "pattern_count", "theorem_10", "theorem_12"}
    ten = found["theorem_10"]
    assert ten.theorem.value == 93
    assert ten.ratio == 93 / ten.least_width
    assert 1 - full_rank_fraction_1d(10, ten.least_width) <= 0.1
    assert 1 - full_rank_fraction_1d(10, ten.least_width - 1) > 0.1
    assert ten.at_theorem_width.fraction == pytest.approx(4.9976e-4, rel=1e-4)
    many = {each.name for each in compare_with_theorems(3, 3, 0.1, trials=100)}
    assert many == {"theorem_5", "pattern_count", "corollary_8"}


def test_refusals():
    with pytest.raises(InvalidArgumentError, match="failing fraction"):
        THEOREMS["theorem_10"].width(5, 1, 1.0)
    with pytest.raises(InvalidArgumentError, match="one input dimension"):
        THEOREMS["theorem_10"].width(5, 2, 0.1)
    with pytest.raises(InvalidArgumentError, match="as many dimensions"):
        THEOREMS["corollary_8"].deficiency(5, 2, 3)


@pytest.mark.parametrize("theorem", THEOREMS.values(), ids=THEOREMS)
def test_a_search_that_would_not_end_is_refused(theorem):
    for fraction in (float("nan"), -1.0, 0.0, 1.0):
        with pytest.raises(InvalidArgumentError, match="failing fraction"):
            theorem.least_width(3, 1 if theorem.name != "corollary_8" else 3, fraction)
    with pytest.raises(InvalidArgumentError, match="width is 0"):
        theorem.deficiency(3, 1 if theorem.name != "corollary_8" else 3, 0)


@pytest.mark.parametrize(("n", "d0"), [(10, 2), (8, 4), (12, 3), (6, 1)])
@pytest.mark.parametrize("epsilon", [0.4, 0.1])
def test_the_count_of_patterns_keeps_its_promise_and_is_no_order(n, d0, epsilon):
    theorem = THEOREMS["pattern_count"]
    found = theorem.width(n, d0, epsilon)
    assert found.is_certificate
    sample = theorem.deficiency(n, d0, int(found.value), trials=2000)
    assert sample.lower <= epsilon
    # A width smaller by two has a bound four times as large, and is not far from it.
    assert theorem.deficiency(n, d0, int(found.value) - 5, trials=500).fraction > 0

"""Test decisions of `widthwise.estimates`: open means that it could go either way."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widthwise import estimates
from widthwise.estimates import Estimate

ENDS = st.sampled_from([float(each) for each in range(-4, 5)])
VERDICTS = st.lists(st.sampled_from([True, False, None]), max_size=6)


@st.composite
def intervals(draw):
    low, high = sorted((draw(ENDS), draw(ENDS)))
    return Estimate((low + high) / 2, low, high)


def inside(found):
    """Return numbers of the interval, its ends among them, denser than the levels."""
    return [place / 4 for place in range(int(4 * found.low), int(4 * found.high) + 1)]


def decided(answers):
    """Return what all answers agree on, or None."""
    kinds = set(answers)
    return kinds.pop() if len(kinds) == 1 else None


@given(VERDICTS)
def test_together_they_say_what_every_way_of_closing_them_says(verdicts):
    if not verdicts:
        assert estimates.all_hold([]) is None
        assert estimates.any_holds([]) is None
        return
    ways = list(
        itertools.product(*([True, False] if v is None else [v] for v in verdicts))
    )
    assert estimates.all_hold(iter(verdicts)) is decided(all(way) for way in ways)
    assert estimates.any_holds(iter(verdicts)) is decided(any(way) for way in ways)


@given(intervals(), ENDS)
def test_a_comparison_is_decided_where_every_number_inside_agrees(found, level):
    some = inside(found)
    for decide, claim in (
        (estimates.is_at_least, lambda x: x >= level),
        (estimates.is_at_most, lambda x: x <= level),
        (estimates.is_above, lambda x: x > level),
        (estimates.is_below, lambda x: x < level),
    ):
        assert decide(found, level) is decided(claim(x) for x in some)


@given(intervals(), ENDS, ENDS)
def test_a_band_is_decided_where_every_number_inside_agrees(found, one, other):
    low, high = sorted((one, other))
    expected = decided(low <= x <= high for x in inside(found))
    assert estimates.is_within(found, low, high) is expected


@given(intervals(), intervals())
def test_two_estimates_are_ordered_where_their_intervals_lie_apart(first, second):
    pairs = itertools.product(inside(first), inside(second))
    expected = decided((x > y) - (x < y) for x, y in pairs)
    answer = {-1: True, 1: False}.get(expected)
    assert estimates.is_less(first, second) is answer


@pytest.mark.parametrize("level", [-1e300, 0.0, 1e300])
def test_an_endless_interval_decides_nothing(level):
    found = Estimate(0.0, -math.inf, math.inf)
    assert estimates.is_at_least(found, level) is None
    assert estimates.is_less(found, found) is None

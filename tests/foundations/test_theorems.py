"""Test `widthwise.theorems`: a width says what it rests on, and is never too small."""

import math
from abc import ABC, abstractmethod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widthwise.errors import InvalidArgumentError
from widthwise.prose import Prose
from widthwise.sources import DU_2019
from widthwise.theorems import Theorem, Width, failure_probability, promise, rounded_up


class Bound(Theorem, ABC):
    """A room's own kind of theorem."""

    @abstractmethod
    def width(self, count): ...


class Square(Bound):
    """A theorem for the test."""

    name = "square"
    title = "The square"
    formula = r"n^2"
    source = DU_2019
    trust = "derived"
    constant_is_known = True

    def width(self, count):
        return promise(self, rounded_up(count**2), ("n is whole",))


class Order(Square):
    """The same, known up to a constant."""

    constant_is_known = False


def test_a_room_derives_its_kind_and_only_leaves_exist():
    with pytest.raises(TypeError, match="abstract"):
        Bound()
    assert Square().width(3) == Width(
        9.0, True, "n^2", DU_2019, (Prose("n is whole"),), "derived"
    )


def test_a_certificate_needs_the_constant_the_premises_and_a_finite_width():
    assert promise(Square(), 9.0, ()).is_certificate
    assert not promise(Order(), 9.0, ()).is_certificate
    assert not promise(Square(), 9.0, (), holds=False).is_certificate
    assert not promise(Square(), math.inf, ()).is_certificate
    assert promise(Square(), 9.0, (), kernel="conjugate").kernel == "conjugate"


@given(st.floats(-1e300, 1e300))
def test_a_width_is_the_least_whole_number_that_is_no_smaller(width):
    found = rounded_up(width)
    assert found == int(found) >= max(1, width)
    assert found == 1 or found - width < 1


def test_a_logarithm_may_be_off_by_its_rounding():
    assert rounded_up(3.0000000000000004) == 4
    assert rounded_up(3.0000000000000004, slack=1e-14) == 3
    assert rounded_up(math.inf) == math.inf


@pytest.mark.parametrize("value", [0, 1, -0.1, math.nan, "0.1", None])
def test_a_failure_probability_lies_between_0_and_1(value):
    assert failure_probability(0.01) == 0.01
    with pytest.raises(InvalidArgumentError, match="The failure probability is"):
        failure_probability(value)

"""Test `widthwise.arguments`: what has a meaning passes, and the rest is explained."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from widthwise import arguments
from widthwise.errors import DataError, InvalidArgumentError

NOT_WHOLE = [True, np.True_, torch.tensor(True), 2.0, "2", None, [2], math.nan, 2 + 0j]
NOT_REAL = [True, "0.5", b"0.5", None, [0.5], math.nan, 0.5j]


@given(st.integers(-(10**30), 10**30), st.integers(0, 9), st.integers(9, 10**30))
def test_a_whole_number_passes_just_inside_its_range(value, least, most):
    if least <= value <= most:
        assert arguments.whole_number(value, "x", least=least, most=most) == value
    else:
        with pytest.raises(InvalidArgumentError, match=f"x is {value}; it must be"):
            arguments.whole_number(value, "x", least=least, most=most)


@pytest.mark.parametrize("value", [3, np.int8(3), np.uint64(3), torch.tensor(3)])
def test_a_whole_number_of_any_library_becomes_pythons(value):
    assert arguments.is_whole_number(value)
    found = arguments.whole_number(value, "The width", least=1)
    assert type(found) is int
    assert found == 3
    assert type(arguments.seed(value)) is int


@pytest.mark.parametrize("value", NOT_WHOLE, ids=repr)
def test_no_other_thing_counts_as_a_whole_number(value):
    assert not arguments.is_whole_number(value)
    with pytest.raises(InvalidArgumentError, match="whole number of at least 0"):
        arguments.whole_number(value, "trials")
    with pytest.raises(InvalidArgumentError, match=r"The seed is .* integer from 0 to"):
        arguments.seed(value)


@pytest.mark.parametrize("value", [-1, 2**64])
def test_a_seed_has_64_bits(value):
    assert arguments.seed(2**64 - 1) == 2**64 - 1
    with pytest.raises(InvalidArgumentError, match=str(value)):
        arguments.seed(value)


def test_a_refusal_says_what_was_found_what_is_needed_and_what_to_do():
    with pytest.raises(InvalidArgumentError) as caught:
        arguments.whole_number(
            0,
            "The width",
            least=1,
            meaning="the number of hidden units",
            advice="Convert it with int().",
        )
    assert str(caught.value) == (
        "The width is 0; it must be a whole number of at least 1, the number of hidden "
        "units. Convert it with int()."
    )


@pytest.mark.parametrize(
    "given_", [[30, 10, 10], (10, 30), np.array([30, 10]), torch.tensor([10, 30])]
)
def test_several_whole_numbers_come_ascending_and_once_each(given_):
    assert arguments.whole_numbers(given_, "width", example=50) == (10, 30)


@pytest.mark.parametrize("given_", [10, np.int64(10), np.array(10), torch.tensor(10)])
def test_a_single_whole_number_is_a_list_of_one(given_):
    assert arguments.whole_numbers(given_, "width", example=50) == (10,)


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ([], "No width was given. Name at least one, such as 50."),
        ([3, 0], "A width is 0; it must be a whole number of at least 1, of units."),
        ("34", "A width is '34'; it must be a whole number of at least 1, of units."),
    ],
)
def test_an_empty_or_wrong_list_is_refused(given_, message):
    with pytest.raises(InvalidArgumentError) as caught:
        arguments.whole_numbers(given_, "width", example=50, meaning="of units")
    assert str(caught.value) == message


@pytest.mark.parametrize("value", NOT_REAL, ids=repr)
@pytest.mark.parametrize(
    "check",
    [
        arguments.probability,
        arguments.positive,
        arguments.non_negative,
        arguments.real_number,
    ],
)
def test_no_other_thing_counts_as_a_real_number(check, value):
    with pytest.raises(InvalidArgumentError, match=r"x is .*; it must"):
        check(value, "x")


@given(st.floats(allow_nan=False))
def test_each_range_is_that_of_its_name(value):
    """By the inequality itself."""

    def passes(check, **knobs):
        try:
            return check(value, "x", **knobs) == value
        except InvalidArgumentError:
            return False

    finite = math.isfinite(value)
    assert passes(arguments.probability) == (0 < value < 1)
    assert passes(arguments.positive) == (value > 0 and finite)
    assert passes(arguments.positive, may_be_infinite=True) == (value > 0)
    assert passes(arguments.non_negative) == (value >= 0 and finite)
    assert passes(arguments.non_negative, may_be_infinite=True) == (value >= 0)
    assert passes(arguments.real_number) == finite
    assert passes(arguments.real_number, least=-1, below=1) == (-1 <= value < 1)
    assert passes(arguments.real_number, above=-1, most=1) == (-1 < value <= 1)


@pytest.mark.parametrize("value", [np.float32(0.5), torch.tensor(0.5), Fraction(1, 2)])
def test_a_number_of_any_library_becomes_a_float(value):
    assert type(arguments.probability(value, "p")) is float
    assert type(arguments.positive(10**3, "x")) is float


@pytest.mark.parametrize(
    ("refused", "message"),
    [
        (
            lambda: arguments.probability(1, "confidence", meaning="such as 0.95"),
            "confidence is 1; it must lie strictly between 0 and 1, such as 0.95.",
        ),
        (
            lambda: arguments.positive(0.0, "The step", advice="Use 'optimal'."),
            "The step is 0.0; it must be positive and finite. Use 'optimal'.",
        ),
        (
            lambda: arguments.positive(-1, "x", may_be_infinite=True),
            "x is -1; it must be positive.",
        ),
        (
            lambda: arguments.non_negative(-1, "bias_std"),
            "bias_std is -1; it must be a finite number, zero or positive.",
        ),
        (
            lambda: arguments.real_number(1.0, "momentum", least=0, below=1),
            "momentum is 1.0; it must be a finite number of at least 0 and below 1.",
        ),
        (
            lambda: arguments.real_number("a", "shift"),
            "shift is 'a'; it must be a finite number.",
        ),
        (
            lambda: arguments.choice("none", "trained", ("inner", "outer", "both")),
            "trained is 'none'; it must be 'inner', 'outer' or 'both'.",
        ),
    ],
)
def test_refusals_read_as_sentences(refused, message):
    with pytest.raises(InvalidArgumentError) as caught:
        refused()
    assert str(caught.value) == message


@pytest.mark.parametrize("value", [None, 3, ["inner"], np.array(["inner", "outer"])])
def test_a_choice_is_a_word(value):
    assert arguments.choice("inner", "trained", ("inner", "outer")) == "inner"
    with pytest.raises(InvalidArgumentError, match="it must be 'inner' or 'outer'"):
        arguments.choice(value, "trained", ("inner", "outer"))


@pytest.mark.parametrize("make", [np.zeros, torch.zeros])
@pytest.mark.parametrize("shape", [(), (3,), (0, 2), (3, 0), (3, 1), (3, 2, 1)])
def test_a_matrix_has_rows_and_columns(make, shape):
    arguments.require_matrix(make((1, 2)), "The points", least_columns=2)
    with pytest.raises(DataError) as caught:
        arguments.require_matrix(make(shape), "The points", least_columns=2)
    assert str(caught.value) == (
        f"The points have shape {shape}; they must be a matrix (n, d) with at least "
        "one row and 2 columns."
    )


def test_lengths_that_do_not_match_are_named():
    each = "one for each row of the weights"
    arguments.require_vector(np.zeros(3), "The biases", 3, meaning=each)
    with pytest.raises(DataError, match=r"have shape \(3, 1\).*\(3,\), one for each"):
        arguments.require_vector(np.zeros((3, 1)), "The biases", 3, meaning=each)
    weights, points = np.zeros((2, 4)), torch.zeros(9, 5)
    arguments.require_same_columns(weights, "The weights", weights, "the points")
    with pytest.raises(DataError, match="The weights have 4 columns and the points 5"):
        arguments.require_same_columns(weights, "The weights", points, "the points")


@given(st.integers(0, 3), st.integers(0, 2), st.sampled_from([math.nan, math.inf]))
def test_the_first_entry_that_is_not_finite_is_named(row, column, value):
    matrix = np.zeros((4, 3))
    arguments.require_finite(matrix, "the points")
    matrix[row, column] = matrix[3, 2] = value
    with pytest.raises(
        DataError, match=rf"Row {row} of .* {value} in column {column};"
    ):
        arguments.require_finite(torch.from_numpy(matrix), "the points")
    with pytest.raises(DataError, match=rf"Row {row + 7} of .*\. Mend it\."):
        arguments.require_finite(
            matrix, "the points", rows=range(7, 11), advice="Mend it."
        )


def test_a_vector_has_no_columns_to_name():
    with pytest.raises(DataError, match="Row 1 of the targets holds nan; every entry"):
        arguments.require_finite(np.array([0.0, math.nan]), "the targets")

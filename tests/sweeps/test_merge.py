"""Stores of several machines become one; nothing is overwritten, all is reported."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from widthwise.errors import DataError, MissingDataError
from widthwise.sweeps import Store, Trial
from widthwise.sweeps.store._merge import difference


def trial(number):
    return Trial("function:study:fit@1", {"x": number})


def contents(store):
    return {
        path.relative_to(store.path): path.read_bytes()
        for path in store.path.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def stores(tmp_path):
    """Trials 0 to 5 in one, 3 to 9 in the other."""
    one, other = Store(tmp_path / "one"), Store(tmp_path / "other")
    for number in range(10):
        for store, mine in ((one, number < 6), (other, number > 2)):
            if mine:
                store.put(trial(number), {"a": number / 7, "b": math.inf})
    return one, other


def test_the_merged_store_is_that_of_one_machine(stores, tmp_path):
    one, other = stores
    done = one.merge(other)
    assert (done.added, done.same, done.conflicts, done.damaged) == (4, 3, (), ())
    alone = Store(tmp_path / "alone")
    for number in range(10):
        alone.put(trial(number), {"a": number / 7, "b": math.inf})
    assert contents(one) == contents(alone)


def test_merging_again_changes_nothing(stores):
    one, other = stores
    one.merge(other)
    before = contents(one)
    done = one.merge(str(other.path))
    assert (done.added, done.same) == (0, 7)
    assert contents(one) == before
    assert one.merge(one).same == 10


def test_either_order_gives_the_same_bits(stores):
    one, other = stores
    one.merge(other)
    other.merge(one)
    assert contents(one) == contents(other)


def test_different_results_are_reported_and_each_keeps_its_own(stores):
    one, other = stores
    one.put(trial(20), {"a": 1.0, "c": [1.0, 2.0]})
    other.put(trial(20), {"a": 1.0, "c": [1.0, 2.0 + 2e-12]})
    one.put(trial(21), {"a": 1})
    other.put(trial(21), {"a": "one"})
    done = one.merge(other)
    found = {each.trial.arguments["x"]: each.difference for each in done.conflicts}
    assert set(found) == {20, 21}
    assert found[20] == pytest.approx(1e-12, rel=1e-3)
    assert found[21] == math.inf
    assert one.get(trial(20).key)["c"] == [1.0, 2.0]
    assert other.get(trial(20).key)["c"] == [1.0, 2.0 + 2e-12]


def test_damaged_files_of_the_other_stay_out_and_are_reported(stores):
    one, other = stores
    path = other.path / "results" / trial(9).key[:2] / f"{trial(9).key}.jsonl"
    path.write_bytes(path.read_bytes().replace(b"inf", b"nan"))
    done = one.merge(other)
    assert (done.added, done.same) == (3, 3)
    assert [each.path for each in done.damaged] == [path]
    assert not one.has(trial(9).key)


def test_a_damaged_file_of_ours_is_replaced(stores):
    one, other = stores
    path = one.path / "results" / trial(4).key[:2] / f"{trial(4).key}.jsonl"
    path.write_bytes(b"")
    assert one.merge(other).added == 5
    assert one.has(trial(4).key)


def test_failures_come_along_unless_there_is_a_result(stores):
    one, other = stores
    other.put_failure(trial(30), "memory", "took 3 GB")
    other.put_failure(trial(0), "raised", "no")
    one.put_failure(trial(9), "timeout", "slow")
    assert one.merge(other).failures_added == 1
    assert [each.trial for each in one.failures()] == [trial(30)]


def test_what_is_no_store_is_refused(stores, tmp_path):
    with pytest.raises(MissingDataError):
        stores[0].merge(tmp_path / "missing")
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match="is no store"):
        stores[0].merge(tmp_path / "folder")


NUMBERS = st.floats(allow_nan=True) | st.integers(-(10**400), 10**400)


@example(0.0, math.nan)
@given(NUMBERS, NUMBERS)
def test_the_difference_is_zero_exactly_for_equal_numbers(one, other):
    found = difference({"x": [one]}, {"x": [other]})
    both_nan = one != one and other != other
    is_equal = type(one) is type(other) and (one == other or both_nan)
    assert found >= 0
    assert (found == 0) is is_equal or abs(one) + abs(other) > 1e300
    assert found == difference({"x": [other]}, {"x": [one]})


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([1.0, 2.0], [1.0, 2.5], 0.2),
        ([1.0], [1.0, 1.0], math.inf),
        ({"a": 1}, {"b": 1}, math.inf),
        (1, 1.0, math.inf),
        (True, 1, math.inf),
        ("a", "a", 0.0),
        (None, None, 0.0),
        (math.inf, -math.inf, math.inf),
        (np.array([1.0, 4.0]), np.array([1.0, 5.0]), 0.2),
        (np.zeros(2), np.zeros(3), math.inf),
        ([], [], 0.0),
    ],
    ids=repr,
)
def test_the_difference_is_the_largest_relative_one(one, other, expected):
    assert difference(one, other) == pytest.approx(expected)

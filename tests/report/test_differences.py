"""What `differences` must find between two records, and what it must not."""

import copy
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from widthwise.errors import InvalidArgumentError
from widthwise.records import Record
from widthwise.report import differences, differences_table

CONTENT = {
    "kind": "experiment",
    "schema": 1,
    "widthwise": "0.1.0",
    "created": "2026-01-01T00:00:00+00:00",
    "environment": {"python": "3.11", "packages": {"torch": "2.13.0"}},
    "seed": 0,
    "data": {"name": "prostate", "rows": 97},
    "settings": {"widths": [100, 200], "trials": 3},
    "findings": [
        {"name": "falls", "verdict": "holds", "evidence": "At 200 it is 0.5 of 1."}
    ],
    "tables": {
        "cells": [
            {"activation": name, "width": width, "median": width / 7, "rank": 97}
            for name in ("relu", "swish")
            for width in (100, 200)
        ]
    },
}


def changed(change):
    content = copy.deepcopy(CONTENT)
    change(content)
    return Record(content)


def found(change, **options):
    return differences(Record(CONTENT), changed(change), **options)


def test_a_record_equals_itself():
    same = differences(Record(CONTENT), Record(copy.deepcopy(CONTENT)))
    assert same.found == ()
    assert same.results_agree
    assert same.compared > 20


@pytest.mark.parametrize(
    ("topic", "change"),
    [
        ("what was run", lambda c: c.update(kind="landscape")),
        ("data", lambda c: c["data"].update(rows=96)),
        ("seed", lambda c: c.update(seed=1)),
        ("settings", lambda c: c["settings"].update(trials=4)),
        ("settings", lambda c: c["settings"].update(widths=[100])),
        ("versions", lambda c: c["environment"]["packages"].update(torch="2.14.0")),
        ("verdicts", lambda c: c["findings"][0].update(verdict="fails")),
        ("numbers", lambda c: c["tables"]["cells"][3].update(median=29.0)),
    ],
    ids=["kind", "rows", "seed", "trials", "widths", "torch", "verdict", "median"],
)
def test_a_change_is_named_by_its_topic(topic, change):
    one = found(change)
    assert [each.topic for each in one.found] == [topic]
    assert one.results_agree == (topic == "versions")
    assert one.about(topic) == one.found


def test_when_and_how_a_run_was_made_is_no_difference():
    def later(content):
        content.update(created="2027-02-03T00:00:00+00:00", command="widthwise …")
        content["seconds"] = 7.5

    assert found(later).found == ()


@given(st.floats(1e-14, 1e-2), st.floats(1e-14, 1e-2))
def test_numbers_differ_exactly_beyond_the_tolerance(change, tolerance):
    value = 100 / 7 * (1 + change)
    relative = (value - 100 / 7) / value
    some = found(
        lambda c: c["tables"]["cells"][0].update(median=value), tolerance=tolerance
    ).found
    assert bool(some) == (relative > tolerance)
    if some:
        assert some[0].relative == relative
        assert some[0].place == "tables/cells[activation=relu, width=100]/median"


def test_zero_tolerance_asks_for_the_same_bits():
    last = math.nextafter(100 / 7, 100)
    change = lambda c: c["tables"]["cells"][0].update(median=last)  # noqa: E731
    assert found(change, tolerance=1e-9).found == ()
    assert len(found(change, tolerance=0).found) == 1


def test_rows_are_matched_by_what_names_them():
    def shuffled_and_longer(content):
        rows = content["tables"]["cells"]
        rows.reverse()
        rows.append({"activation": "tanh", "width": 100, "median": 1.0, "rank": 97})

    one = found(shuffled_and_longer).found
    assert [each.place for each in one] == ["tables/cells[activation=tanh, width=100]"]
    assert one[0].first == "–"


def test_measured_numbers_do_not_name_a_row():
    rows = [{"residual": 0.5, "step": 1}, {"residual": 0.25, "step": 10}]
    other = [{"residual": 0.4, "step": 1}, {"residual": 0.25, "step": 10}]
    one = differences(Record({"rows": rows}), Record({"rows": other})).found
    assert [each.place for each in one] == ["rows[step=1]/residual"]


def test_rows_that_nothing_tells_apart_are_matched_by_their_order():
    rows = [{"value": 1}, {"value": 1}]
    other = [{"value": 1}, {"value": 2}]
    one = differences(Record({"rows": rows}), Record({"rows": other})).found
    assert [each.place for each in one] == ["rows[1]/value"]


def test_numbers_in_a_sentence_are_compared_as_numbers():
    def finding(number):
        words = {"text": "At 200 it is {} of 1.", "numbers": [number]}
        told = {"evidence": f"At 200 it is {number} of 1.", "words": words}
        return Record({"findings": [{"name": "falls", **told}]})

    first, second = finding(2.5e-9), finding(2.5000001e-9)
    assert differences(first, second, tolerance=1e-6).found == ()
    (one,) = differences(first, second, tolerance=1e-9).found
    assert one.place == "findings[name=falls]/words"
    assert one.first == "At 200 it is 2.5×10⁻⁹ of 1."
    assert len(differences(first, finding(None)).found) == 1


def test_arrays_say_how_many_entries_differ_and_the_farthest():
    first = np.arange(6.0).reshape(2, 3)
    second = first.copy()
    second[1, 2] = 6.0
    second[0, 1] = 1 + 1e-12
    one = differences(
        Record({}, {"values": first}), Record({}, {"values": second})
    ).found
    assert len(one) == 1
    assert one[0].place == "arrays/values[1, 2], 1 of 6 entries"
    assert (one[0].first, one[0].second) == (5.0, 6.0)
    assert one[0].relative == pytest.approx(1 / 6)


def test_infinite_entries_agree_with_themselves_only():
    first = {"values": np.array([np.inf, np.nan, -np.inf])}
    assert differences(Record({}, first), Record({}, dict(first))).found == ()
    second = {"values": np.array([np.inf, 1.0, np.inf])}
    (one,) = differences(Record({}, first), Record({}, second)).found
    assert "2 of 3 entries" in one.place
    assert one.relative == math.inf


@pytest.mark.parametrize(
    ("first", "second"),
    [([2**60], [2**60 + 1]), ([1 + 1j], [1 + 2j]), (["a"], ["b"]), (["1"], [1])],
    ids=["long integers", "complex numbers", "words", "a word and a number"],
)
def test_arrays_of_any_kind_are_compared_as_they_are(first, second):
    ours, theirs = ({"x": np.array(each)} for each in (first, second))
    for other, agree in ((theirs, False), (ours, True)):
        found = differences(Record({}, ours), Record({}, other), tolerance=0)
        assert found.results_agree is agree


def test_an_integer_beyond_all_floats_is_another_number():
    found = differences(Record({"x": 10**400}), Record({"x": 1.5})).found
    assert [each.relative for each in found] == [math.inf]


def test_a_number_and_the_same_digits_in_words_name_two_rows():
    rows = [{"k": 1, "v": 2.0}, {"k": "1", "v": 3.0}]
    other = [{"k": 1, "v": 2.5}, {"k": "1", "v": 3.0}]
    assert not differences(
        Record({"rows": rows}), Record({"rows": other})
    ).results_agree


def test_arrays_of_other_shapes_and_missing_ones_are_differences():
    first = Record({}, {"both": np.zeros(3), "ours": np.zeros(2)})
    second = Record({}, {"both": np.zeros(4)})
    assert [(each.first, each.second) for each in differences(first, second).found] == [
        ("array (3,)", "array (4,)"),
        ("array (2,)", "–"),
    ]


def test_true_is_not_one():
    first, second = Record({"complete": True}), Record({"complete": 1})
    assert len(differences(first, second).found) == 1


@pytest.mark.parametrize("tolerance", [-1e-9, math.nan])
def test_a_tolerance_that_is_none_is_refused(tolerance):
    with pytest.raises(InvalidArgumentError, match="tolerance"):
        differences(Record({}), Record({}), tolerance=tolerance)


def told(one, show=10, width=120):
    console = Console(width=width)
    with console.capture() as capture:
        for part in differences_table(one, show):
            console.print(part)
    return capture.get()


def test_the_terminal_shows_the_largest_first_and_counts_the_rest():
    def several(content):
        for factor, row in zip(
            (1.1, 3.0, 2.0, 1.5), content["tables"]["cells"], strict=True
        ):
            row["median"] *= factor

    text = told(found(several), show=2)
    assert "numbers: 4 different" in text
    assert text.index("width=200") < text.index("activation=swish, width=100")
    assert "and 2 more" in text
    assert "4 differences among" in text


@pytest.mark.parametrize("width", [30, 50, 80])
def test_no_number_is_broken_in_a_narrow_terminal(width):
    first, second = 0.12345678901234567, 9.876543210987654e-111
    one = differences(Record({"value": first}), Record({"value": second}))
    text = told(one, width=width)
    assert repr(first) in text
    assert repr(second) in text


def test_the_terminal_shows_where_long_sentences_part():
    first = Record({"notes": ["a" * 200 + " holds"]})
    second = Record({"notes": ["a" * 200 + " fails"]})
    text = told(differences(first, second))
    assert "holds" in text
    assert "fails" in text


def test_the_terminal_prints_brackets_as_they_are():
    text = told(differences(Record({"notes": "[bold]x"}), Record({"notes": "[/]y"})))
    assert "[bold]x" in text
    assert "[/]y" in text

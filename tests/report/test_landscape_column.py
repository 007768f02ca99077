"""The column on the landscape in the diagnosis of activations."""

import pytest
from page_reader import Reader, damaged

from widthwise.errors import DataError
from widthwise.report import render

_FOUND = {
    "widths": [13, 20, 30],
    "trials": 10,
    "estimate": [0.1, 0.7, 1.0],
    "low": [0.003, 0.348, 0.692],
    "high": [0.445, 0.933, 1.0],
    "necessary_width": 13,
    "threshold": 17.2,
}


def told(record, found):
    first = record.content["activations"][0] | {"landscape": found}
    page = render(damaged(record, ("activations", 0), first))
    return " ".join(Reader(page).text.split())


def test_without_a_landscape_nothing_is_said(record):
    assert "Jacobian full rank" not in Reader(render(record)).text
    assert "Jacobian full rank" not in told(record, None)


def test_the_width_stands_with_the_interval_at_the_width_tried(record):
    text = told(record, _FOUND)
    assert "from about 1834.8 % to 93.3 % of them at 20" in text
    assert text.count("not studied") == 3  # the other activations


def test_a_width_that_was_not_reached_is_not_made_up(record):
    found = _FOUND | {"estimate": [0.0, 0.1, 0.2], "threshold": None}
    assert "not foundwider than was tried" in told(record, found)


def test_without_a_fit_the_first_width_of_half_is_named(record):
    assert "from about 2034.8 %" in told(record, _FOUND | {"threshold": None})


def test_limits_for_other_widths_are_refused(record):
    with pytest.raises(
        DataError, match=r"low has 1 values .* at activations\[0\].landscape"
    ):
        told(record, _FOUND | {"low": [0.1]})

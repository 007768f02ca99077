"""Rows that no width keeps apart are named, and the rest is studied."""

import numpy as np
import pytest

from widthwise import landscape
from widthwise.activations import get
from widthwise.diagnosis import diagnose_landscape
from widthwise.errors import DataError

ROWS = 9


@pytest.fixture(scope="module")
def points():
    return np.random.default_rng(3).normal(size=(ROWS, 2))


def dependent_rows(points, width, trials, *, act=None, biases=True):
    """Draw networks by hand; return the dependent rows of each, () at full rank."""
    generator = np.random.default_rng(7)
    for _ in range(trials):
        weights = generator.normal(size=(width, points.shape[1]))
        offsets = generator.normal(size=width) if biases else None
        pattern = landscape.activation_pattern(points, weights, offsets, act=act)
        yield landscape.rank_evidence(
            pattern, points, biases=biases, act=act
        ).dependent_rows


def test_a_repeated_row_is_named_and_the_rest_is_studied(points):
    repeated = np.vstack([points, points[2], points[2] * -0.0 + points[2]])
    run = diagnose_landscape(repeated, widths=40, trials=80, subsets=False)
    content = run.record.content
    assert content["obstacles"] == [
        {
            "kind": "repeated",
            "rows": [2, 9, 10],
            "text": "rows 2, 9 and 10 are the same point",
        }
    ]
    verdict = run.verdict("full_rank")
    assert verdict.status == "no"
    assert verdict.answer == "At no width: rows 2, 9 and 10 are the same point."
    assert "from 40 hidden units on" in verdict.reason
    assert content["data"]["rows"] == ROWS
    assert "2, 9 and 10" in run.verdict("obstacle").answer


def test_with_a_repeated_row_no_jacobian_is_full(points):
    repeated = np.vstack([points, points[2]])
    assert all(rows == (2, 9) for rows in dependent_rows(repeated, 60, 20))


@pytest.mark.parametrize(
    ("factor", "activation", "kind"),
    [(3.0, "relu", "ray"), (-3.0, "abs", "ray"), (0.0, "relu", "zero")],
    ids=["on-a-ray", "opposite-with-abs", "zero"],
)
def test_rows_that_units_without_biases_confuse_are_named(
    points, factor, activation, kind
):
    planted = np.vstack([points, factor * points[4]])
    run = diagnose_landscape(
        planted,
        widths=40,
        trials=20,
        biases=False,
        activation=activation,
        standardize=False,
        subsets=False,
    )
    (obstacle,) = run.record.content["obstacles"]
    assert obstacle["kind"] == kind
    assert obstacle["rows"] == ([4, 9] if factor else [9])
    draws = dependent_rows(planted, 40, 10, act=get(activation), biases=False)
    assert all(set(obstacle["rows"]) <= set(rows) for rows in draws)


@pytest.mark.parametrize(
    ("factor", "biases"), [(-3.0, False), (3.0, True)], ids=["opposite", "biases"]
)
def test_lines_that_do_no_harm_are_not_named(points, factor, biases):
    planted = np.vstack([points, factor * points[4]])
    run = diagnose_landscape(
        planted, widths=60, trials=20, biases=biases, standardize=False, subsets=False
    )
    assert run.record.content["obstacles"] == []
    assert run.record.content["probability"]["estimate"][0] > 0.5


def test_rows_all_but_on_a_line_through_the_origin_are_told_apart():
    """One part in 10¹⁵ off the line, the exact ranks are full."""
    planted = np.array([[1.0, 1.0], [2.0, 2.0 + 4 * np.finfo(float).eps], [1.0, -2.0]])
    run = diagnose_landscape(
        planted, widths=30, trials=20, biases=False, standardize=False, subsets=False
    )
    assert run.record.content["obstacles"] == []


def test_rows_that_are_all_one_point_are_refused():
    with pytest.raises(DataError, match="constant"):
        diagnose_landscape(np.ones((4, 2)))
    with pytest.raises(DataError, match="one line through the origin"):
        diagnose_landscape(
            np.array([[1.0], [2.0], [3.0]]), biases=False, standardize=False
        )

"""Trials become the rows that the phase diagram is read from."""

import math

import pytest

from widthwise.experiments.oymak._phase_rows import (
    OUTER_AS_LONG,
    cell_rows,
    diagram_rows,
    places_of,
    sizes,
    threshold_row,
    widths,
)

SETTINGS = {
    "points": (40, 60),
    "dimensions": (10, 5),
    "fixed_points": 60,
    "ratios": (0.5, 0.55, 1.0, 2.0),
    "outer_ratios": (8.0,),
    "steps": 100,
}


def run(trained, result):
    """Return the places of made results, three trials each."""
    cells = [
        {
            "activation": "relu",
            "trained": trained,
            "n": 40,
            "d": 10,
            "width": width,
            "trial": trial,
            "steps": 100,
        }
        for width in (2, 4, 8)
        for trial in range(3)
    ]
    return places_of(cells, [result(c["width"], c["trial"]) for c in cells], 0.01)


def inner(width, trial):
    fits = width >= 4 + 2 * trial
    return {
        "silent": width,
        "loss": 0.001 if fits else 0.5,
        "steps": (60 if width == 4 else 20) if fits else None,
        "halvings": 1,
    }


def test_sizes_vary_n_at_the_first_dimension_and_d_at_the_fixed_number():
    assert sizes(SETTINGS) == [(40, 10), (60, 10), (60, 5)]


def test_widths_are_even_and_count_the_weights_of_what_is_trained():
    assert widths(SETTINGS, "inner", 60, 10) == [4, 4, 6, 12]
    assert widths(SETTINGS, "both", 60, 10) == [4, 4, 6, 12]
    assert widths(SETTINGS, "outer", 60, 10) == [30, 32, 60, 120, 480]


def test_a_cell_row_counts_trials_that_fit():
    (place,) = run("inner", inner)
    rows = list(cell_rows(place))
    assert [row["successes"] for row in rows] == [0, 1, 3]
    assert [row["share"] for row in rows] == [0, 1 / 3, 1]
    assert [row["weights_per_point"] for row in rows] == [0.5, 1.0, 2.0]
    assert [row["silent_share"] for row in rows] == [2 / 40, 4 / 40, 8 / 40]
    assert [row["halvings"] for row in rows] == [3, 3, 3]


def test_a_fit_after_more_than_half_of_the_steps_is_not_early():
    (place,) = run("inner", inner)
    assert place.fits_early.tolist() == [[False] * 3, [False] * 3, [True] * 3]
    assert place.fits.tolist() == [[False] * 3, [True, False, False], [True] * 3]


def test_the_outer_layer_gives_two_places():
    def outer(width, _trial):
        return {
            "silent": 0,
            "loss": 1e-3 if width > 2 else 1.0,
            "loss_early": 1e-3 if width > 4 else 1.0,
            "loss_as_long": 1e-3 if width > 4 else 1.0,
            "loss_early_as_long": 1.0,
        }

    places = run("outer", outer)
    assert [each.trained for each in places] == ["outer", OUTER_AS_LONG]
    shares = [[row["share"] for row in cell_rows(each)] for each in places]
    assert shares == [[0, 1, 1], [0, 0, 1]]
    early = [each.fits_early[:, 0].tolist() for each in places]
    assert early == [[False, False, True], [False, False, False]]
    assert next(cell_rows(places[1]))["weights_per_point"] == 2 / 40


def test_a_threshold_lies_in_its_interval():
    (place,) = run("inner", inner)
    row = threshold_row(place)
    assert 4 < row["width"] < 8
    assert row["low"] < row["width"] < row["high"]
    assert math.log(row["high"] / row["low"]) == pytest.approx(
        2 * 1.959963984540054 * row["log_error"]
    )
    assert row["weights_per_point"] == pytest.approx(row["width"] * 10 / 40)


def test_a_threshold_off_the_grid_is_none_in_every_column():
    (place,) = run("inner", lambda _width, _trial: inner(2, 0))
    row = threshold_row(place)
    for name in ("width", "low", "high", "log_error", "weights_per_point"):
        assert row[name] is None
    assert row["best_share"] == 0


def test_the_diagram_has_a_cell_for_every_ratio():
    settings = {**SETTINGS, "points": (40,), "ratios": (0.5, 0.55, 1.0, 2.0)}
    (place,) = run("inner", inner)
    found = diagram_rows(settings, list(cell_rows(place)), [threshold_row(place)])
    assert [row["ratio"] for row in found] == [0.5, 0.55, 1.0, 2.0]
    assert [row["width"] for row in found] == [2, 2, 4, 8]
    assert [row["share"] for row in found] == [0, 0, 1 / 3, 1]

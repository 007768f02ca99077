from dataclasses import replace

import numpy as np
import pytest

from widthwise.records import Record
from widthwise.report._renderings import rendering_of
from widthwise.report.landscape._drawn_line import line_figure
from widthwise.report.landscape._drawn_plane import clipped_lines, plane_figures
from widthwise.report.landscape._full_rank_figure import full_rank_figure
from widthwise.report.landscape._loss_slice import slice_figure
from widthwise.report.landscape._width_marks import width_marks


def drawn(record):
    return rendering_of(record).drawn(record)


def test_clipped_lines_end_on_the_box_and_lie_on_their_line():
    lines = np.random.default_rng(0).standard_normal((200, 3))
    found = clipped_lines(lines, (-1.0, 2.0), (-0.5, 0.5))
    corners = np.array([[x, y, 1.0] for x in (-1.0, 2.0) for y in (-0.5, 0.5)])
    sides = corners @ lines.T
    meets = (sides.min(axis=0) < 0) & (sides.max(axis=0) > 0)
    assert len(found) == meets.sum()
    for line, ends in zip(lines[meets], found, strict=True):
        for x, y in ends:
            # A few roundings of numbers below 10.
            assert abs(line @ [x, y, 1.0]) < 1e-13
            on_x = min(abs(x + 1.0), abs(x - 2.0)) < 1e-13
            on_y = min(abs(y + 0.5), abs(y - 0.5)) < 1e-13
            assert on_x or on_y


def test_lines_without_a_direction_or_outside_are_left_out():
    lines = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 5.0], [0.0, 1.0, 0.0]])
    assert clipped_lines(lines, (-1.0, 1.0), (-1.0, 1.0)) == [
        [pytest.approx([1.0, 0.0]), pytest.approx([-1.0, 0.0])]
    ]


def test_the_plane_is_drawn_cell_by_cell_as_recorded(landscape_record):
    units, ranks = plane_figures(drawn(landscape_record))
    arrays = landscape_record.arrays
    (curve,) = units.curves
    assert curve["values"] == arrays["plane/active_units"].tolist()
    assert ranks.curves[0]["values"] == arrays["plane/rank"].tolist()
    assert curve["points"] == arrays["plane/x"].tolist()
    inside = sum(int(row[-1]) for row in units.table.rows)
    assert inside <= len(arrays["plane/x"])


def test_a_fine_grid_is_thinned_to_what_a_page_can_show(landscape_record):
    arrays = {
        name: np.repeat(np.repeat(array, 9, axis=0), 9, axis=1)
        if name in ("plane/region", "plane/active_units", "plane/rank")
        else array
        for name, array in landscape_record.arrays.items()
    }
    for name in ("plane/grid_x", "plane/grid_y"):
        ends = arrays[name][[0, -1]]
        arrays[name] = np.linspace(*ends, 9 * 61)
    (curve,) = plane_figures(drawn(Record(landscape_record.content, arrays)))[0].curves
    assert len(curve["x"]) == len(curve["values"][0]) <= 240
    assert len(curve["y"]) == len(curve["values"]) <= 240


def test_regions_on_the_line_count_the_rows_inside(landscape_records):
    record = landscape_records["line"]
    (curve,) = line_figure(drawn(record)).curves
    edges, points = curve["edges"], record.arrays["line/x"]
    assert sum(curve["inside"]) == len(points)
    for low, high, inside in zip(edges, edges[1:], curve["inside"], strict=False):
        assert inside == sum(low <= x < high for x in points)
    assert curve["active"] == record.arrays["line/active_units"].tolist()


def test_the_slice_has_its_minima_at_their_loss(landscape_record):
    (curve,) = slice_figure(drawn(landscape_record)).curves
    loss = dict(zip(curve["t"], curve["loss"], strict=True))
    for t, lowest in zip(curve["minima"], curve["lowest"], strict=True):
        assert lowest == loss[t]  # a minimum is a point of the grid
    assert len(curve["ends"]) == len(curve["rank"]) + 1


def test_the_table_of_the_slice_keeps_every_minimum(landscape_record):
    figure = slice_figure(drawn(landscape_record))
    (curve,) = figure.curves
    assert len(curve["rank"]) > len(figure.table.rows)  # some pieces are left out
    named = [row[-2] for row in figure.table.rows if row[-2] != "–"]
    assert len(named) == len(curve["minima"]) > 0


def test_the_axis_of_widths_is_logarithmic_only_where_they_are_far_apart(
    landscape_record,
):
    content = drawn(landscape_record).evidence
    marks = width_marks(content)
    assert full_rank_figure(content, marks).layout["is_log"]
    near = replace(content, theorems=())
    assert not full_rank_figure(near, width_marks(near)).layout["is_log"]


def test_marks_without_a_width_are_left_out(landscape_record):
    content = dict(landscape_record.content)
    content["theorems"] = [each | {"width": None} for each in content["theorems"]]
    content["probability"] = content["probability"] | {"threshold": None}
    found = drawn(Record(content, landscape_record.arrays)).evidence
    assert [each.kind for each in width_marks(found)] == ["necessary"]

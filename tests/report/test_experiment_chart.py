"""What of a chart is drawn, before anything draws it."""

import math

import pytest
from made_experiment_records import chart

from widthwise.report.experiments._chart import drawings


def drawn(rows, **parts):
    """Return the drawing of one chart of `rows`, x against y unless said otherwise."""
    parts = {"x": "x", "y": "y", "table": "rows"} | parts
    content = {"tables": {"rows": rows}, "charts": [chart(**parts)]}
    (found,) = drawings(content)
    return found


def test_the_numbers_drawn_are_those_of_the_table(experiment_record):
    content = experiment_record.content
    figure = drawings(content)[0]
    assert [panel.title for panel in figure.panels] == [
        "prostate",
        "sphere of 10 dimensions",
        "CIFAR-10",
        "half circle",
        "digits",
    ]
    for panel in figure.panels:
        for line in panel.lines:
            rows = [
                row
                for row in content["tables"]["conditioning"]
                if row["data"] == panel.title
                and row["activation"] == figure.series[line.series]
            ]
            medians = [row["median"] for row in rows]
            assert line.x == tuple(float(row["width"]) for row in rows)
            assert line.y == tuple(m if math.isfinite(m) else None for m in medians)
            assert line.low == tuple(row["low"] for row in rows)
            assert set(line.level) == {rows[0]["limit"]}


def test_lines_are_sorted_by_x_and_points_keep_their_order():
    rows = [{"x": x, "y": x * x} for x in (3, 1, 2)]
    assert drawn(rows).panels[0].lines[0].x == (1, 2, 3)
    assert drawn(rows, kind="points").panels[0].lines[0].x == (3, 1, 2)


def test_a_series_looks_the_same_in_every_chart():
    rows = [{"x": 1, "y": 1, "who": who} for who in ("relu", "tanh", "swish")]
    content = {
        "tables": {"all": rows, "some": rows[:0:-1]},
        "charts": [
            chart(table=name, x="x", y="y", by="who") for name in ("all", "some")
        ],
    }
    all_of_them, some = drawings(content)
    assert dict(zip(all_of_them.series, all_of_them.looks, strict=True)) == {
        "relu": 0,
        "tanh": 1,
        "swish": 2,
    }
    assert dict(zip(some.series, some.looks, strict=True)) == {"swish": 2, "tanh": 1}


@pytest.mark.parametrize("missing", [None, math.nan, math.inf, -math.inf, True, "word"])
def test_what_is_no_number_leaves_a_gap_and_is_counted(missing):
    rows = [{"x": x, "y": missing if x == 2 else x} for x in (1, 2, 3)]
    found = drawn(rows)
    assert found.panels[0].lines[0].y == (1.0, None, 3.0)
    assert found.notes == ("1 value that is missing or infinite is not drawn.",)


def test_zero_on_a_logarithmic_axis_is_said_not_moved():
    rows = [{"x": x, "y": y} for x, y in ((1, 0), (2, -3), (3, 5.0))]
    found = drawn(rows, log="y")
    assert found.panels[0].lines[0].y == (None, None, 5.0)
    assert found.notes == (
        "2 values of zero or below cannot stand on a logarithmic axis.",
    )
    assert drawn(rows[:2], log="y").problem == (
        "Nothing to draw: all values are zero or below, and the axis is logarithmic."
    )


def test_an_interval_that_reaches_zero_does_not_stretch_a_logarithmic_axis():
    rows = [{"x": x, "y": 0.5, "low": 0.0, "high": 1.0} for x in (1, 2)]
    (panel,) = drawn(rows, log="y", low="low", high="high").panels
    assert panel.y_range == (0.5, 1.0)
    assert panel.lines[0].low == (0.0, 0.0)


def test_panels_share_a_scale_unless_one_would_be_squeezed():
    rows = [
        {"x": x, "y": x * scale, "part": part}
        for part, scale in (("a", 1.0), ("b", 2.0), ("c", 100.0))
        for x in (1, 2, 3)
    ]
    assert drawn(rows[:6], panels="part").shares_y
    assert not drawn(rows, panels="part").shares_y
    assert drawn(rows, panels="part").shares_x


def test_long_names_turn_a_dot_chart_and_short_ones_do_not():
    rows = [{"x": name, "y": 1.0} for name in ("relu, width 1000", "tanh")]
    found = drawn(rows, kind="points")
    assert found.is_turned
    assert found.x_names == ("relu, width 1000", "tanh")
    assert found.panels[0].lines[0].x == (0.0, 1.0)
    assert not drawn([{"x": "a", "y": 1}, {"x": "b", "y": 2}], kind="points").is_turned


def test_dots_of_several_series_stand_side_by_side():
    rows = [{"x": "a", "y": 1, "who": 1}, {"x": "a", "y": 1, "who": 2}]
    one, two = drawn(rows, kind="points", by="who").panels[0].lines
    assert one.x[0] < 0 < two.x[0]


def test_only_chooses_rows():
    rows = [{"x": x, "y": x, "who": who} for x in (1, 2) for who in ("a", "b")]
    found = drawn(rows, only={"who": "a", "x": 2})
    assert found.panels[0].lines[0].x == (2.0,)


def test_a_heat_map_has_a_cell_for_each_pair_and_averages_repeats():
    rows = [
        {"x": 20, "y": 1, "z": 0.0},
        {"x": 10, "y": 2, "z": 1.0},
        {"x": 10, "y": 2, "z": 0.5},
    ]
    found = drawn(rows, kind="heat map", z="z")
    assert (found.x_names, found.y_names) == (("10", "20"), ("1", "2"))
    assert found.panels[0].grid.z == ((None, 0.0), (0.75, None))
    assert found.z_range == (0.0, 0.75)
    assert found.notes == (
        "Grey cells were not measured.",
        "A cell is the mean of up to 2 rows.",
    )


def test_cells_on_a_logarithmic_axis_end_half_way_between_in_logarithm():
    rows = [{"x": x, "y": 1, "z": 1.0} for x in (1, 10, 1000)]
    found = drawn(rows, kind="heat map", z="z", log="x")
    logs = [math.log10(each) for each in found.x_edges]
    assert logs == pytest.approx([-0.5, 0.5, 2.0, 4.0])
    assert found.y_edges == ()


def test_the_reference_of_a_heat_map_stands_where_it_falls_in_each_row():
    rows = [
        {"x": x, "y": y, "z": 1.0, "edge": edge}
        for y, edge in ((1, 15.0), (2, 40.0), (3, 50.0), (4, None))
        for x in (10, 20, 40)
    ]
    parts = {"kind": "heat map", "z": "z", "reference": "edge"}
    assert drawn(rows, **parts).panels[0].grid.level == (0.5, 2.0, None, None)
    on_log = drawn(rows, **parts, log="x")
    assert on_log.panels[0].grid.level == (15.0, 40.0, None, None)


def test_far_too_many_series_are_cut_and_said():
    rows = [{"x": x, "y": x, "who": who} for who in range(75) for x in (1, 2)]
    found = drawn(rows, by="who")
    assert len(found.series) == len(found.panels[0].lines) == 60
    assert found.notes == ("15 of 75 series are not drawn; the table has them all.",)


def test_a_long_series_keeps_its_ends():
    rows = [{"x": x, "y": x} for x in range(5000)]
    (line,) = drawn(rows).panels[0].lines
    assert len(line.x) <= 2000
    assert (line.x[0], line.x[-1]) == (0, 4999)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"kind": "violin"}, "cannot draw a chart of the kind 'violin'"),
        ({"kind": None}, "cannot draw a chart of the kind None"),
        ({"table": "gone"}, "The record has no table 'gone'."),
        ({"table": None}, "The record has no table None."),
        ({"y": "gone"}, "The table 'rows' has no column 'gone'."),
        ({"by": "gone"}, "The table 'rows' has no column 'gone'."),
        ({"kind": "heat map"}, "The table 'rows' has no column None."),
        ({"only": {"x": 5}}, "The table 'rows' holds no such rows."),
        ({"y": "word"}, "Nothing to draw: the column 'word' holds no finite number."),
        (
            {"kind": "heat map", "z": "word"},
            "The column 'word' holds no finite number.",
        ),
    ],
)
def test_a_chart_that_cannot_be_drawn_says_why(parts, why):
    found = drawn([{"x": 1, "y": 2, "word": "a"}], **parts)
    assert why in found.problem
    assert found.panels == ()

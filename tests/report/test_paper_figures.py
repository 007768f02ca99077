"""Figures for a paper, by matplotlib."""

import re
import sys

import matplotlib
import pytest
from made_experiment_records import charts, experiment
from matplotlib.image import imread

from widthwise.errors import InvalidArgumentError
from widthwise.report import experiment_figures
from widthwise.report.charts import log_ticks
from widthwise.report.experiments._chart import drawings
from widthwise.report.papers._panels import drawn_panels
from widthwise.report.parts._palette import series_colours

KINDS = ("figure_1", "prostate", "descent", "phases", "growth")

BACKEND = {"backend"}


@pytest.fixture(scope="module")
def written(experiment_record, tmp_path_factory):
    """Return the figures of an experiment as PNG files."""
    before = settings()
    found = experiment_figures(experiment_record, tmp_path_factory.mktemp("a"), ["png"])
    assert settings() == before  # nobody else's figures change
    return found


def settings():
    """Return matplotlib's settings; reading the backend would choose one."""
    return {key: matplotlib.rcParams[key] for key in {*matplotlib.rcParams} - BACKEND}


def panels(place):
    """Return matplotlib's axes of one chart of the experiment."""
    found = drawings(experiment().content)[place]
    return found, drawn_panels(found).axes


def test_every_chart_is_a_file_of_a_sane_size(written):
    assert [path.name for path in written] == [f"{name}.png" for name in KINDS]
    assert all(5_000 < path.stat().st_size < 500_000 for path in written)


def test_no_picture_is_empty(written):
    for path in written:
        picture = imread(path)[:, :, :3]
        assert 0.02 < (picture.min(axis=2) < 0.9).mean() < 0.9


def test_the_same_record_gives_the_same_bytes_without_a_date(tmp_path):
    record = experiment(charts=charts()[2:3])
    first, second = (experiment_figures(record, tmp_path / name) for name in ("a", "b"))
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    pdf = first[0].read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"CreationDate" not in pdf
    assert b"Residual along gradient descent" in pdf


def test_lines_and_levels_have_the_records_numbers():
    found, axes = panels(0)
    assert len([each for each in axes if each.get_visible()]) == 5
    relu = found.panels[0].lines[0]
    level, line = axes[0].get_lines()[:2]
    assert level.get_ydata() == [100.0, 100.0]
    assert list(line.get_xdata()) == list(relu.x)
    assert list(line.get_ydata()) == list(relu.y)
    assert axes[0].get_xscale() == axes[0].get_yscale() == "log"
    assert axes[0].get_title() == "prostate"


def test_a_short_logarithmic_axis_names_whole_numbers():
    rows = [{"x": x, "y": 1.0} for x in (90, 135, 300)]
    chart = charts()[1] | {"table": "rows", "x": "x", "y": "y", "by": None, "only": {}}
    chart |= {"low": None, "high": None, "log": "x"}
    record = experiment(tables={"rows": rows}, charts=[chart])
    (axes,) = drawn_panels(drawings(record.content)[0]).axes
    assert axes.get_xticks().tolist() == pytest.approx([100, 150, 200, 300])
    labels = [each.get_text() for each in axes.get_xticklabels()]
    assert labels == ["100", "150", "200", "300"]


def test_a_logarithmic_axis_around_one_value_names_it():
    rows = [{"x": 1.0, "y": 4.2e-9}]
    chart = charts()[1] | {"table": "rows", "x": "x", "y": "y", "by": None, "only": {}}
    chart |= {"low": None, "high": None, "log": "y"}
    record = experiment(tables={"rows": rows}, charts=[chart])
    (axes,) = drawn_panels(drawings(record.content)[0]).axes
    assert axes.get_yticks().tolist() == pytest.approx([4.2e-9])


def test_series_differ_without_their_colour():
    _, (axes,) = panels(2)
    looks = {(each.get_marker(), each.get_linestyle()) for each in axes.get_lines()}
    assert len({marker for marker, _ in looks}) == 3
    assert len(looks) == 3


def test_a_lonely_point_of_a_line_has_bars_instead_of_a_band():
    rows = [
        {"x": x, "y": 1.0, "low": 0.5 if x in (1, 5, 6) else None, "high": 2.0}
        for x in (1, 2, 5, 6)
    ]
    chart = charts()[1] | {"table": "rows", "x": "x", "y": "y", "by": None, "only": {}}
    record = experiment(tables={"rows": rows}, charts=[chart])
    (axes,) = drawn_panels(drawings(record.content)[0]).axes
    (bars,) = axes.containers
    (segments,) = bars.lines[2][0].get_segments()
    assert segments.tolist() == [[1.0, 0.5], [1.0, 2.0]]


def test_colours_are_those_of_the_pages():
    colours = series_colours()
    assert len(colours) == len(set(colours)) == 8
    assert all(re.fullmatch("#[0-9a-f]{6}", each) for each in colours)
    _, (axes,) = panels(2)
    assert [each.get_color() for each in axes.get_lines()] == [
        # relu, swish and tanh were first drawn in the first chart
        colours[0],
        colours[1],
        colours[3],
    ]


@pytest.mark.slow
def test_hostile_words_and_numbers_are_drawn_as_they_are(experiment_records, tmp_path):
    paths = experiment_figures(experiment_records["hostile"], tmp_path / "in", ["png"])
    drawable = [
        each
        for each in drawings(experiment_records["hostile"].content)
        if each.problem is None
    ]
    assert len(paths) == len(drawable) == 8
    assert {path.parent for path in paths} == {tmp_path / "in"}


def test_an_unknown_format_is_refused(experiment_record, tmp_path):
    with pytest.raises(InvalidArgumentError, match="'gif'; choose from 'pdf', 'png'"):
        experiment_figures(experiment_record, tmp_path, ["png", "gif"])


def test_without_matplotlib_the_error_names_what_to_install(
    experiment_record, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ModuleNotFoundError, match="pip install matplotlib"):
        experiment_figures(experiment_record, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("low", [0.0012, 0.74, 5.1, 51.0, 1001.0, 1.1e5])
@pytest.mark.parametrize("ratio", [1.02, 1.05, 1.3, 1.9, 2.2, 6.0])
def test_a_short_logarithmic_axis_has_two_ticks_that_differ(low, ratio):
    ticks = log_ticks(low, low * ratio, 12)
    assert 2 <= len({text for _, text in ticks}) == len(ticks) <= 12
    assert all(low <= value <= low * ratio for value, _ in ticks)

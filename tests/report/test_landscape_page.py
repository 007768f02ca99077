"""The page of a landscape as text: complete, inert, and the same every time."""

import re

import numpy as np
import pytest
from page_reader import Reader, damaged

from widthwise.errors import DataError
from widthwise.records import Record
from widthwise.report import render


@pytest.fixture(scope="module")
def readers(landscape_records):
    return {name: Reader(render(each)) for name, each in landscape_records.items()}


def picture(reader, name):
    (found,) = (each for each in reader.all("div") if each.get("id") == f"plot-{name}")
    return found["aria-label"]


def pictures(reader):
    return [each["data-plot"] for each in reader.all("div") if "data-plot" in each]


def words(reader):
    return " ".join(reader.text.split())


def test_the_same_record_gives_the_same_bytes(landscape_record, tmp_path):
    landscape_record.save(tmp_path)
    assert render(Record.load(tmp_path)) == render(landscape_record)


def test_answers_widths_rows_pictures_and_theorems_follow_in_this_order(readers):
    text = words(readers["plane"])
    places = [
        text.index(each)
        for each in (
            "From which width is every local minimum in most regions global?",
            "Which rows hold it back?",
            "What do the theorems ask?",
            "From which width it is benign",
            "With fewer rows",
            "What holds it back",
            "What the landscape looks like",
            "The loss along a line of weights",
            "What the theorems ask for",
            "What was done to it",
            "To redo it",
        )
    ]
    assert places == sorted(places)


def test_each_record_shows_the_pictures_that_it_has(readers):
    shown = {name: pictures(reader) for name, reader in readers.items()}
    planes = ["plane_active_units", "plane_rank"]
    assert shown["plane"] == ["full_rank", "heat", *planes, "slice"]
    assert shown["line"] == ["full_rank", "heat", "line", "slice"]
    assert shown["unlabelled"] == ["full_rank", "heat", "line"]
    assert shown["bare"] == shown["empty"] == ["full_rank"]
    assert shown["interrupted"] == []


def test_every_figure_has_a_name_with_numbers_and_a_table(readers):
    for reader in readers.values():
        found = [each for each in reader.all("div") if "data-plot" in each]
        for each in found:
            assert re.search(r"\d", each["aria-label"])
            assert each["aria-label"].endswith(".")
        tables = [
            each for each in reader.all("details") if each.get("class") == "numbers"
        ]
        assert len(tables) == len(found)


def test_the_figure_of_the_widths_says_the_records_numbers(landscape_record, readers):
    found = landscape_record.content["probability"]
    summary = picture(readers["plane"], "full_rank")
    for place in (0, 2, -1):
        share = f"{100 * found['estimate'][place]:.3g} %"
        assert f"Width {found['widths'][place]}: {share}, interval" in summary
    text = words(readers["plane"])
    for successes, trials in zip(found["successes"], found["trials"], strict=True):
        assert f"{successes} of {trials}" in text


def test_marked_widths_are_lettered_in_their_order(landscape_record, readers):
    text = words(readers["plane"])
    least = landscape_record.content["necessary_width"]
    assert f"A necessary for full rank: {least}" in text
    theorem = landscape_record.content["theorems"][0]
    assert f"{theorem['title']} (order of magnitude): {theorem['width']}" in text
    assert text.index("A necessary") < text.index("B half") < text.index("D Karh")


def test_a_certificate_is_told_from_an_order_of_magnitude(readers):
    text = words(readers["line"])
    assert "order of magnitudefrom memory of the paper" in text
    assert text.index("certificateproved anew") < text.index("magnitudefrom memory")


def test_bars_of_the_rows_are_the_records_shares(landscape_record, readers):
    bars = [each for each in readers["plane"].all("rect") if "class" in each]
    shares = [each["share"] for each in landscape_record.content["rows"]]
    assert 2 < len(shares) <= 20
    assert [float(each["width"]) for each in bars] == pytest.approx(
        [100 * share for share in shares], abs=0.005
    )


def test_rows_that_no_width_keeps_apart_are_named(landscape_record):
    group = {"kind": "repeated", "rows": [3, 17], "text": "rows 3 and 17 are the same"}
    found = damaged(landscape_record, ("obstacles",), [group])
    text = words(Reader(render(found)))
    assert "Rows that no width keeps apart rows 3 and 17 are the same" in text


def test_the_question_of_minima_is_there_with_labels_only(readers):
    assert "Of 20 random regions at 16 units, 17 hold" in words(readers["plane"])
    assert "Global minima for these labels" not in readers["unlabelled"].text


def test_an_interrupted_record_says_so(readers):
    text = words(readers["interrupted"])
    assert "This diagnosis was interrupted." in text
    assert "No width was finished, so there is no answer yet." in text
    assert "The record holds nothing to draw here." in text


def test_nulls_and_empty_lists_leave_words_not_holes(readers):
    text = words(readers["empty"])
    for hole in ("None", "nan", "undefined"):
        assert hole not in text.split()
    assert "hold a global minimum: –, interval –" in text


def test_without_a_theorem_the_page_says_so(landscape_record):
    text = Reader(render(damaged(landscape_record, ("theorems",), []))).text
    assert "No theorem speaks of these rows." in text


def test_a_page_without_its_arrays_is_whole(landscape_record):
    reader = Reader(render(Record(landscape_record.content)))
    assert pictures(reader) == ["full_rank"]
    assert reader.unclosed == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("plane/region", [[1.0, 2.0]]),
        ("plane/grid_x", [float("nan")] * 61),
        ("heat/probability", [0.5]),
        ("slice/rank", [3]),
        ("plane/lines", [1.0, 2.0]),
    ],
    ids=["region", "not a number", "heat", "rank", "lines"],
)
def test_arrays_that_do_not_fit_are_not_drawn(landscape_record, name, value):
    arrays = {**landscape_record.arrays, name: np.array(value)}
    shown = pictures(Reader(render(Record(landscape_record.content, arrays))))
    drawn = name.split("/")[0]
    if name == "plane/lines":  # the regions can be drawn without them
        assert "plane_rank" in shown
    else:
        assert not any(each.startswith(drawn) for each in shown)


def test_hostile_names_make_no_element(landscape_records, readers):
    page, reader = render(landscape_records["hostile"]), readers["hostile"]
    assert len(reader.all("script")) == len(readers["plane"].all("script")) == 3
    assert reader.all("img") == []
    assert len(reader.all("b")) == 26  # the letters of the marks, as many as there are
    for _, attributes in reader.elements:
        assert not any(name.startswith("on") for name in attributes)
    assert "<script>alert" not in page
    assert "</script><script>alert(1)</script>" in reader.text
    assert "{{ 7*7 }}" in reader.text
    assert "and 10 more such groups" in words(reader)


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("probability",), None, "probability"),
        (("probability", "low"), [0.5], "low has 1 values .* at probability"),
        (("theorems", 0, "width"), "77", r"theorems\[0\].width"),
        (("rows", 0, "row"), 1.5, r"rows\[0\].row"),
        (("slice", "text"), 3, "slice.text"),
        (("minima", "regions"), None, "minima.regions"),
    ],
)
def test_a_damaged_record_is_refused_by_the_part_that_is_wrong(
    landscape_record, path, value, named
):
    with pytest.raises(DataError, match=named):
        render(damaged(landscape_record, path, value))


@pytest.mark.parametrize("absent", ["obstacles", "theorems", "seed", "minima"])
def test_a_missing_part_is_named(landscape_record, absent):
    content = {key: v for key, v in landscape_record.content.items() if key != absent}
    with pytest.raises(
        DataError, match=f"expected a value at {absent}, and found nothing"
    ):
        render(Record(content, landscape_record.arrays))

"""The page as text: complete, inert, and the same every time."""

import re

import pytest
from page_reader import Reader, damaged

from widthwise.errors import DataError, OutputError
from widthwise.records import Record
from widthwise.report import render, write


@pytest.fixture(scope="module")
def pages(every_record):
    return {name: render(each) for name, each in every_record.items()}


@pytest.fixture(scope="module")
def readers(pages):
    return {name: Reader(page) for name, page in pages.items()}


def test_the_same_record_gives_the_same_bytes(record, tmp_path):
    record.save(tmp_path)
    assert render(record) == render(record)
    assert render(Record.load(tmp_path)) == render(record)


def test_every_figure_says_in_words_what_it_shows(readers):
    pictures = [
        each for each in readers["plain"].all("div") if each.get("role") == "img"
    ]
    assert len(pictures) == 6
    for each in pictures:
        assert re.search(r"\d", each["aria-label"])
        assert each["aria-label"].endswith(".")


def test_every_figure_has_its_numbers_in_a_table(readers):
    opened = [
        each
        for each in readers["plain"].all("details")
        if each.get("class") == "numbers"
    ]
    assert len(opened) == 6


def test_the_conditioning_summary_states_the_records_numbers(record, readers):
    (picture,) = (
        each
        for each in readers["plain"].all("div")
        if each.get("id") == "plot-conditioning"
    )
    summary = picture["aria-label"]
    first = record.content["activations"][0]
    shown = f"{first['conditioning']['median'][1]:.3g}"
    assert f"{float(shown):,.0f}" in readers["plain"].text
    assert "relu: " in summary
    assert "tanh: numerically singular at every width tried" in summary


def test_the_four_answers_come_first(readers):
    text = readers["plain"].text
    places = [
        text.index(each)
        for each in (
            "Will it fit?",
            "How wide?",
            "How fast?",
            "Which activation?",
            "The activations compared",
            "Condition number against width",
        )
    ]
    assert places == sorted(places)


def test_a_status_is_a_word_and_an_icon(readers):
    assert "It depends" in readers["plain"].text
    statuses = [
        each for each in readers["plain"].all("p") if each.get("class") == "status"
    ]
    icons = [
        each for each in readers["plain"].all("svg") if each.get("class") == "icon"
    ]
    assert len(statuses) == 4
    assert len(icons) >= len(statuses)


def test_only_an_activation_that_fits_is_called_best(record, readers):
    assert readers["plain"].text.count("best here") == 1
    none_fits = damaged(record, ("verdicts", 3, "status"), "no")
    assert "best here" not in Reader(render(none_fits)).text


def test_hostile_names_make_no_element(pages, readers):
    page, reader = pages["hostile"], readers["hostile"]
    assert len(reader.all("script")) == len(readers["plain"].all("script")) == 3
    assert reader.all("img") == []
    assert reader.all("b") == []
    for _, attributes in reader.elements:
        assert not any(name.startswith("on") for name in attributes)
    assert "<script>alert" not in page
    assert "</script><script>alert(1)</script>" in reader.text
    assert "{{ 7*7 }}" in reader.text


def test_the_policy_admits_only_the_pages_own_scripts(readers):
    (policy,) = (
        each["content"]
        for each in readers["plain"].all("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy
    scripts = re.search(r"script-src ([^;]+);", policy)
    assert scripts is not None
    assert all(each.startswith("'sha256-") for each in scripts[1].split())


def test_language_title_and_viewport_are_set(readers):
    (html,) = readers["plain"].all("html")
    assert html["lang"] == "en"
    assert "prostate – widthwise diagnosis" in readers["plain"].text
    names = [each.get("name") for each in readers["plain"].all("meta")]
    assert {"viewport", "color-scheme"} <= set(names)


def test_certificates_stand_apart_from_orders_of_magnitude(readers):
    text = readers["plain"].text
    certificates, estimates = (
        text.index("Certificates"),
        text.index("Orders of magnitude"),
    )
    assert certificates < text.index("benson full rank") < estimates
    assert estimates < text.index("oymak output layer")


def test_a_theorem_that_gives_no_width_is_no_order_of_magnitude(record):
    bound = record.content["activations"][0]["bounds"][0]
    singular = bound | {"value": None, "is_certificate": False}
    text = Reader(
        render(damaged(record, ("activations", 0, "bounds", 0), singular))
    ).text
    place = text.index("no finite width")
    assert text.index("Certificates") < place < text.index("Orders of magnitude")


def test_an_interrupted_record_says_so(readers):
    text = readers["interrupted"].text
    assert "This diagnosis was interrupted." in text
    assert "No activation was finished" in text


def test_a_record_without_labels_speaks_of_any_labels(readers):
    assert "no labels given" in readers["unlabelled"].text


def test_collisions_name_rows_bound_and_cure(readers):
    text = readers["plain"].text
    assert "Rows 0 and 96 are opposite." in text
    assert "Append a constant column (--bias)." in text
    assert "0.0123 rad (0.7°)" in text


def test_the_command_and_the_seed_are_there(readers):
    text = readers["plain"].text
    assert "widthwise diagnose table.csv --target lpsa" in text
    assert "seed" in text


def test_another_kind_of_record_is_refused():
    with pytest.raises(DataError, match="is of kind 'sweep'"):
        render(Record({"kind": "sweep", "schema": 1}))


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("verdicts",), None, "verdicts"),
        (("activations", 0, "kernel", "rank"), "97", r"activations\[0\].kernel.rank"),
        (("activations", 1, "width"), [], r"activations\[1\].width"),
        (("data", "steps", 0, "detail"), 3, r"steps\[0\].detail"),
        (("seed",), True, "seed"),
    ],
)
def test_a_damaged_record_is_refused_by_the_part_that_is_wrong(
    record, path, value, named
):
    with pytest.raises(DataError, match=named):
        render(damaged(record, path, value))


@pytest.mark.parametrize("absent", ["seed", "data", "notes"])
def test_a_missing_part_is_named(record, absent):
    content = {key: each for key, each in record.content.items() if key != absent}
    with pytest.raises(
        DataError, match=f"expected a value at {absent}, and found nothing"
    ):
        render(Record(content, record.arrays))


def test_missing_arrays_leave_a_page_that_says_so(record):
    reader = Reader(render(Record(record.content)))
    assert reader.text.count("The record holds nothing to draw here.") == 3
    assert "The record holds no prediction of training." in reader.text


def test_write_puts_the_page_in_place(record, tmp_path):
    write(record, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text == render(record)
    assert [each.name for each in tmp_path.iterdir()] == ["report.html"]


def test_a_folder_that_is_not_there_leaves_nothing_behind(record, tmp_path):
    with pytest.raises(OutputError, match="Cannot write"):
        write(record, tmp_path / "absent" / "report.html")
    assert list(tmp_path.iterdir()) == []

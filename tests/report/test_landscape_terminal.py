import io

import pytest
from rich.console import Console

from widthwise.report import table


def printed(record, width, **settings):
    file = settings.pop("file", None) or io.StringIO()
    Console(file=file, width=width, **settings).print(table(record))
    return file


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(landscape_records, width):
    for record in landscape_records.values():
        lines = printed(record, width).getvalue().splitlines()
        assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", [60, 80, 120])
def test_answers_widths_and_theorems_are_whole_at_every_width(landscape_record, width):
    text = " ".join(
        printed(landscape_record, width).getvalue().replace("│", " ").split()
    )
    assert landscape_record.content["verdicts"][0]["answer"] in text
    found = landscape_record.content["probability"]
    for successes, trials in zip(found["successes"], found["trials"], strict=True):
        assert f"{successes} of {trials}" in text
    assert "order of" in text


def test_bars_are_as_long_as_the_shares(landscape_record):
    lines = printed(landscape_record, 80).getvalue().splitlines()
    found = landscape_record.content["probability"]
    for width, share in zip(found["widths"], found["estimate"], strict=True):
        line = next(each for each in lines if each.split()[:1] == [str(width)])
        assert line.count("█") == round(20 * share)


def test_an_interrupted_record_says_so(landscape_records):
    text = printed(landscape_records["interrupted"], 80).getvalue()
    assert "No width was finished" in text


def test_an_ascii_terminal_gets_ascii_words(landscape_records):
    for record in landscape_records.values():
        raw = io.BytesIO()
        file = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
        printed(record, 80, file=file)
        file.flush()
        assert raw.getvalue().isascii()


def test_hostile_names_reach_the_terminal_as_plain_text(landscape_records):
    text = printed(landscape_records["hostile"], 100).getvalue()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<script>alert(1)</script>" in " ".join(text.replace("│", " ").split())

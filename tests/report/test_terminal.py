import io

import pytest
from rich.console import Console

from widthwise.errors import DataError
from widthwise.prose import say
from widthwise.records import Record
from widthwise.report import table
from widthwise.report.parts import Words

WIDTHS = (60, 80, 120)


def printed(record, width, *, console_width=None, **settings):
    file = settings.pop("file", None) or io.StringIO()
    console = Console(file=file, width=console_width or width, **settings)
    console.print(table(record, width if console_width else None))
    return file


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(every_record, width):
    for record in every_record.values():
        lines = printed(record, width).getvalue().splitlines()
        assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_answers_and_evidence_are_whole_at_every_width(record, width):
    text = " ".join(printed(record, width).getvalue().replace("│", " ").split())
    assert "4,131 wendland0 units fit any labels, proved." in text
    for name in ("relu", "swish", "wendland0", "tanh"):
        assert name in text
    assert "9.47×10⁶" in text


def test_a_given_width_is_kept_on_a_wider_terminal(record):
    lines = printed(record, 70, console_width=200).getvalue().splitlines()
    assert 60 < max(len(line.rstrip()) for line in lines) <= 70


def test_without_colour_the_status_is_still_told(record):
    text = printed(record, 80, no_color=True, force_terminal=True).getvalue()
    assert "It depends" in text
    assert "✓" in text
    assert "\x1b[32m" not in text
    assert "\x1b[31m" not in text


def test_with_colour_the_status_is_coloured(record):
    text = printed(
        record, 80, force_terminal=True, color_system="standard", legacy_windows=False
    ).getvalue()
    assert "\x1b[1;32m" in text


def test_an_ascii_terminal_gets_ascii_words(every_record):
    for record in every_record.values():
        raw = io.BytesIO()
        file = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
        printed(record, 80, file=file)
        file.flush()
        assert raw.getvalue().isascii()


def test_hostile_names_reach_the_terminal_as_plain_text(hostile_record):
    text = printed(hostile_record, 100).getvalue()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "</script><script>alert(1)</script>" in text


def test_markup_in_a_name_is_shown_not_obeyed(record):
    content = {**record.content, "data": {**record.content["data"], "name": "[red]x"}}
    text = printed(Record(content, record.arrays), 80).getvalue()
    assert "[red]x: 97 rows" in text


def test_an_interrupted_record_says_so(interrupted_record):
    text = printed(interrupted_record, 80).getvalue()
    assert "No activation was finished" in text
    assert "Interrupted" in text


def test_another_kind_of_record_is_refused():
    with pytest.raises(DataError, match="kind"):
        table(Record({"kind": "sweep"}))


def test_numbers_of_a_sentence_are_shown_in_one_way():
    words = Words(is_ascii=False)
    assert words(say("κ above {}.", 3.76e5)).plain == "κ above 3.76×10⁵."
    assert Words(is_ascii=True)(say("κ above {}.", 3.76e5)).plain == (
        "kappa above 3.76x10^5."
    )

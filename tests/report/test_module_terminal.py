import io

import pytest
from rich.console import Console

from widthwise.report import table


def printed(record, width, **settings):
    file = settings.pop("file", None) or io.StringIO()
    Console(file=file, width=width, **settings).print(table(record))
    return file


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(module_records, width):
    for record in module_records.values():
        lines = printed(record, width).getvalue().splitlines()
        assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", [60, 80, 120])
def test_answers_and_evidence_are_whole_at_every_width(module_record, width):
    text = " ".join(printed(module_record, width).getvalue().replace("│", " ").split())
    training = module_record.content["parts"][1]["training"]
    assert "Yes, any labels, if all its layers are trained." in text
    assert f"{training['steps']['0.01']:,.0f}" in text
    assert "Largest stable step" in text
    for name in ("last layer only", "all layers", "hidden", "readout", "nets:tanh"):
        assert name in text


def test_bars_are_as_long_as_the_shares(module_record):
    lines = printed(module_record, 80).getvalue().splitlines()
    for layer in module_record.content["module"]["layers"]:
        (line,) = (each for each in lines if each.strip().startswith(layer["name"]))
        assert line.count("█") == round(20 * layer["share"])


def test_an_interrupted_record_says_so(module_records):
    text = printed(module_records["interrupted"], 80).getvalue()
    assert "Interrupted: the module was not trained." in text


def test_an_ascii_terminal_gets_ascii_words(module_records):
    for record in module_records.values():
        raw = io.BytesIO()
        file = io.TextIOWrapper(raw, encoding="ascii", errors="strict")
        printed(record, 80, file=file)
        file.flush()
        assert raw.getvalue().isascii()


def test_hostile_names_reach_the_terminal_as_plain_text(module_records):
    text = printed(module_records["hostile"], 100).getvalue()
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "</script><script>alert(1)</script>" in text

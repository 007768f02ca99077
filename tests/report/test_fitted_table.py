"""No word and no number of a terminal's table is broken, whatever its width."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from widthwise.report.parts import FittedTable

HEADINGS = ("activation", "width, guaranteed", "steps to 1 %")
ROWS = (
    ("relu", "4.24×10⁷", "9.77×10¹¹"),
    ("benson_chernoff_simplified", "none", "never"),
)


def shown(width, box=True):
    rows = [[Text(cell) for cell in row] for row in ROWS]
    headings = [Text(each) for each in HEADINGS]
    table = FittedTable(headings, rows, **({} if box else {"box": None}))
    stream = io.StringIO()
    Console(file=stream, width=width).print(table)
    return stream.getvalue()


@pytest.mark.parametrize("box", [True, False])
@pytest.mark.parametrize("width", [*range(26, 70), 80, 120, 200])
def test_every_word_of_every_cell_is_whole(width, box):
    text = shown(width, box)
    words = text.replace(":", " ").split()
    for cell in (*HEADINGS[1:], *ROWS[0], *ROWS[1]):
        assert all(word.rstrip(":") in words for word in cell.split())
    assert max(map(len, text.splitlines())) <= width


def test_a_wide_terminal_has_one_line_for_each_row():
    lines = shown(120, box=False).splitlines()
    assert len([line for line in lines if line.strip()]) == 1 + len(ROWS)


def test_a_narrow_one_has_a_block_for_each_row():
    lines = [line.rstrip() for line in shown(30).splitlines()]
    assert lines[:3] == [
        "relu", "  width, guaranteed: 4.24×10⁷", "  steps to 1 %: 9.77×10¹¹",
    ]  # fmt: skip

"""`widthwise explore` as a user runs it."""

import re

import pytest
from typer.testing import CliRunner

from widthwise.cli import app
from widthwise.errors import DataError
from widthwise.records import Record
from widthwise.report import explore_page


def run(*arguments):
    return CliRunner().invoke(app, ["explore", *arguments])


def test_it_writes_one_small_page_and_writes_it_again(tmp_path):
    page = tmp_path / "page.html"
    for seed in ("0", "1"):
        done = run("--out", str(page), "--seed", seed)
        assert done.exit_code == 0, done.output
        assert str(page) in done.stdout.replace("\n", "")
    assert page.stat().st_size < 1e6
    assert not re.search(r"(src|href)=.?http", page.read_text())


def test_a_file_of_somebody_else_is_not_replaced_unasked(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("mine")
    done = run("--out", str(page))
    assert done.exit_code == 2
    assert "--force" in done.output
    assert page.read_text() == "mine"
    assert run("--out", str(page), "--force").exit_code == 0


def test_a_folder_is_no_page(tmp_path):
    assert run("--out", str(tmp_path)).exit_code == 2


def test_the_page_is_drawn_of_its_own_record_alone():
    with pytest.raises(DataError, match="exploration"):
        explore_page(Record({"kind": "landscape"}))

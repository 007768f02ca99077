"""A wrong command line gets one sentence with what to do, and status 2."""

import io
import os
import subprocess
import sys
from contextlib import suppress

import pytest
from typer.testing import CliRunner

from widthwise import cli
from widthwise.cli import app
from widthwise.cli._carrying_out import command_line


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["diagnose", "t.csv", "--width", "x"], ["--width is 'x'", "whole number"]),
        (["diagnose", "t.csv", "--seconds", "1,5"], ["--seconds is '1,5'", "a number"]),
        (["diagnose", "t.csv", "--width", "1.5"], ["--width is '1.5'"]),
        (["diagnose", "t.csv", "--widht", "3"], ["no option --widht", "'--width'"]),
        (["diagnose", "t.csv", "--zzzz"], ["no option --zzzz", "--help"]),
        (["diagnose", "t.csv", "-z"], ["no option -z"]),
        (["diagnose"], ["the argument DATA", "not given"]),
        (["diagnose", "a b.csv", "more", "and"], ["'more and'", "quotation marks"]),
        (["diagnose", "t.csv", "--out"], ["--out", "without a value"]),
        (["diagnose", "t.csv", "--json=3"], ["--json", "takes none"]),
        (["diagnos"], ["no command 'diagnos'", "'diagnose'", "datasets"]),
        (["train", "t.csv"], ["no command 'train'", "There are", "diagnose"]),
        (["fit", "t.csv"], ["--out names no file", "--out model.ww"]),
        (["predict", "m"], ["the argument DATA", "not given"]),
        (["predict", "m", "t.csv"], ["There is no file m"]),
        (["--foo"], ["no option --foo"]),
        (["report"], ["the argument FOLDER", "widthwise report --help"]),
        (["diagnose", "t.csv", "--out", ""], ["--out is ''", "--out ."]),
        (["diagnose", "t.csv", "--out", " "], ["--out is ' '"]),
        (["diagnose", "t.csv", "--data-dir", ""], ["--data-dir is ''"]),
        (["report", ""], ["FOLDER is ''"]),
        (["diagnose", ""], ["DATA is ''", "widthwise datasets"]),
    ],
    ids=lambda value: " ".join(value) if value and value[0] else None,
)
def test_one_sentence_says_what_to_do(arguments, needed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("widthwise: ")
    assert line.endswith((".", "?"))
    for words in needed:
        assert words in line
    assert not any(tmp_path.iterdir())


def test_no_arguments_show_the_help():
    done = CliRunner().invoke(app, [])
    asked = CliRunner().invoke(app, ["--help"])
    assert done.exit_code == asked.exit_code == 0
    assert done.stdout == asked.stdout
    assert "diagnose" in done.stdout


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_gets_one_sentence():
    command = [sys.executable, "-m", "widthwise", "--help"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("widthwise: The output cannot be written: No space")


@pytest.mark.usefixtures("own_signals")
def test_a_reader_that_leaves_early_does_not_cost_the_report(tmp_path, monkeypatch):
    table = tmp_path / "t.csv"
    table.write_text("a,b,y\n1,2,0\n3,5,1\n4,4,0\n")
    quick = ["--activation", "relu", "--width", "20", "--trials", "1"]
    command = ["diagnose", str(table), *quick, "--out", str(tmp_path / "out")]
    read, write = os.pipe()
    os.close(read)
    monkeypatch.setattr(sys, "argv", ["widthwise", *command])
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with suppress(BrokenPipeError), open(write, "w") as left:
        monkeypatch.setattr(sys, "stdout", left)
        with pytest.raises(SystemExit) as ended:
            cli.run()
    assert ended.value.code == 1
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("/usr/bin/widthwise", "widthwise reproduce 'a b'"),
        ("/lib/widthwise/__main__.py", "widthwise reproduce 'a b'"),
        ("/home/ada/study.py", None),
        ("/lib/pytest/__main__.py", None),
    ],
)
def test_a_record_knows_its_command_however_it_was_started(
    program, expected, monkeypatch
):
    monkeypatch.setattr("sys.argv", [program, "reproduce", "a b"])
    assert command_line() == expected

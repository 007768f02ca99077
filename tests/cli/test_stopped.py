"""Commands that somebody stops: a true sentence, and the status that shells say."""

import os
import signal
import subprocess
import sys
from contextlib import suppress

import pytest
import typer
from typer.testing import CliRunner

from widthwise import cli
from widthwise.cli import app
from widthwise.cli._ending import Stop, stop

BOTH = pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)


pytestmark = pytest.mark.usefixtures("own_signals")


def ended(monkeypatch, body):
    """Run a process's command line whose one command does this; return its status."""
    made = typer.Typer(cls=app.info.cls)
    made.callback()(lambda: None)
    made.command("it")(body)
    monkeypatch.setattr("widthwise.cli._app.app", made)
    monkeypatch.setattr(sys, "argv", ["widthwise", "it"])
    with pytest.raises(SystemExit) as found:
        cli.run()
    return found.value.code


@BOTH
def test_a_command_that_wrote_nothing_says_so(monkeypatch, capsys, number, status):
    assert ended(monkeypatch, lambda: signal.raise_signal(number)) == status
    assert capsys.readouterr().err == "Interrupted; nothing was saved.\n"


@BOTH
def test_a_command_that_wrote_says_where(monkeypatch, capsys, tmp_path, number, status):
    (tmp_path / "before").mkdir()
    folder = stop.may_write(tmp_path / "out")

    def body():
        for each in (tmp_path / "before", folder, tmp_path / "never"):
            stop.may_write(each)
        folder.mkdir()
        (folder / "record.json").write_text("{}")
        signal.raise_signal(number)

    assert ended(monkeypatch, body) == status
    said = f"Interrupted; what was finished by then is in {folder}.\n"
    assert capsys.readouterr().err == said


@BOTH
def test_a_swallowed_signal_is_obeyed_at_the_next_step(monkeypatch, number, status):
    """Callbacks of compiled code swallow exceptions."""
    steps = []

    def swallowed():
        with suppress(KeyboardInterrupt):
            signal.raise_signal(number)

    def body():
        tell = stop.told(lambda *step: steps.append(step))
        tell(0.1, "first")
        swallowed()
        tell(0.2, "second")

    assert ended(monkeypatch, body) == status
    assert steps == [(0.1, "first")]


def test_a_swallowed_signal_without_a_further_step_is_in_the_status(
    monkeypatch, capsys
):
    def body():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)

    assert ended(monkeypatch, body) == 143
    assert capsys.readouterr().err == "Interrupted when all was done.\n"


@BOTH
def test_a_signal_while_python_leaves_ends_it_with_its_status(number, status):
    code = (
        "import signal, threading\n"
        "from widthwise.cli._ending import Stop\n"
        "Stop().end_at_once()\n"
        f"threading._register_atexit(signal.raise_signal, {int(number)})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (status, "")


@BOTH
def test_the_status_is_the_same_where_the_exception_passed_through_c(
    tmp_path, monkeypatch, number, status
):
    """`python -m` kills itself with SIGINT then, and what it exits with is lost."""
    (tmp_path / "passed.py").write_text(
        "import ctypes, sys\n"
        "from widthwise.cli._ending import Stop\n"
        "stop = Stop()\n"
        "stop.listen()\n"
        "run = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_char_p, ctypes.c_int,"
        " ctypes.py_object, ctypes.py_object)(('PyRun_String', ctypes.pythonapi))\n"
        "try:\n"
        "    run(b'import signal; signal.raise_signal(NUMBER)', 257, {}, {})\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(stop.exit('Stopped.').exit_code)\n".replace(
            "NUMBER", str(int(number))
        )
    )
    monkeypatch.chdir(tmp_path)
    command = [sys.executable, "-m", "passed"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (status, "Stopped.\n")


def test_a_wish_to_stop_during_saving_waits_until_it_is_saved(monkeypatch, tmp_path):
    from widthwise.cli import _carrying_out

    out = tmp_path / "out"

    class Found:
        def save(self, folder):
            folder.mkdir()
            signal.raise_signal(signal.SIGTERM)
            (folder / "report.html").write_text("whole")
            return folder / "report.html"

    def body():
        _carrying_out._show(Found(), stop.may_write(out), as_json=True)

    assert ended(monkeypatch, body) == 143
    assert (out / "report.html").read_text() == "whole"


def test_each_command_counts_what_it_wrote_itself(tmp_path):
    (tmp_path / "old").write_text("")
    found = Stop()
    found.begin()
    found.may_write(tmp_path / "old")
    found._began += 1
    assert found._sentence() == "Interrupted; nothing was saved."


def test_a_file_dated_by_a_clock_that_ticks_slowly_counts(tmp_path):
    """File systems write the time of the last tick, before the command began."""
    found = Stop()
    found.begin()
    new = found.may_write(tmp_path / "new")
    new.write_text("")
    os.utime(new, times=(found._began - 0.01, found._began - 0.01))
    assert found._sentence().endswith(f"is in {new}.")


@pytest.mark.parametrize(
    "arguments",
    [
        ["diagnose", "t.csv", "--out", "caf\udce9"],
        ["sweep", "plan\udcff.toml"],
        ["store", "list", "\udc80"],
        ["reproduce", "--out", "\udc80"],
    ],
)
def test_names_that_are_not_utf_8_are_refused_before_anything_runs(arguments):
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert "is not UTF-8" in done.stderr
    assert len(done.stderr.splitlines()) == 1

"""Shell completion offers what is there, without loading the rooms."""

import subprocess
import sys

import pytest

from widthwise import activations, datasets, experiments
from widthwise.cli._names import (
    activation_names,
    data_names,
    paper_names,
)
from widthwise.doors import names_on


def test_the_lists_are_the_catalogs():
    assert names_on("activations") == tuple(activations.CATALOG)
    assert names_on("datasets") == tuple(datasets.CATALOG)
    assert list(experiments.NAMES) == list(experiments.CATALOG)


def test_a_door_without_such_a_table_is_refused():
    with pytest.raises(LookupError, match="no plain table CATALOG"):
        names_on("activations", "CATALOG")


def test_offers_files_and_data_sets(tmp_path, monkeypatch):
    (tmp_path / "diary.csv").write_text("")
    monkeypatch.chdir(tmp_path)
    assert data_names("dia") == ["diary.csv", "diabetes"]
    assert activation_names("soft") == ["softplus"]
    assert paper_names("oymak_") == paper_names("oymak")[1:]
    assert {"oymak", "oymak_phase_diagram", "oymak_rate"} <= {*paper_names("oymak")}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_gets_completions(shell):
    """The protocol of a real completion request, in a process of its own."""
    words = "widthwise diagnose x --activation wend"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from widthwise.cli import app; app(prog_name='widthwise')",
        ],
        env={
            "_WIDTHWISE_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": words,
            "COMP_CWORD": "4",
            "_TYPER_COMPLETE_ARGS": words,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert "wendland0" in done.stdout
    assert "wendland2" in done.stdout


@pytest.mark.parametrize(
    "command", [["--help"], ["diagnose", "--help"], ["landscape", "--help"]]
)
def test_help_does_not_load_torch(command):
    code = (
        "import sys\n"
        "from widthwise.cli import app\n"
        f"try: app({command!r})\n"
        "except SystemExit: pass\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


def test_names_do_not_load_torch():
    code = (
        "import sys\n"
        "from widthwise.cli._names import activation_names, data_names, paper_names\n"
        "assert activation_names('relu') and data_names('prostate')\n"
        "assert 'benson' in paper_names('')\n"
        "assert 'torch' not in sys.modules and 'scipy' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()

"""Imports point down, and what is not needed is not loaded."""

import subprocess
import sys
from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "scipy", "sklearn", "numba", "polars", "plotly", "pandas")

HELP = """
import sys
sys.argv = ["widthwise", "--help"]
from widthwise.cli import run
try:
    run()
except SystemExit as status:
    assert not status.code, status.code
"""


def loaded_after(code):
    """Return the heavy libraries in memory after `code` ran in a process of its own."""
    report = f"import sys; print('|', *({{*{HEAVY}}} & {{*sys.modules}}), sep=' ')"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1].split()[1:]


def test_every_import_contract_holds(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_after("import widthwise") == []


def test_help_loads_nothing_heavy():
    assert loaded_after(HELP) == []


def test_naming_a_room_loads_it():
    assert "torch" in loaded_after("import widthwise; widthwise.kernels.dual")

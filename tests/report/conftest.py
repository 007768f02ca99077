"""Records, and a real browser to read their pages in."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

import pytest

# Tests are imported by path, so a module beside them has to be, too.
_PATH = Path(__file__).with_name("records_for_reports.py")
_SPEC = importlib.util.spec_from_file_location("records_for_reports", _PATH)
assert _SPEC is not None
assert _SPEC.loader is not None
records_for_reports = importlib.util.module_from_spec(_SPEC)
sys.modules["records_for_reports"] = records_for_reports
_SPEC.loader.exec_module(records_for_reports)

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def record():
    """A diagnosis of 97 points with four activations, one of them singular."""
    return records_for_reports.diagnosis()


@pytest.fixture(scope="session")
def unlabelled_record():
    """The same points without labels: the verdict is on any labels."""
    return records_for_reports.diagnosis(("relu", "tanh"), has_labels=False)


@pytest.fixture(scope="session")
def one_width_record():
    """A single activation at a single width."""
    points = records_for_reports.sphere_points(5, 3)
    return records_for_reports.diagnosis(("relu",), points=points, widths=(40,))


@pytest.fixture(scope="session")
def interrupted_record():
    """A diagnosis stopped before its first activation was finished."""
    return records_for_reports.Record(
        {
            **records_for_reports.diagnosis(("relu",)).content,
            "complete": False,
            "activations": [],
            "verdicts": [],
        }
    )


@pytest.fixture(scope="session")
def hostile_record():
    """A diagnosis whose every name tries to get out of its place."""
    return records_for_reports.hostile()


@pytest.fixture(scope="session")
def every_record(
    record, unlabelled_record, one_width_record, interrupted_record, hostile_record
):
    """All of them, by name."""
    return {
        "plain": record,
        "unlabelled": unlabelled_record,
        "one width": one_width_record,
        "interrupted": interrupted_record,
        "hostile": hostile_record,
    }


@pytest.fixture(scope="session")
def browser():
    """Chromium, without a network to go to."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed; name it with CHROMIUM.")
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield found
        found.close()

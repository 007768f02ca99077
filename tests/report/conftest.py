"""Records, and a real browser to read their pages in."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the modules that make records

import made_records

from widthwise.records import Record

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
    """Return a diagnosis of 97 points with four activations, one of them singular."""
    return made_records.diagnosis()


@pytest.fixture(scope="session")
def unlabelled_record():
    """Return one of the same points without labels: the verdict is on any labels."""
    return made_records.diagnosis(("relu", "tanh"), has_labels=False)


@pytest.fixture(scope="session")
def one_width_record():
    """Return one of a single activation at a single width."""
    points = made_records.sphere_points(5, 3)
    return made_records.diagnosis(("relu",), points=points, widths=(40,))


@pytest.fixture(scope="session")
def interrupted_record():
    """Return a diagnosis stopped before its first activation was finished."""
    return Record(
        {
            **made_records.diagnosis(("relu",)).content,
            "complete": False,
            "activations": [],
            "verdicts": [],
        }
    )


@pytest.fixture(scope="session")
def hostile_record():
    """Return a diagnosis whose every name tries to get out of its place."""
    return made_records.hostile()


@pytest.fixture(scope="session")
def every_record(
    record, unlabelled_record, one_width_record, interrupted_record, hostile_record
):
    """Return all of them by name."""
    return {
        "plain": record,
        "unlabelled": unlabelled_record,
        "one width": one_width_record,
        "interrupted": interrupted_record,
        "hostile": hostile_record,
    }


@pytest.fixture(scope="session")
def browser():
    """Start Chromium."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed; name it with CHROMIUM.")
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield found
        found.close()

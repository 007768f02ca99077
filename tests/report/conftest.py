"""Records, and a real browser to read their pages in."""

import os
import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # for the modules that make records

import made_experiment_records
import made_landscape_records
import made_module_records
import made_records
from page_visitor import Visitor

from widthwise.records import Record
from widthwise.report import papers_page, write

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
def module_record():
    """Return the diagnosis of a module of 200 units on 60 points."""
    return made_module_records.module_diagnosis()


@pytest.fixture(scope="session")
def module_records(module_record):
    """Return diagnoses of modules by name: narrow ones, stopped ones, hostile ones."""
    made = made_module_records
    return {
        "plain": module_record,
        "narrow": made.module_diagnosis(width=20),
        "one row": made.module_diagnosis(rows=1, dimension=2, width=3, epochs=5),
        "unlabelled": made.module_diagnosis(width=20, has_labels=False),
        "stopped": made.stopped(),
        "interrupted": made.interrupted(),
        "empty": made.empty_numbers(),
        "hostile": made.hostile(),
    }


@pytest.fixture(scope="session")
def landscape_record():
    """Return the landscape of 24 points in the plane, with labels."""
    return made_landscape_records.landscape()


@pytest.fixture(scope="session")
def landscape_records(landscape_record):
    """Return landscapes by name: on a line, without pictures, hostile ones."""
    made = made_landscape_records
    on_a_line = {"dimension": 1, "rows": 14, "widths": (7, 14, 28, 56, 112, 160)}
    return {
        "plane": landscape_record,
        "line": made.landscape(**on_a_line),
        "unlabelled": made.landscape(**on_a_line, has_labels=False),
        "bare": made.landscape(dimension=4, widths=(5, 8, 12), has_pictures=False),
        "one row": made.landscape(rows=1, widths=(1,)),
        "interrupted": made.interrupted(),
        "empty": made.empty_numbers(),
        "hostile": made.hostile(),
    }


@pytest.fixture(scope="session")
def experiment_record():
    """Return an experiment with a chart of every kind and a claim of every verdict."""
    return made_experiment_records.experiment()


@pytest.fixture(scope="session")
def experiment_records(experiment_record):
    """Return experiments by name: quick, hostile, old, and with nothing in them."""
    made = made_experiment_records
    return {
        "plain": experiment_record,
        "old": made.old(),
        "empty": made.experiment(
            findings=[], tables={}, charts=[], notes=[], assumptions=[], quick=True
        ),
        "hostile": made.hostile(),
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


@pytest.fixture(scope="session")
def folder(
    every_record,
    module_records,
    landscape_records,
    experiment_records,
    tmp_path_factory,
):
    """Return a folder with the page of every record; its name begins with its kind."""
    found = tmp_path_factory.mktemp("pages")
    for name, record in every_record.items():
        write(record, found / f"{name}.html")
    for name, record in module_records.items():
        write(record, found / f"module {name}.html")
    for name, record in landscape_records.items():
        write(record, found / f"landscape {name}.html")
    for name, record in experiment_records.items():
        write(record, found / f"experiment {name}.html")
    papers = papers_page(list(experiment_records.values()))
    (found / "papers.html").write_text(papers, encoding="utf-8")
    return found


@pytest.fixture(scope="session")
def visitor(browser, folder):
    """Return what opens pages."""
    found = Visitor(browser, folder)
    yield found
    found.close()


@pytest.fixture
def visit(visitor):
    """Open a page; at the end, check that it was quiet.

    The page may be the one of the test before: its window, its colours and its paper
    are put back, and nothing else.
    """
    visitor.requests.clear()
    visitor.complaints.clear()
    yield lambda name="plain", **settings: visitor.page(name, **settings)
    asked = [
        each for each in visitor.requests if not each.startswith(("file:", "data:"))
    ]
    assert asked == []
    assert visitor.complaints == []

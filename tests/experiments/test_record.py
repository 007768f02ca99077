"""The record of an experiment is what its types say, written, read and documented."""

import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from widthwise.errors import DataError
from widthwise.experiments import CATALOG, Chart, ExperimentRecord, Finding
from widthwise.records import described_schema, read, write

PAGE = Path(__file__).parents[2] / "docs" / "record.md"


@pytest.fixture(scope="module")
def content():
    settings = {"points": "half_circle", "count": 6, "depths": (1, 2)}
    record = CATALOG["panigrahi_depth"].run(settings, quick=True)
    return json.loads(record.to_json())


def test_a_record_is_read_as_it_was_written(content):
    found = read(ExperimentRecord, content)
    assert isinstance(found.findings[0], Finding)
    assert isinstance(found.charts[0], Chart)
    assert json.loads(json.dumps(write(found))) == content


@pytest.mark.parametrize(
    ("place", "wrong", "said"),
    [
        (("seed",), "zero", "a whole number at seed, and found text"),
        (("findings", 0, "verdict"), "perhaps", r"perhaps.* at findings\[0\]\.verdict"),
        (("charts", 0, "x"), 3, r"text at charts\[0\]\.x, and found a whole number"),
        (("tables",), [], "an object at tables, and found a list"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_place(content, place, wrong, said):
    broken = json.loads(json.dumps(content))
    *path, last = place
    inner = broken
    for step in path:
        inner = inner[step]
    inner[last] = wrong
    with pytest.raises(DataError, match=said):
        read(ExperimentRecord, broken)


@pytest.mark.parametrize("kind", [ExperimentRecord, Finding, Chart])
def test_every_key_is_documented_on_the_page(kind):
    known = set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
    assert {each.name for each in fields(kind)} <= known


def test_the_schema_describes_every_key():
    parts = described_schema(ExperimentRecord)["$defs"]
    for kind in (ExperimentRecord, Finding, Chart):
        properties = parts[kind.__name__]["properties"]
        assert set(properties) == {each.name for each in fields(kind)}
        assert all(each["description"] for each in properties.values())


def test_the_types_load_without_the_mathematics():
    code = (
        "import sys, widthwise.experiments.shared\n"
        "assert not {'torch', 'scipy'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()

"""The record of an experiment is what its types say, written, read and documented."""

import json
import re
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path

import msgspec
import pytest

from widthwise.experiments import CATALOG, Chart, ExperimentRecord, Finding

PAGE = Path(__file__).parents[2] / "docs" / "record.md"


@pytest.fixture(scope="module")
def content():
    settings = {"points": "half_circle", "count": 6, "depths": (1, 2)}
    record = CATALOG["panigrahi_depth"].run(settings, quick=True)
    return json.loads(record.to_json())


def test_a_record_is_read_as_it_was_written(content):
    found = msgspec.convert(content, ExperimentRecord)
    assert isinstance(found.findings[0], Finding)
    assert isinstance(found.charts[0], Chart)
    assert json.loads(json.dumps(asdict(found))) == content


@pytest.mark.parametrize(
    ("place", "wrong", "said"),
    [
        (("seed",), "zero", r"`int`.*\$\.seed"),
        (("findings", 0, "verdict"), "perhaps", r"perhaps.*\$\.findings\[0\]\.verdict"),
        (("charts", 0, "x"), 3, r"`str`.*\$\.charts\[0\]\.x"),
        (("tables",), [], r"`object`.*\$\.tables"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_place(content, place, wrong, said):
    broken = json.loads(json.dumps(content))
    *path, last = place
    inner = broken
    for step in path:
        inner = inner[step]
    inner[last] = wrong
    with pytest.raises(msgspec.ValidationError, match=said):
        msgspec.convert(broken, ExperimentRecord)


@pytest.mark.parametrize("kind", [ExperimentRecord, Finding, Chart])
def test_every_key_is_documented_on_the_page(kind):
    known = set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
    names = {each.name for each in fields(kind)}
    assert names <= known
    assert all(re.search(rf"\b{name}\b", kind.__doc__) for name in names)


def test_the_types_load_without_the_mathematics():
    code = (
        "import sys, widthwise.experiments.shared\n"
        "assert not {'torch', 'scipy'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()

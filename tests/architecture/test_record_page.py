"""The page on the record is what the classes of the records say."""

import importlib.util
from pathlib import Path

import pytest

from widthwise.records import described_schema

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def page():
    place = DOCS / "record_page.py"
    spec = importlib.util.spec_from_file_location("record_page", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_page_is_the_one_that_is_made(page):
    committed = (DOCS / "record.md").read_text(encoding="utf-8")
    assert committed == page.record_page(), "run `python docs/record_page.py`"


def test_every_field_of_every_record_is_described(page):
    for kind in page.KINDS_OF_RECORD.values():
        schema = described_schema(kind)
        for part in schema["$defs"].values():
            fields = part.get("properties", {}).values()
            assert all(each["description"] for each in fields), part["title"]

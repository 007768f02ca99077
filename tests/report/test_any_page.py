"""What holds for the page of every kind of record."""

import re

import pytest
from page_reader import Reader

from widthwise.report import render


@pytest.fixture(
    scope="module",
    params=[
        "every_record",
        "module_records",
        "landscape_records",
        "experiment_records",
    ],
)
def readers(request):
    records = request.getfixturevalue(request.param)
    return {name: Reader(render(each)) for name, each in records.items()}


def test_elements_are_closed_in_order(readers):
    for reader in readers.values():
        assert reader.unclosed == []


def test_headings_descend_one_level_at_a_time(readers):
    for reader in readers.values():
        assert reader.headings[0] == 1
        assert reader.headings.count(1) == 1
        steps = zip(reader.headings, reader.headings[1:], strict=False)
        assert all(lower - upper <= 1 for upper, lower in steps)


def test_identifiers_are_unique_and_references_reach_them(readers):
    for reader in readers.values():
        ids = [each["id"] for _, each in reader.elements if "id" in each]
        assert len(ids) == len(set(ids))
        for _, each in reader.elements:
            for name in ("aria-labelledby", "for"):
                assert each.get(name) is None or each[name] in ids
            if (each.get("href") or "").startswith("#"):
                assert each["href"][1:] in ids


def test_nothing_is_asked_of_the_network(readers):
    for reader in readers.values():
        for tag, attributes in reader.elements:
            assert tag not in ("iframe", "object", "embed", "base", "img")
            assert "src" not in attributes
            for name in ("href", "action"):
                assert re.match("#|data:,", attributes.get(name) or "#")

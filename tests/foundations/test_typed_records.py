"""Typed records: read with a precise refusal, written and read back the same."""

import json
import math
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widthwise.errors import DataError
from widthwise.prose import Prose, say, steps, typeset
from widthwise.records import Record, field_descriptions, migrated, read, write


@dataclass(frozen=True)
class Leaf:
    """A number.

    Attributes
    ----------
    smallest, largest
        Its ends,
        both of them.
    """

    smallest: float | None
    largest: float


@dataclass(frozen=True)
class Tree:
    """Several."""

    leaves: tuple[Leaf, ...]
    words: Prose
    count: int = 3


def content() -> dict[str, Any]:
    return {
        "leaves": [{"smallest": None, "largest": 2}, {"smallest": 1.0, "largest": 2.5}],
        "words": {"text": "{} of {:,}", "numbers": [1.5, 3]},
    }


def test_what_is_written_reads_back_the_same():
    found = read(Tree, content())
    assert read(Tree, write(found)) == found
    assert found.count == 3
    assert isinstance(found.leaves[0].largest, float)


def test_keys_of_later_versions_are_left_aside():
    assert read(Tree, content() | {"later": 1}) == read(Tree, content())


def test_an_infinity_stays_in_memory_and_is_null_in_json():
    content = write(Leaf(math.inf, 1.0))
    assert content == {"smallest": math.inf, "largest": 1.0}
    found = json.loads(Record(content).to_json())
    assert read(Leaf, found) == Leaf(None, 1.0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda c: c["leaves"][1].pop("largest"),
            r"expected a value at leaves\[1\].largest, and found nothing",
        ),
        (
            lambda c: c["leaves"][0].update(largest="x"),
            r"expected a number at leaves\[0\].largest, and found text",
        ),
        (
            lambda c: c.update(count=True),
            "expected a whole number at count, and found true or false",
        ),
        (lambda c: c.update(count=2.5), "expected a whole number at count"),
        (lambda c: c.update(leaves={}), "expected a list at leaves, and found an obj"),
        (
            lambda c: c["words"].update(numbers=[]),
            "has 2 places for 0 numbers at words",
        ),
    ],
)
def test_a_damaged_part_is_named_by_its_place(change, sentence):
    damaged = content()
    change(damaged)
    with pytest.raises(DataError, match=sentence):
        read(Tree, damaged)


def test_fields_are_described_by_the_docstring():
    assert field_descriptions(Leaf)["largest"] == "Its ends, both of them."


@given(
    st.lists(st.floats(allow_nan=False) | st.integers(-(10**9), 10**9), max_size=4),
    st.text(max_size=20),
)
def test_a_sentence_keeps_its_numbers_and_its_words(numbers, name):
    prose = say("{} " * len(numbers) + "with {}.", *numbers, name)
    kept = [None if math.isinf(each) else float(each) for each in numbers]
    assert list(prose.numbers) == kept
    assert str(prose).endswith(f"with {name}.")
    assert read(Prose, write(prose)) == prose


def test_a_sentence_inside_a_sentence_brings_its_numbers():
    inner = say("{:%} of {:,}", 0.25, 12_345)
    assert (
        str(say("About {}, κ {:2}.", inner, 3.76e7)) == "About 25 % of 12,345, κ 3.8e7."
    )


def test_a_record_of_schema_1_is_brought_to_the_present_one():
    verdict = {
        "question": "activation",
        "status": "yes",
        "answer": "relu, of the 2 tried.",
        "reason": "κ is 3.76e5 {here}.",
        "number_text": None,
        "activation": "relu",
    }
    (found,) = migrated({"schema": 1, "verdicts": [verdict]})["verdicts"]
    assert found["words"]["reason"] == {
        "text": "κ is {} {{here}}.",
        "numbers": [3.76e5],
    }
    assert str(read(Prose, found["words"]["reason"])) == verdict["reason"]
    assert found["chosen"] == "relu"
    for schema in (2, 3, 4):
        told = migrated({"schema": schema, "verdicts": 3})
        assert told == {"schema": 4, "verdicts": 3}


def test_sentences_of_earlier_schemas_get_their_numbers_back():
    said, names = "up to 2.5e-9 of x1e5", "data.steps detail"
    old = {
        "schema": 3,
        "data": {"steps": [{"name": names, "detail": said}]},
        "activations": [
            {
                "rank_verdict": {"reason": said, "groups": [said], "rank": 3},
                "width": {"proved": {"assumptions": [said]}, "rows": 3, "empirical": 0},
            }
        ],
        "curve": {"stopped": None},
        "theorems": "damaged",
    }
    found = migrated(old)
    step, evidence = found["data"]["steps"][0], found["activations"][0]
    for each in (
        step["detail"],
        evidence["rank_verdict"]["reason"],
        *evidence["rank_verdict"]["groups"],
        *evidence["width"]["proved"]["assumptions"],
    ):
        assert read(Prose, each).numbers == (2.5e-9,)
        assert str(read(Prose, each)) == said
    assert step["name"] == names
    assert evidence["width"]["rows"] == evidence["rank_verdict"]["rank"] == 3
    assert found["curve"] == {"stopped": None}
    assert found["theorems"] == "damaged"
    (told,) = migrated({"schema": 2, "findings": [{"evidence": said}]})["findings"]
    assert read(Prose, told["words"]).numbers == (2.5e-9,)
    assert migrated(found) == found


@pytest.mark.parametrize(
    ("number", "kind", "shown", "logged"),
    [
        (3.76e5, "", "3.76×10⁵", "3.76e5"),
        (99_999, "", "99,999", "99,999"),
        (2.1e-9, ":2", "2.1×10⁻⁹", "2.1e-9"),
        (0.123456, ":%", "12.3 %", "12.3 %"),
        (1_234_567, ":,", "1,234,567", "1,234,567"),
        (math.inf, "", "no finite number", "no finite number"),
    ],
)
def test_a_page_and_a_log_write_a_number_each_in_its_way(number, kind, shown, logged):
    prose = say(f"{{{kind}}}", number)
    assert prose.written(typeset) == shown
    assert str(prose) == logged


def test_steps_are_counted_in_words():
    assert str(steps(1)) == "1 step"
    assert str(steps(376_320)) == "3.76e5 steps"
    assert str(steps(math.inf)) == str(steps(None)) == "never"

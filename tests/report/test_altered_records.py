"""Records with any one part altered: drawn, or refused in one sentence."""

import copy
import io
import random
from contextlib import suppress

import numpy as np
import pytest
from rich.console import Console

from widthwise.errors import DataError
from widthwise.records import Record, plain
from widthwise.report import differences, differences_table, parts, render, table

OTHERS = (
    None, True, 0, 7, -3.5, 10**400, float("inf"), "", "x", "\ud800", [], [None],
    [1, 2], {}, {"a": 1},
)  # fmt: skip


def arrays_like(values):
    """Return arrays that could stand in the place of this one."""
    return [
        values[:0], values[:-1], values[None], values.reshape(-1), np.array(3.0),
        np.zeros(5), -values, values * 1e300, np.full(values.shape, np.nan),
        values.astype(str), values.astype(bool), values.astype(complex),
    ]  # fmt: skip


def places(value, above=()):
    """Yield the place of each value within, of the first three in a list."""
    within = value.items() if isinstance(value, dict) else enumerate(value[:3])
    for key, each in within:
        yield (*above, key)
        if isinstance(each, dict | list):
            yield from places(each, (*above, key))


def altered(content, place, chance):
    """Return the content with one part dropped, renamed or of another type."""
    content = copy.deepcopy(content)
    part = content
    for key in place[:-1]:
        part = part[key]
    change = chance.choice(("drop", "rename", *OTHERS, *OTHERS))
    if change == "drop" or (change == "rename" and isinstance(place[-1], int)):
        del part[place[-1]]
    elif change == "rename":
        part[f"{place[-1]}x"] = part.pop(place[-1])
    else:
        part[place[-1]] = change
    return content


def use(record, other):
    """Do all that is done with a record once it is read."""
    console = Console(file=io.StringIO(), width=80)
    console.print(table(record))
    for pair in ((record, other), (other, record)):
        for part in differences_table(differences(*pair)):
            console.print(part)
    render(record)


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("record", 12),
        ("module_record", 25),
        ("landscape_record", 30),
        ("experiment_record", 6),
    ],
)
def test_an_altered_record_is_drawn_or_refused(name, count, request, monkeypatch):
    """Any other exception would reach a person as a traceback."""
    monkeypatch.setattr(parts._html, "plotting_library", str)
    whole = request.getfixturevalue(name)
    whole = Record(plain(whole.content), whole.arrays)
    chance = random.Random(name)
    found = list(places(whole.content))
    for place in chance.sample(found, count):
        content = altered(whole.content, place, chance)
        with suppress(DataError):
            use(Record(content, whole.arrays), whole)
    for _ in range(count // 3 if whole.arrays else 0):
        arrays = dict(whole.arrays)
        key = chance.choice([*arrays])
        others = arrays_like(arrays[key]) if arrays[key].ndim else [np.zeros(5)]
        arrays[key] = chance.choice(others)
        with suppress(DataError):
            use(Record(whole.content, arrays), whole)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "name", ["record", "module_record", "landscape_record", "experiment_record"]
)
def test_records_with_up_to_four_parts_altered_are_drawn_or_refused(
    name, seed, request, monkeypatch
):
    """Ten for each seed and kind; each change is made to what the last one left."""
    monkeypatch.setattr(parts._html, "plotting_library", str)
    whole = request.getfixturevalue(name)
    whole = Record(plain(whole.content), whole.arrays)
    chance = random.Random(f"{name} {seed}")
    for _ in range(10):
        content = whole.content
        for _ in range(chance.randint(1, 4)):
            content = altered(content, chance.choice(list(places(content))), chance)
        with suppress(DataError):
            use(Record(content, whole.arrays), whole)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"x_label": 7}, "expected text at x_label"),
        ({"log": 3}, "at log"),
        ({"z_range": [1]}, "at z_range"),
    ],
)
def test_a_chart_with_a_part_of_another_type_says_so(experiment_record, change, says):
    chart = {**experiment_record.content["charts"][0], **change}
    content = {**experiment_record.content, "charts": [chart]}
    assert says in render(Record(content, experiment_record.arrays))

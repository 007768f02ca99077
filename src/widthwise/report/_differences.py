"""What changed between two records: data, settings, versions, verdicts, numbers."""

import math
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from widthwise.errors import DataError, InvalidArgumentError
from widthwise.prose import Prose, shown
from widthwise.records import Record, plain, read
from widthwise.report._row_labels import row_labels

__all__ = ["Difference", "Differences", "differences"]

Topic = Literal[
    "what was run", "data", "seed", "settings", "versions", "verdicts", "numbers"
]

TOPICS: tuple[Topic, ...] = (
    "what was run",
    "data",
    "seed",
    "settings",
    "versions",
    "verdicts",
    "numbers",
)
_OF: Mapping[str, Topic] = {
    "kind": "what was run",
    "name": "what was run",
    "title": "what was run",
    "question": "what was run",
    "source": "what was run",
    "where": "what was run",
    "version": "what was run",
    "quick": "what was run",
    "complete": "what was run",
    "data": "data",
    "seed": "seed",
    "settings": "settings",
    "assumptions": "settings",
    "widthwise": "versions",
    "environment": "versions",
    "schema": "versions",
    "verdicts": "verdicts",
    "findings": "verdicts",
}
_NO_RESULT = (
    "created",
    "seconds",
    "solve_seconds",
    "command",
    "charts",
)
"""Keys that say when and how a run was made, or how it is drawn."""

_WRITTEN_OUT = {"answer", "reason", "number_text", "evidence"}
"""The texts of a verdict or finding whose `words` are the same with numbers apart."""

_ABSENT = "–"


@dataclass(frozen=True)
class Difference:
    """One value that two records do not share.

    Attributes
    ----------
    topic
        What kind of value it is.
    place
        Where it stands, such as `tables/cells[activation=relu, width=97]/median`.
    first, second
        The two values; "–" where a record has none.
    relative
        |a − b| / max(|a|, |b|) of two numbers, the largest over an array; None for
        words.

    Examples
    --------
    >>> import widthwise as ww
    >>> first, second = ({"kind": "mine", "seed": seed} for seed in (1, 2))
    >>> records = [ww.records.Record(each) for each in (first, second)]
    >>> (found,) = ww.report.differences(*records).found
    >>> found.topic, found.first, found.second, found.relative
    ('seed', 1, 2, 0.5)
    """

    topic: Topic
    place: str
    first: Any
    second: Any
    relative: float | None = None


@dataclass(frozen=True)
class Differences:
    """All differences between two records beyond a tolerance.

    Attributes
    ----------
    found
        In the order of the records.
    compared
        How many values of the first record were compared, arrays' entries included.
    tolerance
        The relative difference up to which two numbers count as the same.

    Examples
    --------
    >>> import widthwise as ww
    >>> record = ww.records.Record({"kind": "mine", "seed": 1, "loss": 0.25})
    >>> found = ww.report.differences(record, record)
    >>> found.compared, found.found, found.results_agree
    (3, (), True)
    """

    found: tuple[Difference, ...]
    compared: int
    tolerance: float

    @property
    def results_agree(self) -> bool:
        """Whether the records differ in nothing but versions and machine."""
        return all(each.topic == "versions" for each in self.found)

    def about(self, topic: Topic) -> tuple[Difference, ...]:
        """Return the differences of one topic, the largest first."""
        return tuple(
            sorted(
                (each for each in self.found if each.topic == topic),
                key=lambda each: -math.inf if each.relative is None else -each.relative,
            )
        )

    def as_content(self) -> dict[str, Any]:
        """Return the differences as plain JSON types."""
        content: dict[str, Any] = plain(
            {
                "results_agree": self.results_agree,
                "compared": self.compared,
                "tolerance": self.tolerance,
                "differences": [vars(each) for each in self.found],
            }
        )
        return content


def differences(
    first: Record, second: Record, *, tolerance: float | int = 1e-9
) -> Differences:
    """Return what changed from one record to another.

    Rows of tables are matched by their leading columns that tell them apart, so a run
    with more trials is compared on the trials that both have. Times, command lines and
    drawing instructions are left out.

    Parameters
    ----------
    tolerance
        Two numbers a, b count as the same if |a − b| ≤ tolerance · max(|a|, |b|); 0
        asks for equality. Numbers within a sentence are compared likewise.

    Raises
    ------
    InvalidArgumentError
        If the tolerance is negative or not a number.

    Examples
    --------
    >>> import widthwise as ww
    >>> before = ww.records.Record({"kind": "mine", "loss": 0.25})
    >>> after = ww.records.Record({"kind": "mine", "loss": 0.2501})
    >>> [(each.place, each.first, each.second)
    ...  for each in ww.report.differences(before, after).found]
    [('loss', 0.25, 0.2501)]
    >>> ww.report.differences(before, after, tolerance=0.01).found
    ()
    """
    if not tolerance >= 0:
        raise InvalidArgumentError(
            f"The tolerance is {tolerance:g}; it must be a number of at least 0, such "
            "as 1e-9."
        )
    walk = _Walk(float(tolerance))
    ours, theirs = plain(first.content), plain(second.content)
    found: list[Difference] = []
    for key in _keys(ours, theirs):
        if key not in _NO_RESULT:
            topic = _OF.get(key, "numbers")
            found += walk.values(
                topic, key, ours.get(key, _ABSENT), theirs.get(key, _ABSENT)
            )
    for name in _keys(first.arrays, second.arrays):
        found += walk.arrays(
            f"arrays/{name}", first.arrays.get(name), second.arrays.get(name)
        )
    return Differences(tuple(found), walk.compared, float(tolerance))


class _Walk:
    """Goes through two values side by side, and counts what it compares."""

    def __init__(self, tolerance: float) -> None:
        self._tolerance = tolerance
        self.compared = 0

    def values(
        self, topic: Topic, place: str, first: Any, second: Any
    ) -> Iterator[Difference]:
        said, other = _prose(first), _prose(second)
        if said is not None and other is not None:
            yield from self._sentence(topic, place, said, other)
        elif isinstance(first, dict) and isinstance(second, dict):
            told = all(isinstance(each.get("words"), dict) for each in (first, second))
            for key in _keys(first, second):
                if key not in _NO_RESULT and not (told and key in _WRITTEN_OUT):
                    pair = first.get(key, _ABSENT), second.get(key, _ABSENT)
                    yield from self.values(topic, f"{place}/{key}", *pair)
        elif _are_rows(first) and _are_rows(second):
            label = row_labels(first, second)
            ours, theirs = (
                {label(index, row): row for index, row in enumerate(rows)}
                for rows in (first, second)
            )
            for name in _keys(ours, theirs):
                pair = ours.get(name, _ABSENT), theirs.get(name, _ABSENT)
                yield from self.values(topic, f"{place}[{name}]", *pair)
        elif isinstance(first, list) and isinstance(second, list):
            if len(first) != len(second):
                yield Difference(topic, place, first, second)
                return
            for index, pair in enumerate(zip(first, second, strict=True)):
                yield from self.values(topic, f"{place}[{index}]", *pair)
        else:
            yield from self._leaf(topic, place, first, second)

    def arrays(
        self, place: str, first: np.ndarray | None, second: np.ndarray | None
    ) -> Iterator[Difference]:
        if first is None or second is None or first.shape != second.shape:
            ours, theirs = (
                _ABSENT if each is None else f"array {each.shape}"
                for each in (first, second)
            )
            yield Difference("numbers", place, ours, theirs)
            return
        self.compared += first.size
        if not all(each.dtype.kind in "biufc" for each in (first, second)):
            if first.dtype != second.dtype or first.tobytes() != second.tobytes():
                yield Difference("numbers", place, str(first), str(second))
            return
        same = (first == second) | (np.isnan(first) & np.isnan(second))
        if same.all():
            return
        kind = complex if "c" in (first.dtype.kind, second.dtype.kind) else float
        left, right = first.astype(kind), second.astype(kind)
        size = np.maximum(np.abs(left), np.abs(right))
        with np.errstate(invalid="ignore"):
            relative = np.where(same, 0.0, np.abs(left - right) / size)
        relative = np.where(np.isnan(relative), np.inf, relative)
        is_far = ~same & ((relative > self._tolerance) | (self._tolerance == 0))
        far = int(is_far.sum())
        if far:
            worst = int(np.where(is_far, relative, -1.0).argmax())
            at = np.unravel_index(worst, relative.shape)
            yield Difference(
                "numbers",
                f"{place}{list(map(int, at))}, {far} of {first.size} entries",
                left.flat[worst].item(),
                right.flat[worst].item(),
                float(relative.flat[worst]),
            )

    def _leaf(
        self, topic: Topic, place: str, first: Any, second: Any
    ) -> Iterator[Difference]:
        self.compared += 1
        if _is_number(first) and _is_number(second):
            relative = _relative(first, second)
            if relative > self._tolerance:
                yield Difference(topic, place, first, second, relative)
        elif type(first) is not type(second) or first != second:
            yield Difference(topic, place, first, second)

    def _sentence(
        self, topic: Topic, place: str, first: Prose, second: Prose
    ) -> Iterator[Difference]:
        """Compare two sentences by their words, and by their numbers within reach."""
        self.compared += 1
        pairs = list(zip(first.numbers, second.numbers, strict=False))
        if first.text != second.text or any(map(self._differ, pairs)):
            yield Difference(topic, place, shown(first), shown(second))

    def _differ(self, pair: tuple[float | None, float | None]) -> bool:
        one, other = pair
        if one is None or other is None:
            return one is not other
        return _relative(one, other) > self._tolerance


def _prose(value: Any) -> Prose | None:
    """Return a sentence that a record holds with its numbers apart; else None."""
    if not isinstance(value, dict) or value.keys() != {"text", "numbers"}:
        return None
    with suppress(DataError):
        return read(Prose, value)
    return None


def _keys(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys((*first, *second)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _relative(first: float | int, second: float | int) -> float:
    if first == second:
        return 0.0
    try:
        return abs(first - second) / max(abs(first), abs(second))
    except OverflowError:  # An integer beyond all floats.
        return math.inf


def _are_rows(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(each, dict) for each in value)
    )

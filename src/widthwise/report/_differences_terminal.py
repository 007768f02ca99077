"""Differences between two records, for a terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from widthwise.report._differences import TOPICS, Difference, Differences
from widthwise.report.parts import FittedTable, count
from widthwise.wording import harmless, number, power_of_ten

__all__ = ["differences_table"]

_LONGEST = 60


def differences_table(found: Differences, show: int = 10) -> Iterator[RenderableType]:
    """Yield a table for each topic that differs, then one sentence.

    Parameters
    ----------
    show
        How many rows of a topic to print, the largest differences first.

    Examples
    --------
    >>> import widthwise as ww
    >>> record = ww.records.Record({"kind": "mine", "loss": 0.25})
    >>> for each in ww.report.differences_table(ww.report.differences(record, record)):
    ...     print(each)
    Nothing changed: 2 values agree to a relative 10⁻⁹.
    """
    for topic in TOPICS:
        some = found.about(topic)
        if not some:
            continue
        headings = ("where", "first", "second", "relative difference")
        rows = [
            (
                each.place,
                *_shown(each),
                "" if each.relative is None else number(each.relative, digits=2),
            )
            for each in some[:show]
        ]
        yield FittedTable(
            [Text(name) for name in headings],
            [[Text(harmless(cell, keep="")) for cell in row] for row in rows],
            title=f"{topic}: {count(len(some))} different",
            box=None,
            heading_style="dim",
        )
        if len(some) > show:
            yield f"and {count(len(some) - show)} more"
        yield ""
    if found.found and found.results_agree:
        yield (
            f"The results agree: {count(found.compared)} values, to a relative "
            f"{power_of_ten(found.tolerance)}. Only versions or machines differ."
        )
    elif found.results_agree:
        yield (
            f"Nothing changed: {count(found.compared)} values agree to a relative "
            f"{power_of_ten(found.tolerance)}."
        )
    else:
        yield (
            f"{count(len(found.found))} differences among {count(found.compared)} "
            f"values, beyond a relative {power_of_ten(found.tolerance)}."
        )


def _shown(each: Difference) -> list[str]:
    """Return the two values in words, long ones from where they part."""
    # All digits: three would show two different numbers as the same.
    words = [
        "present"
        if isinstance(value, dict)
        else repr(value)
        if isinstance(value, float)
        else str(value)
        for value in (each.first, each.second)
    ]
    start = 0
    if max(map(len, words)) > _LONGEST:
        start = max(_where_they_part(*words) - _LONGEST // 4, 0)
    return [_cut(text, start) for text in words]


def _cut(text: str, start: int) -> str:
    tail = f"…{text[start + 1 :]}" if start and len(text) > start else text
    return tail if len(tail) <= _LONGEST else f"{tail[: _LONGEST - 1]}…"


def _where_they_part(first: str, second: str) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((index for index, (a, b) in pairs if a != b), 0)

"""The record's rows that hold the rank back, the most frequent first."""

from collections.abc import Sequence

from widthwise.landscape.ranks import RowDependencies

__all__ = ["rows_content"]


def rows_content(
    found: RowDependencies, numbers: Sequence[int], most: int
) -> list[dict[str, int | float]]:
    """Return the record's "rows", the most frequent first, then by number."""
    order = sorted(
        (place for place in range(len(found.counts)) if found.counts[place]),
        key=lambda place: (-found.counts[place], numbers[place]),
    )
    return [
        {
            "row": int(numbers[place]),
            "share": float(found.counts[place] / found.deficient),
        }
        for place in order[:most]
    ]

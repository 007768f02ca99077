"""Lists in words, and counts with their nouns."""

from collections.abc import Sequence

__all__ = ["capitalised", "counted", "listing", "rows", "shortened"]


def listing(
    names: Sequence[object], word: str = "and", *, most: int | None = None
) -> str:
    """Return "a", "a and b" or "a, b and c"; the tail of a long list is counted.

    Parameters
    ----------
    names
        What is listed, each by its `str`.
    word
        Before the last: "and", "or".
    most
        How many are named where two or more are left over: "a, b and 18 more". A
        single one left over takes no more room than "1 more", so it is named.
    """
    words = [str(each) for each in names]
    if most is not None and len(words) > most + 1:
        words = [*words[:most], f"{len(words) - most:,} more"]
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {word} {words[-1]}"


def rows(numbers: Sequence[int], *, most: int = 10) -> str:
    """Return "row 3" or "rows 3, 17 and 40", cut as `listing` cuts."""
    return f"row{'' if len(numbers) == 1 else 's'} {listing(numbers, most=most)}"


def counted(number: int, one: str, several: str | None = None) -> str:
    """Return "1 row" or "1,234 rows"; `several` where it is not `one` and an s."""
    many = f"{one}s" if several is None else several
    return f"{number:,} {one if number == 1 else many}"


def capitalised(text: str) -> str:
    """Return the text with its first letter large, and the others as they are."""
    return text[:1].upper() + text[1:]


def shortened(text: str, most: int = 40) -> str:
    """Return the text, cut to at most so many characters with an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"

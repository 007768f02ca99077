"""A word out of a few that a function knows."""

from collections.abc import Collection

from widthwise.arguments._refusal import refusal
from widthwise.wording import listing

__all__ = ["choice"]


def choice(
    value: object,
    what: str,
    choices: Collection[str],
    *,
    meaning: str = "",
    advice: str = "",
) -> str:
    """Return one of a function's own few words.

    A name that a catalog decides is refused by `errors.unknown_name` instead, which
    knows the nearest ones.

    Raises
    ------
    InvalidArgumentError
        If it is none of them.
    """
    if isinstance(value, str) and value in choices:
        return value
    words = listing([repr(each) for each in choices], "or")
    raise refusal(value, what, f"be {words}", meaning, advice)

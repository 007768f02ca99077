"""Names of columns and classes as a sentence quotes them, and the ones near a typo."""

import difflib
from collections.abc import Sequence

from widthwise.wording import listing, shortened

__all__ = ["listed", "nearest"]


def listed(names: Sequence[str], most: int = 5) -> str:
    """Quote the first few names, and say how many more there are."""
    return listing([repr(shortened(name)) for name in names], most=most)


def nearest(name: str, known: Sequence[str], cutoff: float = 0.6) -> str:
    """Return "Did you mean 'age'? ", or nothing when no name is near."""
    lowered = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(name.lower(), list(lowered), 3, cutoff)
    if not near:
        return ""
    return f"Did you mean {listing([repr(lowered[each]) for each in near], 'or')}? "

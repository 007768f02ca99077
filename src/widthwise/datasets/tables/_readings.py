"""Which options would read a column of text as numbers, found by trying them."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from widthwise.datasets.tables._notation import MARK_NAMES, Notation
from widthwise.errors import DataError
from widthwise.wording import listing

__all__ = ["Remedy", "remedy"]


@dataclass(frozen=True)
class Remedy:
    """Options that would read a column, each way of reading it once, and a sentence."""

    options: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class _Reading:
    """Options that read a whole column, and what they make of one of its cells."""

    options: str
    order: tuple[bool, int]
    value: float


def remedy(
    cells: Sequence[str], example: str, units: Sequence[str], notation: Notation
) -> Remedy | None:
    """Say which options would read all cells as numbers; None if none do.

    Parameters
    ----------
    cells
        The different cells of the column.
    example
        One of them that is not read as a number now.
    units
        The marks beside numbers in it.
    """
    best: dict[float, _Reading] = {}
    for each in _readings(cells, example, units, notation):
        best.setdefault(each.value, each)
    if not best:
        return None
    options = tuple(each.options for each in best.values())
    if len(best) == 1:
        value = next(iter(best))
        return Remedy(options, f"Say {options[0]}: then {example!r} is {value:.15g}")
    ways = [
        f"{each.options} if {example!r} is {value:.15g}" for value, each in best.items()
    ]
    return Remedy(options, f"Say {listing(ways, 'or')}")


def _readings(
    cells: Sequence[str], example: str, units: Sequence[str], notation: Notation
) -> list[_Reading]:
    """Try the notations; those that keep what was said first, then the shortest."""
    import polars as pl

    series = pl.Series([example, *cells])
    marks = [notation.units, *((*notation.units, unit) for unit in units)]
    found = []
    for thousands, comma, unit in product((None, *MARK_NAMES), (False, True), marks):
        try:
            tried = replace(
                notation, decimal_comma=comma, thousands=thousands, units=unit
            )
        except DataError:
            continue
        if thousands == "." and comma:
            continue  # The same as without saying so.
        numbers, _ = tried.numbers("", series)
        if numbers.null_count() or tried.doubtful(series):
            continue
        options = _options(tried, comma, unit[len(notation.units) :])
        if not options:
            continue
        said = listing(options)
        is_kept = notation.thousands in (None, tried.thousands)
        if not is_kept:
            said += f" instead of thousands={notation.thousands!r}"
        is_kept = is_kept and tried.decimal_comma >= notation.decimal_comma
        found.append(_Reading(said, (not is_kept, len(options)), float(numbers[0])))
    found.sort(key=lambda each: each.order)
    kept = [each for each in found if not each.order[0]]
    return kept or found


def _options(tried: Notation, comma: bool, units: Sequence[str]) -> list[str]:
    options = []
    if comma:
        options.append("decimal_comma=True (--decimal-comma)")
    if tried.thousands is not None:
        mark = tried.thousands
        options.append(f"thousands={mark!r} (--thousands {MARK_NAMES[mark]})")
    options += [f"units={unit!r} (--unit {shlex.quote(unit)})" for unit in units]
    return options

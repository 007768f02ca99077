"""Whole numbers: counts, widths, seeds."""

import operator
from collections.abc import Iterable
from typing import Any

from widthwise.arguments._refusal import refusal
from widthwise.errors import InvalidArgumentError

__all__ = ["is_whole_number", "seed", "whole_number", "whole_numbers"]


def is_whole_number(value: object) -> bool:
    """Return whether it is an integer of Python, NumPy or torch, and no boolean."""
    try:
        operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return False
    return not _is_boolean(value)


def whole_number(
    value: object,
    what: str,
    *,
    least: int = 0,
    most: int | None = None,
    meaning: str = "",
    advice: str = "",
) -> int:
    """Return a whole number from `least` to `most`, as Python's int.

    Parameters
    ----------
    value
        What the caller gave. Floats are refused, 3.0 too, and so are booleans.
    what
        The subject of the refusal, such as "The width".
    least, most
        The range, ends included; `most` None for no end.
    meaning
        What the number stands for, such as "the number of hidden units".
    advice
        A sentence on what to do next.

    Raises
    ------
    InvalidArgumentError
        If it is something else.
    """
    if is_whole_number(value):
        found = operator.index(value)  # type: ignore[arg-type]
        if found >= least and (most is None or found <= most):
            return found
    span = f"of at least {least}" if most is None else f"from {least} to {most}"
    raise refusal(value, what, f"be a whole number {span}", meaning, advice)


def whole_numbers(
    values: Any,
    noun: str,
    *,
    least: int = 1,
    most: int | None = None,
    example: int,
    meaning: str = "",
) -> tuple[int, ...]:
    """Return the distinct whole numbers of a list, ascending; one alone is a list.

    Parameters
    ----------
    values
        Several whole numbers, or a single one.
    noun
        What one is called, such as "width".
    least, most
        The smallest and the largest one allowed; `most` None for no end.
    example
        One that could be given, for the refusal of an empty list.
    meaning
        What one stands for.

    Raises
    ------
    InvalidArgumentError
        If there is none, or one is no whole number of that range.
    """
    is_list = isinstance(values, Iterable) and getattr(values, "ndim", 1) > 0
    given = list(values) if is_list and not isinstance(values, str) else [values]
    if not given:
        raise InvalidArgumentError(
            f"No {noun} was given. Name at least one, such as {example}."
        )
    article = "An" if noun[0] in "aeiou" else "A"
    return tuple(
        sorted(
            {
                whole_number(
                    each, f"{article} {noun}", least=least, most=most, meaning=meaning
                )
                for each in given
            }
        )
    )


def seed(value: object, what: str = "The seed") -> int:
    """Return a seed of `widthwise.seeds`, as Python's int.

    Raises
    ------
    InvalidArgumentError
        If it is no integer from 0 to 2**64 - 1.
    """
    if is_whole_number(value):
        found = operator.index(value)  # type: ignore[arg-type]
        if 0 <= found < 2**64:
            return found
    raise refusal(value, what, "be an integer from 0 to 2**64 - 1")


def _is_boolean(value: object) -> bool:
    # True of torch and of older NumPy is an index, as it is in Python.
    if isinstance(value, bool):
        return True
    return str(getattr(value, "dtype", "")).rpartition(".")[2].startswith("bool")

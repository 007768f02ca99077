"""Checks of an activation's parameters."""

from typing import Any

from widthwise import arguments

__all__ = ["real_number", "whole_number"]


def real_number(activation: Any, parameter: str, *, positive: bool = False) -> None:
    """Turn this field of a frozen activation into a finite float, or refuse."""
    check = arguments.positive if positive else arguments.real_number
    value = check(getattr(activation, parameter), _subject(activation, parameter))
    object.__setattr__(activation, parameter, value)


def whole_number(activation: Any, parameter: str, *, least: int) -> None:
    """Turn this field of a frozen activation into an int >= least, or refuse."""
    value = arguments.whole_number(
        getattr(activation, parameter), _subject(activation, parameter), least=least
    )
    object.__setattr__(activation, parameter, value)


def _subject(activation: Any, parameter: str) -> str:
    return f"{activation.name} was given {parameter}, which"

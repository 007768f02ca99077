"""A knob of a study: a field of its settings, with what a command line says of it."""

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

__all__ = ["Knob", "knob", "knobs_among"]

T = TypeVar("T")


@dataclass(frozen=True)
class Knob:
    """What a command line makes of a knob.

    Attributes
    ----------
    told
        What its help says; empty for what Python alone can set.
    typed
        The type that is read from the command line.
    flag
        The option's name, where it is not the field's.
    completed_by
        The catalog whose names complete it.
    """

    told: str
    typed: Any
    flag: str | None = None
    completed_by: str | None = None


def knob(
    default: Any,
    told: str,
    typed: Any = None,
    *,
    flag: str | None = None,
    completed_by: str | None = None,
) -> Any:
    """Return a field of a frozen settings class, as `Knob` describes it."""
    described = Knob(told, typed or type(default), flag, completed_by)
    return field(default=default, metadata={"knob": described})


def knobs_among(
    kind: type[T], asked: T | None, options: dict[str, Any]
) -> tuple[T, dict[str, Any]]:
    """Return the settings that were asked for, and the options that are for reading.

    Parameters
    ----------
    asked
        The settings as one object; None where they are among the options.
    """
    if asked is not None:
        return asked, options
    names = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    own = {name: each for name, each in options.items() if name in names}
    rest = {name: each for name, each in options.items() if name not in names}
    return kind(**own), rest

"""The options of a study, made from the fields of its settings."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from typing import Annotated, Any, TypeVar

import typer

from widthwise.cli._names import completions
from widthwise.diagnosis.study import Knob

__all__ = ["knobs_from", "turned", "with_knobs"]

T = TypeVar("T")


def with_knobs(*settings: type) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each field of the settings classes.

    The command receives them as `**knobs`; in its help they stand before `--out`. A
    field of an earlier class wins over one of the same name.
    """

    def given(command: Callable[..., None]) -> Callable[..., None]:
        own = dict(inspect.signature(command).parameters)
        last = [own.pop(name) for name in ("out", "force", "as_json")]
        own.pop("knobs")
        made: dict[str, inspect.Parameter] = {}
        for kind in settings:
            for field in _knobs(kind):
                made.setdefault(_name(field), _option(field))
        parameters = [
            each.replace(kind=each.KEYWORD_ONLY)
            for each in (*own.values(), *made.values(), *last)
        ]
        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {each.name: each.annotation for each in parameters}
        return command

    return given


def knobs_from(kind: type[T], values: Mapping[str, Any]) -> T:
    """Return the settings that the options of a command ask for."""
    return kind(**{field.name: _value(field, values) for field in _knobs(kind)})


def turned(kind: type, values: Mapping[str, Any]) -> list[str]:
    """Return the options of this class that ask for something else than the default."""
    return [
        f"--{_name(field).replace('_', '-')}"
        for field in _knobs(kind)
        if _value(field, values) != field.default
    ]


def _knobs(kind: type) -> list[Field[Any]]:
    return [each for each in fields(kind) if _knob(each).told]


def _knob(field: Field[Any]) -> Knob:
    found: Knob = field.metadata["knob"]
    return found


def _name(field: Field[Any]) -> str:
    """Return the option's name: of what is on by default, how to put it off."""
    name = _knob(field).flag or field.name
    return f"no_{name}" if field.default is True else name


def _value(field: Field[Any], values: Mapping[str, Any]) -> Any:
    found = values[_name(field)]
    if field.default is True:
        return not found
    return field.default if found in (None, []) else found


def _option(field: Field[Any]) -> inspect.Parameter:
    knob, name = _knob(field), _name(field)
    is_flag = isinstance(field.default, bool)
    declared = [f"--{name.replace('_', '-')}"] if is_flag else []
    completed = completions(knob.completed_by) if knob.completed_by else None
    option = typer.Option(*declared, help=knob.told, autocompletion=completed)
    default = False if field.default is True else field.default
    assert default is not MISSING
    typed = knob.typed if default is not None else knob.typed | None
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[typed, option],
    )

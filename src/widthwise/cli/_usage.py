"""A wrong command line in one sentence: what was found, what was needed, what to do."""

import difflib
import re
from pathlib import Path
from typing import Any

import typer

from widthwise.cli._ending import stop
from widthwise.errors import InvalidArgumentError

__all__ = ["UsageError", "folder_from", "usage_sentence"]

UsageError: Any = typer.BadParameter.__mro__[1]
"""What the option parser raises; typer keeps it in a private module."""

_NEEDED = (
    ("integer", "a whole number"),
    ("number", "a number"),
    ("float", "a number"),
)


def usage_sentence(error: Any) -> str:
    """Return the parser's complaint as one sentence in this library's words."""
    context: Any = getattr(error, "ctx", None)
    command = "widthwise" if context is None else _path(context)
    said = re.sub(r"\s+", " ", error.format_message()).strip().rstrip(".")
    help_ = f"See `{command} --help`."
    option = getattr(error, "option_name", None)
    parameter = getattr(error, "param", None)
    if said.startswith("No such option"):
        near = _nearest(str(option), _options(context))
        return f"{command} has no option {option}. {near}{help_}"
    if said.startswith("No such command"):
        name = said.split("'")[1]
        known = sorted(context.command.commands)
        near = _nearest(name, known)
        return f"There is no command {name!r}. {near}There are {', '.join(known)}."
    if said.startswith("Missing command"):
        known = sorted(context.command.commands)
        return f"No command was given. Name one of {', '.join(known)}."
    if said.startswith("Missing") and parameter is not None:
        name = _name(parameter)
        return f"{command} needs {name}, which was not given. {help_}"
    if "unexpected extra argument" in said:
        extra = said[said.index("(s) (") + 5 : -1] if "(s) (" in said else said
        return (
            f"{command} was given {extra!r} beyond the arguments that it takes. Leave "
            f"it out, or put a value with spaces into quotation marks. {help_}"
        )
    if "requires an argument" in said:
        return f"{option} was given without a value. Write one after it. {help_}"
    if "does not take a value" in said:
        return f"{option} was given a value, and it takes none. Leave the value out."
    if parameter is not None:
        return f"{_wrong_value(error, parameter, said)} {help_}"
    return f"{said}. {help_}"


def folder_from(text: str, option: str) -> Path:
    """Return the folder that an option names; an empty name is not the current one."""
    if not text.strip():
        raise InvalidArgumentError(
            f"{option} is {text!r}; the name of a folder was needed. Write {option} . "
            "for the current folder."
        )
    return stop.may_write(Path(text).expanduser())


def _wrong_value(error: Any, parameter: Any, said: str) -> str:
    name = _name(parameter)
    needed = next((words for key, words in _NEEDED if key in said), None)
    found = _found(error, said)
    if needed is None or found is None:
        return f"{name}: {said.rpartition(': ')[2]}."
    return f"{name} is {found!r}; {needed} was needed."


def _found(error: Any, said: str) -> str | None:
    """Return the value that was refused, from the cause or the quotation marks."""
    cause = error.__cause__
    if hasattr(cause, "errors"):
        return str(cause.errors()[0].get("input"))
    quoted = re.search(r": '(.*)' is not", said)
    return quoted[1] if quoted else None


def _path(context: Any) -> str:
    """Return "widthwise diagnose", whatever the program was started as."""
    names: list[str] = []
    while context.parent is not None:
        names.insert(0, str(context.info_name))
        context = context.parent
    return " ".join(["widthwise", *names])


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"the argument {str(parameter.name).upper()}"
    return str(max(parameter.opts, key=len))


def _options(context: Any) -> list[str]:
    if context is None:
        return []
    known = [
        name
        for each in context.command.params
        for name in (*each.opts, *each.secondary_opts)
    ]
    return [name for name in [*known, "--help"] if name.startswith("--")]


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"Did you mean {near[0]!r}? " if near else ""

"""A function's arguments, read from the text of its file: nothing in it is run."""

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from widthwise.errors import InvalidArgumentError

__all__ = ["function_read"]

_KINDS = {
    "posonlyargs": inspect.Parameter.POSITIONAL_ONLY,
    "args": inspect.Parameter.POSITIONAL_OR_KEYWORD,
    "kwonlyargs": inspect.Parameter.KEYWORD_ONLY,
}


def function_read(text: str, folder: str) -> Callable[..., Any] | None:
    """Return a stand-in with the arguments of the function that `text` names.

    Parameters
    ----------
    text, folder
        As for `function_named`.

    Returns
    -------
    Something to look at, never to call; None where only an import would tell: the file
    is not found or not Python, or the name is not that of a plain `def` at its top.
    """
    place, _, name = text.rpartition(":")
    for path in _files(place, Path(folder)):
        if not path.is_file():
            continue
        try:
            body = ast.parse(path.read_bytes()).body
        except (SyntaxError, ValueError, OSError, RecursionError):
            return None
        found = [
            each
            for each in body
            if isinstance(each, ast.FunctionDef) and each.name == name
        ]
        plain = len(found) == 1 and not found[0].decorator_list
        return _StandIn(_signature(found[0].args)) if plain else None
    return None


class _StandIn:
    def __init__(self, signature: inspect.Signature) -> None:
        self.__signature__ = signature

    def __call__(self) -> None:
        raise InvalidArgumentError(
            "The plan was read to be looked at, and its function was not imported. "
            "Read it again to run it."
        )


def _files(place: str, folder: Path) -> Iterator[Path]:
    if place.endswith(".py"):
        yield folder / Path(place).expanduser()
        return
    below = Path(*place.split("."))
    for start in (folder, *map(Path, sys.path)):
        yield start / below.with_suffix(".py")
        yield start / below / "__init__.py"


def _signature(given: ast.arguments) -> inspect.Signature:
    ordinary = [*given.posonlyargs, *given.args]
    first = len(ordinary) - len(given.defaults)
    with_default = {each.arg for each in ordinary[first:]}
    for each, value in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if value is not None:
            with_default.add(each.arg)
    parameters = []
    for group, kind in _KINDS.items():
        if group == "kwonlyargs" and given.vararg:
            parameters.append(
                inspect.Parameter(given.vararg.arg, inspect.Parameter.VAR_POSITIONAL)
            )
        for each in getattr(given, group):
            default = ... if each.arg in with_default else inspect.Parameter.empty
            parameters.append(inspect.Parameter(each.arg, kind, default=default))
    if given.kwarg:
        parameters.append(
            inspect.Parameter(given.kwarg.arg, inspect.Parameter.VAR_KEYWORD)
        )
    return inspect.Signature(parameters)

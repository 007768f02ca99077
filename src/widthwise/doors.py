"""Doors that open when a name is first asked for, or are read without opening."""

import ast
import importlib
import importlib.resources
from collections.abc import Callable, Iterable, Mapping
from typing import Any

__all__ = ["names_on", "opened_by"]


def opened_by(
    door: str, places: Mapping[str, Iterable[str]], modules: Iterable[str] = ()
) -> Callable[[str], Any]:
    """Return a module's `__getattr__`, which imports what a name stands for.

    Parameters
    ----------
    door
        The module's own name.
    places
        For each module below the door, the names that it has.
    modules
        Names of modules below the door that are asked for themselves.
    """
    of = {name: place for place, names in places.items() for name in names}
    whole = frozenset(modules)

    def found(name: str) -> Any:
        if name in whole:
            return importlib.import_module(f"{door}.{name}")
        if name not in of:
            raise AttributeError(f"module {door!r} has no attribute {name!r}")
        return getattr(importlib.import_module(f"{door}.{of[name]}"), name)

    return found


def names_on(room: str, table: str = "NAMES") -> tuple[str, ...]:
    """Return the names in a table of a room's door, from its text: nothing is imported.

    Parameters
    ----------
    room
        The folder below `widthwise`.
    table
        What the door assigns: a tuple of plain strings, or a dict with such keys.

    Raises
    ------
    LookupError
        If the door has no such table.
    """
    door = importlib.resources.files("widthwise") / room / "__init__.py"
    for each in ast.parse(door.read_text(encoding="utf-8")).body:
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == table:
            return tuple(ast.literal_eval(each.value))
    raise LookupError(f"The door of {room!r} has no plain table {table}.")

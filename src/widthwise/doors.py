"""Doors that open when a name is first asked for."""

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

__all__ = ["opened_by"]


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

"""Doors that open when a name is first asked for."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["opened_by"]


def opened_by(door: str, places: Mapping[str, str]) -> Callable[[str], Any]:
    """Return a module's `__getattr__`, which imports what a name stands for.

    Parameters
    ----------
    door
        The module's own name.
    places
        For each name the module that has it; the name itself where it is a module.
    """

    def found(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {door!r} has no attribute {name!r}")
        module = importlib.import_module(places[name])
        return module if places[name].endswith(f".{name}") else getattr(module, name)

    return found

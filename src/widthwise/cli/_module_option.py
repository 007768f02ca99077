"""`--module package.module:factory`: a torch module, made by its author's own code."""

import difflib
import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

from widthwise.errors import InvalidArgumentError

if TYPE_CHECKING:
    from torch.nn import Module

__all__ = ["input_shape_from", "module_from"]


def module_from(text: str) -> "Module":
    """Import the code that `text` names, call it, and return the module it makes.

    The current folder is searched first, as `python -m` does.
    """
    place, colon, name = text.partition(":")
    if not (place and colon and name):
        raise InvalidArgumentError(
            f"--module is {text!r}; it must be package.module:factory, such as "
            "mymodels.net:make."
        )
    found = _named(_imported(place), place, name)
    from torch.nn import Module

    if isinstance(found, type) or not isinstance(found, Module):
        found = _called(found, text)
    if not isinstance(found, Module):
        raise InvalidArgumentError(
            f"{text} gave {type(found).__name__}, not a torch.nn.Module. Name a "
            "function without arguments that returns the module."
        )
    return found


def input_shape_from(text: str | None) -> tuple[int, ...] | None:
    """Return the shape that "3x32x32" or "3,32,32" writes."""
    if text is None:
        return None
    parts = text.lower().replace(",", "x").split("x")
    if not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        raise InvalidArgumentError(
            f"--input-shape is {text!r}; it must be whole numbers above 0 with x "
            "between them, such as 1x28x28."
        )
    return tuple(int(part) for part in parts)


def _imported(place: str) -> Any:
    here = os.getcwd()
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name and (place == error.name or place.startswith(f"{error.name}.")):
            raise InvalidArgumentError(
                f"There is no Python module {error.name!r} in {here} or among the "
                "installed packages. Run the command in the folder that holds it."
            ) from error
        raise _failed(f"Importing {place}", error) from error
    except Exception as error:
        raise _failed(f"Importing {place}", error) from error


def _named(found: Any, place: str, name: str) -> Any:
    for part in name.split("."):
        if not hasattr(found, part):
            near = difflib.get_close_matches(part, dir(found), n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise InvalidArgumentError(f"{place} has nothing named {part!r}.{hint}")
        found = getattr(found, part)
    return found


def _called(factory: Any, text: str) -> Any:
    if not callable(factory):
        raise InvalidArgumentError(
            f"{text} is {type(factory).__name__}, which cannot be called. Name a "
            "function without arguments that returns the module."
        )
    try:
        return factory()
    except Exception as error:
        raise _failed(f"Calling {text}()", error) from error


def _failed(what: str, error: Exception) -> InvalidArgumentError:
    said = " ".join(str(error).split()).rstrip(".")
    return InvalidArgumentError(
        f"{what} failed with {type(error).__name__}: {said}. Mend it, or name another."
    )

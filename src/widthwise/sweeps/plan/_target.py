"""What a trial computes, by name: a catalog's experiment or one's own function."""

import difflib
import importlib
import importlib.util
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from widthwise.errors import InvalidArgumentError, unknown_name

__all__ = [
    "Target",
    "experiment_named",
    "function_named",
    "name_below",
    "name_of",
    "require_arguments",
    "require_no_import",
    "require_version",
    "takes_seed",
]

_VERSION = re.compile(r"[A-Za-z0-9._+-]{1,64}")
_FILES: dict[Path, ModuleType] = {}
_IMPORTING: list[Path] = []


@dataclass(frozen=True)
class Target:
    """The three parts of `experiment:NAME@VERSION` or `function:PLACE:NAME@VERSION`.

    Attributes
    ----------
    kind
        "experiment" or "function".
    name
        The experiment, or `package.module:function`, or `path/file.py:function`.
    version
        Counts changes after which the same arguments and seed give other numbers.
    """

    kind: str
    name: str
    version: str

    @classmethod
    def parsed(cls, text: str) -> "Target":
        """Return the parts of the text.

        Raises
        ------
        InvalidArgumentError
            If it has another form.
        """
        kind, _, rest = text.partition(":")
        name, _, version = rest.rpartition("@")
        if kind not in ("experiment", "function") or not name:
            raise InvalidArgumentError(
                f"The target is {text[:200]!r}; it must be experiment:NAME@VERSION or "
                "function:package.module:NAME@VERSION."
            )
        return cls(kind, name, require_version(version))

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}@{self.version}"


def require_version(version: str) -> str:
    """Return the version, if it is short and plain."""
    if not _VERSION.fullmatch(version):
        raise InvalidArgumentError(
            f"The version is {version[:80]!r}; it must be 1 to 64 letters, digits, "
            "dots, plus signs, hyphens or underscores."
        )
    return version


def experiment_named(name: str) -> Any:
    """Return the experiment of the catalog.

    Raises
    ------
    UnknownNameError
        If there is none, with the nearest names.
    """
    from widthwise.experiments import CATALOG

    if name not in CATALOG:
        raise unknown_name("experiment", name, CATALOG)
    return CATALOG[name]


def function_named(text: str, folder: str | None = None) -> Callable[..., Any]:
    """Import the function that `text` names.

    Parameters
    ----------
    text
        "package.module:function" or "path/to/file.py:function"; dots in the name
        reach into classes.
    folder
        Where a relative path starts, and where a module is looked for first; by
        default the current folder.

    Raises
    ------
    InvalidArgumentError
        If it cannot be imported, has no such name, or is not callable.
    """
    place, _, name = text.rpartition(":")
    if not place or not name:
        raise InvalidArgumentError(
            f"The function is {text!r}; it must be package.module:function or "
            "path/to/file.py:function."
        )
    start = Path(folder) if folder is not None else Path.cwd()
    found: Any = (
        _module_of_file(start / Path(place).expanduser())
        if place.endswith(".py")
        else _module_of_name(place, start)
    )
    for part in name.split("."):
        if not hasattr(found, part):
            near = difflib.get_close_matches(part, dir(found), n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise InvalidArgumentError(f"{place} has nothing named {part!r}.{hint}")
        found = getattr(found, part)
    if not callable(found):
        raise InvalidArgumentError(
            f"{text} is of type {type(found).__name__}, which cannot be called. Name "
            "a function."
        )
    if inspect.iscoroutinefunction(found) or inspect.isgeneratorfunction(found):
        raise InvalidArgumentError(
            f"{text} does not return a result when called: it is a coroutine or a "
            "generator. Name a plain function."
        )
    return found  # type: ignore[no-any-return]


def name_of(function: Callable[..., Any]) -> tuple[str, str | None]:
    """Return the name by which another process imports the function, and from where.

    Raises
    ------
    InvalidArgumentError
        If it has no such name, as a lambda or a function inside a function.
    """
    module, name = (
        str(getattr(function, part, "")) for part in ("__module__", "__qualname__")
    )
    if not module or not name or "<" in name:
        raise InvalidArgumentError(
            f"The function {name or function!r} cannot be imported by name, which "
            "other processes need. Define it with def at the top of a file."
        )
    if module != "__main__":
        return f"{module}:{name}", None
    file = getattr(sys.modules["__main__"], "__file__", None)
    if file is None or not file.endswith(".py"):
        raise InvalidArgumentError(
            f"The function {name!r} was defined interactively, and other processes "
            "cannot import it. Write it into a file."
        )
    path = Path(file).resolve()
    return f"{path.name}:{name}", str(path.parent)


def name_below(text: str, folder: str | None = None) -> str:
    """Return the name with a file's path written one way: relative where it can be.

    `./study.py:fit` and `/plans/study.py:fit` become `study.py:fit` in /plans, so that
    a trial has one key whatever way its function is named.
    """
    place, _, name = text.rpartition(":")
    if not place.endswith(".py"):
        return text
    start = Path(os.path.abspath(folder or "."))
    path = Path(os.path.normpath(start / Path(place).expanduser()))
    if path.is_relative_to(start):
        path = path.relative_to(start)
    elif not os.path.isabs(place):
        path = Path(os.path.normpath(place))
    return f"{path.as_posix()}:{name}"


def require_no_import() -> None:
    """Refuse a plan that is made while a plan's own function is being imported.

    Raises
    ------
    InvalidArgumentError
        Always then: every worker would start the sweep again.
    """
    if _IMPORTING:
        raise InvalidArgumentError(
            f"{_IMPORTING[-1]} makes a plan while it is imported for its function. "
            'Put the lines that run the sweep under if __name__ == "__main__":.'
        )


def takes_seed(function: Callable[..., Any]) -> bool:
    """Return whether the function has an argument named `seed`."""
    signature = _signature(function)
    return signature is not None and "seed" in signature.parameters


def require_arguments(
    function: Callable[..., Any], text: str, names: Iterable[str]
) -> None:
    """Refuse names that the function does not take, and a call that lacks some.

    Raises
    ------
    InvalidArgumentError
        With the function's own arguments.
    """
    signature = _signature(function)
    if signature is None:
        return
    given: Mapping[str, None] = dict.fromkeys(names)
    if "seed" in signature.parameters:
        given = {**given, "seed": None}
    try:
        signature.bind(**given)
    except TypeError as error:
        raise InvalidArgumentError(
            f"{text}{signature} cannot be called with what the plan gives "
            f"({', '.join(given) or 'nothing'}): {error}. Change [grid] or [fixed]."
        ) from error


def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):  # Some builtins have none; the call will tell.
        return None


def _module_of_file(path: Path) -> ModuleType:
    path = path.resolve()
    if path in _FILES:
        return _FILES[path]
    if not path.is_file():
        raise InvalidArgumentError(
            f"There is no file {path}. Write the path relative to the plan."
        )
    if (folder := str(path.parent)) not in sys.path:
        sys.path.insert(0, folder)
    name = f"_widthwise_plan_{len(_FILES)}_{re.sub(r'[^0-9A-Za-z]', '_', path.stem)}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # as for any import: dataclasses look themselves up
    _IMPORTING.append(path)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise _failed(str(path), error) from error
    finally:
        _IMPORTING.remove(path)
    _FILES[path] = module
    return module


def _module_of_name(place: str, start: Path) -> ModuleType:
    if (folder := str(start.resolve())) not in sys.path:
        sys.path.insert(0, folder)
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name and (place == error.name or place.startswith(f"{error.name}.")):
            raise InvalidArgumentError(
                f"There is no Python module {error.name!r} in {start.resolve()} or "
                "among the installed packages. Write path/to/file.py:function, or "
                "install it."
            ) from error
        raise _failed(place, error) from error
    except Exception as error:
        raise _failed(place, error) from error


def _failed(what: str, error: Exception) -> InvalidArgumentError:
    said = " ".join(str(error).split()).rstrip(".")
    return InvalidArgumentError(
        f"Importing {what} failed with {type(error).__name__}: {said}. Mend it, or "
        "name another."
    )

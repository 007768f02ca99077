"""A plan's file: TOML, each key known, each mistake named with its place."""

import tomllib
from pathlib import Path
from typing import Any

from widthwise.errors import (
    InvalidArgumentError,
    MissingDataError,
    unknown_name,
)

__all__ = ["read_plan"]

_KEYS = (
    "experiment",
    "function",
    "grid",
    "fixed",
    "settings",
    "trials",
    "seed",
    "quick",
    "timeout",
    "memory",
    "threads",
    "version",
)
_TABLES = ("grid", "fixed", "settings")
_MOST_BYTES = 2**26


def read_plan(path: Path) -> dict[str, Any]:
    """Return the arguments of a plan, unchecked but for their names.

    Raises
    ------
    MissingDataError
        If there is no such file.
    InvalidArgumentError
        If it is not TOML, with the line; or a table is none.
    UnknownNameError
        If it has an unknown key, with the nearest ones.
    """
    found = _parsed(path)
    for key in found:
        if key not in _KEYS:
            raise unknown_name(f"key of a plan ({path.name})", key, _KEYS)
    for key in ("experiment", "function"):
        if not isinstance(found.get(key, ""), str):
            raise InvalidArgumentError(
                f"{path}: {key} is {found[key]!r}; a name in quotation marks was "
                "needed."
            )
    for key in _TABLES:
        if key in found and not isinstance(found[key], dict):
            raise InvalidArgumentError(
                f"{path}: {key} is {found[key]!r}; a table was needed, that is lines "
                f"of name = value under [{key}]."
            )
    if "settings" in found:
        if "fixed" in found:
            raise InvalidArgumentError(
                f"{path} has both [fixed] and [settings], which mean the same. Keep "
                "one."
            )
        found["fixed"] = found.pop("settings")
    if isinstance(found.get("version"), int):
        found["version"] = str(found["version"])
    return found


def _parsed(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise MissingDataError(
            f"There is no plan at {path}. Write one; `widthwise sweep --help` says how."
        ) from error
    except OSError as error:
        raise InvalidArgumentError(
            f"The plan {path} cannot be read: {error.strerror or error}. Name a TOML "
            "file."
        ) from error
    if len(content) > _MOST_BYTES:
        raise InvalidArgumentError(
            f"The plan {path} is longer than {_MOST_BYTES} bytes. Write ranges "
            "instead of lists."
        )
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise InvalidArgumentError(
            f"The plan {path} is not UTF-8 text: line {line} has the byte "
            f"0x{content[error.start]:02x}. Save it as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        last = content.count(b"\n") + 1
        said = str(error).replace("end of document", f"line {last}, where it ends")
        raise InvalidArgumentError(
            f"The plan {path} is not TOML: {said.rstrip('.')}. Mend that line."
        ) from error
    except RecursionError as error:
        raise InvalidArgumentError(
            f"The plan {path} is nested too deep to read. Make it flatter."
        ) from error

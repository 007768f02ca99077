"""What the record of every run opens with: what it is, and where it was made."""

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from widthwise.records._record import SCHEMA
from widthwise.records._typed import write

__all__ = ["Environment", "Opening", "environment", "opening"]

_PACKAGES = ("widthwise", "torch", "numpy", "scipy", "scikit-learn")


@dataclass(frozen=True)
class Environment:
    """The versions and the machine that a record was made with.

    Attributes
    ----------
    python, platform
        The interpreter's version, and the system's name.
    cores
        How many the machine has; null where it does not say.
    packages
        The version of each library that numbers depend on; null where it is absent.

    Examples
    --------
    >>> import widthwise as ww
    >>> opening = ww.records.opening("mine", seed=0, command=None)
    >>> isinstance(opening["environment"], ww.records.Environment)
    True
    >>> "torch" in opening["environment"].packages
    True
    """

    python: str
    platform: str
    cores: int | None
    packages: dict[str, str | None]


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What a record of every kind has.

    Attributes
    ----------
    kind
        What this is a record of.
    schema
        Counts the changes that could break a reader.
    widthwise
        The version of the library that computed it.
    created
        The time in UTC, as ISO 8601 writes it.
    environment
        The versions and the machine.
    command
        The command line; null when called from Python.
    seed
        Every random number follows from it.

    Examples
    --------
    >>> import widthwise as ww
    >>> found = ww.records.opening("experiment", seed=0, command=None)
    >>> found["kind"], found["seed"]
    ('experiment', 0)
    """

    kind: str
    schema: int
    widthwise: str
    created: str
    environment: Environment
    command: str | None
    seed: int


def opening(kind: str, seed: int, command: str | None) -> dict[str, Any]:
    """Return the fields of an `Opening` as they are here and now.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.records.opening("experiment", seed=7, command=None)["seed"]
    7
    """
    around = Environment(
        python=platform.python_version(),
        platform=platform.platform(),
        cores=os.cpu_count(),
        packages={name: _version_of(name) for name in _PACKAGES},
    )
    return {
        "kind": kind,
        "schema": SCHEMA,
        "widthwise": around.packages["widthwise"] or "unknown",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "environment": around,
        "command": command,
        "seed": seed,
    }


def environment() -> dict[str, Any]:
    """Return the versions and the machine as nested dicts, with the time.

    Examples
    --------
    >>> import widthwise as ww
    >>> "created" in ww.records.environment()
    True
    """
    found = opening("", 0, None)
    return {"created": found["created"], **write(found["environment"])}


@cache  # A run of many trainings opens many records.
def _version_of(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

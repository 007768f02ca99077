"""What may be asked of one trial, and how it can end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Limits", "Outcome"]


@dataclass(frozen=True)
class Limits:
    """What one trial may use.

    Attributes
    ----------
    timeout
        Seconds of wall-clock time; None for no limit.
    memory
        Bytes of resident memory of its process; None for no limit.
    threads
        Threads of BLAS, OpenMP and torch, at least 1. Numbers may depend on it in
        their last digits, and on nothing else of the machine's load.
    """

    timeout: float | int | None = None
    memory: int | None = None
    threads: int = 1


@dataclass(frozen=True)
class Outcome:
    """How one trial ended.

    Attributes
    ----------
    kind
        "finished"; or "raised", "timeout", "memory" or "killed".
    result
        What the trial returned, if it finished.
    message, traceback
        What went wrong, and where.
    seconds
        Wall-clock time of the trial alone.
    """

    kind: str
    result: Mapping[str, Any] | None = None
    message: str = ""
    traceback: str = ""
    seconds: float = 0.0

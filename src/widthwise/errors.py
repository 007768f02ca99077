"""Every error the library raises on purpose.

Each derives from `WidthwiseError`, and from the built-in a caller would expect.
A message says what was found, what was needed, and what to do next.
"""

import difflib
from collections.abc import Iterable

__all__ = [
    "DataError",
    "InvalidArgumentError",
    "KernelMismatchError",
    "KernelUnderflowError",
    "MemoryBudgetError",
    "MissingDataError",
    "NotCoveredError",
    "NotOnSphereError",
    "NotPositiveDefiniteError",
    "OutputError",
    "OutsideDomainError",
    "PrecisionLimitError",
    "UnknownNameError",
    "WidthwiseError",
    "WorkersLostError",
    "unknown_name",
]


class WidthwiseError(Exception):
    """Base of every error raised on purpose."""


class InvalidArgumentError(WidthwiseError, ValueError):
    """An argument is outside the range that has a meaning."""


class UnknownNameError(WidthwiseError, ValueError):
    """A catalog has no entry of that name."""


class DataError(WidthwiseError, ValueError):
    """A table or array cannot be used as points and targets."""


class MissingDataError(WidthwiseError, FileNotFoundError):
    """A data file is not where it was looked for."""


class NotCoveredError(InvalidArgumentError):
    """A theorem does not speak of this activation, this law or these points."""


class NotOnSphereError(WidthwiseError, ValueError):
    """A row has a norm other than one."""


class NotPositiveDefiniteError(WidthwiseError, ValueError):
    """A kernel matrix has an eigenvalue below the rounding error."""


class OutsideDomainError(WidthwiseError, ValueError):
    """An activation was asked for a value where it is not defined."""


class PrecisionLimitError(InvalidArgumentError):
    """A proof to so many digits would need a longer series than is tried."""


class KernelMismatchError(WidthwiseError, ValueError):
    """A bound was given the spectrum of a kernel that its theorem is not about."""


class KernelUnderflowError(InvalidArgumentError):
    """An activation is so small in this dimension that its kernel leaves float64."""


class MemoryBudgetError(WidthwiseError, MemoryError):
    """A computation would need more memory than its budget."""


class OutputError(WidthwiseError, OSError):
    """A result cannot be written where it was asked for."""


class WorkersLostError(WidthwiseError, ConnectionError):
    """The processes that run trials cannot be started, or have gone for good."""


def unknown_name(kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
    """Build the error for a name that is in no catalog, with the nearest ones."""
    names = sorted(known)
    near = difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(map(repr, near))}? " if near else ""
    return UnknownNameError(
        f"There is no {kind} named {name!r}. {hint}Known: {', '.join(names)}."
    )

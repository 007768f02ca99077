"""A record as a page is drawn from it: a frozen object, and arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, runtime_checkable

import numpy as np

from widthwise.diagnosis.study import Training, Verdict

__all__ = ["Compared", "Drawn", "E_co", "Series", "choice", "series", "told"]

R_co = TypeVar("R_co", covariant=True)


@runtime_checkable
class Compared(Protocol):
    """One of several things that a record compares."""

    @property
    def name(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def training(self) -> Training: ...


E_co = TypeVar("E_co", bound=Compared, covariant=True)


@runtime_checkable
class Pictured(Protocol):
    """What a record says of a picture."""

    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class Drawn(Generic[R_co]):
    """What is drawn: the evidence, and the arrays behind its figures."""

    evidence: R_co
    arrays: Mapping[str, np.ndarray]

    def numbers(self, *names: str) -> tuple[np.ndarray, ...] | None:
        """Return the named arrays, or None unless all are there and finite."""
        found = [np.asarray(self.arrays[each]) for each in names if each in self.arrays]
        if len(found) < len(names):
            return None
        usable = all(each.size and each.dtype.kind in "biuf" for each in found)
        if not usable or not all(np.isfinite(each).all() for each in found):
            return None
        return tuple(each.astype(np.float64) for each in found)


@dataclass(frozen=True)
class Series(Generic[E_co]):
    """One of what is compared: its findings, its arrays and its place."""

    index: int
    found: E_co
    arrays: Mapping[str, np.ndarray]

    @property
    def name(self) -> str:
        return self.found.name

    def array(self, *names: str) -> tuple[np.ndarray, ...] | None:
        """Return the named arrays, or None unless all are there and of one length."""
        keys = [f"{self.found.key}/{name}" for name in names]
        if not all(key in self.arrays for key in keys):
            return None
        found = tuple(np.asarray(self.arrays[key], dtype=np.float64) for key in keys)
        lengths = {each.shape for each in found}
        return found if len(lengths) == 1 and found[0].size else None


def series(
    found: Sequence[E_co], arrays: Mapping[str, np.ndarray]
) -> tuple[Series[E_co], ...]:
    """Return what is compared, in the order of the record."""
    return tuple(Series(index, each, arrays) for index, each in enumerate(found))


def choice(verdicts: Sequence[Verdict]) -> tuple[str | None, bool]:
    """Return the name of what came out best, and whether it is recommended."""
    for verdict in verdicts:
        if verdict.chosen is not None:
            return verdict.chosen, verdict.status == "yes"
    return None, False


def told(summary: Pictured | None) -> str:
    """Return what the record says of a picture, to stand before a sentence."""
    return f"{summary.text} " if summary else ""

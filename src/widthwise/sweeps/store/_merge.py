"""Two stores made one: what the other has is added, and nothing is overwritten."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from widthwise.errors import DataError
from widthwise.sweeps.plan import Trial
from widthwise.sweeps.store._failure import Failure
from widthwise.sweeps.store._files import Folder
from widthwise.sweeps.store._verification import Damage, intact, read_result

__all__ = ["Conflict", "Merged", "difference", "merged"]


@dataclass(frozen=True)
class Conflict:
    """A trial of which two stores hold different results; each keeps its own.

    Attributes
    ----------
    trial
        What was computed.
    difference
        The largest relative difference of two numbers in the same place; infinite
        where other things differ than numbers.

    Examples
    --------
    >>> import widthwise as ww
    >>> trial = ww.sweeps.Trial("function:math:sqrt@1", {"x": 4.0}, seed=3)
    >>> ww.sweeps.Conflict(trial, 0.5).difference
    0.5
    """

    trial: Trial
    difference: float


@dataclass(frozen=True)
class Merged:
    """What merging a store into another did.

    Attributes
    ----------
    added
        Results that came in.
    same
        Results that both had.
    failures_added
        Failures that came in, of trials without a result here.
    conflicts
        Trials with different results; those that were here stayed.
    damaged
        Files of the other store that cannot be used; they were left out.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> trial = ww.sweeps.Trial("function:calendar:isleap@1", {"year": 2000})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     here, there = (ww.sweeps.Store(f"{folder}/{each}") for each in "ab")
    ...     there.put(trial, trial.run())
    ...     found = here.merge(there)
    True
    >>> found.added, found.same, found.conflicts
    (1, 0, ())
    """

    added: int
    same: int
    failures_added: int
    conflicts: tuple[Conflict, ...]
    damaged: tuple[Damage, ...]


def merged(
    results: Folder, failures: Folder, from_results: Folder, from_failures: Folder
) -> Merged:
    """Add what the other store's folders hold to ours."""
    added = same = failures_added = 0
    conflicts: list[Conflict] = []
    damaged: list[Damage] = []
    for key in from_results.keys():  # noqa: SIM118 - a folder is no dict
        try:
            content = from_results.read(key)
            if content is None:
                continue
            trial, result = read_result(content, key)
        except DataError as error:
            damaged.append(Damage(from_results.place(key), str(error)))
            continue
        ours = intact(results, key, read_result)
        if ours is None:
            results.write(key, content)
            failures.remove(key)
            added += 1
        elif ours == content:
            same += 1
        else:
            kept = read_result(ours, key)[1]
            conflicts.append(Conflict(trial, difference(kept, result)))
    for key in from_failures.keys():  # noqa: SIM118 - a folder is no dict
        try:
            content = from_failures.read(key)
            if content is None:
                continue
            Failure.from_content(content, key)
        except DataError as error:
            damaged.append(Damage(from_failures.place(key), str(error)))
            continue
        if intact(results, key, read_result) is None and failures.read(key) is None:
            failures.write(key, content)
            failures_added += 1
    return Merged(added, same, failures_added, tuple(conflicts), tuple(damaged))


def difference(one: Any, other: Any) -> float:
    """Return the largest |a - b| / max(|a|, |b|) of numbers in the same place.

    It is infinite where shapes, names, types or words differ, or a number is not
    finite and the other is another one.
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        if set(one) != set(other):
            return math.inf
        return max((difference(one[name], other[name]) for name in one), default=0.0)
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return math.inf
        pairs = zip(one, other, strict=True)
        return max((difference(a, b) for a, b in pairs), default=0.0)
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        if one.shape != other.shape or one.dtype != other.dtype:
            return math.inf
        return difference(one.tolist(), other.tolist())
    if type(one) is not type(other):
        return math.inf
    if isinstance(one, float | int) and not isinstance(one, bool):
        return _relative(one, other)
    return 0.0 if one == other else math.inf


def _relative(one: float | int, other: float | int) -> float:
    if one == other or (one != one and other != other):
        return 0.0
    if one != one or other != other:
        return math.inf
    try:
        scale = max(abs(one), abs(other))
        found = float(abs(one - other) / scale)
    except OverflowError:
        return math.inf
    return found if math.isfinite(found) else math.inf

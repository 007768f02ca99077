"""How long work takes on this machine: the routine itself, timed on a smaller piece.

A rate of one product, for all that is counted in operations, was off by a factor of
three: Cholesky's method, singular values, reads and products each have their own, and
each has a size from which it is reached.
"""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from widthwise.machine import usable_cores
from widthwise.wording import duration

__all__ = [
    "Clock",
    "Seconds",
    "TimedParts",
    "beside_others",
    "effort_for",
    "grown",
    "reads_seconds",
    "rest",
    "sample_of",
    "timed",
]

_TRIES = 3  # After one that wakes the threads.
_LONG = 0.1  # Seconds of a try from which it is the only one.
_BLINK = 0.03  # Seconds of all tries from which there is no other.
_AWAKE = 0.03  # Seconds for which OpenBLAS's threads wait for more to do.
_SHORT = 0.5  # Seconds up to which no more is said.
_CLEAR = 1.15  # What a range is wide from which it is said as one.
_CHANGE = 1.5  # What other work may grow by before a range said no longer holds.
_SAMPLE, _PART = 64, 8
_ENTRIES = 2**22
_THREADS = Path("/proc/self/task")


@dataclass(frozen=True)
class Seconds:
    """A time, with what other work on the machine makes of it.

    Attributes
    ----------
    least
        With the cores free; 0 where only a bound is known.
    most
        With the other work that is there now.
    """

    least: float = 0.0
    most: float = 0.0

    def __add__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.least + other.least, self.most + other.most)

    def __sub__(self, other: "Seconds") -> "Seconds":
        """Return what is beyond another time; clocks' noise leaves none, never less."""
        least = max(self.least - other.least, 0.0)
        return Seconds(least, max(self.most - other.most, least))

    def __mul__(self, factor: float | int) -> "Seconds":
        return Seconds(self.least * factor, self.most * factor)

    __rmul__ = __mul__

    @property
    def likely(self) -> float:
        """The middle of both, by ratio; of a bound, half of it."""
        return math.sqrt(self.least * self.most) or self.most / 2

    def __str__(self) -> str:
        if self.most < _SHORT:
            return "less than a second"
        if self.least == 0.0:
            return f"less than {duration(math.ceil(self.most))}"
        if self.most <= _CLEAR * self.least:
            return f"about {duration(self.likely)}"
        return f"{duration(self.least)} to {duration(self.most)}"


@dataclass(frozen=True)
class TimedParts:
    """Times of parts of a work, in their order; each is a field."""

    @property
    def parts(self) -> list[Seconds]:
        """Those times."""
        return [getattr(self, each.name) for each in fields(self)]

    @property
    def seconds(self) -> Seconds:
        """That of all."""
        return sum(self.parts, Seconds())

    @property
    def likely(self) -> list[float]:
        """What each part takes, for its progress."""
        return [each.likely for each in self.parts]


class Clock:
    """Seconds from here on; what threads waited for a core is the part of other work.

    Linux counts that; elsewhere there is no such part.
    """

    def __init__(self) -> None:
        self._start = self._now()

    def _now(self) -> tuple[float, float, float]:
        return time.perf_counter(), time.process_time(), _waited()

    def seconds(self) -> Seconds:
        """Return them, without that part and with it."""
        wall, used, waited = np.subtract(self._now(), self._start).tolist()
        if waited <= 0.0:
            return Seconds(wall, wall)
        # Of threads at work at once, the first; of one that also sleeps, the second.
        return Seconds(max(wall * used / (used + waited), wall - waited), wall)


def timed(
    work: Callable[[], object], tries: int = _TRIES, enough: float = _BLINK
) -> Seconds:
    """Return how long a call takes, after one that wakes the threads.

    The least of some tries, of no more than are `enough` seconds: threads of BLAS that
    wait awake made others two to ten times as long. A first one that takes a tenth of a
    second is the only one.
    """
    found, spent = list[Seconds](), 0.0
    for attempt in range(1 + tries):
        clock = Clock()
        work()
        took = clock.seconds()
        spent += took.most
        if attempt or took.most > _LONG:
            found.append(took)
        if found and spent > enough:
            break
    free = min(each.least for each in found)
    return beside_others(free, max(each.most for each in found))


def beside_others(free: float, most: float | None = None) -> Seconds:
    """Return the time of work that takes this on free cores, and that at most now.

    Without such a time the machine's load tells it.
    """
    load = free * max(os.getloadavg()[0] / usable_cores(), 1.0)
    most = load if most is None else most
    if most > _CLEAR * free:  # The system shares its cores among all that want them.
        most = _CHANGE * max(most, load)
    return Seconds(free, most)


def rest() -> None:
    """Wait until threads of BLAS that have nothing to do no longer wait awake.

    Beside them a pass of 2 ms took 22.
    """
    time.sleep(_AWAKE)


def reads_seconds(
    read: Callable[[int], object], size: int, block: int, count: int
) -> Seconds:
    """Return how long reading so many rows takes, some at a time.

    Parameters
    ----------
    read
        Reads so many rows.
    size
        The most to read for it: half of them shows what a read takes beside its rows.
    """
    whole = timed(lambda: read(size), 1)
    if size == block or size < 2:
        return whole * (count / size)
    half = timed(lambda: read(size // 2), 1)
    rows = size - size // 2

    def total(more: float, less: float) -> float:
        slope = min(max(more - less, 0.0) / rows, more / size)
        return slope * count + (more - slope * size) * -(-count // block)

    return Seconds(total(whole.least, half.least), total(whole.most, half.most))


def sample_of(longer: int, shorter: int) -> int:
    """Return how much of a matrix's longer side to time: a 64th, or some 32 MiB.

    Fewer entries stay in caches, and in memory that is there already, and are faster.
    """
    least = min(-(-longer // _PART), _ENTRIES // shorter)
    return max(-(-longer // _SAMPLE), least, min(longer, 64))


def effort_for(operations: float | int) -> int:
    """Return the largest order to time for work of so many operations."""
    for most, order in ((5e9, 256), (2e10, 512), (2e12, 1024), (2e13, 2048)):
        if operations < most:
            return order
    return 4096


def grown(found: Seconds, pure: Seconds, by: float, power: int) -> Seconds:
    """Extrapolate a time to an order so many times as large.

    What products explain of it grows with a power of the order, and the rest with one
    power less.
    """

    def total(whole: float, part: float) -> float:
        part = min(part, whole)
        return float(part * by**power + (whole - part) * by ** (power - 1))

    return Seconds(total(found.least, pure.least), total(found.most, pure.most))


def _waited() -> float:
    """Return the seconds that this process's threads have waited for a core."""
    total = 0
    for each in _THREADS.glob("*/schedstat"):
        try:
            total += int(each.read_text().split()[1])
        except (OSError, ValueError, IndexError):
            continue  # The thread has ended, or the system does not count.
    return total * 1e-9

"""The memory that a computation may use, asked before it is allocated."""

import os
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import torch

from widthwise.errors import MemoryBudgetError

__all__ = ["available_bytes", "has_room", "held_bytes", "require"]

_CGROUP = Path("/sys/fs/cgroup")
_RECENT = 0.25  # Seconds; nobody fills most of a machine's memory in that time.
_SMALL = 16  # Below this part of what was free then, no file is read anew.


def available_bytes(device: torch.device | None = None) -> int:
    """Return how many bytes this process could allocate now; on a GPU too, if named.

    The least of the machine's available memory (Linux's own estimate; elsewhere the
    physical memory), what is left under the container's limit, and what is left of
    the process's address-space limit.

    Returns
    -------
    Bytes, at least 0.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.numerics.available_bytes() > 0
    True
    """
    limits = [_machine()]
    limits += [left for left in (_container(), _address_space()) if left is not None]
    if device is not None and device.type == "cuda":
        limits.append(torch.cuda.mem_get_info(device)[0])
    return max(min(limits), 0)


def held_bytes() -> int:
    """Return how many bytes of memory this process holds now; 0 where none tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def has_room(needed: int) -> bool:
    """Say whether so many bytes could be allocated now.

    Asking takes a millisecond. What is below 1/16 of what was free in the last quarter
    of a second is allowed without, so that many small networks do not wait for it.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.numerics.has_room(1000), ww.numerics.has_room(10**18)
    (True, False)
    """
    now = int(time.monotonic() / _RECENT)
    if needed <= _measured(available_bytes, now) // _SMALL:
        return True
    return needed <= available_bytes()


def require(needed: int, what: str, cheaper: str) -> None:
    """Refuse a computation that the memory cannot hold.

    Parameters
    ----------
    needed
        Peak bytes of what is about to be allocated.
    what
        What needs them, as the subject of a sentence: "The kernels of 20000 points".
    cheaper
        What to do instead, as a sentence.

    Raises
    ------
    MemoryBudgetError
        If `needed` exceeds `available_bytes()`.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.numerics.require(1000, "A small matrix", "Take fewer rows.")
    """
    if not has_room(needed):
        available = available_bytes()
        raise MemoryBudgetError(
            f"{what} would take {_human(needed)} of memory and {_human(available)} "
            f"are available. {cheaper}"
        )


@lru_cache(maxsize=1)
def _measured(measure: Callable[[], int], _when: int) -> int:
    return measure()


def _machine() -> int:
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass  # Not Linux: the physical memory is the best estimate left.
    if hasattr(os, "sysconf"):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 2**62


def _container() -> int | None:
    """Bytes left under the control group's limit, version 2 then version 1."""
    for limit, usage, stat in (
        ("memory.max", "memory.current", "memory.stat"),
        (
            "memory/memory.limit_in_bytes",
            "memory/memory.usage_in_bytes",
            "memory/memory.stat",
        ),
    ):
        try:
            text = (_CGROUP / limit).read_text(encoding="ascii").strip()
            used = int((_CGROUP / usage).read_text(encoding="ascii"))
            details = (_CGROUP / stat).read_text(encoding="ascii").split()
        except (OSError, ValueError):
            continue
        if text == "max":
            return None
        # Clean file pages count as used there, and are given up on demand.
        statistics = dict(zip(details[::2], details[1::2], strict=False))
        cached = int(statistics.get("inactive_file", 0))
        return int(text) - used + cached
    return None


def _address_space() -> int | None:
    """Bytes left under RLIMIT_AS, where the system has one and it is set."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY:
        return None
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return soft
    return soft - pages * os.sysconf("SC_PAGE_SIZE")


def _human(count: int) -> str:
    for unit, size in (("TB", 10**12), ("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count} B"

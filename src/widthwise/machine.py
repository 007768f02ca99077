"""What of this machine may be used: its cores, its threads, its compiler.

numba, torch, joblib and threadpoolctl are loaded where they are needed, not before.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from typing import Any

__all__ = [
    "SERIAL_ROWS",
    "compiled",
    "limited_blas",
    "limited_threads",
    "threads_for",
    "usable_cores",
]

SERIAL_ROWS = 1000
"""Up to this many rows, factorizations are too small to gain from a second thread, and
threads that wait for one another lose much on a busy machine."""

_LOADERS = ("numpy", "scipy.linalg", "torch", "sklearn")
"""Who brings libraries with threads of their own."""


def usable_cores() -> int:
    """Return the cores left by the process's affinity and its container's quota."""
    from joblib import cpu_count

    return int(cpu_count())


def threads_for(rows: int) -> int | None:
    """Return how many threads matrices of so many rows want; None for no limit."""
    return 1 if rows <= SERIAL_ROWS else None


@contextmanager
def limited_blas(most: int | None) -> Iterator[None]:
    """Let every BLAS use at most so many threads; None is no limit.

    The limit is the process's, not a thread's, so it is set once around a whole run. A
    library that has fewer threads already keeps them.
    """
    with _limited(most, "blas"):
        yield


@contextmanager
def limited_threads(most: int | None) -> Iterator[None]:
    """Let every BLAS and OpenMP, torch's among them, use at most so many threads."""
    with _limited(most, None):
        yield


def compiled(
    function: Callable[..., Any], *, fastmath: frozenset[str] = frozenset()
) -> Any:
    """Compile a function with numba; other threads run while it does.

    The machine code is kept beside the source, or in a folder of the user's, where one
    can be written; else every process compiles anew.

    Parameters
    ----------
    function
        Of arrays and numbers. As a decorator: `@compiled`, or
        `@partial(compiled, fastmath=frozenset({"contract"}))`.
    fastmath
        What the compiler may do to floating point: "contract" fuses a product and a
        sum, "reassoc" sums in another order. By default every operation is as written.
    """
    import numba

    # A checker of annotations wraps functions on import; numba compiles the bare one.
    function = inspect.unwrap(function)
    options: dict[str, Any] = {"nogil": True}
    if fastmath:
        options["fastmath"] = set(fastmath)
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:  # No folder that numba may write its cache to.
        return numba.njit(**options)(function)


@contextmanager
def _limited(most: int | None, kind: str | None) -> Iterator[None]:
    if most is None:
        yield
        return
    libraries = _libraries(frozenset(each for each in _LOADERS if each in sys.modules))
    with ExitStack() as limits:
        for each in libraries.lib_controllers:
            before = each.num_threads
            if kind is not None and each.user_api != kind:
                continue
            if before is not None and before > most:
                limits.callback(each.set_num_threads, before)
                each.set_num_threads(most)
        yield


@lru_cache(maxsize=8)
def _libraries(_loaded: frozenset[str]) -> Any:
    """Return the libraries with threads; looked for anew where more were loaded.

    Finding them takes 6 ms, so it is not done for every matrix.
    """
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()

"""How long so many operations take on this machine, by those of one product."""

import time
from functools import lru_cache

import numpy as np
from scipy.linalg import blas

__all__ = ["estimated_seconds"]

_SIDE, _LONG = 512, 2048
_TRIES = 3  # The first of which wakes the threads.


def estimated_seconds(operations: float | int) -> float:
    """Return how long products of matrices with so many operations take, about.

    At the rate of one symmetric product, timed once in a process: other work on the
    machine, and steps that are no products, make it twice as long at times.

    Cost: 30 ms the first time.
    """
    return operations * _seconds_each()


@lru_cache(maxsize=1)
def _seconds_each() -> float:
    long, found = np.ones((_LONG, _SIDE)), np.zeros((_SIDE, _SIDE), order="F")
    taken = []
    for _ in range(_TRIES):
        start = time.perf_counter()
        blas.dsyrk(1.0, long, beta=0.0, c=found, trans=1, overwrite_c=1)
        taken.append(time.perf_counter() - start)
    return min(taken) / (_SIDE * _SIDE * _LONG)

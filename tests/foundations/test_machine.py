"""Test `widthwise.machine`: limits hold while they are meant to, and are undone."""

import os
import subprocess
import sys
import threading
from functools import partial

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from widthwise.machine import (
    SERIAL_ROWS,
    compiled,
    limited_blas,
    limited_threads,
    threads_for,
    usable_cores,
)


def counts(kind=None):
    return [
        each["num_threads"]
        for each in threadpool_info()
        if kind is None or each["user_api"] == kind
    ]


def test_importing_it_loads_nothing_heavy():
    code = (
        "import sys, widthwise.machine\n"
        "print({'numba', 'torch', 'joblib', 'threadpoolctl', 'numpy'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity here")
def test_only_the_cores_of_the_process_are_counted():
    own = os.sched_getaffinity(0)
    assert 1 <= usable_cores() <= len(own)
    os.sched_setaffinity(0, {min(own)})
    try:
        assert usable_cores() == 1
    finally:
        os.sched_setaffinity(0, own)


def test_small_matrices_get_one_thread():
    assert threads_for(SERIAL_ROWS) == 1
    assert threads_for(SERIAL_ROWS + 1) is None


@pytest.mark.parametrize(
    ("limited", "kind"), [(limited_blas, "blas"), (limited_threads, None)]
)
def test_a_limit_holds_inside_and_is_undone(limited, kind):
    np.ones((2, 2)) @ np.ones((2, 2))
    before = counts()
    with limited(1):
        assert counts(kind) == [1] * len(counts(kind))
        with limited(2):  # never more than around it
            assert counts(kind) == [1] * len(counts(kind))
    assert counts() == before
    with limited(None), limited(10**6):
        assert counts() == before

    def fail():
        with limited(1):
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert counts() == before


def test_limits_of_two_threads_leave_no_trace():
    """The inner limit ends after the outer one: neither may keep the other's count."""
    before = counts("blas")
    is_inside, may_end = threading.Event(), threading.Event()

    def inner():
        with limited_blas(1):
            is_inside.set()
            assert may_end.wait(10)

    with limited_blas(1):
        thread = threading.Thread(target=inner)
        thread.start()
        assert is_inside.wait(10)
    may_end.set()
    thread.join()
    assert counts("blas") == before


@compiled
def _sum(values):
    total = 0.0
    for each in values:
        total += each
    return total


@partial(compiled, fastmath=frozenset({"contract", "reassoc"}))
def _fast_sum(values):
    total = 0.0
    for each in values:
        total += each
    return total


def test_compiled_loops_say_what_python_says():
    values = np.random.default_rng(0).standard_normal(1000)
    # As written: the same additions in the same order, so the same bits.
    assert _sum(values) == _sum.py_func(values)
    # In another order: at most n units of the last digit of the sum of sizes.
    assert abs(_fast_sum(values) - _sum(values)) <= 1000 * 2**-53 * np.abs(values).sum()

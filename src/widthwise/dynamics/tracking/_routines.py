"""BLAS and LAPACK routines that let other threads of Python run.

SciPy's own wrappers hold the interpreter's lock while a routine works, so a training
loop in another thread would wait. The same routines are reached through the addresses
that `scipy.linalg.cython_blas` and `cython_lapack` publish; ctypes gives the lock away.
All arguments are pointers, as in Fortran.
"""

import ctypes
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from scipy.linalg import cython_blas, cython_lapack

__all__ = ["add_outer_products", "ends_of_spectrum"]


def add_outer_products(total: np.ndarray, block: np.ndarray) -> None:
    r"""Add $B B^\top$ to the upper triangle of `total`, both C-contiguous (syrk)."""
    count, width = block.shape
    # To Fortran the block is Bᵀ and the total its own transpose: the lower triangle.
    _call(
        _routine(cython_blas, "dsyrk", 10),
        b"L",
        b"T",
        count,
        width,
        1.0,
        block,
        width,
        1.0,
        total,
        count,
    )


def ends_of_spectrum(matrix: np.ndarray) -> tuple[float, float]:
    """Return the least and the largest eigenvalue of a symmetric matrix.

    The matrix becomes tridiagonal (sytrd), whose two ends are found by bisection
    (stebz) to the last digits: the errors are those of the first step, eps times the
    norm, as for all eigenvalues at once. Cost: (4/3) n³ operations.
    """
    n = len(matrix)
    packed = np.array(matrix, order="C")
    diagonal, beside, factors = np.empty(n), np.empty(n), np.empty(n)
    work = np.empty(64 * n)
    info = ctypes.c_int()
    reduce = _routine(cython_lapack, "dsytrd", 10)
    _call(reduce, b"L", n, packed, n, diagonal, beside, factors, work, 64 * n, info)
    least, largest = (_eigenvalue(diagonal, beside, place) for place in (1, n))
    return least, largest


def _eigenvalue(diagonal: np.ndarray, beside: np.ndarray, place: int) -> float:
    n = len(diagonal)
    found, blocks, splits = np.empty(n), np.empty(n, np.intc), np.empty(n, np.intc)
    count, parts, info = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    work, whole = np.empty(4 * n), np.empty(3 * n, np.intc)
    # Twice the least normal number asks for all digits that bisection can give.
    tolerance = 2.0 * float(np.finfo(np.float64).tiny)
    _call(
        _routine(cython_lapack, "dstebz", 18),
        b"I",
        b"E",
        n,
        0.0,
        0.0,
        place,
        place,
        tolerance,
        diagonal,
        beside,
        count,
        parts,
        found,
        blocks,
        splits,
        work,
        whole,
        info,
    )
    if info.value or count.value != 1:
        raise np.linalg.LinAlgError(
            f"Bisection for an eigenvalue failed with code {info.value}. Check the "
            "matrix for NaN."
        )
    return float(found[0])


def _call(routine: Any, *arguments: Any) -> None:
    kept = [_passed(each) for each in arguments]
    routine(*[address for address, _ in kept])


def _passed(value: Any) -> tuple[Any, Any]:
    """Return the address of a value, and what keeps it alive."""
    if isinstance(value, np.ndarray):
        return value.ctypes.data, value
    if isinstance(value, bytes):
        value = ctypes.c_char(value)
    elif isinstance(value, int):
        value = ctypes.c_int(value)
    elif isinstance(value, float):
        value = ctypes.c_double(value)
    return ctypes.addressof(value), value


@cache
def _routine(module: ModuleType, name: str, count: int) -> Any:
    capsule = ctypes.py_object(module.__pyx_capi__[name])
    api = ctypes.pythonapi
    name_of = ctypes.PYFUNCTYPE(ctypes.c_char_p, ctypes.py_object)(
        ("PyCapsule_GetName", api)
    )
    address_of = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", api)
    )
    address = address_of(capsule, name_of(capsule))
    return ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * count)(address)

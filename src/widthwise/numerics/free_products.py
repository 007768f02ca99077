r"""Products of matrices by SciPy's BLAS while other Python threads run.

SciPy's own functions hold Python's lock until they return: threads that call them wait
for one another. Called by address, the same routines of the same library do not.
"""

import ctypes
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.linalg import cython_blas

__all__ = ["add_product", "add_square"]

_DOUBLE = "__pyx_t_5scipy_6linalg_11cython_blas_d *"
_INPUT, _OUTPUT = (_DOUBLE, "int *"), (_DOUBLE, _DOUBLE, "int *")
_TAKEN = {
    "dgemm": ("char *",) * 2 + ("int *",) * 3 + (_DOUBLE, *_INPUT * 2, *_OUTPUT),
    "dsyrk": ("char *",) * 2 + ("int *",) * 2 + (_DOUBLE, *_INPUT, *_OUTPUT),
}


def add_product(
    out: np.ndarray, left: np.ndarray, right: np.ndarray, kept: float = 1.0
) -> None:
    r"""Write `kept` times `out` plus $A B^\top$ into `out`.

    Parameters
    ----------
    out, left, right
        Shapes (n, m), (n, k), (m, k), float64; rows of each lie in one piece. With
        `kept` 0, nothing of `out` is read.
    """
    routine = _routine("dgemm")
    if routine is None:
        np.add(left @ right.T, kept * out if kept else 0.0, out=out)
        return
    # BLAS sees the transposes of all three.
    routine(
        b"T",
        b"N",
        *_whole(*out.shape[::-1], left.shape[1]),
        _real(1.0),
        *_matrix(right),
        *_matrix(left),
        _real(kept),
        *_matrix(out),
    )


def add_square(out: np.ndarray, factor: np.ndarray, kept: float = 1.0) -> None:
    r"""Write `kept` times `out` plus $A A^\top$ into the upper triangle of `out`.

    Parameters
    ----------
    out, factor
        Shapes (n, n) and (n, k), as of `add_product`.
    """
    routine = _routine("dsyrk")
    if routine is None:
        add_product(out, factor, factor, kept)
        return
    routine(
        b"L",
        b"T",
        *_whole(*factor.shape),
        _real(1.0),
        *_matrix(factor),
        _real(kept),
        *_matrix(out),
    )


@lru_cache
def _routine(name: str) -> Callable[..., None] | None:
    """Return a routine that gives the lock back; None where it takes other types."""
    capsule = cython_blas.__pyx_capi__[name]
    python = ctypes.pythonapi
    called = python.PyCapsule_GetName
    called.restype, called.argtypes = ctypes.c_char_p, [ctypes.py_object]
    signature = called(capsule)
    if signature != f"void ({', '.join(_TAKEN[name])})".encode():
        return None
    address = python.PyCapsule_GetPointer
    address.restype = ctypes.c_void_p
    address.argtypes = [ctypes.py_object, ctypes.c_char_p]
    kinds = [
        ctypes.c_char_p if each == "char *" else ctypes.c_void_p
        for each in _TAKEN[name]
    ]
    return ctypes.CFUNCTYPE(None, *kinds)(address(capsule, signature))


def _whole(*numbers: int) -> list[Any]:
    return [ctypes.byref(ctypes.c_int(each)) for each in numbers]


def _real(number: float) -> Any:
    return ctypes.byref(ctypes.c_double(number))


def _matrix(array: np.ndarray) -> tuple[int, Any]:
    """Return where a matrix starts, and what lies between its rows."""
    if array.dtype != np.float64 or array.strides[1] != 8:
        raise ValueError("Rows must be float64, each in one piece.")
    return array.ctypes.data, *_whole(max(array.strides[0] // 8, array.shape[1], 1))

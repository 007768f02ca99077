"""Duals kept on disk from one process to the next, named by all they are made from."""

import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields
from functools import cache
from pathlib import Path

import numpy as np

from widthwise.activations import Activation
from widthwise.errors import OutputError
from widthwise.files import cache_folder, write_bytes
from widthwise.laws import Law
from widthwise.numerics import PiecewisePolynomial

__all__ = ["kept", "kept_arrays"]

Arrays = dict[str, np.ndarray]
Halves = tuple[PiecewisePolynomial, PiecewisePolynomial, float]

_SOURCES = (
    "activations",
    "kernels/duals",
    "kernels/pairs",
    "kernels/rules",
    "laws",
    "numerics",
)


def kept(
    make: Callable[[Activation, Law, int], Halves],
    activation: Activation,
    law: Law,
    order: int,
) -> Halves:
    """Return `make(activation, law, order)`, from the disk where it is there.

    The file's name is a digest of the activation, the law, the order and the sources
    that find duals, so that no file is ever out of date, and processes share the
    folder: that of WIDTHWISE_DUALS, or "duals" in the user's cache. What is not of this
    package is made each time; a file that cannot be read is made anew, and where none
    can be written none is.
    """
    asked = activation, law, order
    held = kept_arrays(lambda: _arrays(make(*asked)), *asked, accept=_is_whole)
    return _halves(held)


def kept_arrays(
    make: Callable[[], Arrays],
    activation: Activation,
    law: Law,
    *more: int,
    accept: Callable[[Arrays], bool],
) -> Arrays:
    """Return arrays by name as `kept` does; those that `accept` refuses are made anew.

    They are found by the activation, the law, and the numbers in `more`.
    """
    said = _said(activation)
    if said is None or not _is_own(law):
        return make()
    content = "\n".join([said, repr(law), repr(more), np.__version__, _sources()])
    name = hashlib.sha256(content.encode()).hexdigest()[:32]
    given = os.environ.get("WIDTHWISE_DUALS")
    folder = Path(given).expanduser() if given else cache_folder() / "duals"
    path = folder / f"{name}.npz"
    found = _read(path)
    if found is None or not accept(found):
        found = make()
        # A folder that cannot be written costs the next process its time, no more.
        with suppress(OutputError, OSError):
            folder.mkdir(parents=True, exist_ok=True)
            write_bytes(path, _bytes(found))
    return found


def _said(value: object) -> str | None:
    """Return all that an activation of this package is made of; None for others."""
    if isinstance(value, bool | int | float | str):
        return repr(value)
    if isinstance(value, tuple):
        parts = [_said(each) for each in value]
        return None if None in parts else f"({', '.join(map(str, parts))})"
    if not (
        isinstance(value, Activation)
        and type(value).__module__.startswith("widthwise.")
    ):
        return None
    parts = [_said(getattr(value, each.name)) for each in fields(value)]
    inside = None if None in parts else ", ".join(map(str, parts))
    return None if inside is None else f"{type(value).__qualname__}({inside})"


def _is_own(value: object) -> bool:
    return type(value).__module__.startswith("widthwise.")


@cache
def _sources() -> str:
    """Return a digest of the code that decides what a dual is."""
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for folder in _SOURCES:
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _bytes(found: Arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **found)  # type: ignore[arg-type]
    return buffer.getvalue()


def _read(path: Path) -> Arrays | None:
    """Return what a file holds; None for no file, or one that is damaged."""
    try:
        # From memory: NumPy leaves a damaged file open.
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as held:
            return dict(held.items())
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _arrays(found: Halves) -> Arrays:
    near, far, bound = found
    return {
        "near_edges": near.edges,
        "near": near.coefficients,
        "far_edges": far.edges,
        "far": far.coefficients,
        "errors": np.array([near.error, far.error, bound]),
    }


def _halves(held: Arrays) -> Halves:
    errors = held["errors"]
    near, far = (
        PiecewisePolynomial(held[f"{side}_edges"], held[side], float(errors[k]))
        for k, side in enumerate(("near", "far"))
    )
    return near, far, float(errors[2])


def _is_whole(held: Arrays) -> bool:
    if not {"near_edges", "near", "far_edges", "far", "errors"} <= set(held):
        return False
    return held["errors"].shape == (3,) and all(
        held[f"{side}_edges"].ndim == 1
        and held[side].ndim == 2
        and len(held[f"{side}_edges"]) == len(held[side]) + 1
        and np.isfinite(held[side]).all()
        for side in ("near", "far")
    )

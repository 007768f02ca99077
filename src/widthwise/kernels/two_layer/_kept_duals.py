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

__all__ = ["kept"]

Halves = tuple[PiecewisePolynomial, PiecewisePolynomial, float]

_SOURCES = ("activations", "kernels/two_layer", "laws", "numerics")


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
    said = _said(activation)
    if said is None or not _is_own(law):
        return make(activation, law, order)
    content = "\n".join([said, repr(law), str(order), np.__version__, _sources()])
    name = hashlib.sha256(content.encode()).hexdigest()[:32]
    given = os.environ.get("WIDTHWISE_DUALS")
    folder = Path(given).expanduser() if given else cache_folder() / "duals"
    path = folder / f"{name}.npz"
    found = _read(path)
    if found is None:
        found = make(activation, law, order)
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


def _bytes(found: Halves) -> bytes:
    near, far, bound = found
    buffer = io.BytesIO()
    np.savez(
        buffer,
        near_edges=near.edges,
        near=near.coefficients,
        far_edges=far.edges,
        far=far.coefficients,
        errors=np.array([near.error, far.error, bound]),
    )
    return buffer.getvalue()


def _read(path: Path) -> Halves | None:
    """Return what a file holds; None for no file, or one that is damaged."""
    try:
        # From memory: NumPy leaves a damaged file open.
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as held:
            errors = held["errors"]
            near, far = (
                PiecewisePolynomial(held[f"{side}_edges"], held[side], float(errors[k]))
                for k, side in enumerate(("near", "far"))
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    whole = all(
        each.edges.ndim == 1
        and each.coefficients.ndim == 2
        and len(each.edges) == len(each.coefficients) + 1
        and np.isfinite(each.coefficients).all()
        for each in (near, far)
    )
    return (near, far, float(errors[2])) if whole and errors.shape == (3,) else None

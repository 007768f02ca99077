"""What every figure of the page is made of."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["DataTable", "Figure", "listed", "thinned"]


@dataclass(frozen=True)
class DataTable:
    """The numbers behind a figure, for readers who cannot use the picture."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """A figure, its text alternative, and the numbers that the browser draws.

    Attributes
    ----------
    identifier
        Names the drawing function and the place on the page.
    summary
        What the picture shows, in sentences with numbers: its accessible name.
    reading
        How to read it, for someone who never saw such a figure.
    curves
        One JSON-able mapping per activation drawn.
    layout
        Further JSON-able settings of the drawing.
    """

    identifier: str
    title: str
    summary: str
    reading: str
    table: DataTable
    curves: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]


def thinned(length: int, *, keep: int) -> list[int]:
    """Return at most `keep` indices below `length`: both ends, denser at each end.

    Spectra change most at their two ends, so the grid is that of Chebyshev points.
    """
    if length <= keep:
        return list(range(length))
    angles = np.linspace(0.0, np.pi, keep)
    places = np.rint((length - 1) * (1 - np.cos(angles)) / 2).astype(int)
    return [int(each) for each in np.unique(places)]


def listed(values: Iterable[float | int]) -> list[float | None]:
    """Return numbers as JSON has them: one that is not finite is None."""
    return [float(each) if math.isfinite(each) else None for each in values]

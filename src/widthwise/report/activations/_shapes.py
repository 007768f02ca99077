"""The figures of the activations and of the kernels they turn into."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from widthwise.diagnosis.activations import ActivationEvidence
from widthwise.report.parts import DataTable, Figure, Series, number

__all__ = ["dual_figure", "shape_figure"]

_KEPT_IN_TABLE = 9


def shape_figure(found: Sequence[Series[ActivationEvidence]]) -> Figure:
    """Draw σ(z) where the law of the weights can send it."""
    return _curves(
        found,
        ("shape_z", "shape_value"),
        identifier="shapes",
        title="The activations",
        opening="Line chart of each activation σ(z).",
        reading="What one hidden unit does to the number that reaches it.",
        variable="z",
        relative=False,
    )


def dual_figure(found: Sequence[Series[ActivationEvidence]]) -> Figure:
    """Draw the dual kernel divided by its value at t = 1."""
    return _curves(
        found,
        ("dual_t", "dual_value"),
        identifier="duals",
        title="Their dual kernels",
        opening="Line chart of each dual kernel k(t), divided by its value at t = 1.",
        reading=(
            "How alike an infinitely wide hidden layer finds two rows, against how "
            "alike they are (t = 1 equal, 0 at a right angle, −1 opposite). A peak at "
            "t = 1 that falls off fast keeps near rows apart, which is what makes "
            "training fast."
        ),
        variable="t",
        relative=True,
    )


def _curves(
    found: Sequence[Series[ActivationEvidence]],
    names: tuple[str, str],
    *,
    identifier: str,
    title: str,
    opening: str,
    reading: str,
    variable: str,
    relative: bool,
) -> Figure:
    shown, curves, sentences = [], [], [opening]
    for each in found:
        grid = each.array(*names)
        if grid is None:
            continue
        z, values = grid
        scale = float(values[-1]) if relative and values[-1] > 0 else 1.0
        heights = _without_rounding(values / scale)
        shown.append((each.name, z, heights))
        curves.append(
            {
                "activation": each.index,
                "x": [float(place) for place in z],
                "y": [float(height) for height in heights],
                "scale": scale,
            }
        )
        middle = heights.size // 2
        sentences.append(
            f"{each.name}: {number(float(heights[0]))} at {_tidy(z[0])}, "
            f"{number(float(heights[middle]))} at {_tidy(z[middle])} and "
            f"{number(float(heights[-1]))} at {_tidy(z[-1])}."
        )
    low, high = _range(curves)
    grid_of_table = np.linspace(low, high, _KEPT_IN_TABLE)
    rows = tuple(
        (
            _tidy(place),
            *(number(float(np.interp(place, z, heights))) for _, z, heights in shown),
        )
        for place in grid_of_table
    )
    return Figure(
        identifier=identifier,
        title=title,
        summary=" ".join(sentences),
        reading=reading,
        table=DataTable((variable, *(name for name, _, _ in shown)), rows),
        curves=curves,
        layout={"range": [low, high]},
    )


def _range(curves: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Return the least and greatest x of all curves."""
    ends = [np.asarray(each["x"], dtype=np.float64) for each in curves]
    if not ends:
        return -1.0, 1.0
    return float(min(x.min() for x in ends)), float(max(x.max() for x in ends))


def _without_rounding(heights: np.ndarray) -> np.ndarray:
    """Return `heights` with what is rounding beside the largest of them as zero."""
    rounding = 16 * np.finfo(np.float64).eps * np.max(np.abs(heights))
    return np.where(np.abs(heights) <= rounding, 0.0, heights)


def _tidy(value: float) -> str:
    """Return a grid point without the rounding of its computation."""
    return number(round(float(value), 12))

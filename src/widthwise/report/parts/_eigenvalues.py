"""The figure of the eigenvalues of the kernels."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from widthwise.report.parts._drawn import Compared, Series
from widthwise.report.parts._figure import DataTable, Figure, thinned
from widthwise.report.parts._numbers import count, number
from widthwise.report.parts._telling import Telling

__all__ = ["eigenvalue_figure"]

_ARRAYS = ("eigenvalues", "eigenvalue_bounds")
_KEPT_IN_TABLE = 12
_KEPT_IN_PICTURE = 1000


def eigenvalue_figure(found: Sequence[Series[Compared]], telling: Telling) -> Figure:
    """Draw λ_i / λ_1 with the level below which an eigenvalue is only rounding."""
    shown = [each for each in found if each.array(*_ARRAYS) is not None]
    return Figure(
        identifier="eigenvalues",
        title=telling.eigenvalues_title,
        summary=" ".join(
            [telling.eigenvalues_opening, *(_sentence(each) for each in shown)]
        ),
        reading=telling.eigenvalues_reading,
        table=_table(shown),
        curves=[_curve(each) for each in shown],
        layout={},
    )


def _levels(each: Series[Compared]) -> tuple[np.ndarray, np.ndarray]:
    found = each.array(*_ARRAYS)
    assert found is not None
    return found[0], found[1]


def _curve(each: Series[Compared]) -> dict[str, Any]:
    values, bounds = _levels(each)
    places = thinned(values.size, keep=_KEPT_IN_PICTURE)
    top = float(values[0])
    return {
        "activation": each.index,
        "order": [place + 1 for place in places],
        "values": [float(values[place]) for place in places],
        "bounds": [float(bounds[place]) for place in places],
        "largest": top if top > 0 else 1.0,
    }


def _sentence(each: Series[Compared]) -> str:
    values, bounds = _levels(each)
    top = float(values[0])
    if top <= 0:
        return f"{each.name}: every eigenvalue is zero."
    resolved = int(np.count_nonzero(values > bounds))
    text = f"{each.name}: {count(values.size)} eigenvalues from {number(top)}"
    if resolved == values.size:
        return (
            f"{text} down to {number(float(values[-1]))}, which is "
            f"{number(float(values[-1]) / top)} of the largest."
        )
    return f"{text}; {count(values.size - resolved)} of them are zero within the error."


def _table(shown: Sequence[Series[Compared]]) -> DataTable:
    longest = max((_levels(each)[0].size for each in shown), default=0)
    places = thinned(longest, keep=_KEPT_IN_TABLE)
    rows = [
        (count(place + 1), *(_entry(each, place) for each in shown)) for place in places
    ]
    worst = (number(float(_levels(each)[1].max())) for each in shown)
    cut = len(places) < longest
    return DataTable(
        ("i", *(each.name for each in shown)),
        (*rows, ("error at most", *worst)) if shown else (),
        "Some rows are left out; arrays.npz holds them all." if cut else "",
    )


def _entry(each: Series[Compared], place: int) -> str:
    values, bounds = _levels(each)
    if place >= values.size:
        return "–"
    value, bound = float(values[place]), float(bounds[place])
    return number(value) if value > bound else f"at most {number(bound)}"

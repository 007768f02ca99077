"""The picture of the loss along a segment in the space of weights."""

import numpy as np

from widthwise.diagnosis.landscape import LandscapeRecord
from widthwise.report.parts import (
    DataTable,
    Drawn,
    Figure,
    count,
    listed,
    number,
    thinned,
    told,
)

__all__ = ["slice_figure"]

_ARRAYS = ("slice/t", "slice/loss", "slice/rank")
_KEPT_IN_TABLE = 40


def slice_figure(record: Drawn[LandscapeRecord]) -> Figure | None:
    """Draw the loss, where the pattern changes, the rank between, and the minima."""
    found = record.numbers(*_ARRAYS)
    if found is None:
        return None
    t, loss, rank = found
    (edges,) = record.numbers("slice/edges") or (np.empty(0),)
    (minima,) = record.numbers("slice/minima") or (np.empty(0),)
    if t.shape != loss.shape or rank.size != edges.size + 1:
        return None
    rows = record.evidence.data.rows
    ends = np.concatenate([[t.min()], np.clip(edges, t.min(), t.max()), [t.max()]])
    lowest = np.interp(minima, t, loss)
    shown = (
        f"Its minima are at t = {', '.join(number(each) for each in minima[:6])}, the "
        f"lowest with the loss {number(float(lowest.min()))}."
        if minima.size
        else "It has no minimum within."
    )
    return Figure(
        identifier="slice",
        title="The loss along a line of weights",
        summary=(
            f"Line chart of the loss from t = {number(t.min())}, where it is "
            f"{number(loss[0])}, to t = {number(t.max())}, where it is "
            f"{number(loss[-1])}. The pattern changes {count(edges.size)} times; the "
            f"rank between is {count(rank.min())} to {count(rank.max())} of "
            f"{count(rows)}. {shown}"
        ),
        reading=(
            f"{told(record.evidence.slice)}At a thin line a unit switches "
            "at a row; between, the loss is one parabola. The bars below are the rank "
            "of the Jacobian"
            f"{', orange where it is too low' if rank.min() < rows else ''}; the "
            f"dashed line is full rank, {count(rows)}. A diamond is a minimum along "
            "the line, not always of the whole loss."
        ),
        table=_table(ends, rank, t, loss, minima, rows),
        curves=[
            {
                "t": listed(t),
                "loss": listed(loss),
                "edges": listed(edges),
                "ends": listed(ends),
                "rank": [int(each) for each in rank],
                "minima": listed(minima),
                "lowest": listed(lowest),
            }
        ],
        layout={"full": rows, "loss": _loss_name(record)},
    )


def _loss_name(record: Drawn[LandscapeRecord]) -> str:
    """Return how the record's loss is defined, as the axis names it."""
    found = record.evidence.slice.loss if record.evidence.slice else None
    return f"loss, {found}" if isinstance(found, str) else "loss"


def _table(
    ends: np.ndarray,
    rank: np.ndarray,
    t: np.ndarray,
    loss: np.ndarray,
    minima: np.ndarray,
    rows: int,
) -> DataTable:
    holding = np.searchsorted(ends[1:-1], minima[:_KEPT_IN_TABLE])
    kept = thinned(rank.size, keep=_KEPT_IN_TABLE)
    places = sorted({*kept, *(int(each) for each in holding)})
    cut = len(places) < rank.size
    return DataTable(
        ("piece", "from t", "to t", "rank", "minimum at t", "loss there"),
        tuple(
            (
                count(place + 1),
                number(ends[place]),
                number(ends[place + 1]),
                f"{count(rank[place])} of {count(rows)}",
                *_within(minima, ends[place], ends[place + 1], t, loss),
            )
            for place in places
        ),
        "Some pieces are left out; arrays.npz holds them all." if cut else "",
    )


def _within(
    minima: np.ndarray, low: float, high: float, t: np.ndarray, loss: np.ndarray
) -> tuple[str, str]:
    """Return where the piece has minima, and the loss there."""
    inside = minima[(minima >= low) & (minima <= high)]
    if not inside.size:
        return "–", "–"
    return (
        ", ".join(number(each) for each in inside),
        ", ".join(number(each) for each in np.interp(inside, t, loss)),
    )

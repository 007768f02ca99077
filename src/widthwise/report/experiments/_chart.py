"""Charts of a record, read with the tables that hold their numbers."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from widthwise.errors import DataError
from widthwise.records import read
from widthwise.report.charts import KINDS, Drawing, Looks, unable
from widthwise.report.experiments._drawable import GivenChart
from widthwise.report.experiments._grid import with_grids
from widthwise.report.experiments._lines import with_lines
from widthwise.report.experiments._rows import Row, chosen, spaced

__all__ = ["drawings"]

_OPTIONAL = ("by", "panels", "low", "high", "reference", "z")


def drawings(content: Mapping[str, Any], looks: Looks | None = None) -> list[Drawing]:
    """Return the charts of an experiment's record, in its order.

    A chart that cannot be drawn, because it is of a kind that only later versions know
    or because its table or columns are absent, says so instead. A series of one name
    looks the same in all of them, and in others drawn with the same `looks`.
    """
    looks = looks or Looks()
    tables = content["tables"]
    return [
        _drawing(chart, place, tables, looks)
        for place, chart in enumerate(content.get("charts") or ())
    ]


def _drawing(
    chart: Mapping[str, Any], place: int, tables: Mapping[str, Any], looks: Looks
) -> Drawing:
    kind, table = chart.get("kind", "lines"), chart.get("table")
    if kind not in KINDS:
        return unable(
            chart,
            place,
            f"This version of widthwise cannot draw a chart of the kind {kind!r}; it "
            f"draws {', '.join(KINDS[:-1])} and {KINDS[-1]}s. A newer version may.",
        )
    try:
        read(GivenChart, {key: each for key, each in chart.items() if each is not None})
    except DataError as error:
        return unable(chart, place, str(error))
    rows = tables.get(table) if isinstance(table, str) else None
    if not isinstance(rows, list | tuple):
        return unable(chart, place, f"The record has no table {table!r}.")
    kept = chosen(rows, chart.get("only"))
    if not kept:
        why = "holds no rows" if not rows else "holds no such rows"
        return unable(chart, place, f"The table {table!r} {why}.")
    needed = ["x", "y", *(["z"] if kind == "heat map" else [])]
    for key in (*needed, *_OPTIONAL):
        column = chart.get(key)
        if column is None and key not in needed:
            continue
        if not isinstance(column, str) or not any(column in row for row in kept):
            return unable(
                chart, place, f"The table {table!r} has no column {column!r}."
            )
    return _placed(chart, place, kept, looks)


def _placed(
    chart: Mapping[str, Any], place: int, rows: list[Row], looks: Looks
) -> Drawing:
    log = chart.get("log") or ""
    bare = replace(
        unable(chart, place, ""),
        problem=None,
        x_label=chart.get("x_label") or spaced(chart["x"]),
        y_label=chart.get("y_label") or spaced(chart["y"]),
        z_label=chart.get("z_label") or spaced(chart.get("z")),
        log_x="x" in log,
        log_y="y" in log,
        kind=chart.get("kind", "lines"),
        by=spaced(chart.get("by")),
        reference=spaced(chart.get("reference")),
    )
    if bare.kind == "heat map":
        return with_grids(bare, chart, rows)
    return with_lines(bare, chart, rows, looks)

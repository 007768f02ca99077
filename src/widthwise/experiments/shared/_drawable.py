"""Which charts a run with few settings has the numbers for."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from widthwise.experiments.shared._chart import Chart

__all__ = ["drawable"]


def drawable(
    charts: Iterable[Chart], tables: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[Chart, ...]:
    """Return the charts of which at least one row has a finite number to draw."""
    return tuple(
        chart
        for chart in charts
        if any(
            all(row[key] == value for key, value in chart.only.items())
            and math.isfinite(row[chart.z or chart.y] or 0.0)
            for row in tables.get(chart.table, ())
        )
    )

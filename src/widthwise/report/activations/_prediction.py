"""How rows left out are predicted: error against width, penalties, rows."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from widthwise.diagnosis.activations import (
    ActivationEvidence,
    Baselines,
    ErrorCurve,
    Prediction,
)
from widthwise.report.charts import Drawing, Line, Panel, chart_figure
from widthwise.report.parts import Series, count, percent

__all__ = ["prediction_charts", "resisting_rows"]

_POINTS = 1000
_Found = Sequence[Series[ActivationEvidence]]


def prediction_charts(
    found: _Found, preferred: str | None, baselines: Baselines | None
) -> list[dict[str, Any]]:
    """Return the charts of the section, each with its drawing, figure and legend."""
    shown = [each for each in found if each.found.prediction is not None]
    if baselines is None or not shown:
        return []
    chosen = next((each for each in shown if each.name == preferred), shown[0])
    drawings = [
        _against_width(shown, baselines),
        _against_penalty(shown, baselines),
        *([] if baselines.classes else [_against_truth(chosen)]),
    ]
    return [
        {
            "drawing": each,
            "figure": chart_figure(each, place, "prediction"),
            "legend": _legend(each),
        }
        for place, each in enumerate(drawings)
        if each.panels
    ]


def resisting_rows(found: _Found, preferred: str | None) -> list[Mapping[str, str]]:
    """Return the rows that the preferred activation predicts worst, worst first."""
    chosen = next((each for each in found if each.name == preferred), None)
    if chosen is None or chosen.found.prediction is None:
        return []
    seen = chosen.found.prediction
    return [
        {"row": str(row), "leverage": percent(leverage)}
        for row, leverage in zip(seen.worst_rows, seen.worst_leverage, strict=True)
    ]


def _against_width(shown: _Found, baselines: Baselines) -> Drawing:
    level = baselines.linear.error
    kinds = (("without a penalty", "interpolating"), ("with the best penalty", "ridge"))
    panels = []
    for title, kind in kinds:
        lines = tuple(
            _curve(
                place,
                each.found.prediction,
                getattr(each.found.prediction, kind),
                level,
            )
            for place, each in enumerate(shown)
            if each.found.prediction is not None
        )
        panels.append(_panel(title, lines, level))
    stopped = tuple(
        _line(place, seen.stopped_widths, seen.stopped, (level,) * len(seen.stopped))
        for place, seen in enumerate(each.found.prediction for each in shown)
        if seen is not None and seen.stopped
    )
    if stopped:
        panels.append(_panel("descent stopped at its best", stopped, level))
    seen = [each.found.prediction for each in shown if each.found.prediction]
    peaks = sorted({each.peak for each in seen if each.peak})
    worst = " or ".join(map(count, peaks))
    return _drawing(
        shown,
        "error_against_width",
        "Error on rows left out, against width",
        "Left: the last layer that fits all other rows with least norm. It is at its "
        "worst about where the units are as many as the rows, just enough to fit them"
        f"{f' ({worst} units)' if worst else ''}. Right: the same networks with the "
        "penalty that is best for each"
        f"{', and the last layer after its best number of steps' if stopped else ''}. "
        "Bands run over random networks.",
        x_label="hidden units",
        y_label=_unit(baselines),
        log_y=not baselines.classes,
        reference="a linear ridge",
        panels=tuple(panels),
    )


def _against_penalty(shown: _Found, baselines: Baselines) -> Drawing:
    lines = []
    for place, each in enumerate(shown):
        path = each.array("penalties", "penalty_errors")
        if path is not None:
            kept = [(x, y) for x, y in zip(*path, strict=True) if x > 0]
            lines.append(_line(place, [x for x, _ in kept], [y for _, y in kept]))
    return _drawing(
        shown,
        "error_against_penalty",
        "Error on rows left out, against the penalty",
        "Of the readout that predicts best with each activation. A penalty that is too "
        "small follows the noise, one that is too large hardly follows the labels.",
        x_label="penalty λ on ½λ‖v‖²",
        y_label="squared error of ±1, each class against the rest"
        if baselines.classes
        else _unit(baselines),
        panels=(_panel("", tuple(lines), None),) if lines else (),
    )


def _against_truth(chosen: Series[ActivationEvidence]) -> Drawing:
    pair = chosen.array("left_out_targets", "left_out_predictions")
    points: list[tuple[float, float]] = []
    if pair is not None:
        rows = zip(pair[0].ravel(), pair[1].ravel(), strict=True)
        points = sorted(each for each in rows if all(map(math.isfinite, each)))[
            :_POINTS
        ]
    x, y = [each[0] for each in points], [each[1] for each in points]
    line = _line(0, x, y, level=tuple(x))
    return _drawing(
        [chosen],
        "predicted_against_true",
        f"Predicted against true, each row left out ({chosen.name})",
        "On the dashed line a prediction is right. Of rows far off it, look whether "
        "their labels are right.",
        kind="points",
        x_label="label",
        y_label="prediction by the fit to all other rows",
        log_x=False,
        log_y=False,
        reference="right",
        panels=(_panel("", (line,), None),) if points else (),
    )


def _drawing(
    shown: _Found,
    name: str,
    title: str,
    caption: str,
    *,
    x_label: str,
    y_label: str,
    panels: tuple[Panel, ...],
    kind: str = "lines",
    log_x: bool = True,
    log_y: bool = True,
    reference: str = "",
) -> Drawing:
    return Drawing(
        name=name,
        title=title,
        kind=kind,
        table="",
        caption=caption,
        x_label=x_label,
        y_label=y_label,
        log_x=log_x,
        log_y=log_y,
        by="activation",
        reference=reference,
        series=tuple(each.name for each in shown),
        looks=tuple(each.index for each in shown),
        shares_y=False,
        panels=panels,
    )


def _curve(
    place: int, seen: Prediction | None, curve: ErrorCurve, level: float | None
) -> Line:
    assert seen is not None
    size = len(seen.widths)
    return Line(
        place,
        tuple(map(float, seen.widths)),
        curve.error,
        curve.low,
        curve.high,
        (level,) * size,
    )


def _line(
    place: int,
    x: Sequence[float | int],
    y: Sequence[float | None],
    level: tuple[float | None, ...] | None = None,
) -> Line:
    none = (None,) * len(x)
    return Line(place, tuple(map(float, x)), tuple(y), none, none, level or none)


def _panel(title: str, lines: tuple[Line, ...], level: float | None) -> Panel:
    heights = [each for one in lines for each in (*one.y, *one.low, *one.high)]
    return Panel(
        title,
        lines,
        x_range=_ends(each for line in lines for each in line.x),
        y_range=_ends((*heights, level)),
    )


def _ends(values: Iterable[float | None]) -> tuple[float, float] | None:
    known = [each for each in values if each is not None]
    return (min(known), max(known)) if known else None


def _unit(baselines: Baselines) -> str:
    return (
        "share of wrong rows"
        if baselines.classes
        else "squared error / variance of the labels"
    )


def _legend(found: Drawing) -> list[dict[str, Any]]:
    return [
        {"name": name, "look": look}
        for name, look in zip(found.series, found.looks, strict=True)
    ]

"""The figure of κ(G) against width."""

from collections.abc import Sequence
from typing import Any

from widthwise.diagnosis.activations import ActivationEvidence, Conditioning
from widthwise.report.parts import DataTable, Figure, Series, count, number, percent

__all__ = ["conditioning_figure"]


def conditioning_figure(found: Sequence[Series[ActivationEvidence]]) -> Figure:
    """Draw the median over the trials, its range, and the infinite-width level."""
    shown = [each for each in found if each.found.conditioning.widths]
    return Figure(
        identifier="conditioning",
        title="Condition number against width",
        summary=" ".join(
            [
                "Line chart of the condition number κ(G) against the width m, both on "
                "logarithmic axes.",
                *(_sentence(each) for each in shown),
            ]
        ),
        reading=(
            "Lower is faster. Each line is the median over random networks and its "
            "band runs from the luckiest to the unluckiest. The dashed line is the "
            "level at infinite width: once a line has come down to it, more units "
            "make training no easier. A cross in the strip at the top marks a width "
            "at which some networks were numerically singular."
        ),
        table=_table(shown),
        curves=[_curve(each) for each in shown],
        layout={},
    )


def _curve(each: Series[ActivationEvidence]) -> dict[str, Any]:
    measured = each.found.conditioning
    kernel = each.found.kernel
    return {
        "activation": each.index,
        "widths": list(measured.widths),
        "median": list(measured.median),
        "low": list(measured.low),
        "high": list(measured.high),
        "singular": [round(value, 6) for value in measured.singular_fraction],
        "trials": measured.trials,
        "level": kernel.condition_number,
    }


def _sentence(each: Series[ActivationEvidence]) -> str:
    measured = each.found.conditioning
    widths, median = measured.widths, measured.median
    finite = [
        (width, value)
        for width, value in zip(widths, median, strict=True)
        if value is not None
    ]
    parts = [f"{each.name}:"]
    if not finite:
        parts.append("numerically singular at every width tried,")
    elif len(finite) == 1:
        parts.append(f"{number(finite[0][1])} at width {count(finite[0][0])},")
    else:
        (first, start), (last, end) = finite[0], finite[-1]
        parts.append(
            f"{number(start)} at width {count(first)} and {number(end)} at width "
            f"{count(last)},"
        )
        if len(finite) < len(widths):
            parts.append("numerically singular at other widths,")
    level = each.found.kernel.condition_number
    parts.append(
        "and infinite at infinite width."
        if level is None
        else f"and {number(level)} at infinite width."
    )
    return " ".join(parts)


def _table(shown: Sequence[Series[ActivationEvidence]]) -> DataTable:
    widths = sorted({w for each in shown for w in each.found.conditioning.widths})
    rows = [
        (count(width), *(_entry(each.found.conditioning, width) for each in shown))
        for width in widths
    ]
    levels = (
        number(each.found.kernel.condition_number, missing="singular") for each in shown
    )
    return DataTable(
        ("width", *(each.name for each in shown)),
        (*rows, ("infinite", *levels)) if shown else (),
        "Median over random networks, lowest and highest in brackets.",
    )


def _entry(measured: Conditioning, width: int | float) -> str:
    if width not in measured.widths:
        return "–"
    place = measured.widths.index(width)
    median, low, high = (
        values[place] for values in (measured.median, measured.low, measured.high)
    )
    share = measured.singular_fraction[place]
    if median is None:
        return "singular" if share == 1 else f"singular in {percent(share)}"
    return f"{number(median)} ({number(low)} to {number(high, missing='singular')})"

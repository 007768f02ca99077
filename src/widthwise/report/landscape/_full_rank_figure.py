"""The figure of P(full rank) against width."""

from collections.abc import Sequence
from typing import Any

from widthwise.diagnosis.landscape import LandscapeRecord
from widthwise.report.landscape._width_marks import Mark
from widthwise.report.parts import DataTable, Figure, count, percent

__all__ = ["full_rank_figure", "interval", "share"]

_FAR_APART = 20
"""The ratio of widths from which their axis is logarithmic."""

_SAID = 5


def full_rank_figure(content: LandscapeRecord, marks: Sequence[Mark]) -> Figure:
    """Draw the share of random networks of full rank, with intervals, and the marks."""
    measured = content.probability
    widths = measured.widths
    every = [*(each for each in widths if each > 0), *(each.width for each in marks)]
    is_log = bool(every) and max(every) > _FAR_APART * min(every)
    keys = ("widths", "successes", "trials", "estimate", "low", "high")
    curve: dict[str, Any] = {key: list(getattr(measured, key)) for key in keys} | {
        "marks": [each.drawn() for each in marks]
    }
    return Figure(
        identifier="full_rank",
        title="Regions without a bad local minimum, against width",
        summary=_summary(content, marks, is_log),
        reading=(
            "Each point is the share of random networks whose Jacobian has full rank: "
            "inside their regions every local minimum is global. Bars are "
            f"{percent(content.settings.confidence)} intervals. "
            "Lines with a letter mark widths for comparison."
        ),
        table=DataTable(
            ("width", "full rank", "P(full rank)", "interval"),
            tuple(
                (
                    count(widths[place]),
                    f"{count(measured.successes[place])} of "
                    f"{count(measured.trials[place])}",
                    share(measured.estimate[place]),
                    interval(measured.low[place], measured.high[place]),
                )
                for place in range(len(widths))
            ),
        ),
        curves=[curve] if widths else [],
        layout={"is_log": is_log},
    )


def share(value: float | int | None) -> str:
    """Return a probability in percent."""
    return percent(value)


def interval(low: float | int | None, high: float | int | None) -> str:
    """Return the limits of a probability."""
    return "–" if low is None or high is None else f"{percent(low)} to {percent(high)}"


def _summary(content: LandscapeRecord, marks: Sequence[Mark], is_log: bool) -> str:
    measured = content.probability
    widths = measured.widths
    axis = "a logarithmic axis" if is_log else "an axis"
    sentences = [
        "Points with error bars: the share of random networks with a Jacobian of full "
        f"rank, against the width on {axis}."
    ]
    stride = max(1, -(-(len(widths) - 1) // (_SAID - 1)))
    places = sorted({*range(0, len(widths), stride), *range(len(widths))[-1:]})
    for place in places:
        low, high = measured.low[place], measured.high[place]
        sentences.append(
            f"Width {count(widths[place])}: {share(measured.estimate[place])}, "
            f"interval {interval(low, high)}."
        )
    named = "; ".join(f"{each.letter}, {each.name}: {each.value}" for each in marks)
    if named:
        sentences.append(f"Marked widths: {named}.")
    return " ".join(sentences)

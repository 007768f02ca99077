"""How the shares of regions with a global minimum are drawn."""

from widthwise.experiments.shared import Chart

__all__ = ["CHARTS"]

_NAMES = {"symmetric_cube": "uniform points", "gaussian": "normal points"}

CHARTS: tuple[Chart, ...] = (
    *(
        Chart(
            name=f"map_{group[5:]}_{data}",
            title=f"Share of closed regions with a global minimum, {group}, {words}.",
            table="shares",
            x="n",
            y="d1",
            kind="heat map",
            panels="targets",
            only={"group": group, "data": data},
            z="share",
            z_label="share with a global minimum",
            z_range=(0.0, 1.0),
            x_label="points n",
            y_label="width d1",
            figure="A map of Section 7",
        )
        for group in ("d0 = 1", "d0 = 4")
        for data, words in _NAMES.items()
    ),
    *(
        Chart(
            name=f"{name}_{group[5:]}",
            title=f"{title}, {group}, uniform points.",
            table="shares",
            x="d1",
            y=column,
            by="n",
            panels="targets",
            only={"group": group, "data": "symmetric_cube"},
            low="low" if column == "share" else None,
            high="high" if column == "share" else None,
            x_label="width d1",
            y_label=label,
            caption=caption,
        )
        for group in ("d0 = 1", "d0 = 4")
        for name, title, column, label, caption in (
            (
                "lines",
                "Share of closed regions with a global minimum",
                "share",
                "share with a global minimum",
                "Bars: 95 % Clopper-Pearson intervals for the points drawn.",
            ),
            (
                "inside",
                "Share of regions with a global minimum inside, proved",
                "share open",
                "share with a global minimum inside",
                "",
            ),
            (
                "bad",
                "Share of regions with a bad local minimum",
                "share bad",
                "share with a bad local minimum",
                "",
            ),
        )
    ),
    Chart(
        name="thresholds",
        title="The width from which half of the regions hold a global minimum.",
        table="thresholds",
        x="n",
        y="threshold",
        by="group",
        panels="data",
        low="low",
        high="high",
        log="xy",
        x_label="points n",
        y_label="width d1",
        caption="Bars: 95 % intervals of the logistic fit in log d1.",
    ),
)
"""Heat maps, lines over the width, and thresholds."""

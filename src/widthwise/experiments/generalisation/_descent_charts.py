"""How the test error against width is drawn."""

from widthwise.experiments.shared import Chart

__all__ = ["CHARTS"]

_WIDTH = "hidden units m"
_ERROR = "test error"

CHARTS = (
    Chart(
        name="double_descent",
        title="The error of the minimum norm peaks at as many units as rows.",
        table="curves",
        x="width",
        y="error",
        low="low",
        high="high",
        by="which",
        panels="data",
        only={"readout": "minimum norm"},
        log="xy",
        x_label=_WIDTH,
        y_label=_ERROR,
        caption="Mean over the trials with its 95 % interval, and the prediction from "
        "the spectrum, which is infinite at m = n.",
    ),
    Chart(
        name="readouts",
        title="A penalty or an early stop takes the peak away.",
        table="errors",
        x="width",
        y="measured",
        by="readout",
        panels="data",
        log="xy",
        x_label=_WIDTH,
        y_label=_ERROR,
        caption="Means over the trials.",
    ),
    Chart(
        name="ratios",
        title="Measured over predicted.",
        table="errors",
        x="width",
        y="ratio",
        by="readout",
        panels="data",
        reference="one",
        log="x",
        x_label=_WIDTH,
        y_label="measured / predicted",
        caption="Means over the trials; at m = n the minimum norm has no finite "
        "prediction.",
    ),
)

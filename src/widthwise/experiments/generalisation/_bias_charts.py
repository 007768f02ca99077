"""How the half-times of harmonics are drawn."""

from widthwise.experiments.shared import Chart

__all__ = ["CHARTS"]

CHARTS = (
    Chart(
        name="half_times",
        title="A harmonic is learned the later, the higher its degree.",
        table="half_times",
        x="degree",
        y="measured",
        low="low",
        high="high",
        by="learner",
        panels="domain",
        only={"activation": "relu"},
        log="xy",
        x_label="degree of the harmonic",
        y_label="steps until half of it is fitted",
        caption="relu; mean over the trials with its 95 % interval.",
    ),
    Chart(
        name="ratios",
        title="Half-times, measured over predicted from the eigenvalues.",
        table="half_times",
        x="degree",
        y="ratio",
        low="ratio_low",
        high="ratio_high",
        by="learner",
        panels="domain",
        only={"activation": "relu"},
        reference="one",
        log="x",
        x_label="degree of the harmonic",
        y_label="measured / predicted",
        caption="relu; the wider the network, the nearer to the kernel's limit.",
    ),
    Chart(
        name="activations",
        title="A smoother activation takes longer for high degrees.",
        table="half_times",
        x="degree",
        y="measured",
        by="activation",
        panels="domain",
        only={"width": 0},
        log="xy",
        x_label="degree of the harmonic",
        y_label="steps until half of it is fitted",
        caption="At infinite width.",
    ),
)

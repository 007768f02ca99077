"""How the figures of conditioning are drawn."""

from dataclasses import replace

from widthwise.experiments.shared import Chart

__all__ = ["CHARTS"]

_FIGURE = Chart(
    "figure_1",
    "The condition number of G by width.",
    "conditioning",
    "width",
    "median",
    by="activation",
    panels="dataset",
    low="tenth",
    high="ninetieth",
    reference="limit",
    log="xy",
    x_label="width m",
    y_label="κ(G)",
    caption="Medians over the trials; the band holds the middle 80 % of them, the "
    "dashed level is κ(G_inf). Where there is no curve G is numerically singular.",
    figure="Figure 1",
)
_HIGH = replace(
    _FIGURE,
    name="high_dimension",
    figure="",
    title="The same for uniform points in a higher dimension.",
    table="high_dimension",
    panels="dimension",
)
_LIMITS = Chart(
    "limits",
    "A smaller condition number does not mean a larger smallest eigenvalue.",
    "limits",
    "condition_number",
    "chernoff_width",
    kind="points",
    by="activation",
    panels="dataset",
    log="xy",
    x_label="κ(G_inf)",
    y_label="width by Lemma 2.8",
    caption="Lemma 2.8 with exact tails, ε = 1/2, δ = 0.01 and C = 1.",
)

CHARTS = (_FIGURE, _HIGH, _LIMITS)

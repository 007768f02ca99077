"""How the figures of joint training are drawn."""

from widthwise.experiments.shared import Chart

__all__ = ["CHARTS"]

_FIGURE = Chart(
    "figure_4",
    "The condition number of G while both layers train.",
    "curves",
    "epoch",
    "median",
    by="variant",
    panels="variation",
    low="least",
    high="greatest",
    log="y",
    x_label="epochs",
    y_label="κ(G)",
    caption="Medians over the trials; the band reaches from the least to the greatest. "
    "The paper's Figure 4 is one run of the base.",
    figure="Figure 4",
)
_GROWTH = Chart(
    "growth",
    "By how many powers of ten κ(G) grew.",
    "variants",
    "variant",
    "log10_growth",
    kind="points",
    by="variation",
    low="low",
    high="high",
    x_label="what was trained",
    y_label="log10 of κ(G) at the end over the start",
    caption="Means with 95 % intervals; above 0 training made it worse.",
)

CHARTS = (_FIGURE, _GROWTH)

"""The curves of real and of predicted training, and how they are drawn."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from widthwise.experiments.shared import Chart, shown_steps

__all__ = ["charts", "curve_rows"]

_STEP, _RESIDUAL = "step of gradient descent", "‖y − f‖ / ‖y − f₀‖"


def curve_rows(
    steps: Sequence[int], residuals: Sequence[float]
) -> Iterator[dict[str, Any]]:
    """Yield about a hundred places of a curve whose steps ascend."""
    for place in shown_steps(len(steps) - 1):
        yield {"step": steps[place], "residual": residuals[place]}


def charts(rows: Sequence[Mapping[str, Any]]) -> tuple[Chart, ...]:
    """Return the charts for the cases of these rows."""
    widest = max(row["width"] for row in rows)
    found = [
        Chart(
            name="convergence",
            title=f"Training by activation, width {widest:,}.",
            table="curves",
            x="step",
            y="residual",
            by="activation",
            panels="n",
            only={"run": "real", "width": widest},
            log="y",
            caption="Step 1/λ_max of the G-matrix at the start, for each activation.",
            figure="Figure 1 (a), (b)",
            x_label=_STEP,
            y_label=_RESIDUAL,
        )
    ]
    found += [
        Chart(
            name=f"prediction_{count}",
            title=f"Real training and what the eigenvalues predict, n = {count}, "
            f"width {widest:,}.",
            table="curves",
            x="step",
            y="residual",
            by="run",
            panels="activation",
            only={"n": count, "width": widest},
            log="y",
            x_label=_STEP,
            y_label=_RESIDUAL,
        )
        for count in dict.fromkeys(row["n"] for row in rows)
    ]
    if len({row["width"] for row in rows}) > 1:
        found.append(
            Chart(
                name="gap",
                title="The wider the network, the nearer it is to the prediction.",
                table="training",
                x="width",
                y="gap",
                by="activation",
                panels="n",
                log="xy",
                x_label="hidden units m",
                y_label="|log(real / predicted residual)|",
                caption="After the last step. Wide networks follow their kernel to "
                "order 1/√m.",
            )
        )
    return tuple(found)

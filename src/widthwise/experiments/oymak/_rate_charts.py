"""How the speed of gradient descent is drawn."""

from dataclasses import replace

from widthwise.experiments.shared import Chart

__all__ = ["CHARTS"]

_WIDTH = "hidden units k"

_SMALLEST = Chart(
    name="smallest_singular_value",
    title="The Jacobian's smallest singular value stays away from zero.",
    table="marks",
    x="decade",
    y="smallest_over_start",
    by="width",
    panels="activation",
    only={"trial": 0},
    reference="half",
    x_label="powers of ten by which the misfit has come down",
    y_label="σ_min(J_t) / σ_min(J₀)",
    caption="The first trial; the dashed level is the half that the proofs keep.",
)

CHARTS = (
    Chart(
        name="convergence",
        title="The misfit falls geometrically, the same way at every large width.",
        table="curves",
        x="step",
        y="residual",
        by="width",
        panels="activation",
        log="y",
        x_label="step of gradient descent",
        y_label="‖f − y‖ / ‖y‖",
        caption="The first trial.",
    ),
    Chart(
        name="rate",
        title="The rate in the end is that of the Jacobian reached.",
        table="means",
        x="width",
        y="mean",
        low="low",
        high="high",
        by="activation",
        only={"quantity": "rate over the rate of the Jacobian reached"},
        reference="one",
        log="x",
        x_label=_WIDTH,
        y_label="measured rate / −log(1 − η σ_min(J)²)",
        caption="Mean over the trials, 95 % interval.",
    ),
    Chart(
        name="predicted_rate",
        title="Rates, measured against those of the Jacobian at the end.",
        table="runs",
        x="rate_from_end",
        y="rate",
        kind="points",
        by="width",
        panels="activation",
        log="xy",
        x_label="−log(1 − η σ_min(J)²) a step",
        y_label="measured fall of the log misfit a step",
    ),
    *(
        Chart(
            name=name,
            title=title,
            table="means",
            x="width",
            y="mean",
            by="activation",
            only={"quantity": quantity},
            log="xy",
            x_label=_WIDTH,
            y_label=label,
            caption="Mean over the trials. A slope of −1/2 is the theory's.",
        )
        for name, title, quantity, label in (
            (
                "concentration",
                "The Jacobian at the start comes near its mean.",
                "gap of the Jacobian to its mean",
                "|σ_min(J₀)² / (‖v‖² λ(X)) − 1|",
            ),
            (
                "distance",
                "Wide networks end near where they began.",
                "relative distance",
                "‖W_t − W₀‖ / ‖W₀‖",
            ),
        )
    ),
    _SMALLEST,
    replace(
        _SMALLEST,
        name="largest_singular_value",
        title="The Jacobian's largest singular value hardly moves.",
        y="largest_over_start",
        reference=None,
        y_label="σ_max(J_t) / σ_max(J₀)",
        caption="The first trial.",
    ),
)

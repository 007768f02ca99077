"""The page of a diagnosis: which activation, how wide, how fast."""

from widthwise.diagnosis.activations import ActivationsRecord
from widthwise.report.activations._bounds_table import bound_rows
from widthwise.report.activations._comparison import comparison
from widthwise.report.activations._conditioning import conditioning_figure
from widthwise.report.activations._obstacles import collisions, near_misses
from widthwise.report.activations._prediction import (
    prediction_charts,
    resisting_rows,
)
from widthwise.report.activations._shapes import dual_figure, shape_figure
from widthwise.report.activations._telling import ACTIVATIONS
from widthwise.report.charts import CHART_SCRIPTS
from widthwise.report.parts import (
    TRAINING_SCRIPTS,
    Drawn,
    Page,
    choice,
    eigenvalue_figure,
    filter_figure,
    residual_figure,
    series,
    slider_start,
)

__all__ = ["activations_page"]


def activations_page(record: Drawn[ActivationsRecord]) -> Page:
    """Return the page of a diagnosis of one or more activations."""
    found = series(record.evidence.activations, record.arrays)
    preferred, is_recommended = choice(record.evidence.verdicts)
    start = slider_start(found, preferred)
    certificates, estimates = bound_rows(found)
    baselines = record.evidence.baselines
    predictions = prediction_charts(found, preferred, baselines)
    return Page(
        template="page.html",
        telling=ACTIVATIONS,
        found=found,
        preferred=preferred,
        figures=[
            conditioning_figure(found),
            eigenvalue_figure(found, ACTIVATIONS),
            filter_figure(found, start, ACTIVATIONS),
            residual_figure(found, start, ACTIVATIONS),
            shape_figure(found),
            dual_figure(found),
            *(each["figure"] for each in predictions),
        ],
        context={
            "recommended": preferred if is_recommended else None,
            "columns": comparison(found, record.evidence.data),
            "collisions": collisions(found),
            "near_misses": near_misses(found),
            "certificates": certificates,
            "estimates": estimates,
            "slider_start": start,
            "predictions": predictions,
            "predicts_classes": baselines is not None and bool(baselines.classes),
            "resisting": resisting_rows(found, preferred),
        },
        own_scripts=(*TRAINING_SCRIPTS, *CHART_SCRIPTS),
        own_styles=("charts",),
    )

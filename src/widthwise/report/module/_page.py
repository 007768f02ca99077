"""The page of the diagnosis of somebody's own module."""

from widthwise.diagnosis.module import ModuleRecord
from widthwise.report.module._comparison import part_comparison, sooner
from widthwise.report.module._layers import layer_rows
from widthwise.report.module._real_run import run_figure, why_no_run
from widthwise.report.module._telling import LAYERS
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

__all__ = ["module_page"]

_LAYERS_SHOWN = 12


def module_page(record: Drawn[ModuleRecord]) -> Page:
    """Return the page of a diagnosis of a module."""
    evidence = record.evidence
    found, layers = series(evidence.parts, record.arrays), evidence.module.layers
    best = sooner(found)
    preferred = best.name if best else None
    is_recommended = choice(evidence.verdicts)[1]
    start = slider_start(found, preferred)
    return Page(
        template="module-page.html",
        telling=LAYERS,
        found=found,
        preferred=preferred,
        figures=[
            eigenvalue_figure(found, LAYERS),
            filter_figure(found, start, LAYERS),
            residual_figure(found, start, LAYERS),
            run_figure(record),
        ],
        context={
            "recommended": preferred if is_recommended else None,
            "columns": part_comparison(found, record.evidence.data),
            "layer_rows": layer_rows(layers, most=_LAYERS_SHOWN),
            "all_layers": layer_rows(layers, most=len(layers))
            if len(layers) > _LAYERS_SHOWN
            else [],
            "why_no_run": why_no_run(evidence),
            "slider_start": start,
        },
        own_scripts=(*TRAINING_SCRIPTS, "run"),
        own_styles=("bars", "module"),
    )

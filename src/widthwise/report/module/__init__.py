"""The page and the terminal's tables on a module."""

from collections.abc import Iterator

from rich.console import RenderableType

from widthwise.diagnosis.module import ModuleRecord
from widthwise.report.module._comparison import part_comparison
from widthwise.report.module._layers import layer_rows
from widthwise.report.module._page import module_page
from widthwise.report.module._telling import LAYERS
from widthwise.report.parts import (
    Drawn,
    FittedTable,
    Rendering,
    Words,
    count,
    cut,
    evidence_table,
    series,
    verdict_panel,
)

__all__ = ["RENDERING"]

_LAYERS_SHOWN, _BAR = 8, 20


def _terminal(
    record: Drawn[ModuleRecord], words: Words, width: int
) -> Iterator[RenderableType]:
    evidence = record.evidence
    yield verdict_panel(evidence, LAYERS, words, of=evidence.module.name)
    found = series(evidence.parts, record.arrays)
    if found:
        columns = part_comparison(found, record.evidence.data)
        yield evidence_table(found, columns, LAYERS, words, width)
    yield _layers(evidence, words)


def _layers(record: ModuleRecord, words: Words) -> FittedTable:
    """Return each layer's share of the tangent kernel's trace, with a bar."""
    module, rows = record.module, []
    for row in layer_rows(module.layers, most=_LAYERS_SHOWN):
        bar = words("█" * round(_BAR * row.length), "cyan")
        share = words(f"{row.share}  ").append_text(bar)
        rows.append([words(cut(row.name)), words(row.parameters), share])
    rows.append([words("all", "bold"), words(count(module.parameters)), words("")])
    headings = ("layer", "parameters", "share of the tangent kernel")
    return FittedTable([words(each) for each in headings], rows)


RENDERING = Rendering(
    kind="module-diagnosis",
    evidence=ModuleRecord,
    page=module_page,
    terminal=_terminal,
    made_by="widthwise diagnose … --module … --out",
)

"""The page and the terminal's tables on a module."""

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.table import Table

from widthwise.diagnosis.module import ModuleRecord
from widthwise.report.module._comparison import part_comparison
from widthwise.report.module._layers import layer_rows
from widthwise.report.module._page import module_page
from widthwise.report.module._telling import LAYERS
from widthwise.report.parts import (
    Drawn,
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
        yield evidence_table(found, part_comparison(found), LAYERS, words, width)
    yield _layers(evidence, words)


def _layers(record: ModuleRecord, words: Words) -> Table:
    """Return each layer's share of the tangent kernel's trace, with a bar."""
    module = record.module
    sheet = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    sheet.add_column(words("layer"), overflow="fold")
    sheet.add_column(words("parameters"), justify="right", overflow="fold")
    sheet.add_column(words("share of the tangent kernel"), overflow="fold")
    for row in layer_rows(module.layers, most=_LAYERS_SHOWN):
        bar = words("█" * round(_BAR * row.length), "cyan")
        share = words(f"{row.share}  ").append_text(bar)
        sheet.add_row(words(cut(row.name)), words(row.parameters), share)
    sheet.add_row(words("all", "bold"), words(count(module.parameters)), "")
    return sheet


RENDERING = Rendering(
    kind="module-diagnosis",
    evidence=ModuleRecord,
    page=module_page,
    terminal=_terminal,
    made_by="widthwise diagnose … --module … --out",
)

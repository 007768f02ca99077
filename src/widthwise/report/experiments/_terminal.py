"""The verdicts on a paper's claims, as a terminal shows them."""

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from widthwise.report.experiments._claims import groups, told
from widthwise.report.experiments._telling import CLAIMS
from widthwise.report.parts import STYLES, Words, duration

__all__ = ["claims_panel"]

_HEADING = {"paper": "bold underline", "ours": "cyan underline", "unsaid": "underline"}
_QUICK = "A quick run: it decides little."


def claims_panel(content: Mapping[str, Any], words: Words) -> Panel:
    """Return the title, the verdict on each claim with its evidence, and the counts."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_row("", words(f"{content['source']}, {content['where']}", "dim"))
    for group in groups(content["findings"]):
        if group.claims:
            grid.add_row()
            grid.add_row("", words(group.heading, _HEADING[group.mark]))
        for row in group.claims:
            style = STYLES[row.status.level]
            grid.add_row()
            title = words(f"{row.status.word}: ", f"bold {style}")
            title.append_text(words(row.statement, "bold"))
            grid.add_row(Text(words.symbol(row.status), style=f"bold {style}"), title)
            grid.add_row("", words(row.evidence))
            if row.cut_off:
                grid.add_row("", words(f"A number of ours: {row.cut_off}.", "dim"))
    if not content["findings"]:
        grid.add_row("", words(CLAIMS.unanswered))
    if content["quick"]:
        grid.add_row()
        grid.add_row(Text("!", style="bold yellow"), words(_QUICK, "yellow"))
    seconds = content.get("seconds")
    took = "" if seconds is None else f", in {duration(seconds)}"
    grid.add_row()
    grid.add_row("", words(f"{_begun(told(content['findings']))}{took}."))
    heading = words(content["title"], "bold")
    heading.truncate(60, overflow="ellipsis" if not words.is_ascii else "crop")
    return Panel(grid, title=heading, title_align="left", box=box.ROUNDED)


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]

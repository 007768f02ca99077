"""The page of one experiment: claims first, then what was measured."""

from collections.abc import Mapping, Sequence
from typing import Any

from widthwise.errors import DataError
from widthwise.records import Record, migrated, plain, read
from widthwise.report.charts import CHART_SCRIPTS, Drawing, chart_figure
from widthwise.report.experiments._chart import drawings
from widthwise.report.experiments._claims import groups
from widthwise.report.experiments._drawable import DrawableExperiment
from widthwise.report.experiments._sheets import sheets
from widthwise.report.experiments._telling import CLAIMS
from widthwise.report.parts import Page, html

__all__ = ["experiment_page", "require_experiment", "study_page"]

EXPERIMENT = "experiment"
"""The kind of a record of a paper's experiment."""

_LEGEND_OPEN = 12
"""Series up to which a legend is not folded."""


def experiment_page(
    record: Record, *, tables: str | None = None, library: str | None = None
) -> str:
    """Draw an experiment as one HTML page that needs no network.

    The verdicts on the paper's claims come first, then the charts, and then how it was
    done: assumptions, settings, tables, notes, versions and the call that made it.

    Parameters
    ----------
    record
        An experiment's record, as the page "The record" documents it.
    tables
        Where the whole tables lie, relative to the page, if they were written with
        `experiment_tables`: the page then links to their CSV files.
    library
        Where the plotting library lies, relative to the page, if it was written with
        `write_library`.

    Returns
    -------
    str
        The page, below 1.5 MB: 0.7 MB is the plotting library.

    Raises
    ------
    DataError
        If the record is of another kind or a part of it is missing.

    Notes
    -----
    Cost: under a second; proportional to the rows that are drawn.

    Examples
    --------
    >>> import widthwise as ww
    >>> study = ww.experiments.CATALOG["panigrahi_dimension"]
    >>> small = {"count": 6, "dimensions": (3, 5), "activations": ("relu",)}
    >>> page = ww.report.experiment_page(study.run(small, quick=True))
    >>> page[:15], study.title in page, 'src="http' in page
    ('<!DOCTYPE html>', True, False)
    """
    record = require_experiment(record)
    return html(study_page(record, tables=tables), record.content, library)


def require_experiment(record: Record) -> Record:
    """Return the record with plain content, checked to be an experiment's.

    Raises
    ------
    DataError
        If it is of another kind or a part of it is missing.
    """
    kind = record.content.get("kind")
    if kind != EXPERIMENT:
        raise DataError(
            f"The record is of kind {kind!r}, and this is drawn from an "
            f"{EXPERIMENT!r}. Use `widthwise report` for other records."
        )
    content = migrated(plain(record.content))
    read(DrawableExperiment, content)
    return Record(content, record.arrays)


def study_page(record: Record, tables: str | None = None) -> Page:
    """Return the page of an experiment."""
    content = record.content
    drawn = [
        (each, chart_figure(each, place) if each.problem is None else None)
        for place, each in enumerate(drawings(content))
    ]
    return Page(
        template="experiment-page.html",
        telling=CLAIMS,
        found=(),
        preferred=None,
        figures=[figure for _, figure in drawn if figure is not None],
        context={
            "groups": groups(content["findings"]),
            "charts": [
                {"drawing": each, "figure": figure, "legend": _legend(each)}
                for each, figure in drawn
            ],
            "legend_open": _LEGEND_OPEN,
            "sheets": sheets(content["tables"], tables),
            "call": _call(content),
            "command": content.get("command"),
            "seconds": content.get("seconds"),
        },
        own_scripts=CHART_SCRIPTS,
        own_styles=("charts", "experiment"),
    )


def _legend(found: Drawing) -> Sequence[Mapping[str, Any]]:
    if not found.by:
        return []
    return [
        {"name": name, "look": look}
        for name, look in zip(found.series, found.looks, strict=True)
    ]


def _call(content: Mapping[str, Any]) -> str:
    """Return the Python call that gives the same numbers."""
    settings = "".join(
        f"        {name!r}: {value!r},\n" for name, value in content["settings"].items()
    )
    return (
        "import widthwise as ww\n\n"
        f"record = ww.experiments.CATALOG[{content['name']!r}].run(\n"
        f"    {{\n{settings}    }},\n"
        f"    seed={content['seed']},\n"
        f"{'    quick=True,' + chr(10) if content['quick'] else ''})"
    )

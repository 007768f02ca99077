"""The report on one record: a page, drawn by the kind of the record."""

from pathlib import Path

from widthwise.files import write_text
from widthwise.records import Record
from widthwise.report._renderings import rendering_of
from widthwise.report.experiments import RENDERING as EXPERIMENT
from widthwise.report.experiments import experiment_page
from widthwise.report.parts import LIBRARY, context_of, html, plotting_library

__all__ = ["render", "write", "write_library"]


def render(record: Record) -> str:
    """Draw a record as one HTML page that needs no network.

    The same record gives the same bytes. Text from the record is escaped, and a content
    security policy lets only the page's own scripts run and lets nothing be fetched.

    Parameters
    ----------
    record
        A diagnosis of activations or of a module, a landscape, or an experiment, as the
        page "The record" documents it.

    Returns
    -------
    str
        The page, below 1.5 MB, some 0.7 of it the plotting library.

    Raises
    ------
    DataError
        If the record is of another kind or a part of it is missing.

    Notes
    -----
    Cost: under a second; proportional to the length of the arrays.

    Examples
    --------
    >>> import widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> found = ww.diagnosis.diagnose_landscape(data, widths=(4,), trials=3)
    >>> page = ww.report.render(found.record)
    >>> page[:15], 'src="http' in page
    ('<!DOCTYPE html>', False)
    """
    rendering = rendering_of(record)
    drawn = rendering.drawn(record)
    return html(rendering.page(drawn), context_of(drawn.evidence))


def write(record: Record, path: str | Path) -> None:
    """Write the page of `record` to `path`, whole or not at all.

    The page of an experiment links to the CSV files in the folder `tables` beside it,
    where there is one, and reads the plotting library that `write_library` wrote into
    the folder above.

    Raises
    ------
    DataError
        If the record is of another kind or a part of it is missing.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import pathlib, tempfile, widthwise as ww
    >>> data = ww.datasets.uniform_sphere(12, 3)
    >>> found = ww.diagnosis.diagnose_landscape(data, widths=(4,), trials=3)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page = pathlib.Path(folder, "page.html")
    ...     ww.report.write(found.record, page)
    ...     print(page.read_text(encoding="utf-8")[:15])
    <!DOCTYPE html>
    """
    place = Path(path)
    rendering = rendering_of(record)
    tables = "tables" if (place.parent / "tables").is_dir() else None
    shared = f"../{LIBRARY}" if _holds_library(place.parent.parent) else None
    if rendering is EXPERIMENT and (tables or shared):
        page = experiment_page(record, tables=tables, library=shared)
    else:
        page = render(record)
    write_text(place, page)


def write_library(folder: str | Path) -> Path:
    """Write the plotting library that the pages of a site share, and return its file.

    Raises
    ------
    OutputError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     print(ww.report.write_library(folder).name)
    plotly.min.js
    """
    place = Path(folder) / LIBRARY
    if not _holds_library(place.parent):
        place.parent.mkdir(parents=True, exist_ok=True)
        write_text(place, plotting_library())
    return place


def _holds_library(folder: Path) -> bool:
    place = folder / LIBRARY
    wanted = plotting_library().encode()
    try:
        return place.stat().st_size == len(wanted) and place.read_bytes() == wanted
    except OSError:
        return False

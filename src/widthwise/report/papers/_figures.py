"""The figures of an experiment for a paper, as PDF and PNG."""

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from widthwise.errors import InvalidArgumentError
from widthwise.records import Record, require_writable, write_bytes
from widthwise.report.charts import Drawing
from widthwise.report.experiments import drawings, file_names, require_experiment
from widthwise.report.papers._panels import drawn_panels

__all__ = ["experiment_figures"]

_FORMATS = ("pdf", "png")
_SETTINGS: dict[str, Any] = {
    "font.family": ["STIXGeneral", "DejaVu Serif", "DejaVu Sans"],
    "mathtext.fontset": "stix",
    "font.size": 8.5,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8.5,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.5,
    "axes.linewidth": 0.6,
    "axes.formatter.use_mathtext": True,
    "axes.unicode_minus": True,
    "axes.grid": False,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.6,
    "legend.frameon": False,
    "pdf.fonttype": 42,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.dpi": 300,
}


def experiment_figures(
    record: Record, folder: str | Path, formats: Sequence[str] = _FORMATS
) -> list[Path]:
    """Draw the charts of an experiment as a paper prints them.

    They are small, in a serif face, and can be read in grey: each series has a marker
    and a dash of its own beside its colour. A chart that cannot be drawn gives no file;
    the page says why.

    Parameters
    ----------
    record
        An experiment's record, as the page "The record" documents it.
    folder
        Where to write them; it is made. A file is named after its chart.
    formats
        "pdf" (vector graphics, fonts embedded), "png" (300 dots an inch), or both.

    Returns
    -------
    list of Path
        The files. The same record and version of matplotlib give the same bytes.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is not installed.
    DataError
        If the record is of another kind or a part of it is missing.
    InvalidArgumentError
        If a format is not one of the two.
    OutputError
        If a file cannot be written.

    Notes
    -----
    The settings of matplotlib's users are left as they are. Cost: about a second for
    each chart.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> study = ww.experiments.CATALOG["panigrahi_dimension"]
    >>> small = {"count": 6, "dimensions": (3, 5), "activations": ("relu",)}
    >>> record = study.run(small, quick=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = ww.report.experiment_figures(record, folder, formats=("png",))
    ...     print([each.name for each in files])
    ['smallest.png']
    """
    unknown = [each for each in formats if each not in _FORMATS]
    if unknown:
        raise InvalidArgumentError(
            f"There is no figure format {unknown[0]!r}; choose from "
            f"{', '.join(map(repr, _FORMATS))}."
        )
    record = require_experiment(record)
    place = Path(folder)
    require_writable(place)
    _require_matplotlib()
    place.mkdir(parents=True, exist_ok=True)
    found = [each for each in drawings(record.content) if each.problem is None]
    names = file_names(each.name for each in found)
    return [
        path
        for name, drawing in zip(names, found, strict=True)
        for path in _written(drawing, place / name, formats)
    ]


def _written(drawing: Drawing, path: Path, formats: Sequence[str]) -> Iterator[Path]:
    with _style():
        figure = drawn_panels(drawing)
        for name in formats:
            file = io.BytesIO()
            figure.savefig(file, format=name, metadata=_metadata(name, drawing))
            target = path.with_name(f"{path.name}.{name}")
            write_bytes(target, file.getvalue())
            yield target


@contextmanager
def _style() -> Iterator[None]:
    """Set the style for what is drawn within, and leave no trace of it."""
    import matplotlib

    with matplotlib.rc_context(), warnings.catch_warnings():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        # A character that no font has is drawn as a box, which is all there is to do.
        warnings.filterwarnings("ignore", "Glyph .* missing")
        yield


def _metadata(name: str, drawing: Drawing) -> dict[str, str | None]:
    """Return what the file says of itself, without the time it was made."""
    title = re.sub(r"[^\x20-\x7e\u00a0-\uffff]", "?", drawing.title)
    if name == "pdf":
        return {"Title": title, "Creator": "widthwise", "CreationDate": None}
    return {"Title": title.encode("latin-1", "replace").decode("latin-1")}


def _require_matplotlib() -> None:
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "Figures for a paper need matplotlib, which is not installed. Run pip "
            "install matplotlib."
        ) from error

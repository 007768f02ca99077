"""The tables of an experiment as files that other programs read."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from widthwise.records import Record, require_writable, write_bytes
from widthwise.report.experiments._columns import columns_of, file_names, flat
from widthwise.report.experiments._page import require_experiment

if TYPE_CHECKING:
    import polars as pl

__all__ = ["experiment_tables"]

_FINDINGS = "findings"


def experiment_tables(record: Record, folder: str | Path) -> list[Path]:
    """Write each table of an experiment as Parquet and CSV, and the verdicts as CSV.

    A column of whole numbers stays whole. One of mixed types becomes text, in which a
    list or an object is JSON. A number that is missing or infinite in the record's JSON
    is null, an empty field in CSV.

    Parameters
    ----------
    record
        An experiment's record, as the page "The record" documents it.
    folder
        Where to write `findings.csv`, and for each table a `.parquet` and a `.csv`
        named after it; it is made.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    DataError
        If the record is of another kind or a part of it is missing.
    OutputError
        If a file cannot be written.

    Notes
    -----
    Cost: proportional to the rows.

    Examples
    --------
    >>> import tempfile, widthwise as ww
    >>> study = ww.experiments.CATALOG["panigrahi_dimension"]
    >>> small = {"count": 6, "dimensions": (3, 5), "activations": ("relu",)}
    >>> record = study.run(small, quick=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = ww.report.experiment_tables(record, folder)
    ...     print(sorted(each.name for each in files))
    ['dimension.csv', 'dimension.parquet', 'findings.csv']
    """
    record = require_experiment(record)
    place = Path(folder)
    require_writable(place)
    place.mkdir(parents=True, exist_ok=True)
    tables = record.content["tables"]
    first, *names = file_names([_FINDINGS, *tables])
    findings = _frame(record.content["findings"])
    # The words are the evidence once more, for pages, and the cases what is behind it.
    paths = [_csv(findings.drop("words", "cases", strict=False), place / first)]
    for name, rows in zip(names, tables.values(), strict=True):
        frame = _frame(rows)
        paths += [_parquet(frame, place / name), _csv(frame, place / name)]
    return paths


def _frame(found: Any) -> "pl.DataFrame":
    import polars as pl

    rows: Sequence[Mapping[str, Any]] = (
        [each for each in found if isinstance(each, Mapping)]
        if isinstance(found, list | tuple)
        else []
    )
    return pl.DataFrame(
        [
            pl.Series(column, flat([row.get(column) for row in rows]))
            for column in columns_of(rows)
        ]
    )


def _parquet(frame: "pl.DataFrame", path: Path) -> Path:
    file = io.BytesIO()
    frame.write_parquet(file)
    return _written(file, path, ".parquet")


def _csv(frame: "pl.DataFrame", path: Path) -> Path:
    file = io.BytesIO()
    if frame.width:
        frame.write_csv(file)
    return _written(file, path, ".csv")


def _written(file: io.BytesIO, path: Path, suffix: str) -> Path:
    target = path.with_name(path.name + suffix)
    write_bytes(target, file.getvalue())
    return target

"""The prostate cancer data: eight clinical measures of 97 men, and log PSA."""

import hashlib
from pathlib import Path

from widthwise.datasets.catalog._catalog import Entry
from widthwise.datasets.points import Dataset
from widthwise.datasets.tables import (
    DataFile,
    find,
    from_text,
    to_dataset,
)
from widthwise.errors import DataError

__all__ = ["ENTRIES"]

_COLUMNS = ("lcavol", "lweight", "age", "lbph", "svi", "lcp", "gleason", "pgg45")
_OLD_WEIGHT = 6.1076


def _parse(content: bytes, origin: str) -> Dataset:
    """Read the table; separator, row names and the column "train" may differ."""
    table = from_text(lambda: content, "prostate", origin, origin)
    return to_dataset(table, "lpsa", _COLUMNS)


def _identify(content: bytes) -> str:
    """Return the SHA-256 of the numbers, so that any text format is recognised.

    Raises
    ------
    DataError
        It is another table, or the version with the wrong weight in row 32.
    """
    data = _parse(content, "prostate.csv")
    assert data.targets is not None
    if len(data.points) == 97 and abs(float(data.points[31, 1]) - _OLD_WEIGHT) < 1e-3:
        raise DataError(
            "The prostate data is the old version, in which row 32 has lweight 6.1076 "
            "(a prostate of 449 g); the corrected one has 3.804438. Get it from "
            "https://hastie.su.domains/ElemStatLearn/datasets/prostate.data."
        )
    numbers = data.points.numpy().astype("<f8").tobytes()
    numbers += data.targets.numpy().astype("<f8").tobytes()
    return hashlib.sha256(numbers).hexdigest()


_FILE = DataFile(
    names=("prostate.csv", "prostate.data"),
    fingerprint="f66e6d201946e5f3e45d5dc2160b7227356b6bf17d259a556fd98d13db45d1fd",
    url="https://hastie.su.domains/ElemStatLearn/datasets/prostate.data",
    identify=_identify,
)


def _load(data_dir: Path | None = None) -> Dataset:
    found = find(_FILE, data_dir)
    return _parse(found.content, found.origin)


ENTRIES = (
    Entry(
        name="prostate",
        summary="log PSA of 97 men from eight clinical measures",
        points_count=97,
        dimension=8,
        obtained="data directory, or download",
        source="Stamey et al. (1989); Hastie, Tibshirani and Friedman, corrected "
        "version",
        licence="none stated",
        loader=_load,
    ),
)

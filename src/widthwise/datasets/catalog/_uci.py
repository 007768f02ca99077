"""Regression tables of the UCI repository, columns centred by their collector."""

from functools import partial
from pathlib import Path

from widthwise.datasets.catalog._catalog import Entry
from widthwise.datasets.points import Dataset
from widthwise.datasets.tables import (
    DataFile,
    find,
    from_text,
    to_dataset,
)

__all__ = ["ENTRIES"]

_URL = (
    "https://raw.githubusercontent.com/treforevans/uci_datasets/"
    "44e180090ed474858f5a9f3bd38ff2c24eac5174/uci_datasets/{}/data.csv.gz"
)


def _load(name: str, file: DataFile, data_dir: Path | None = None) -> Dataset:
    """Find the file; the last column is the target."""
    found = find(file, data_dir)
    table = from_text(
        lambda: found.content,
        name,
        found.origin,
        found.origin,
        separator=",",
        header=False,
    )
    return to_dataset(table, -1)


def _entry(
    name: str, folder: str, summary: str, count: int, dimension: int, fingerprint: str
) -> Entry:
    """Describe one table."""
    file = DataFile(
        names=(f"uci/{folder}.data.csv.gz",),
        fingerprint=fingerprint,
        url=_URL.format(folder),
    )

    return Entry(
        name=name,
        summary=summary,
        points_count=count,
        dimension=dimension,
        obtained="data directory, or download",
        source="UCI Machine Learning Repository, as collected by Trefor Evans",
        licence="CC BY 4.0",
        loader=partial(_load, name, file),
    )


ENTRIES = (
    _entry(
        "airfoil",
        "airfoil",
        "noise of an airfoil",
        1503,
        5,
        "2862a364c396273028e7d421ae3cbf619ed0fe23d9a9cb2716e7a84ef81b4067",
    ),
    _entry(
        "autompg",
        "autompg",
        "fuel consumption of cars",
        392,
        7,
        "366fcd4d0defea716b4d0ba64ddc53b3c7f9162945e2260bbea3c46ecc8d9bff",
    ),
    _entry(
        "concrete",
        "concrete",
        "strength of concrete (992 distinct inputs)",
        1030,
        8,
        "f7210967a49a2adbf6d19ac3dd853f820941ff37351562cd1a48e8521af3d80b",
    ),
    _entry(
        "housing",
        "housing",
        "house prices in Boston",
        506,
        13,
        "75f3bf6e7f55f3e5cc97464f925a40797b4869a2a767ff404b94410a58362b50",
    ),
    _entry(
        "machine",
        "machine",
        "speed of computers (190 distinct inputs)",
        209,
        7,
        "9b8a1ff9269f024fa7d04b8d2ca04507152d49da3b8a0d33e718b2fdbaad2e3d",
    ),
    _entry(
        "wine_quality",
        "wine",
        "taste of red wine (1355 distinct inputs)",
        1599,
        11,
        "573b29b56f82ee37960b87e0125cdc4da684611eb98536f8228ba12ed16fddf4",
    ),
)

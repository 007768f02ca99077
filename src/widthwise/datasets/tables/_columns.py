"""One column of a table as numbers, or as words where it is not numeric."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import narwhals as nw
    import polars as pl

__all__ = ["MISSING", "Column", "from_numbers", "from_series", "from_values"]

MISSING = ("", "NA", "N/A", "n/a", "<NA>", "#N/A", "NaN", "nan", "NULL", "null", "?")
"""Words that mean that there is no value (spaces around them do not count)."""

_EXACT = 2**53


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name
        Its name.
    kind
        "number", "boolean" (numbers 0 and 1), "text", or what else it holds
        ("Date", "List", ...), which cannot be used.
    numbers
        (n,) float64 where `kind` is a number or boolean; NaN where missing.
    words
        (n,) strings where `kind` is "text"; None where missing.
    missing
        (n,) booleans.
    is_rounded
        Integers beyond 2**53 were rounded to float64.
    """

    name: str
    kind: str
    missing: np.ndarray
    numbers: np.ndarray | None = None
    words: np.ndarray | None = None
    is_rounded: bool = False

    def rows(self, keep: np.ndarray) -> "Column":
        """Keep the rows where `keep` is true."""
        return Column(
            self.name,
            self.kind,
            self.missing[keep],
            None if self.numbers is None else self.numbers[keep],
            None if self.words is None else self.words[keep],
            self.is_rounded,
        )


def from_numbers(name: str, values: np.ndarray) -> Column:
    """Make a column of a numeric or boolean array."""
    kind = "boolean" if values.dtype == bool else "number"
    numbers = values.astype(np.float64)
    rounded = values.dtype.kind in "iu" and bool((np.abs(numbers) > _EXACT).any())
    return Column(name, kind, np.isnan(numbers), numbers, is_rounded=rounded)


def from_values(name: str, values: Sequence[Any]) -> Column:
    """Make a column of Python objects: all numbers, or all words."""
    missing = np.array([_is_missing(value) for value in values], dtype=bool)
    present = [value for value in values if not _is_missing(value)]
    if all(isinstance(value, bool | np.bool_) for value in present) and present:
        return Column(name, "boolean", missing, _floats(values, missing))
    if all(_is_number(value) for value in present):
        return Column(name, "number", missing, _floats(values, missing))
    if all(isinstance(value, str) for value in present):
        return _from_strings(name, _polars_strings(values))
    kinds = sorted({type(value).__name__ for value in present})
    return Column(name, f"mixed values ({', '.join(kinds)})", missing)


def from_series(
    name: str, series: "nw.Series[Any]", decimal_comma: bool = False
) -> Column:
    """Make a column of a series of any data frame."""
    import narwhals as nw

    dtype = series.dtype
    missing = series.is_null().to_numpy().astype(bool)
    if dtype == nw.Boolean:
        numbers = series.fill_null(False).cast(nw.Float64).to_numpy()
        return Column(name, "boolean", missing, np.where(missing, np.nan, numbers))
    if dtype.is_numeric():
        filled = series.fill_null(0) if missing.any() else series
        numbers = np.asarray(filled.cast(nw.Float64).to_numpy(), dtype=np.float64)
        rounded = dtype.is_integer() and bool((np.abs(numbers) > _EXACT).any())
        numbers = np.where(missing, np.nan, numbers)
        return Column(name, "number", np.isnan(numbers), numbers, is_rounded=rounded)
    if dtype in (nw.Categorical, nw.Enum) or isinstance(dtype, nw.Enum):
        series, dtype = series.cast(nw.String), nw.String()
    if dtype == nw.String:
        return _from_strings(name, _string_series(series), decimal_comma)
    if dtype == nw.Object or missing.all():
        return from_values(name, series.to_list())
    return Column(name, str(dtype).split("(")[0], missing)


def _string_series(series: "nw.Series[Any]") -> "pl.Series":
    """Return a series of strings as polars has it; without a copy if it is one."""
    import polars as pl

    native = series.to_native()
    return (
        native if isinstance(native, pl.Series) else _polars_strings(series.to_list())
    )


def _polars_strings(values: Sequence[Any]) -> "pl.Series":
    """Return strings as a polars series, null where there is none."""
    import polars as pl

    words = [value if isinstance(value, str) else None for value in values]
    return pl.Series(words, dtype=pl.String)


def _from_strings(
    name: str, strings: "pl.Series", decimal_comma: bool = False
) -> Column:
    """Make a column of numbers when every word is one, of words otherwise."""
    import polars as pl

    words = strings.str.strip_chars()
    missing = (words.is_null() | words.is_in(MISSING)).to_numpy()
    numeric = words.str.replace(",", ".", literal=True) if decimal_comma else words
    numbers = numeric.cast(pl.Float64, strict=False)
    present = ~missing
    if not (numbers.is_null().to_numpy() & present).any():
        floats = numbers.fill_null(np.nan).to_numpy()
        floats = np.where(missing, np.nan, floats)
        return Column(
            name, "number", missing, floats, is_rounded=_loses_digits(words, floats)
        )
    lowered = words.str.to_lowercase()
    if (lowered.is_in(["true", "false"]).fill_null(False).to_numpy() | missing).all():
        truth = (lowered == "true").fill_null(False).to_numpy().astype(np.float64)
        return Column(name, "boolean", missing, np.where(missing, np.nan, truth))
    array = np.array(words.to_list(), dtype=object)
    array[missing] = None
    return Column(name, "text", missing, words=array)


def _loses_digits(words: "pl.Series", numbers: np.ndarray) -> bool:
    """Say whether a whole number beyond 2**53 was written."""
    large = np.abs(np.nan_to_num(numbers, nan=0.0, posinf=0.0, neginf=0.0)) > _EXACT
    if not large.any():
        return False
    return bool(words.filter(large).str.contains(r"^[+-]?\d+$").any())


def _floats(values: Sequence[Any], missing: np.ndarray) -> np.ndarray:
    """Convert Python numbers, an integer beyond float64 to infinity."""

    def convert(value: Any) -> float:
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")

    pairs = zip(values, missing, strict=True)
    return np.array([np.nan if gone else convert(value) for value, gone in pairs])


def _is_missing(value: Any) -> bool:
    """Say whether a Python object is None, NaN or pandas' NA or NaT."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, str):
        return value.strip() in MISSING
    return isinstance(value, float | np.floating) and bool(np.isnan(value))


def _is_number(value: Any) -> bool:
    """Say whether a Python object is a real number."""
    return isinstance(value, int | float | Decimal | np.number | np.bool_) and not (
        isinstance(value, np.complexfloating)
    )

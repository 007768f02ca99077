"""One column of a table as numbers, or as words where it is not numeric."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from widthwise.datasets.points import PreparationStep
from widthwise.datasets.tables._dates import days
from widthwise.datasets.tables._notation import MISSING, Notation

if TYPE_CHECKING:
    import narwhals as nw
    import polars as pl

__all__ = [
    "EXACT",
    "Column",
    "from_numbers",
    "from_series",
    "from_strings",
    "from_values",
    "vanished",
]

_PLAIN = Notation()
EXACT = 2**53
"""Below this every whole number is a float64."""
_TINY = r"[1-9][^eE]*[eE]-\d|0{300}\d*[1-9]"
"""What a number other than 0 looks like that is 0 in float64."""


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
    vanished
        (n,) booleans: a number other than 0 is 0 in float64; None if none is.
    gaps
        What is written where there is no value, empty cells aside.
    doubtful
        See `Notation.doubtful`; the notation is that of its table.
    steps
        What was done to read it.
    notation
        How its numbers were expected to be written.
    are_words_asked_for
        It was asked to be read as words, whatever these look like.
    """

    name: str
    kind: str
    missing: np.ndarray
    numbers: np.ndarray | None = None
    words: np.ndarray | None = None
    is_rounded: bool = False
    vanished: np.ndarray | None = None
    gaps: tuple[str, ...] = ()
    doubtful: str | None = None
    steps: tuple[PreparationStep, ...] = ()
    notation: Notation = _PLAIN
    are_words_asked_for: bool = False

    def rows(self, keep: np.ndarray) -> "Column":
        """Keep the rows where `keep` is true."""
        return replace(
            self,
            missing=self.missing[keep],
            numbers=None if self.numbers is None else self.numbers[keep],
            words=None if self.words is None else self.words[keep],
            vanished=None if self.vanished is None else self.vanished[keep],
        )

    def as_words(self) -> "Column":
        """Read numbers and truth values as words."""
        if self.numbers is None:
            return replace(self, are_words_asked_for=True)
        words = np.array([_word(number) for number in self.numbers], dtype=object)
        if self.kind == "boolean":
            words = np.where(self.numbers == 1.0, "true", "false").astype(object)
        words[self.missing] = None
        return replace(
            self,
            kind="text",
            numbers=None,
            words=words,
            is_rounded=False,
            vanished=None,
            are_words_asked_for=True,
        )


def from_numbers(name: str, values: np.ndarray) -> Column:
    """Make a column of a numeric or boolean array."""
    kind = "boolean" if values.dtype == bool else "number"
    numbers = np.asarray(values, dtype=np.float64)
    rounded = values.dtype.kind in "iu" and _are_rounded(values, numbers)
    return Column(name, kind, np.isnan(numbers), numbers, is_rounded=rounded)


def from_values(
    name: str,
    values: Sequence[Any],
    notation: Notation = _PLAIN,
    as_words: bool = False,
) -> Column:
    """Make a column of Python objects: all numbers, or all words."""
    missing = np.array([_is_missing(value) for value in values], dtype=bool)
    present = [value for value, gap in zip(values, missing, strict=True) if not gap]
    if all(isinstance(value, str) for value in present) and present:
        return from_strings(name, _polars_strings(values), notation, as_words)
    if all(isinstance(value, bool | np.bool_) for value in present) and present:
        return Column(name, "boolean", missing, _floats(values, missing))
    if all(_is_number(value) for value in present):
        floats = _floats(values, missing)
        lost = np.array(
            [f == 0.0 and bool(v) for v, f in zip(values, floats, strict=True)], bool
        )
        vanished = lost if lost.any() else None
        return Column(name, "number", missing, floats, vanished=vanished)
    kinds = sorted({type(value).__name__ for value in present})
    return Column(name, f"mixed values ({', '.join(kinds)})", missing)


def from_series(
    name: str,
    series: "nw.Series[Any]",
    notation: Notation = _PLAIN,
    as_words: bool = False,
) -> Column:
    """Make a column of a series of any data frame."""
    column = _from_series(name, series, notation, as_words)
    return column.as_words() if as_words else column


def _from_series(
    name: str, series: "nw.Series[Any]", notation: Notation, as_words: bool
) -> Column:
    import narwhals as nw

    dtype = series.dtype
    missing = series.is_null().to_numpy().astype(bool)
    if dtype == nw.Boolean:
        numbers = series.fill_null(False).cast(nw.Float64).to_numpy()
        return Column(name, "boolean", missing, np.where(missing, np.nan, numbers))
    if dtype.is_numeric():
        filled = series.fill_null(0) if missing.any() else series
        numbers = np.asarray(filled.cast(nw.Float64).to_numpy(), dtype=np.float64)
        is_large = dtype.is_integer() and bool((np.abs(numbers) >= EXACT).any())
        rounded = is_large and _are_rounded(filled.to_list(), numbers)
        numbers = np.where(missing, np.nan, numbers)
        return Column(name, "number", np.isnan(numbers), numbers, is_rounded=rounded)
    if dtype in (nw.Categorical, nw.Enum) or isinstance(dtype, nw.Enum):
        series, dtype = series.cast(nw.String), nw.String()
    if dtype == nw.String:
        return from_strings(name, _string_series(series), notation, as_words)
    if dtype == nw.Object or missing.all():
        return from_values(name, series.to_list(), notation, as_words)
    if notation.dates is not None and dtype in (nw.Date, nw.Datetime):
        found = series.cast(nw.Datetime("us", _zone(dtype))).dt.timestamp("us")
        stamps = found.to_numpy()[~missing].astype(np.float64) / 86_400e6
        return _of_days(name, missing, stamps.tolist(), notation)
    return Column(name, str(dtype).split("(")[0], missing)


def _zone(dtype: Any) -> str | None:
    return getattr(dtype, "time_zone", None)


def from_strings(
    name: str, strings: "pl.Series", notation: Notation, as_words: bool = False
) -> Column:
    """Make a column of numbers when every word is one, of words otherwise."""
    words = strings.str.strip_chars()
    if as_words:
        empty = words.is_null() | (words == "")
        return _of_words(name, words, empty.to_numpy(), notation).as_words()
    is_gap = notation.is_missing(words)
    present = words.set(is_gap, None)
    missing = is_gap.to_numpy()
    numbers, steps = notation.numbers(name, present)
    if not (numbers.is_null().to_numpy() & ~missing).any():
        floats = numbers.fill_null(np.nan).to_numpy()
        return Column(
            name,
            "number",
            np.isnan(floats),
            floats,
            is_rounded=_loses_digits(words, floats),
            vanished=vanished(words, floats),
            gaps=_gaps(words, missing),
            doubtful=notation.doubtful(present),
            steps=steps,
            notation=notation,
        )
    if notation.dates is not None:
        dates = days([cell for cell in present if cell is not None], notation.dates)
        if dates is not None:
            return _of_days(name, missing, dates, notation)
    lowered = words.str.to_lowercase()
    if (lowered.is_in(["true", "false"]).fill_null(False).to_numpy() | missing).all():
        truth = (lowered == "true").fill_null(False).to_numpy().astype(np.float64)
        return Column(name, "boolean", missing, np.where(missing, np.nan, truth))
    return _of_words(name, words, missing, notation)


def vanished(words: "pl.Series", numbers: np.ndarray) -> np.ndarray | None:
    """Say which numbers are 0 in float64 and were not written as 0; None if none is."""
    looks = numbers == 0.0
    if looks.any():  # 1e-324 has six signs.
        looks &= (words.str.len_bytes() >= 6).fill_null(False).to_numpy()
    if not looks.any():
        return None
    looks[looks] = words.filter(looks).str.contains(_TINY).to_numpy()
    return looks if looks.any() else None


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


def _of_days(
    name: str, missing: np.ndarray, dates: Sequence[float], notation: Notation
) -> Column:
    numbers = np.full(len(missing), np.nan)
    numbers[~missing] = dates
    detail = f"Read the dates of {name!r} as days since 1970-01-01."
    step = PreparationStep(
        "read_dates", detail, {"column": name, "order": notation.dates}
    )
    return Column(name, "number", missing, numbers, steps=(step,), notation=notation)


def _of_words(
    name: str, words: "pl.Series", missing: np.ndarray, notation: Notation
) -> Column:
    array = np.array(words.to_list(), dtype=object)
    array[missing] = None
    gaps = _gaps(words, missing)
    return Column(name, "text", missing, words=array, gaps=gaps, notation=notation)


def _gaps(words: "pl.Series", missing: np.ndarray) -> tuple[str, ...]:
    """Return what is written where there is no value."""
    if not missing.any():
        return ()
    found = words.filter(missing).unique(maintain_order=True).drop_nulls()
    return tuple(word for word in found.to_list() if word)


def _word(number: float) -> str:
    """Write a whole number without a decimal point."""
    return str(int(number)) if number == number // 1 else repr(float(number))


def _loses_digits(words: "pl.Series", numbers: np.ndarray) -> bool:
    """Say whether a whole number was written that is no float64."""
    large = np.isfinite(numbers) & (np.abs(numbers) >= EXACT)
    if not large.any():
        return False
    found = words.filter(large)
    whole = found.str.contains(r"^[+-]?\d+$").to_numpy()
    return _are_rounded(found.filter(whole), numbers[large][whole])


def _are_rounded(whole: Iterable[Any], numbers: np.ndarray) -> bool:
    """Say whether a whole number, or its digits, is not the float64 beside it."""
    pairs = zip(whole, numbers.tolist(), strict=True)
    return any(abs(n) >= EXACT and int(each) != int(n) for each, n in pairs)


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

"""Which columns are features and which is the target, by name or by number."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from widthwise.datasets.points import PreparationStep, listed, nearest
from widthwise.wording import counted

__all__ = ["Choice", "Names", "choose"]

Names = Sequence[str | int] | str | int


@dataclass(frozen=True)
class Choice:
    """The chosen columns.

    Attributes
    ----------
    features
        Positions of the features.
    target
        Position of the target; None if there is none.
    words
        Positions of the columns to read as words.
    steps
        What was left out.
    problems
        Names that no column has, and columns that were asked to be two things.
    """

    features: list[int]
    target: int | None
    words: frozenset[int]
    steps: tuple[PreparationStep, ...]
    problems: tuple[str, ...]


def choose(
    where: str,
    names: Sequence[str],
    target: str | int | None,
    columns: Names | None,
    drop: Names,
    words: Names = (),
) -> Choice:
    """Find the columns that were named.

    A name with commas that no column has is a list of names.
    """
    found = _Columns(where, names, [])
    target_at = None if target is None else found.position(target, "target")
    kept = list(range(len(names)))
    if columns is not None:
        kept = list(dict.fromkeys(found.positions(columns, "feature")))
    dropped = set(found.positions(drop, "column to drop"))
    as_words = found.positions(words, "column of words")
    problems = found.problems
    if target_at in dropped:
        problems.append(
            f"The column {names[target_at or 0]!r} of {where} is both the target and a "
            "column to drop; it can be one of them."
        )
    steps: tuple[PreparationStep, ...] = ()
    if dropped:
        left = [names[j] or f"x{j}" for j in sorted(dropped)]
        detail = f"Left out {counted(len(left), 'column')} as asked: {listed(left)}."
        steps = (PreparationStep("drop_columns", detail, {"columns": left}),)
    features = [j for j in kept if j != target_at and j not in dropped]
    return Choice(features, target_at, frozenset(as_words), steps, tuple(problems))


@dataclass(frozen=True)
class _Columns:
    """The columns of a table, and the names that were not among them."""

    where: str
    names: Sequence[str]
    problems: list[str]

    def positions(self, asked: Names, role: str) -> list[int]:
        several = [asked] if isinstance(asked, str | int) else list(asked)
        split: list[str | int] = []
        for name in several:
            is_list = isinstance(name, str) and "," in name and self._at(name) is None
            split += (
                [part.strip() for part in str(name).split(",")] if is_list else [name]
            )
        found = [self.position(name, role) for name in split]
        return [place for place in found if place is not None]

    def position(self, name: str | int, role: str) -> int | None:
        """Return the position of a column, or note that there is none."""
        place = self._at(name)
        if place is None:
            shown = self._shown()
            self.problems.append(
                f"{self.where} has no column {name!r} to use as {role}. "
                f"{nearest(str(name), shown)}Its {counted(len(shown), 'column')}: "
                f"{listed(shown, 30)}."
            )
        return place

    def _at(self, name: str | int) -> int | None:
        shown = self._shown()
        if isinstance(name, str):
            same = unicodedata.normalize("NFC", name)
            for known in (self.names, shown):
                if same and same in known:
                    return list(known).index(same)
        try:
            number = int(name)
        except ValueError:
            return None
        inside = -len(shown) <= number < len(shown)
        return number % len(shown) if inside else None

    def _shown(self) -> list[str]:
        return [known or f"x{j}" for j, known in enumerate(self.names)]

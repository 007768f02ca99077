"""Which colour, marker and dash a series has, the same in every chart of a record."""

from dataclasses import dataclass, field

__all__ = ["Look", "Looks"]

_COLOURS, _MARKERS, _DASHES = 8, 7, 5


@dataclass(frozen=True)
class Look:
    """The numbers of a series' colour, marker and dash, as `widthwise.look` has them.

    Series of one colour differ in their marker and their dash.
    """

    number: int

    @property
    def colour(self) -> int:
        return self.number % _COLOURS

    @property
    def marker(self) -> int:
        return (self.number + self.number // _COLOURS) % _MARKERS

    @property
    def dash(self) -> int:
        return (self.number + self.number // _COLOURS) % _DASHES


@dataclass
class Looks:
    """Numbers the names of each column in the order they are first drawn."""

    _known: dict[str, dict[str, int]] = field(default_factory=dict)

    def of(self, column: str, name: str) -> int:
        """Return the number of a name; equal names of one column share it."""
        names = self._known.setdefault(column, {})
        return names.setdefault(name, len(names))

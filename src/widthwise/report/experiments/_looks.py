"""Which colour, marker and dash a series has, the same in every chart of a record."""

from dataclasses import dataclass, field

__all__ = ["Looks"]


@dataclass
class Looks:
    """Numbers the names of each column in the order they are first drawn."""

    _known: dict[str, dict[str, int]] = field(default_factory=dict)

    def of(self, column: str, name: str) -> int:
        """Return the number of a name; equal names of one column share it."""
        names = self._known.setdefault(column, {})
        return names.setdefault(name, len(names))

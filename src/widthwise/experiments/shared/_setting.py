"""One knob of an experiment: its default, its quick value and its range."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from widthwise.arguments import is_whole_number
from widthwise.errors import InvalidArgumentError, unknown_name

__all__ = ["Setting", "resolved"]

_NOUNS = {"whole": "a whole number", "real": "a number", "name": "a name"}


@dataclass(frozen=True)
class Setting:
    """What one setting means and which values it takes.

    Attributes
    ----------
    what
        What it is, with its unit, as a noun phrase.
    kind
        "whole", "real" or "name".
    default, quick
        The paper's value (or ours where that was lost), and one for a first look.
    low, high
        The range of a number, both ends included.
    choices
        The names allowed; None where a catalog decides.
    is_list
        Whether it holds several values; a single one is then taken as a list of one.

    Examples
    --------
    >>> import widthwise as ww
    >>> setting = ww.experiments.Setting.whole("trials", 20, 2, low=1, high=100)
    >>> setting.checked("trials", 5), setting.allowed
    (5, 'a whole number from 1 to 100')
    """

    what: str
    kind: Literal["whole", "real", "name"]
    default: Any
    quick: Any
    low: float | int = -math.inf
    high: float | int = math.inf
    choices: tuple[str, ...] | None = None
    is_list: bool = False

    @classmethod
    def whole(
        cls, what: str, default: Any, quick: Any, low: int, high: int
    ) -> "Setting":
        """Return a setting of whole numbers; several where the default is a tuple."""
        is_list = isinstance(default, tuple)
        return cls(what, "whole", default, quick, low, high, is_list=is_list)

    @classmethod
    def real(
        cls, what: str, default: Any, quick: Any, low: float | int, high: float | int
    ) -> "Setting":
        """Return a setting of numbers; several where the default is a tuple."""
        is_list = isinstance(default, tuple)
        return cls(what, "real", default, quick, low, high, is_list=is_list)

    @classmethod
    def name(
        cls, what: str, default: Any, quick: Any, choices: tuple[str, ...]
    ) -> "Setting":
        """Return a setting of names; several where the default is a tuple."""
        is_list = isinstance(default, tuple)
        return cls(what, "name", default, quick, choices=choices, is_list=is_list)

    def checked(self, name: str, value: Any) -> Any:
        """Return the value in its own type, a tuple for a list.

        Raises
        ------
        InvalidArgumentError
            If it has another type or lies outside the range, which is named.
        """
        if not self.is_list:
            return self._one(name, value)
        several = list(value) if isinstance(value, list | tuple | range) else [value]
        if not several:
            raise InvalidArgumentError(
                f"The setting {name!r} is empty; it needs at least one value: "
                f"{self.allowed}."
            )
        return tuple(self._one(name, each) for each in several)

    @property
    def allowed(self) -> str:
        """The values it takes, in words."""
        if self.choices is not None:
            return "one of " + ", ".join(self.choices)
        text = _NOUNS[self.kind]
        if math.isfinite(self.low) and math.isfinite(self.high):
            return f"{text} from {self.low:g} to {self.high:g}"
        if math.isfinite(self.low):
            return f"{text} of at least {self.low:g}"
        return f"{text} of at most {self.high:g}" if math.isfinite(self.high) else text

    def _one(self, name: str, value: Any) -> Any:
        found: Any = None
        if self.kind == "name" and isinstance(value, str):
            if self.choices is None or value in self.choices:
                found = value
        elif self.kind == "whole" and is_whole_number(value):
            found = int(value)
        elif self.kind == "real" and (
            is_whole_number(value) or isinstance(value, float)
        ):
            found = float(value)
        outside = found is None or (
            self.kind != "name" and not self.low <= found <= self.high
        )
        if outside:
            raise InvalidArgumentError(
                f"The setting {name!r} ({self.what}) is {value!r}; it must be "
                f"{self.allowed}."
            )
        return found


def resolved(
    known: Mapping[str, Setting], given: Mapping[str, Any] | None, quick: bool
) -> dict[str, Any]:
    """Return every setting's value: the given ones, checked, and the rest's defaults.

    Raises
    ------
    UnknownNameError
        If a name is no setting of the experiment.
    InvalidArgumentError
        As for `Setting.checked`.
    """
    given = dict(given or {})
    for name in given:
        if name not in known:
            raise unknown_name("setting", name, known)
    return {
        name: each.checked(name, given.get(name, each.quick if quick else each.default))
        for name, each in known.items()
    }

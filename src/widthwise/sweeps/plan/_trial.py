"""One trial: what is computed, with which arguments and seed, and the key of that."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from widthwise.arguments import seed as valid_seed
from widthwise.errors import DataError, InvalidArgumentError
from widthwise.progress import Progress, silent
from widthwise.sweeps.plan._codec import canonical, loads
from widthwise.sweeps.plan._target import (
    Target,
    experiment_named,
    function_named,
    takes_seed,
)

__all__ = ["Trial", "require_key"]

_KEY = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, eq=False)
class Trial:
    """One call whose result depends on nothing but what stands here.

    Attributes
    ----------
    target
        "experiment:NAME@VERSION" or "function:package.module:NAME@VERSION" (also
        "function:path/file.py:NAME@VERSION").
    arguments
        By name; numbers, text, None, and lists and dicts of them. They are copied and
        turned into JSON's types: a tuple becomes a list.
    seed
        Every random number follows from it; 0 to 2**64 - 1.
    folder
        Where a function's file or module is looked for. It is no part of the key, so
        that the same trial has one key on every machine.

    Examples
    --------
    >>> import widthwise as ww
    >>> trial = ww.sweeps.Trial("function:math:sqrt@1", {"x": 4.0}, seed=3)
    >>> trial.target, trial.seed
    ('function:math:sqrt@1', 3)
    """

    target: str
    arguments: Mapping[str, Any]
    seed: int = 0
    folder: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        Target.parsed(self.target)
        object.__setattr__(self, "seed", valid_seed(self.seed))
        text = canonical(
            {"arguments": self.arguments, "seed": self.seed, "target": self.target},
            "A trial's arguments",
        )
        if '"$array":' in text:  # No word has these: its quotation marks are escaped.
            raise InvalidArgumentError(
                "A trial's arguments hold an array; a list was needed. Write "
                "array.tolist(), or name a file."
            )
        object.__setattr__(self, "_text", text)
        object.__setattr__(self, "arguments", loads(text)["arguments"])

    @property
    def text(self) -> str:
        """The canonical JSON of target, arguments and seed, which the key hashes."""
        return self._text  # type: ignore[attr-defined, no-any-return]

    @cached_property
    def key(self) -> str:
        """The SHA-256 of `text`, 64 hexadecimal digits."""
        return hashlib.sha256(self.text.encode("ascii")).hexdigest()

    def run(self, tell: Progress | None = None) -> Mapping[str, Any]:
        """Compute the result; this imports the code that the target names.

        Parameters
        ----------
        tell
            Called with the fraction that is done and what is being done.

        Returns
        -------
        The result by name. A function that returns no mapping gives
        `{"value": what it returned}`.

        Raises
        ------
        InvalidArgumentError, UnknownNameError
            If the target cannot be found, or is an experiment of another version.
        """
        target = Target.parsed(self.target)
        if target.kind == "experiment":
            study = experiment_named(target.name)
            if str(study.version) != target.version:
                raise InvalidArgumentError(
                    f"The trial is of version {target.version} of {target.name}, and "
                    f"version {study.version} is installed. Make the plan's trials "
                    "again, or install the version of widthwise that made them."
                )
            measured: Mapping[str, Any] = study.measure(
                dict(self.arguments), self.seed, tell or silent
            )
            return measured
        function = function_named(target.name, self.folder)
        extra = {"seed": self.seed} if takes_seed(function) else {}
        found = function(**loads(self.text)["arguments"], **extra)
        return found if isinstance(found, Mapping) else {"value": found}

    @classmethod
    def from_text(cls, text: str | bytes) -> "Trial":
        """Return the trial whose `text` this is.

        Raises
        ------
        DataError
            If it is not the text of a trial.
        """
        found = loads(text)
        if not isinstance(found, dict) or set(found) != {"arguments", "seed", "target"}:
            raise DataError("This is not the text of a trial.")
        arguments, seed, target = found["arguments"], found["seed"], found["target"]
        is_right = isinstance(arguments, dict) and isinstance(target, str)
        if not is_right or type(seed) is not int:
            raise DataError("This is not the text of a trial.")
        try:
            return cls(target, arguments, seed)
        except InvalidArgumentError as error:
            raise DataError(f"This is not the text of a trial ({error}).") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trial) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def require_key(key: str) -> str:
    """Return the key, if it is one: nothing else ever becomes a file name.

    Raises
    ------
    InvalidArgumentError
        If it is not 64 hexadecimal digits.
    """
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise InvalidArgumentError(
            f"The key is {str(key)[:80]!r}; it must be 64 hexadecimal digits. "
            "`trial.key` gives it."
        )
    return key

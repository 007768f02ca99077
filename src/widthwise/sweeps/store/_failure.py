"""A trial that gave no result: of which kind the failure was, and where it happened."""

from dataclasses import dataclass

from widthwise.errors import DataError, InvalidArgumentError
from widthwise.sweeps.plan import Trial, canonical
from widthwise.sweeps.store._entry import body_of, packed, trial_text_of

__all__ = ["KINDS", "Failure"]

KINDS = ("raised", "timeout", "memory", "killed")
"""How a trial can fail."""

_MOST_TEXT = 2**16


@dataclass(frozen=True)
class Failure:
    """A trial that gave no result, and why.

    Attributes
    ----------
    trial
        What was tried.
    kind
        "raised", "timeout", "memory" or "killed".
    message
        What happened, in one line.
    traceback
        Where it happened, the last 65,536 characters; empty where there is none.

    Examples
    --------
    >>> import widthwise as ww
    >>> trial = ww.sweeps.Trial("function:math:sqrt@1", {"x": -4.0}, seed=3)
    >>> ww.sweeps.Failure(trial, "raised", "math domain error").kind
    'raised'
    """

    trial: Trial
    kind: str
    message: str
    traceback: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidArgumentError(
                f"The kind of failure is {self.kind!r}; it must be one of "
                f"{', '.join(KINDS)}."
            )

    @property
    def content(self) -> bytes:
        """The file that keeps it."""
        body = {
            "kind": self.kind,
            "message": self.message[-_MOST_TEXT:],
            "traceback": self.traceback[-_MOST_TEXT:],
        }
        return packed(self.trial.text, canonical(body))

    @classmethod
    def from_content(cls, content: bytes, key: str) -> "Failure":
        """Return the failure in a file.

        Raises
        ------
        DataError
            If the file is damaged, or not that of a failure of this trial.
        """
        trial = Trial.from_text(trial_text_of(content, key))
        body = body_of(content, key)
        if (
            not isinstance(body, dict)
            or set(body) != {"kind", "message", "traceback"}
            or not all(isinstance(each, str) for each in body.values())
            or body["kind"] not in KINDS
        ):
            raise DataError("it is not the record of a failure")
        return cls(trial, **body)

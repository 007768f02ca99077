"""One thing that was done to the data, for a person and for a program."""

from dataclasses import dataclass, field
from typing import Any

__all__ = ["PreparationStep"]


@dataclass(frozen=True)
class PreparationStep:
    """One thing that was done to the data.

    Attributes
    ----------
    name
        A short fixed name, such as "standardize".
    detail
        One sentence for a person.
    numbers
        The same for a program: numbers, strings and lists of them (JSON).
    is_caution
        Whether nobody who reads a verdict on the data may miss it.

    Examples
    --------
    >>> import widthwise as ww
    >>> step = ww.datasets.load("diabetes").standardize().steps[-1]
    >>> step.name
    'standardize'
    """

    name: str
    detail: str
    numbers: dict[str, Any] = field(default_factory=dict)
    is_caution: bool = False

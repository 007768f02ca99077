"""What studies find of a spectrum and of training, as a record holds it."""

import math
from dataclasses import dataclass

from widthwise.prose import Prose, say

__all__ = [
    "Numbers",
    "Pace",
    "Plateau",
    "SpectrumFound",
    "Training",
    "or_infinity",
    "require_one_length",
]

Numbers = tuple[float | None, ...]
"""A list that may hold infinities, which are null in JSON."""


def or_infinity(value: float | int | None) -> float:
    """Return a number as a float; null, which JSON has for infinity, as that."""
    return math.inf if value is None else float(value)


def require_one_length(record: object, *names: str) -> None:
    """Refuse lists of a record that have not one value for each of its widths.

    Raises
    ------
    ValueError
        Which reading turns into a sentence that says where.
    """
    widths = len(vars(record)["widths"])
    for name in names:
        count = len(vars(record)[name])
        if count != widths:
            raise ValueError(f"{name} has {count} values for {widths} widths")


@dataclass(frozen=True, kw_only=True)
class SpectrumFound:
    """The spectrum of a kernel matrix.

    Attributes
    ----------
    size
        Rows of the matrix; null where these are the rows of the data.
    smallest, smallest_interval, largest, mean
        Of the eigenvalues.
    condition_number, condition_interval, condition_text
        κ; null when numerically singular, and then the interval's upper end too.
    error_bound, entry_error
        Of each eigenvalue, and of each entry of the matrix.
    rank, is_singular
        Numerically, by the error bound.
    method
        How the eigenvalues were computed.
    """

    size: int | None = None
    smallest: float | None
    smallest_interval: tuple[float | None, float | None]
    largest: float | None
    mean: float | None
    condition_number: float | None
    condition_interval: tuple[float | None, float | None] | None
    condition_text: Prose
    error_bound: float | None
    entry_error: float | None = None
    rank: int
    is_singular: bool
    method: str = ""


@dataclass(frozen=True)
class Plateau:
    """Steps over which almost nothing moves.

    Attributes
    ----------
    residual
        Relative, on the plateau.
    first_step, last_step
        Where it begins and ends; the end is null where it has none.
    """

    residual: float | None
    first_step: float | None
    last_step: float | None


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How soon another way of training gets to each tolerance.

    Attributes
    ----------
    method
        "stable step" for gradient descent at 1/s_1², "worst-case step" at
        2/(s_1² + s_r²), "momentum" for the heavy ball that is best for the worst
        labels, "conjugate gradients" in exact arithmetic.
    steps
        To each tolerance, null when never.
    step, momentum
        Of the method; null where it has none.
    """

    method: str
    steps: dict[str, float | None]
    step: float | None = None
    momentum: float | None = None


@dataclass(frozen=True, kw_only=True)
class Training:
    """Gradient descent on ½‖f − y‖², linear in what is trained, exactly.

    Attributes
    ----------
    width
        Hidden units of the network; null for a module, which has its own.
    step, largest_stable_step
        The fixed step size that gets these labels to the first tolerance soonest,
        without labels 2/(s_1² + s_r²); and the limit of stability.
    steps, steps_low, steps_high
        To each tolerance, null when never: of the network described, the median one by
        its steps, and the least and most over all `trials` networks.
    floor
        The relative residual that no step count gets below.
    worst_case
        Whether these are the labels that are hardest, for want of others.
    condition_number, rank
        Of the directions within reach, and how many there are; the count is null in
        old records.
    plateaus
        Where almost nothing moves.
    trials
        Random networks.
    paces
        The same labels by other methods, of the network described.
    solve_seconds
        What solving for the last layer at once took; null where it was not timed.
    """

    width: int | None = None
    step: float | None
    largest_stable_step: float | None = None
    steps: dict[str, float | None]
    steps_low: dict[str, float | None] | None = None
    steps_high: dict[str, float | None] | None = None
    floor: float | None
    worst_case: bool
    condition_number: float | None
    rank: int | None = None
    plateaus: tuple[Plateau, ...] = ()
    trials: int = 1
    paces: tuple[Pace, ...] = ()
    solve_seconds: float | None = None

    def __post_init__(self) -> None:
        """Refuse steps to no tolerance, or to what is none."""
        if not self.steps:
            raise ValueError("has steps to no tolerance")
        for name in (*self.steps, *(self.steps_low or ()), *(self.steps_high or ())):
            if not _is_positive(name):
                raise ValueError(f"has steps to {name!r}, which is no tolerance")

    @property
    def coarse(self) -> float:
        """Steps to the coarsest tolerance; infinity for never."""
        return or_infinity(next(iter(self.steps.values())))

    @property
    def fine(self) -> float:
        """Steps to the finest tolerance; infinity for never."""
        return or_infinity(list(self.steps.values())[-1])

    @property
    def kappa(self) -> Prose | str:
        """κ, in words where it is infinite."""
        if or_infinity(self.condition_number) == math.inf:
            return "numerically infinite"
        return say("{}", self.condition_number)


def _is_positive(text: str) -> bool:
    try:
        return 0 < float(text) < math.inf
    except ValueError:
        return False

"""A number found by experiment, with its interval."""

from dataclasses import dataclass

__all__ = ["Estimate"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, the interval that holds the truth, and how often it does.

    Attributes
    ----------
    value
        The estimate.
    low, high
        The interval's ends; those of the quantity's range where nothing is known.
    confidence
        How often such an interval holds the truth, in (0, 1).
    error
        The standard error; None where the interval does not come from one.
    """

    value: float
    low: float
    high: float
    confidence: float = 0.95
    error: float | None = None

    def __format__(self, form: str) -> str:
        """Return "0.25 (95 % interval 0.2 to 0.3)", each number in this form.

        By default in three digits. Parts are there for those who write them apart.
        """
        form = form or ".3g"
        return (
            f"{self.value:{form}} ({100 * self.confidence:g} % interval "
            f"{self.low:{form}} to {self.high:{form}})"
        )

    def __str__(self) -> str:
        return format(self, "")

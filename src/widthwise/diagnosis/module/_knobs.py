"""What a study of a module may be asked to do."""

from dataclasses import dataclass
from typing import Any

from widthwise.diagnosis.study import knob
from widthwise.errors import InvalidArgumentError

__all__ = ["TOLERANCES", "ModuleKnobs"]

TOLERANCES = (1e-2, 1e-6)


@dataclass(frozen=True, kw_only=True)
class ModuleKnobs:
    """What may be asked of a study of a module; `diagnose` documents each.

    Raises
    ------
    InvalidArgumentError
        If the epochs are no whole number.

    Examples
    --------
    >>> import widthwise as ww
    >>> ww.diagnosis.ModuleKnobs(epochs=50).epochs
    50
    """

    layer: str | None = knob(
        None, "The layer whose output are the features. By default it is found.", str
    )
    input_shape: tuple[int, ...] | None = knob(
        None, "How the module takes one row, such as 1x28x28.", str
    )
    epochs: Any = knob(200, "Steps of the module's real run; 0 for none.")
    seed: int = knob(0, "Every random number follows from it.")
    standardize: bool | None = knob(
        None, "Bring each column to mean 0 and deviation 1 first.", bool
    )

    def __post_init__(self) -> None:
        """Check the epochs."""
        epochs = self.epochs
        if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 0:
            raise InvalidArgumentError(
                f"epochs is {epochs!r}; it must be a whole number, the steps of the "
                "real run, or 0 for none."
            )

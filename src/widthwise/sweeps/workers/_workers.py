"""Who runs trials: given one when there is room, they say later how it ended."""

from abc import ABC, abstractmethod

from widthwise.sweeps.plan import Trial
from widthwise.sweeps.workers._outcome import Outcome

__all__ = ["Workers"]


class Workers(ABC):
    """Processes of this machine, or of a cluster."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where trials run, for a person to read; it may change."""

    @property
    @abstractmethod
    def room(self) -> int:
        """How many more trials they should be given now."""

    @abstractmethod
    def give(self, trial: Trial) -> None:
        """Start a trial, soon; it must not be running already."""

    @abstractmethod
    def wait(self, seconds: float) -> list[tuple[Trial, Outcome]]:
        """Return the trials that ended, at once if there are some, else within s.

        Raises
        ------
        WorkersLostError
            If no trial can run any more.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop what still runs; its results are lost."""

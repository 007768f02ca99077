"""How far work is and what is left, by what its pieces took so far."""

import time
from collections.abc import Sequence

from widthwise.progress import Progress
from widthwise.wording import duration

__all__ = ["Pace"]

_SEEN = 0.02  # Part of the whole from which what was measured is believed.
_SAID = 1.0  # Seconds left from which they are said.


class Pace:
    """The progress of pieces one after another, each planned to take some time.

    What a piece took so far, beside what was planned for as much of it, is what the
    rest of it will take beside its plan; of later pieces the same is said by all that
    is done. So a plan that was wrong is mended as work goes on.

    Parameters
    ----------
    progress
        Told the part of the time that is over, which never falls, and with the words
        the seconds that are left.
    planned
        Of each piece, in any unit.
    """

    def __init__(self, progress: Progress, planned: Sequence[float | int]) -> None:
        self._tell, self._planned = progress, planned
        self._start = self._begun = self._last = time.perf_counter()
        self._piece, self._told = 0, 0.0

    def piece(self, place: int) -> Progress:
        """Return the progress of a piece, told the part of it that is done."""
        return lambda fraction, text: self._say(place, fraction, text)

    def _say(self, place: int, fraction: float | int, text: str) -> None:
        if place != self._piece:  # It began when the one before was last heard of.
            self._piece, self._begun = place, self._last
        self._last = time.perf_counter()
        spent, here = self._last - self._start, self._last - self._begun
        whole = sum(self._planned) or 1.0
        mine = fraction * self._planned[place]
        done = sum(self._planned[:place]) + mine
        share, words = done / whole, ""
        if done > _SEEN * whole:
            pace = spent / done
            now = here / mine if mine > _SEEN * whole else pace
            left = now * (self._planned[place] - mine)
            left += pace * sum(self._planned[place + 1 :])
            share = spent / (spent + left) if spent > 0.0 else share
            words = f", {duration(left)} left" if left > _SAID else ""
        self._told = max(self._told, min(share, 1.0))
        self._tell(self._told, text + words)

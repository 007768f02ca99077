"""How a command ends that somebody stops: one sentence that is true, and a status.

Ctrl-C and SIGTERM raise KeyboardInterrupt, which libraries swallow now and then: in a
callback of compiled code, say. So it is remembered that they came.
"""

import atexit
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

import typer

from widthwise.interruption import hear
from widthwise.wording import listing

__all__ = ["Stop", "stop"]

_TICK = 0.02
"""Seconds by which a date may lag: file systems' clock ticks at 100 Hz or more."""


class Stop:
    """Whether this process was told to stop, and what it has written by then."""

    def __init__(self) -> None:
        self.signal: int | None = None
        self._listens = self._is_ending = False
        self._places: list[Path] = []
        self._began = time.time()

    def listen(self) -> None:
        """Hear both signals from now on."""
        self._listens = True
        hear(self._heard)
        atexit.register(self._leave)  # Before all others: so it is called last.

    def end_at_once(self) -> None:
        """From now on a signal ends the process: nothing is left but to leave."""
        hear(lambda number, _frame, leave=os._exit: leave(128 + number))

    def begin(self) -> None:
        """Forget what commands before this one in the process have written."""
        self._places, self._began = [], time.time()
        if not self._listens:
            self.signal = None

    def may_write(self, place: Path) -> Path:
        """Note a file or folder that the command may write; return it."""
        self._places.append(place)
        return place

    def raise_if_told(self) -> None:
        """Raise the KeyboardInterrupt that was swallowed, if there was one."""
        if self.signal is not None:
            raise KeyboardInterrupt

    def told(self, progress: Callable[..., None]) -> Callable[..., None]:
        """Return the progress that stops where a signal was swallowed."""

        def tell(fraction: float, text: str) -> None:
            self.raise_if_told()
            progress(fraction, text)

        return tell

    @property
    def status(self) -> int:
        """130 after Ctrl-C, 143 after SIGTERM, as shells say it."""
        return 128 + (self.signal or signal.SIGINT)

    def exit(self, sentence: str | None = None) -> typer.Exit:
        """Say how it ended, and return what ends the command."""
        typer.echo(sentence or self._sentence(), err=True)
        self._is_ending = True
        return typer.Exit(self.status)

    def _sentence(self) -> str:
        written = [each for each in dict.fromkeys(self._places) if self._has_new(each)]
        if not written:
            return "Interrupted; nothing was saved."
        return f"Interrupted; what was finished by then is in {listing(written)}."

    def _has_new(self, place: Path) -> bool:
        within = [place, *place.rglob("*")] if place.is_dir() else [place]
        return any(
            each.is_file() and each.stat().st_mtime >= self._began - _TICK
            for each in within
        )

    def _leave(self) -> None:
        """Leave with the status, which `python -m` does not always do.

        Where the KeyboardInterrupt, caught by now, passed through C code that runs
        Python, it kills itself with SIGINT instead.
        """
        if self._is_ending:
            for each in (sys.stdout, sys.stderr):
                with suppress(OSError, ValueError, AttributeError):
                    each.flush()
            os._exit(self.status)

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        self.signal = number
        raise KeyboardInterrupt


stop = Stop()
"""Of this process: signals come to all of it."""

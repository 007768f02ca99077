"""A wish to stop, from Ctrl-C or from the system, heard between two steps."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

__all__ = ["Interruption"]


class Interruption:
    """Turns SIGINT and SIGTERM into a flag while it is entered.

    A second signal acts as it did before, for whoever cannot wait. Outside of the main
    thread, where Python hears no signals, it never happens.
    """

    def __init__(self) -> None:
        self.happened = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> "Interruption":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._heard)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._restore()

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self.happened = True
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}

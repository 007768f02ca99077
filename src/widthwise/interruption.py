"""A wish to stop, from Ctrl-C, from the system (SIGTERM) or from an ended call."""

import signal
import threading
from types import FrameType, TracebackType
from typing import Any

__all__ = ["Interruption", "hear", "require_wanted", "work_until"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Turns SIGINT and SIGTERM into a flag while it is entered.

    A second signal acts as it did before, for whoever cannot wait. Outside of the main
    thread, where Python hears no signals, it never happens.

    Attributes
    ----------
    signal
        The number of the signal that came; None while none did.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        self._before: dict[int, Any] = {}

    @property
    def happened(self) -> bool:
        """Whether somebody wants to stop."""
        return self.signal is not None

    def __enter__(self) -> "Interruption":
        self._before = hear(self._heard)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._restore()

    def _heard(self, number: int, _frame: FrameType | None) -> None:
        self.signal = number
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before = {}


def hear(handler: Any) -> dict[int, Any]:
    """Have both signals call `handler`; return what they called before."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    return {number: signal.signal(number, handler) for number in _SIGNALS}


def work_until(stopped: threading.Event) -> None:
    """Say what ends the work of this thread, a worker of some call."""
    _worker.stopped = stopped


def require_wanted() -> None:
    """End this thread's work where the call that it is for has ended."""
    if _worker.stopped is not None and _worker.stopped.is_set():
        raise InterruptedError("The call has ended.")


class _Worker(threading.local):
    """What a thread works for."""

    stopped: threading.Event | None = None


_worker = _Worker()

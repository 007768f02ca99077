"""A process that runs trials one at a time, seen from the side that started it."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from widthwise.sweeps.plan import Trial, decode
from widthwise.sweeps.workers import _child_main
from widthwise.sweeps.workers._messages import Inbox, send
from widthwise.sweeps.workers._outcome import Limits, Outcome

__all__ = ["Child"]

_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
)
_START = f"from {_child_main.__name__} import main; main()"
_TAIL = 1 << 14
_PIECES = 64
_NOISE = "Extension modules: "  # faulthandler's list of them, kilobytes long
_LOADING = 300.0
_STUCK = 30.0
_LEAVING = 0.5
_MB = 1e6


class Child:
    """One process, started at once, that can be given a trial whenever it is idle.

    Parameters
    ----------
    limits
        What each of its trials may use.
    idle
        Seconds without a trial after which it ends by itself; 0 for never.
    environment
        Variables that it gets on top of this process's own.
    paths
        Folders with modules, searched after those of this process.
    """

    def __init__(
        self,
        limits: Limits,
        *,
        idle: float | int = 0,
        environment: Mapping[str, str] | None = None,
        paths: Sequence[str] = (),
    ) -> None:
        self._limits = limits
        self._paths = [*(each for each in sys.path if each), *paths]
        self._channel, theirs = socket.socketpair()
        ends, self._lifeline = os.pipe()
        self.printed, printing = os.pipe()
        os.set_blocking(self.printed, False)
        number = theirs.fileno()
        numbers = (str(number), str(ends), str(idle))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-u", "-c", _START, *numbers],
                env={**os.environ, **(environment or {}), **_fixed(limits.threads)},
                stdin=subprocess.DEVNULL,
                stdout=printing,
                stderr=printing,
                pass_fds=(number, ends),
                start_new_session=True,  # Ctrl-C in a terminal is for us alone.
            )
        except BaseException:
            self._let_go()
            raise
        finally:
            theirs.close()
            os.close(ends)
            os.close(printing)
        self._channel.setblocking(False)
        self._inbox = Inbox(self._channel)
        self._tail = b""
        self._peak = 0
        self._deadline: float | None = None
        self._since = time.monotonic()
        self.is_ready = False
        self.is_over = False
        self.trials = 0
        self.trial: Trial | None = None

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def fileno(self) -> int:
        """Return the descriptor that becomes readable when there is news."""
        return self._channel.fileno()

    def give(self, trial: Trial) -> None:
        """Start a trial; the process must be idle."""
        self.trial, self._tail, self._peak, self._deadline = trial, b"", 0, None
        self.trials += 1
        self._since = time.monotonic()
        if self.is_ready:
            self._allow(_LOADING)
        job = {
            "trial": trial.text,
            "folder": trial.folder,
            "threads": self._limits.threads,
            "paths": self._paths,
        }
        try:
            self._channel.settimeout(_STUCK)
            send(self._channel, job)
        except OSError:  # It is gone, or does not listen: `look` will say so.
            self._inbox.is_closed = True
        self._channel.setblocking(False)

    def look(self) -> Outcome | None:
        """Return how the trial ended, or None while it runs; never waits.

        A trial beyond its limits is ended here, with its process.
        """
        if self.is_over:
            return None
        self._drain()
        outcome = None
        for message in self._inbox.messages():
            outcome = self._understood(message) or outcome
        if outcome is None and self.trial is not None:
            outcome = self._broken_limit()
        if outcome is None and (
            self._inbox.is_closed or self._process.poll() is not None
        ):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_LEAVING)  # Its own exit status says more than ours.
            self.kill()
            outcome = self._died() if self.trial is not None else None
        if outcome is not None:
            self.trial = None
        return outcome

    def stop(self) -> None:
        """Let an idle process end by itself, soon."""
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_WR)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LEAVING)
        self.kill()

    def kill(self) -> None:
        """End the process, and what it started, at once."""
        if self.is_over:
            return
        self.is_over = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._drain()
        self._let_go()

    def last_words(self) -> str:
        """Return the end of what it printed during the last trial."""
        lines = self._tail.decode("utf-8", "replace").strip().splitlines()
        return "\n".join(each for each in lines if not each.startswith(_NOISE))

    def _let_go(self) -> None:
        self._channel.close()
        os.close(self._lifeline)
        os.close(self.printed)

    def _understood(self, message: Mapping[str, Any]) -> Outcome | None:
        state = message["state"]
        if state == _child_main.READY:
            self.is_ready = True
            self._allow(_LOADING)
            return None
        if state == _child_main.BEGAN:
            self._since = time.monotonic()
            self._allow(0.0)
            return None
        if state == "finished":
            result = decode(message["result"])
            return Outcome("finished", result, seconds=message["seconds"])
        return Outcome(
            "raised",
            message=message["message"],
            traceback=self._with_last_words(message["traceback"]),
            seconds=message["seconds"],
        )

    def _allow(self, extra: float) -> None:
        if self._limits.timeout is not None:
            self._deadline = time.monotonic() + self._limits.timeout + extra

    def _broken_limit(self) -> Outcome | None:
        if not self.is_ready and time.monotonic() - self._since > _LOADING:
            return self._ended("killed", "The process hung as it started.")
        memory = self._limits.memory
        if memory is not None:
            self._peak = max(self._peak, _resident(self.pid))
            if self._peak > memory:
                self._peak = max(self._peak, _highest(self.pid))
                return self._ended(
                    "memory",
                    f"The process held {self._peak / _MB:.0f} MB; the limit is "
                    f"{memory / _MB:.0f} MB. Raise it, or make the trial smaller.",
                )
        if self._deadline is not None and time.monotonic() > self._deadline:
            return self._ended(
                "timeout",
                f"The trial ran longer than {self._limits.timeout:g} s. Raise the "
                "time limit, or make the trial smaller.",
            )
        return None

    def _died(self) -> Outcome:
        status = self._process.returncode
        how = (
            f"was killed by {_signal_name(-status)}"
            if status < 0
            else f"ended with exit status {status}"
        )
        return self._ended("killed", f"The trial's process {how}.")

    def _ended(self, kind: str, message: str) -> Outcome:
        self.kill()
        return Outcome(
            kind,
            message=message,
            traceback=self._with_last_words(""),
            seconds=time.monotonic() - self._since,
        )

    def _with_last_words(self, traceback: str) -> str:
        said = self.last_words()
        return f"{traceback}\nPrinted last:\n{said}".strip() if said else traceback

    def _drain(self) -> None:
        """Keep the end of what was printed; the rest is nobody's."""
        with contextlib.suppress(BlockingIOError, OSError):
            for _ in range(_PIECES):  # A trial may print faster than anybody reads.
                if not (piece := os.read(self.printed, 1 << 16)):
                    return
                self._tail = (self._tail + piece)[-_TAIL:]


def _fixed(threads: int) -> dict[str, str]:
    """Return what makes numbers independent of how busy the machine is."""
    return {name: str(threads) for name in _THREADS} | {"PYTHONHASHSEED": "0"}


def _resident(pid: int) -> int:
    """Return the resident memory of a process in bytes, 0 when it is gone."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _highest(pid: int) -> int:
    """Return the most that a process ever held, in bytes."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

"""The process that runs trials, one at a time: what happens inside it.

It is started with three arguments, CHANNEL, LIFELINE and IDLE. It reads trials from the
socket CHANNEL and answers with their results. The kernel ends it the moment the other
end of the pipe LIFELINE is gone, whatever it is doing.
"""

import contextlib
import faulthandler
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from widthwise.errors import InvalidArgumentError, WidthwiseError
from widthwise.sweeps.plan import (
    MOST_BYTES,
    Target,
    Trial,
    encode,
    experiment_named,
    function_named,
)
from widthwise.sweeps.workers._messages import receive, send

__all__ = ["BEGAN", "READY", "main"]

READY = "ready"
"""The state of a process that waits for its first trial."""

BEGAN = "began"
"""The state when a trial's module is loaded, and its clock may start."""


_MOST_BYTES = 2 * MOST_BYTES  # A message has spaces that a file has not.


def main() -> None:
    """Run trials until the other side closes the channel."""
    number, lifeline, idle = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    _die_with_the_parent(lifeline)
    _volunteer_when_memory_runs_out()
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=number) as channel, contextlib.suppress(BrokenPipeError):
        _serve(channel, idle)


def _serve(channel: socket.socket, idle: float) -> None:
    """Run trials until the other side closes the channel, or none came for `idle` s."""
    own, folder, environment = os.getpid(), os.open(".", os.O_RDONLY), dict(os.environ)
    send(channel, {"state": READY})
    while _is_readable(channel, idle):
        try:
            job = receive(channel)
        except EOFError:
            break
        answer = _answer(channel, job)
        if os.getpid() != own:
            os._exit(1)  # The trial forked, and its child came back: it has no answer.
        _restore(folder, environment)
        try:
            send(channel, answer, _MOST_BYTES)
        except InvalidArgumentError as error:
            refused = {"state": "raised", "message": str(error), "traceback": ""}
            send(channel, {**answer, **refused, "result": None})
    os.close(folder)


def _restore(folder: int, environment: Mapping[str, str]) -> None:
    """Go back to the folder and the environment that the first trial began with."""
    os.fchdir(folder)
    if os.environ != environment:
        os.environ.clear()
        os.environ.update(environment)


def _is_readable(channel: socket.socket, seconds: float) -> bool:
    readable, _, _ = select.select([channel], [], [], seconds or None)
    return bool(readable)


def _answer(channel: socket.socket, job: Mapping[str, Any]) -> dict[str, Any]:
    """Run one trial; whatever it raises becomes part of the answer."""
    started = time.perf_counter()
    try:
        _search_also(job["paths"])
        trial = Trial.from_text(job["trial"])
        trial = replace(trial, folder=job["folder"])
        _load(Target.parsed(trial.target), trial.folder)
        _limit_torch(job["threads"])
        send(channel, {"state": BEGAN})
        started = time.perf_counter()
        result = encode(trial.run(), "The trial's result")
        answer = {"state": "finished", "result": result}
    except BaseException as error:
        answer = {
            "state": "raised",
            "message": f"{type(error).__name__}: {_words(error)}",
            "traceback": traceback.format_exc(),
        }
    return {**answer, "seconds": time.perf_counter() - started}


def _words(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as another:
        return f"its words cannot be told ({type(another).__name__})"


def _load(target: Target, folder: str | None) -> None:
    """Import what the target needs, so that a time limit is the trial's alone."""
    with contextlib.suppress(WidthwiseError):  # Trial.run raises it again.
        if target.kind == "experiment":
            experiment_named(target.name)
        else:
            function_named(target.name, folder)


def _search_also(paths: list[str]) -> None:
    """Find the modules that the caller finds, where the file system is shared."""
    sys.path.extend(path for path in paths if path not in sys.path)


def _limit_torch(threads: int) -> None:
    """Undo what a trial before this one may have set."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() != threads:
        torch.set_num_threads(threads)


def _die_with_the_parent(lifeline: int) -> None:
    """Let the kernel end this process when the parent's end of the pipe closes.

    SIGIO ends a process by default. It is delivered in the middle of any computation,
    where a thread that waits for the end of file would need the interpreter's lock.
    """
    import fcntl  # Windows has none, and may import the package all the same.

    signal.signal(signal.SIGIO, signal.SIG_DFL)
    # To the whole group, which this process leads: what trials start ends with it.
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpid())
    flags = fcntl.fcntl(lifeline, fcntl.F_GETFL)
    fcntl.fcntl(lifeline, fcntl.F_SETFL, flags | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:
        os._exit(1)  # It closed before the kernel was told.


def _volunteer_when_memory_runs_out() -> None:
    """Have the kernel end a trial rather than the process that keeps the results."""
    with (
        contextlib.suppress(OSError),
        open("/proc/self/oom_score_adj", "w", encoding="ascii") as file,
    ):
        file.write("500")

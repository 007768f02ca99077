"""Trials on a Dask cluster: few in flight, and none waited for that cannot come."""

import asyncio
import contextlib
import importlib
import importlib.util
import logging
import queue
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import resource_tracker
from typing import Any

from widthwise.errors import InvalidArgumentError, WorkersLostError
from widthwise.sweeps.plan import Trial
from widthwise.sweeps.workers._cluster_worker import answer_of, carry_out, job_of
from widthwise.sweeps.workers._outcome import Limits, Outcome
from widthwise.sweeps.workers._workers import Workers

__all__ = ["DaskCluster", "require_address"]

_PATIENCE = 5.0
_ATTEMPTS = 3
_COUNTED_EVERY = 2.0
_AHEAD = 2
_IS_DASK = re.compile(r"(distributed|tornado)(\.|$)")
_LOCAL = re.compile(r"local:([0-9]{1,4})")
_REMOTE = re.compile(r"(tcp|tls|ucx|ws|wss)://\S+:[0-9]{1,5}/?")


def require_address(cluster: str) -> str:
    """Return the address of a cluster, if it is one and Dask is installed.

    Raises
    ------
    InvalidArgumentError
        If it is none, or `distributed` cannot be imported.
    """
    local = _LOCAL.fullmatch(cluster)
    if not (_REMOTE.fullmatch(cluster) or (local and int(local[1]) > 0)):
        raise InvalidArgumentError(
            f'The cluster is {cluster!r}; it must be "tcp://host:port", the address of '
            'a Dask scheduler, or "local:N" for N workers on this machine.'
        )
    if importlib.util.find_spec("distributed") is None:
        raise InvalidArgumentError(
            f"The cluster {cluster} needs Dask, which is not installed. Run `pip "
            'install "widthwise[cluster]"`, or leave the cluster out.'
        )
    return cluster


class DaskCluster(Workers):
    """The workers of a Dask scheduler, which may come and go.

    At most twice as many trials are in flight as the workers have threads. A trial
    whose worker dies is done again elsewhere; Dask sees to that.

    Parameters
    ----------
    address
        As `require_address` returned it.
    limits
        What each trial may use, on its worker.
    """

    def __init__(self, address: str, limits: Limits) -> None:
        self._address = address
        self._limits = limits
        self._paths = [each for each in sys.path if each]
        self._ended: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._trials: dict[str, Trial] = {}
        self._futures: dict[str, Any] = {}
        self._deaths: Counter[str] = Counter()
        self._cluster: Any = None
        local = _LOCAL.fullmatch(address)
        with contextlib.ExitStack() as silence:
            silence.enter_context(_quiet())
            if local is not None:
                self._cluster = _local_cluster(int(local[1]))
                address = self._cluster.scheduler_address
            self._client = _client(address)
            self._dashboard = _dashboard(self._client, is_local=local is not None)
            self._threads, self._counted = 0, -_COUNTED_EVERY
            self._count()
            self._silence = silence.pop_all()

    @property
    def place(self) -> str:
        threads = self._threads or "no workers yet, waiting for some"
        said = f"{threads} threads" if self._threads else threads
        return f"{said} at {self._address}, {self._dashboard}"

    @property
    def room(self) -> int:
        return _AHEAD * self._threads - len(self._trials)

    def give(self, trial: Trial) -> None:
        key = trial.key
        job = job_of(trial, self._limits, self._paths)
        with self._lost_when_it_fails():
            future = self._client.submit(
                carry_out,
                job,
                key=f"widthwise-{key}-{self._deaths[key]}-{time.time_ns()}",
                pure=False,
            )
        self._trials[key], self._futures[key] = trial, future
        future.add_done_callback(lambda done: self._ended.put((key, _answer(done))))

    def wait(self, seconds: float) -> list[tuple[Trial, Outcome]]:
        ended = []
        for key, answer in self._news(seconds):
            trial = self._trials.pop(key)
            self._futures.pop(key)
            outcome = self._understood(trial, answer)
            if outcome is not None:
                ended.append((trial, outcome))
        if not ended:
            self._require_connection()
        self._count()
        return ended

    def close(self) -> None:
        with contextlib.suppress(Exception):
            if self._client.status == "running":
                self._client.cancel([*self._futures.values()], force=True)
        with contextlib.suppress(Exception):
            self._client.close(timeout=_PATIENCE)
        if self._cluster is not None:
            with contextlib.suppress(Exception):
                self._cluster.close(timeout=_PATIENCE)
        self._silence.close()

    def _news(self, seconds: float) -> Iterator[tuple[str, Any]]:
        """Yield what has arrived, having waited for the first."""
        try:
            yield (
                self._ended.get(timeout=seconds)
                if seconds
                else self._ended.get(block=False)
            )
            while True:
                yield self._ended.get(block=False)
        except queue.Empty:
            return

    def _understood(self, trial: Trial, answer: Any) -> Outcome | None:
        """Return how a trial ended; None when it goes on elsewhere."""
        from distributed import KilledWorker

        if isinstance(answer, str):
            self._deaths.pop(trial.key, None)
            return answer_of(answer)
        if isinstance(answer, KilledWorker):
            self._deaths[trial.key] += 1
            if self._deaths[trial.key] < _ATTEMPTS:
                self.give(trial)
                return None
            return Outcome("killed", message=f"Its Dask workers died: {answer}")
        self._require_connection()
        raise WorkersLostError(
            f"The workers of {self._address} cannot run trials: "
            f"{type(answer).__name__}: {answer} What was finished is in the store. "
            "Install widthwise on the workers as it is here, and run again."
        )

    def _count(self) -> None:
        """Ask now and then how many threads the workers have together."""
        if time.monotonic() - self._counted < _COUNTED_EVERY:
            return
        with self._lost_when_it_fails():
            self._threads = sum(self._client.nthreads().values())
        self._counted = time.monotonic()

    def _require_connection(self) -> None:
        if self._client.status != "running":
            raise self._lost()

    @contextlib.contextmanager
    def _lost_when_it_fails(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raise self._lost() from error

    def _lost(self) -> WorkersLostError:
        return WorkersLostError(
            f"The Dask scheduler at {self._address} is gone. What was finished is in "
            "the store; start a cluster and run the same command to go on."
        )


def _answer(future: Any) -> Any:
    """Return what a future holds, or why it holds nothing; in a thread of Dask's."""
    try:
        return future.result()
    except BaseException as error:
        return error


def _local_cluster(workers: int) -> Any:
    from distributed import LocalCluster

    with _deaf_children():
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            memory_limit=None,
            dashboard_address=":0",
            silence_logs=logging.CRITICAL,
        )


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Keep Ctrl-C from the processes that are started, now or by threads made here.

    A terminal tells the whole group, and workers that die of it look like lost ones.
    They end with this process, which hears it when the block is lifted. Starting the
    resource tracker lifts a block by itself, so it is started before.
    """
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _client(address: str) -> Any:
    from distributed import Client

    try:
        if address.startswith("tcp:"):
            _greet(address)
        return Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InvalidArgumentError(
            f"No Dask scheduler answers at {address} within {_PATIENCE:g} s. Start one "
            "with `dask scheduler`, or correct the address."
        ) from error


def _greet(address: str) -> None:
    """Greet the scheduler: a client would wait for ever for one that says nothing."""
    try:
        with ThreadPoolExecutor(1) as thread:  # This one may have a loop already.
            thread.submit(asyncio.run, _greeting(address)).result()
    except Exception as error:  # Whatever another kind of server may have said.
        raise ConnectionError("the greeting was not answered") from error


async def _greeting(address: str) -> None:
    from distributed import Security
    from distributed.core import connect

    options = Security().get_connection_args("client")
    greeting = connect(address, timeout=_PATIENCE, **options)
    comm = await asyncio.wait_for(greeting, _PATIENCE)
    comm.abort()


def _dashboard(client: Any, *, is_local: bool) -> str:
    if is_local and importlib.util.find_spec("bokeh") is None:
        return "no dashboard without `pip install bokeh`"
    return f"dashboard {client.dashboard_link}"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask from logging what is said in our own words: its tracebacks are long."""
    importlib.import_module("distributed")  # This sets the levels that we change.
    names = [each for each in logging.root.manager.loggerDict if _IS_DASK.match(each)]
    before = {each: logging.getLogger(each).level for each in names}
    for each in names:
        logging.getLogger(each).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for each, level in before.items():
            logging.getLogger(each).setLevel(level)

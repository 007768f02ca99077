"""Trials on a Dask cluster, whose parts die one after the other."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys

import pytest

from widthwise.errors import InvalidArgumentError, WorkersLostError
from widthwise.sweeps import Store, Trial, run

pytest.importorskip("distributed")
COUNT = 10


class Cluster:
    """A scheduler and its workers, each a process that a test may kill."""

    def __init__(self, workplace, until):
        self._place, self._until = workplace, until
        self._file = workplace.folder / "scheduler.json"
        self.scheduler = self._spawn("scheduler", "--port", "0", "--no-dashboard")
        # The scheduler makes the file first and fills it then.
        until(lambda: self._file.exists() and self._file.read_text(), self.scheduler)
        self.workers = []

    @property
    def address(self):
        return json.loads(self._file.read_text())["address"]

    def add_worker(self):
        worker = self._spawn(
            "worker", "--nthreads", "1", "--no-nanny", "--no-dashboard"
        )
        self.workers.append(worker)
        return worker

    def _spawn(self, what, *options):
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options]
        if what == "scheduler":
            command += ["--host", "127.0.0.1"]
        command += ["--scheduler-file", str(self._file)]
        return self._place.spawn(
            ["bash", "-c", 'exec "$@" >/dev/null 2>&1', "-", *command]
        )


@pytest.fixture
def cluster(workplace, until):
    workplace.write("held", COUNT)
    workplace.expected = workplace.undisturbed()
    workplace.hold()
    found = Cluster(workplace, until)
    found.add_worker()
    found.add_worker()
    return found


@pytest.mark.slow
def test_a_killed_scheduler_ends_the_run_soon_and_loses_nothing(
    cluster, workplace, until, results, is_alive
):
    process = workplace.start("--cluster", cluster.address)
    until(lambda: workplace.count() == 6 and len(workplace.running()) == 2, process)
    pids = workplace.running().values()
    cluster.scheduler.kill()
    status, out, error = workplace.finish(process)
    assert status == 1
    assert out == ""
    assert "scheduler at tcp://127.0.0.1:" in error
    assert "is gone. What was finished is in the store" in error
    assert "Traceback" not in error
    there = results(workplace.store)
    assert len(there) == 6
    assert there.items() <= workplace.expected.items()
    for each in cluster.workers:
        each.kill()
    until(lambda: not any(map(is_alive, pids)))  # A worker takes its trials along.
    workplace.let_go()
    assert workplace.command()[0] == 0
    assert results(workplace.store) == workplace.expected


@pytest.mark.slow
def test_a_killed_worker_has_its_trial_done_elsewhere(
    cluster, workplace, until, results, is_alive
):
    process = workplace.start("--cluster", cluster.address)
    until(lambda: len(workplace.running()) == 2, process)
    pids = workplace.running().values()
    cluster.workers[0].kill()
    until(lambda: sum(map(is_alive, pids)) == 1)
    workplace.let_go()
    status, out, _ = workplace.finish(process)
    assert status == 0
    assert "10 finished now" in out
    assert results(workplace.store) == workplace.expected


@pytest.mark.slow
def test_a_run_that_ends_stops_its_trials_on_the_workers(
    cluster, workplace, until, is_alive
):
    """They would hold the workers for as long as they hang; stopped or killed."""
    for number, status in ((signal.SIGINT, 130), (signal.SIGKILL, -9)):
        process = workplace.start("--cluster", cluster.address)
        until(lambda: len(workplace.running()) == 2, process)
        pids = workplace.running().values()
        os.kill(process.pid, number)
        assert workplace.finish(process)[0] == status
        until(lambda those=pids: not any(map(is_alive, those)))
        for each in workplace.folder.glob("running-*"):
            each.unlink()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGKILL, -9), (signal.SIGINT, 130)],
    ids=["kill -9", "Ctrl-C"],
)
def test_a_stopped_run_takes_its_local_cluster_along(
    workplace, until, is_alive, number, status
):
    workplace.write("held", COUNT)
    workplace.hold()
    process = workplace.start("--cluster", "local:1")
    until(lambda: workplace.running(), process)
    pids = workplace.running().values()
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # A terminal tells the whole group.
    else:
        process.kill()
    ended, _, error = workplace.finish(process)
    assert ended == status
    assert "Traceback" not in error
    until(lambda: not any(map(is_alive, pids)))


def test_queues_made_for_a_local_cluster_leave_ctrl_c_blocked():
    """The first starts Python's resource tracker, which unblocks it on its way."""
    code = (
        "import multiprocessing, signal\n"
        "from widthwise.sweeps.workers._cluster import _deaf_children\n"
        "with _deaf_children():\n"
        "    multiprocessing.get_context('spawn').Queue()\n"
        "    print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "True\n"


def test_workers_lost_after_a_wish_to_stop_are_no_loss(tmp_path, monkeypatch):
    """A signal to the whole group reaches them first, now and then."""

    def wait(_self, _seconds):
        signal.raise_signal(signal.SIGTERM)
        raise WorkersLostError("gone")

    monkeypatch.setattr("widthwise.sweeps.workers.LocalProcesses.wait", wait)
    trials = [Trial("function:math:sqrt@1", {"x": 4})]
    tally = run(trials, tmp_path / "store", workers=1)
    assert tally.interrupted


@pytest.mark.slow
def test_a_local_cluster_gives_the_same_bits_and_keeps_the_limits(workplace, results):
    workplace.write("mixed", 12, timeout=8)
    status, out, error = workplace.command("--cluster", "local:2", "--memory", "0.5")
    assert status == 1
    assert "5 finished now, 0 were there, 7 failed" in out
    assert "dashboard" in error
    kinds = {
        each.trial.arguments["x"]: each.kind
        for each in Store(workplace.store).failures()
    }
    assert kinds == {
        **dict.fromkeys((1, 6, 7), "raised"),
        **{2: "timeout", 3: "memory", 4: "killed", 5: "killed"},
    }
    expected = Store(workplace.folder / "undisturbed")
    for trial in workplace.trials():
        if trial.arguments["x"] not in kinds:
            expected.put(trial, trial.run())
    assert results(workplace.store) == results(expected.path)


@pytest.mark.slow
def test_a_run_waits_for_workers_that_come_later(workplace, until, results):
    workplace.write("numbers", 3)
    expected = workplace.undisturbed()
    cluster = Cluster(workplace, until)
    process = workplace.start("--cluster", cluster.address)
    until((workplace.store / "store.json").exists, process)
    cluster.add_worker()
    status, _, error = workplace.finish(process)
    assert status == 0
    assert f"at {cluster.address}, dashboard http" in error
    assert results(workplace.store) == expected


@pytest.mark.slow
def test_what_is_no_scheduler_is_refused_in_one_sentence(workplace):
    """Nobody there, one that says nothing, and one that says something else.

    Each is waited for, so they are asked at one time.
    """
    workplace.write("numbers", 3)
    said = (None, b"", b"SSH-2.0-OpenSSH_9.6\r\n")
    with contextlib.ExitStack() as open_:
        asked = []
        for text in said:
            if text is None:
                address = "tcp://127.0.0.1:9"
            else:
                server = open_.enter_context(socket.create_server(("127.0.0.1", 0)))
                address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
            asked.append((address, workplace.start("--cluster", address)))
            if text is not None:
                connection = open_.enter_context(server.accept()[0])
                connection.sendall(text)
        for address, process in asked:
            status, _, error = workplace.finish(process)
            assert status == 2
            assert error == (
                f"widthwise: No Dask scheduler answers at {address} within 5 s. Start "
                "one with `dask scheduler`, or correct the address.\n"
            )


@pytest.mark.parametrize(
    "cluster", ["", "local:0", "local:two", "127.0.0.1:8786", "tcp://nowhere"]
)
def test_what_is_no_address_is_refused_with_the_two_forms(tmp_path, cluster):
    with pytest.raises(InvalidArgumentError, match=r"tcp://host:port.*local:N"):
        run([], tmp_path / "store", cluster=cluster)


def test_without_dask_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InvalidArgumentError, match=r'"widthwise\[cluster\]"'):
        run([], tmp_path / "store", cluster="local:2")


def test_a_cluster_and_a_number_of_processes_exclude_each_other(tmp_path):
    with pytest.raises(InvalidArgumentError, match="its own workers"):
        run([], tmp_path / "store", cluster="local:2", workers=2)

"""A run: every trial once, counted truly, whatever the number of processes."""

import os
import signal
import weakref
from pathlib import Path

import pytest

from widthwise.errors import InvalidArgumentError, OutputError
from widthwise.sweeps import Plan, Store, Trial, run
from widthwise.sweeps.running import _run as run_file
from widthwise.sweeps.running._feed import Feed
from widthwise.sweeps.workers._outcome import Outcome
from widthwise.sweeps.workers._workers import Workers

HERE = Path(__file__).parent


def trials(count, function="numbers"):
    target = f"function:trial_functions.py:{function}@1"
    for x in range(count):
        yield Trial(target, {"x": x}, seed=x, folder=str(HERE))


@pytest.fixture
def expected(tmp_path, results):
    store = Store(tmp_path / "undisturbed")
    for each in trials(7):
        store.put(each, each.run())
    return results(store.path)


@pytest.mark.parametrize("workers", [1, 3])
def test_the_store_does_not_depend_on_the_number_of_processes(
    tmp_path, workers, expected, results
):
    tally = run(trials(7), tmp_path / "store", workers=workers)
    assert (tally.total, tally.finished, tally.there, tally.failed) == (7, 7, 0, 0)
    assert tally.is_complete
    assert results(tmp_path / "store") == expected


def test_a_longer_run_adds_to_a_shorter_one(tmp_path, expected, results):
    run(trials(3), tmp_path / "store", workers=1)
    tally = run(trials(7), Store(tmp_path / "store"), workers=1)
    assert (tally.finished, tally.there) == (4, 3)
    assert results(tmp_path / "store") == expected


def test_a_trial_that_comes_twice_is_run_once(tmp_path):
    tally = run([*trials(3), *trials(3)], tmp_path / "store", workers=2)
    assert (tally.total, tally.finished, tally.there) == (6, 3, 3)


def test_progress_counts_up_to_all(tmp_path):
    seen = []
    run(list(trials(4)), tmp_path / "store", workers=1, progress=seen.append)
    assert seen[0].total == 4
    assert (seen[0].done, seen[0].running, seen[0].seconds_left) == (0, 1, None)
    assert (seen[-1].done, seen[-1].finished, seen[-1].running) == (4, 4, 0)
    assert seen[-1].place == "1 process"
    assert seen[-1].rate == pytest.approx(4 / seen[-1].seconds)
    assert seen[-1].seconds_left == 0
    assert [each.done for each in seen] == sorted(each.done for each in seen)


def test_limits_of_a_plan_hold_unless_the_call_has_others(tmp_path, monkeypatch):
    seen = []

    class Nobody(AtOnce):
        def __init__(self, workers, limits):
            super().__init__(workers)
            seen.append(limits)

    monkeypatch.setattr(run_file, "LocalProcesses", Nobody)
    plan = Plan(
        function="trial_functions.py:numbers",
        grid={"x": [1]},
        timeout=7,
        memory="2 MB",
        threads=3,
        folder=HERE,
    )
    run(plan, tmp_path / "first")
    run(plan, tmp_path / "second", timeout=1.5, memory=5_000_000, threads=2)
    assert [(each.timeout, each.memory, each.threads) for each in seen] == [
        (7.0, 2_000_000, 3),
        (1.5, 5_000_000, 2),
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"workers": 0}, "number of workers is 0"),
        ({"threads": 0}, "number of threads is 0"),
        ({"timeout": 0}, "timeout of a trial is 0"),
        ({"memory": 12}, "from 1 MB"),
    ],
    ids=["workers", "threads", "timeout", "memory"],
)
def test_an_argument_out_of_range_is_refused_before_a_store_is_made(
    tmp_path, arguments, says
):
    with pytest.raises(InvalidArgumentError, match=says):
        run(trials(1), tmp_path / "store", **arguments)
    assert not (tmp_path / "store").exists()


class AtOnce(Workers):
    """Processes that need no time, to see what the run itself does."""

    def __init__(self, most):
        self._most = most
        self.given = []
        self.closed = False

    @property
    def place(self):
        return "nowhere"

    @property
    def room(self):
        return self._most - len(self.given)

    def give(self, trial):
        self.given.append(trial)

    def wait(self, _seconds):
        ended = [(each, Outcome("finished", {"x": 1})) for each in self.given]
        self.given = []
        return ended

    def close(self):
        self.closed = True


@pytest.fixture
def at_once(monkeypatch):
    hands = AtOnce(4)
    monkeypatch.setattr(run_file, "LocalProcesses", lambda *_: hands)
    return hands


@pytest.mark.usefixtures("at_once")
def test_a_run_holds_few_trials_at_a_time(tmp_path):
    """Four are under way; each is forgotten when its result is written."""
    alive = weakref.WeakSet()
    most = 0

    def source():
        nonlocal most
        for each in trials(300):
            alive.add(each)
            most = max(most, len(alive))
            yield each

    assert run(source(), tmp_path / "store").finished == 300
    assert most <= 12


def test_trials_are_read_only_as_far_as_needed(tmp_path, at_once):
    read, many = [], 100_000  # Far more than are done between two looks.

    def source():
        for each in trials(many):
            read.append(each)
            yield each

    def stop(progress):
        assert len(read) - progress.done <= 4
        if progress.done >= 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(source(), tmp_path / "store", progress=stop)
    assert at_once.closed
    assert len(read) < many


@pytest.mark.usefixtures("at_once")
def test_ctrl_c_ends_a_run_with_a_tally_and_leaves_the_handlers_as_they_were(tmp_path):
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]

    def source():
        for each in trials(100):
            if each.arguments["x"] == 50:
                os.kill(os.getpid(), signal.SIGINT)
            yield each

    tally = run(source(), tmp_path / "store")
    assert tally.interrupted
    assert not tally.is_complete
    assert 46 <= tally.finished <= 54
    assert len(list(Store(tmp_path / "store").keys())) == tally.finished
    assert not list((tmp_path / "store" / "claims").iterdir())
    after = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    assert after == before


def test_an_error_of_the_store_ends_the_run_and_its_processes(
    tmp_path, at_once, monkeypatch
):
    def full(*_):
        raise OutputError("no space")

    monkeypatch.setattr(Store, "put", full)
    with pytest.raises(OutputError, match="no space"):
        run(trials(10), tmp_path / "store")
    assert at_once.closed
    assert not list((tmp_path / "store" / "claims").iterdir())


@pytest.mark.usefixtures("at_once")
def test_a_result_that_cannot_be_stored_is_a_failure_of_its_trial(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("widthwise.sweeps.store._entry.MOST_BYTES", 10)
    tally = run(trials(2), tmp_path / "store")
    assert (tally.finished, tally.failed) == (0, 2)
    found = [each.message for each in Store(tmp_path / "store").failures()]
    assert all("at most 10 are stored" in each for each in found)


@pytest.mark.usefixtures("at_once")
def test_a_result_that_another_process_has_otherwise_is_counted_and_others_go_on(
    tmp_path,
):
    # As on a file system without locks, where two processes compute one trial.
    store = Store(tmp_path / "store")

    def source():
        first, *others = trials(5)
        yield first
        store.put(first, {"x": "another"})
        yield from others

    tally = run(source(), store)
    assert (tally.finished, tally.failed, tally.conflicts) == (5, 0, 1)
    assert store.get(next(trials(1)).key) == {"x": "another"}
    assert len(list(store.keys())) == 5


def test_a_trial_of_another_process_is_waited_for(tmp_path):
    store = Store(tmp_path)
    first, second = trials(2)
    claim = store.claim(first.key)
    feed = Feed([first, second], store)
    found, own = feed.next()
    assert found == second
    assert feed.next() is None
    assert not feed.is_empty
    store.put(first, {"x": 1})
    claim.release()
    own.release()
    feed._asked = 0.0  # It asks only now and then.
    assert feed.next() is None
    assert feed.is_empty
    assert (feed.seen, feed.there) == (2, 1)


def test_a_trial_whose_process_died_is_taken_over(tmp_path):
    store = Store(tmp_path)
    (only,) = trials(1)
    claim = store.claim(only.key)
    feed = Feed([only], store)
    assert feed.next() is None
    claim.release()
    feed._asked = 0.0
    assert feed.next()[0] == only
    assert feed.is_empty

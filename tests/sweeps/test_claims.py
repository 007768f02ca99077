"""A trial is one process's to compute, until that process lets go or dies."""

import os
import signal
import subprocess
import sys
import textwrap
from collections import Counter

import pytest

from widthwise.sweeps import Store, Trial

KEY = Trial("function:study:fit@1", {"x": 1}).key
OTHER = Trial("function:study:fit@1", {"x": 2}).key


def python(code, *arguments):
    """Start a process of its own that runs `code`, with pipes to it."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


HOLD = """
    import sys
    from widthwise.sweeps import Store
    claim = Store(sys.argv[1]).claim(sys.argv[2])
    print("held" if claim else "refused", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture
def holder(store):
    """Return a living process that holds the claim on KEY."""
    process = python(HOLD, store.path, KEY)
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_another_process_is_refused_until_it_is_released(store, holder):
    assert store.claim(KEY) is None
    assert store.claim(OTHER) is not None
    holder.communicate("")
    assert holder.returncode == 0
    assert store.claim(KEY) is not None


def test_the_claim_of_a_killed_process_vanishes(store, holder):
    assert store.claim(KEY) is None
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (store.path / "claims" / KEY).exists()
    claim = store.claim(KEY)
    assert claim is not None
    claim.release()
    assert not (store.path / "claims" / KEY).exists()


def test_sweeping_removes_what_the_dead_left_and_nothing_of_the_living(store, holder):
    dead = python(HOLD, store.path, OTHER)
    assert dead.stdout.readline() == "held\n"
    dead.kill()
    dead.communicate()
    (store.path / "claims" / "notes.txt").write_text("mine")
    store.sweep()
    left = {path.name for path in (store.path / "claims").iterdir()}
    assert left == {KEY, "notes.txt"}
    assert store.claim(KEY) is None
    assert holder.poll() is None


def test_an_unfinished_file_of_a_killed_writer_is_swept(store):
    """Killed between writing and renaming; a living writer's file stays."""
    writer = python(
        """
        import os, sys
        from pathlib import Path
        from widthwise.sweeps import Store, Trial
        def stop(self, target):
            print("written", flush=True)
            sys.stdin.read()
        Path.replace = stop
        Store(sys.argv[1]).put(Trial("function:study:fit@1", {"x": 1}), {"a": 1})
        """,
        store.path,
    )
    assert writer.stdout.readline() == "written\n"
    scratch = store.path / "scratch"
    assert len(list(scratch.iterdir())) == 1
    store.sweep()
    assert len(list(scratch.iterdir())) == 1
    writer.kill()
    writer.communicate()
    assert len(list(scratch.iterdir())) == 1
    assert list(store.keys()) == []
    store.sweep()
    assert list(scratch.iterdir()) == []


def test_a_process_does_not_get_its_own_claim_twice(store):
    with store.claim(KEY) as claim:
        assert claim.key == KEY
        assert store.claim(KEY) is None
        assert Store(store.path).claim(KEY) is None
    assert store.claim(KEY) is not None


def test_releasing_twice_does_not_take_the_claim_of_the_next(store):
    first = store.claim(KEY)
    first.release()
    second = store.claim(KEY)
    first.release()
    assert store.claim(KEY) is None
    second.release()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_does_not_keep_its_dead_parents_claim(store):
    """The child outlives its parent by far, and the claim is free at once."""
    parent = python(
        """
        import os, sys, time, warnings
        from widthwise.sweeps import Store
        warnings.simplefilter("ignore")
        claim = Store(sys.argv[1]).claim(sys.argv[2])
        child = os.fork()
        if child == 0:
            print(os.getpid(), flush=True)
            time.sleep(60)
        sys.stdin.read()
        """,
        store.path,
        KEY,
    )
    child = int(parent.stdout.readline())
    try:
        assert store.claim(KEY) is None
        parent.kill()
        parent.wait()
        os.kill(child, 0)
        assert store.claim(KEY) is not None
    finally:
        os.kill(child, signal.SIGKILL)
        parent.communicate()


SHARE = """
    import sys
    from widthwise.sweeps import Store, Trial
    store, done = Store(sys.argv[1]), []
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(300):
        trial = Trial("function:study:fit@1", {"x": number})
        with_claim = None if store.has(trial.key) else store.claim(trial.key)
        if with_claim is None:
            continue
        with with_claim:
            if not store.has(trial.key):
                store.put(trial, {"a": number / 7})
                done.append(number)
        if number % 50 == 0:
            store.sweep()
    print(*done)
"""


def test_processes_that_share_a_store_compute_each_trial_once(store):
    """Three at a time, sweeping now and then, which must not free a living claim."""
    crew = [python(SHARE, store.path) for _ in range(3)]
    for each in crew:
        assert each.stdout.readline() == "ready\n"
    for each in crew:
        each.stdin.write("go\n")
        each.stdin.flush()
    counts = Counter(
        int(word) for each in crew for word in each.communicate()[0].split()
    )
    assert all(each.returncode == 0 for each in crew)
    assert counts == Counter(range(300))
    assert store.verify().results == 300
    assert list((store.path / "claims").iterdir()) == []
    assert list((store.path / "scratch").iterdir()) == []

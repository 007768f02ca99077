"""A disk that fills up, or cannot be written, costs no result that was there."""

import os
import shutil
import subprocess
import sys

import pytest

from widthwise.sweeps import Store

OPENING = """
import resource, shutil, subprocess, sys
from widthwise.errors import OutputError
from widthwise.sweeps import Store, Trial

place = sys.argv[1]
trials = [Trial("function:study:fit@1", {"x": number}) for number in range(4000)]

def refused(call, reason):
    try:
        call()
    except OutputError as error:
        assert place in str(error) and reason in str(error), error
        return True
    return False

def assert_whole(store):
    assert list((store.path / "scratch").iterdir()) == []
    assert store.verify().is_whole, store.verify()
"""

CUT_SHORT = """
store = Store(place)
store.put(trials[0], {"a": "x" * 5000})
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
assert refused(lambda: store.put(trials[1], {"a": "x" * 5000}), "File too large")
assert refused(lambda: store.put_failure(trials[1], "raised", "x" * 5000), "too large")
assert_whole(store)
assert store.has(trials[0].key) and not store.has(trials[1].key)
store.put(trials[2], {"a": 1})
"""

FULL = """
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=True)
store = Store(place)
for count, trial in enumerate(trials):
    if refused(lambda: store.put(trial, {"a": "x" * 900}), "No space left on device"):
        break
assert 50 < count < 4000, count
assert_whole(store)
assert store.verify().results == count
assert refused(lambda: store.put(trials[-1], {"a": "x" * 900}), "No space left")
shutil.rmtree(store.path / "results" / trials[0].key[:2])
store.put(trials[0], {"a": "x" * 900})
assert_whole(store)
"""

READ_ONLY = """
store = Store(place)
store.put(trials[0], {"a": 1})
subprocess.run(["mount", "--bind", place, place], check=True)
subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
store = Store(place)
assert store.get(trials[0].key) == {"a": 1} and store.verify().is_whole
assert refused(lambda: store.put(trials[1], {"a": 1}), "Read-only file system")
assert refused(lambda: store.claim(trials[1].key), "Read-only file system")
assert refused(lambda: Store(place + "/inner"), "Read-only file system")
assert list(store.frame()["a"]) == [1]
"""


def run(code, place, *command):
    done = subprocess.run(
        [*command, sys.executable, "-c", OPENING + code, str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def in_its_own_mounts():
    """Return the command in front of a process that may mount; or skip."""
    command = ["unshare", "--mount", *(["--map-root-user"] * (os.geteuid() != 0))]
    mount = ["mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if shutil.which("unshare") is None:
        pytest.skip("no unshare on this system")
    if subprocess.run([*command, *mount], capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    return command


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="POSIX limits")
def test_a_write_that_is_cut_short_leaves_nothing(tmp_path):
    """The system refuses to let a file grow beyond 1000 bytes, in mid-write."""
    run(CUT_SHORT, tmp_path / "store")
    assert Store(tmp_path / "store").verify().results == 2


@pytest.mark.skipif(sys.platform != "linux", reason="mounts of Linux")
def test_a_disk_that_is_full_is_named_and_the_store_stays_whole(tmp_path):
    """A real disk of one megabyte; once there is room, the store goes on."""
    run(FULL, tmp_path, *in_its_own_mounts())


@pytest.mark.skipif(sys.platform != "linux", reason="mounts of Linux")
def test_a_read_only_store_is_read_and_not_written(tmp_path):
    run(READ_ONLY, tmp_path, *in_its_own_mounts())

"""A folder with a plan, the command that runs it, and what it must come to."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from widthwise.sweeps import Plan, Store

_PATIENCE = 100.0  # for what takes a second on a machine that is not busy


class Workplace:
    """A folder of its own, with the functions of `trial_functions.py` beside a plan."""

    def __init__(self, folder):
        self.folder = folder
        self.plan = folder / "plan.toml"
        self.store = folder / "store"
        self.started = []
        shutil.copy(Path(__file__).parent / "trial_functions.py", folder)

    def write(self, function, count, **keys):
        """Write a plan over x = 0, …, count - 1."""
        lines = [f'function = "trial_functions.py:{function}"']
        lines += [f"{name} = {value!r}" for name, value in keys.items()]
        lines += ["[grid]", f"x = {list(range(count))}"]
        self.plan.write_text("\n".join(lines))

    def trials(self):
        return list(Plan.from_toml(self.plan).trials())

    def undisturbed(self):
        """Return the files of a store that one loop filled, without any engine."""
        store = Store(self.folder / "undisturbed")
        for trial in self.trials():
            store.put(trial, trial.run())
        for name in ("log", *(f"running-{x}" for x in range(20))):
            (self.folder / name).unlink(missing_ok=True)
        return results(store.path)

    def start(self, *options, limit=None):
        """Start `widthwise sweep` and return its process."""
        command = [sys.executable, "-m", "widthwise", "sweep", str(self.plan)]
        command += ["--store", str(self.store), *options]
        if limit is not None:
            command = ["bash", "-c", f'ulimit -f {limit}; exec "$@"', "-", *command]
        return self.spawn(command)

    def spawn(self, command):
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def finish(self, process):
        """Return the exit status, stdout and stderr of a process that ends."""
        out, error = process.communicate(timeout=_PATIENCE)
        return process.returncode, out, error

    def command(self, *options, limit=None):
        return self.finish(self.start(*options, limit=limit))

    def hold(self):
        (self.folder / "hold").touch()

    def let_go(self):
        (self.folder / "hold").unlink()

    def runs(self):
        """Return x of each start of a trial, in the order of the starts."""
        return [int(line) for line in (self.folder / "log").read_text().split()]

    def running(self):
        """Return the process that runs x, for each x that is held."""
        found = {}
        for path in self.folder.glob("running-*"):
            if text := path.read_text():
                found[int(path.name.partition("-")[2])] = int(text)
        return found

    def count(self):
        return len(results(self.store))

    def close(self):
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()


def results(store):
    """Return the content of every result file of a store."""
    return {
        str(path.relative_to(store)): path.read_bytes()
        for path in sorted((store / "results").rglob("*"))
        if path.is_file()
    }


def is_alive(pid):
    """Return whether a process runs; a dead one that nobody asked after does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # It may end in between.
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def until(holds, process=None):
    """Wait for a condition; it is an error if the process that brings it ends."""
    end = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < end, "what was waited for did not happen"
        if process is not None and process.poll() is not None and not holds():
            raise AssertionError(f"ended first: {process.communicate()}")
        time.sleep(0.02)


@pytest.fixture
def workplace(tmp_path):
    place = Workplace(tmp_path)
    yield place
    place.close()


@pytest.fixture(name="until")
def _until():
    return until


@pytest.fixture(name="is_alive")
def _is_alive():
    return is_alive


@pytest.fixture(name="results")
def _results():
    return results

"""Functions that the tests run as trials: good ones, slow ones and bad ones."""

import os
import random
import signal
import time
from pathlib import Path

HERE = Path(__file__).parent


def numbers(x, seed):
    """Return floats that need all their digits."""
    stream = random.Random(seed)
    return {"x": x, "values": [stream.random() for _ in range(5)], "far": float("inf")}


def held(x, seed):
    """Tell who runs it, and from x = 6 on wait while there is a file named `hold`."""
    with (HERE / "log").open("a") as log:
        log.write(f"{x}\n")
    if x >= 6:
        (HERE / f"running-{x}").write_text(str(os.getpid()))
        while (HERE / "hold").exists():
            time.sleep(0.02)
    return numbers(x, seed)


def long(x, seed):
    """Return a result of 20 kB from x = 6 on."""
    stream = random.Random(seed)
    return {"values": [stream.random() for _ in range(1000 if x >= 6 else 5)]}


def mixed(x, seed):
    """Do what trials should not do, for some x."""
    print("a line that is no message", flush=True)
    if x == 1:
        raise ValueError("one is refused")
    if x == 2:
        time.sleep(600)
    if x == 3:
        return {"length": len(b"1" * 10**9 + b"2")}
    if x == 4:
        os._exit(7)
    if x == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    if x == 6:
        return {"function": lambda: None}
    if x == 7:
        raise SystemExit(3)
    return numbers(x, seed)


def surroundings():
    """Return what a trial finds around it."""
    return {
        "threads": os.environ["OMP_NUM_THREADS"],
        "hash": hash("the same in every process"),
        "pid": os.getpid(),
        "input": os.read(0, 1).decode(),
    }


def torch_threads():
    """Return the threads that torch uses, and leave another number behind."""
    import torch

    found = torch.get_num_threads()
    torch.set_num_threads(found + 2)
    return found


def hoard(megabytes, block=[]):  # noqa: B006
    """Keep memory for ever, as a cache does; say how much this call added."""
    block.append(b"1" * (megabytes * 10**6))
    time.sleep(0.5)
    return {"megabytes": megabytes}


def child_of_its_own(x=0):  # noqa: ARG001
    """Start a process that outlives the call, and die."""
    child = os.fork()
    if child == 0:
        time.sleep(600)
        os._exit(0)
    (HERE / "grandchild").write_text(str(child))
    time.sleep(600)


def forking(way):
    """Start a process that does not end as it should: it returns, raises or leaves."""
    if os.fork() == 0:
        if way == "raises":
            raise ValueError("from the wrong process")
        if way == "leaves":
            raise SystemExit(0)
        return "from the wrong process"
    time.sleep(0.2)
    return "from the trial"


def wanderer():
    """Return where it began, and leave another folder and environment behind."""
    found = {"folder": os.getcwd(), "variable": os.environ.get("WANDERED", "")}
    os.chdir("/")
    os.environ["WANDERED"] = "yes"
    return found


def talkative():
    """Print without end, from several processes, faster than anybody reads."""
    for _ in range(3):
        os.fork()
    while True:
        os.write(1, b"y" * 65536)


class Speechless(Exception):
    """An error that cannot be told."""

    def __str__(self):
        raise RuntimeError("no words")


def speechless():
    raise Speechless


def leaver():
    """End the process slowly, after its channel is closed."""
    os.closerange(3, 100)
    time.sleep(0.2)
    os._exit(7)

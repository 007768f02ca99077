"""Time kernels of networks against neural-tangents and scikit-ntk, all in one run.

neural-tangents has an environment of its own (tests/reference/
make_neural_tangents_golden.py says which); its interpreter serves this process, so that
every row is measured in turn, the least of the rounds. Points have rows of norm √d:

    python benchmarks/kernel_peers.py --peer nt/bin/python \
        > benchmarks/results/kernel_peers.txt

scikit-ntk, which knows ReLU's tangent kernel alone, is measured where the second
interpreter has it. Every contender makes new matrices, both kernels but for that one;
"reused" are ours into the matrices of a first call, "two layers" as `two_layer_kernels`
makes them of unit rows, whose law has no depth.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

ROUNDS = 3
AGAIN = 3.0
CASES = [
    # activation, hidden layers, rows
    ("relu", 1, 8192),
    ("relu", 1, 2048),
    ("relu", 3, 2048),
    ("tanh", 1, 512),
    ("erf", 1, 2048),
    ("gelu", 1, 2048),
    ("sin", 1, 2048),
]
NODES = 25
"""Of the peer's quadrature for tanh, as it advises."""


def rows(count: int, dimension: int = 50) -> np.ndarray:
    """Return points of norm √d."""
    points = np.random.default_rng(0).standard_normal((count, dimension))
    return points * (dimension**0.5 / np.linalg.norm(points, axis=1, keepdims=True))


def ours(name: str, depth: int, points: np.ndarray) -> Callable[[], Any]:
    from widthwise.kernels import deep_kernels

    return lambda: [each.numpy() for each in deep_kernels(points, name, depth)]


def reused(name: str, depth: int, points: np.ndarray) -> Callable[[], Any]:
    from widthwise.kernels import deep_kernels

    out = deep_kernels(points, name, depth)
    return lambda: [each.numpy() for each in deep_kernels(points, name, depth, out=out)]


def two_layers(name: str, points: np.ndarray) -> Callable[[], Any]:
    from widthwise.kernels import two_layer_kernels

    units = points / points.shape[1] ** 0.5
    out = two_layer_kernels(units, name, "gaussian")
    return lambda: [
        each.numpy() for each in two_layer_kernels(units, name, "gaussian", out=out)
    ]


def neural_tangents(name: str, depth: int, points: np.ndarray) -> Callable[[], Any]:
    import jax

    jax.config.update("jax_enable_x64", True)
    from neural_tangents import stax

    layers = {
        "relu": stax.Relu,
        "erf": stax.Erf,
        "gelu": stax.Gelu,
        "sin": stax.Sin,
        "tanh": lambda: stax.ElementwiseNumerical(jax.numpy.tanh, deg=NODES),
    }
    hidden = [stax.Dense(1), layers[name]()] * depth
    kernel = jax.jit(stax.serial(*hidden, stax.Dense(1))[2], static_argnums=2)

    def call() -> Any:
        found = kernel(points, None, ("nngp", "ntk"))
        return [np.asarray(found.nngp), np.asarray(found.ntk)]

    return call


def scikit_ntk(name: str, depth: int, points: np.ndarray) -> Callable[[], Any] | None:
    try:
        from skntk import NeuralTangentKernel
    except ImportError:
        return None
    if name != "relu":
        return None
    kernel, unit = NeuralTangentKernel(depth, 0.0), points / points.shape[1] ** 0.5
    scale = (depth + 1) / 2**depth  # It has weights of variance 2, and takes a mean.
    return lambda: [scale * kernel(unit)]


MAKERS = {"neural-tangents": neural_tangents, "scikit-ntk": scikit_ntk}


def timed(call: Callable[[], Any]) -> tuple[float, float, list[list[float]]]:
    """Return seconds on the clock and of processors, and a few entries.

    Of what takes less than `AGAIN` seconds the second of two calls in a row counts,
    for each contender: a machine that is shared takes memory away while it rests.
    """
    spent = np.inf, np.inf
    for _ in range(2):
        begun, used = time.perf_counter(), time.process_time()
        found = call()
        spent = time.perf_counter() - begun, time.process_time() - used
        if spent[0] > AGAIN:
            break
    return *spent, [each[0, 1:4].tolist() for each in found]


def serve() -> None:
    """Answer questions of the other process, a line each."""
    answers = sys.stdout
    sys.stdout = sys.stderr
    calls: dict[str, Callable[[], Any] | None] = {}
    for line in sys.stdin:
        maker, name, depth, count = json.loads(line)
        if line not in calls:
            calls.clear()
            calls[line] = MAKERS[maker](name, depth, rows(count))
        call = calls[line]
        print(json.dumps(call and timed(call)), file=answers, flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peer", help="the interpreter that has the peers")
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--serve", action="store_true")
    chosen = options.parse_args()
    if chosen.serve:
        serve()
        return
    from importlib.metadata import version

    peer = subprocess.Popen(
        [chosen.peer, __file__, "--serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
    )
    questions, answers = peer.stdin, peer.stdout
    assert questions is not None
    assert answers is not None

    def ask(*question: str | int) -> tuple[float, float, list[list[float]]] | None:
        print(json.dumps(question), file=questions, flush=True)
        return json.loads(answers.readline())

    print(
        f"both kernels of depth hidden layers, d = 50, float64, new matrices, "
        f"{len(os.sched_getaffinity(0))} cores at a load of {os.getloadavg()[0]:.1f}, "
        f"least of {chosen.rounds}; widthwise {version('widthwise')}"
    )
    heads = ("s", "cpu s", "peer / ours", "cpu / cpu", "apart")
    print(f"{'':42}" + "".join(f"{head:>13}" for head in heads))
    for name, depth, count in CASES:
        points = rows(count)
        call, least = ours(name, depth, points), {}
        own = {"widthwise": call, "reused": reused(name, depth, points)}
        if depth == 1:
            own["two layers, reused"] = two_layers(name, points)
        for round_ in range(chosen.rounds + 1):
            found = {who: timed(each) for who, each in own.items()}
            for maker in MAKERS:
                answer = ask(maker, name, depth, count)
                if answer is not None:
                    found[maker] = answer
            for who, (clock, busy, _) in found.items():
                if round_:  # The first one compiles.
                    before = least.get(who, (np.inf, np.inf))
                    least[who] = min(before[0], clock), min(before[1], busy)
        truth = found["widthwise"][2]
        for who, (clock, busy) in least.items():
            ratios = clock / least["widthwise"][0], busy / least["widthwise"][1]
            entries = found[who][2]
            apart = max(
                float(np.abs(np.subtract(one, two)).max())
                for one, two in zip(reversed(entries), reversed(truth), strict=False)
            )
            print(
                f"{f'{name}, depth {depth}, n = {count}, {who}':42}"
                f"{clock:13.3f}{busy:13.3f}{ratios[0]:13.2f}{ratios[1]:13.2f}"
                f"{apart:13.1e}",
                flush=True,
            )
    questions.close()
    peer.wait()


if __name__ == "__main__":
    main()

"""Tangent kernels at finite width, against the peers and the plain formula.

    python benchmarks/tangent_kernels.py > benchmarks/results/tangent_kernels.txt

Every row's contenders run in turn in one process; the ratio is the median over the
rounds of (contender's time / ours). Peak memory is the growth of the peak resident
memory in a process of its own, beside the loaded libraries and a warm-up on a few
points. nngeometry takes part where it can be imported.

"plain NumPy" is the closed form in four matrix products on whole matrices, "jacrev" is
`vmap(jacrev(...))` and a matrix product for each parameter.
"""

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.func import functional_call, jacrev, vmap

from widthwise import activations
from widthwise.features import module_tangent_kernel, tangent_kernel

POINTS, DIMENSION, WIDTH = 500, 50, 4096


def two_layer() -> dict[str, Callable[[int], object]]:
    generator = np.random.default_rng(0)
    every = generator.standard_normal((POINTS, DIMENSION))
    inner = generator.standard_normal((WIDTH, DIMENSION))
    outer = generator.standard_normal(WIDTH)
    act = activations.get("relu")
    model = nn.Sequential(
        nn.Linear(DIMENSION, WIDTH, bias=False),
        nn.ReLU(),
        nn.Linear(WIDTH, 1, bias=False),
    ).double()
    with torch.no_grad():
        model[0].weight.copy_(torch.from_numpy(inner))
        model[2].weight.copy_(torch.from_numpy(outer)[None])

    def plain(count: int) -> np.ndarray:
        points = every[:count]
        z = points @ inner.T
        slopes, values = (z > 0) * outer, np.maximum(z, 0)
        return (slopes @ slopes.T) * (points @ points.T) + values @ values.T

    return {
        "ours": lambda count: tangent_kernel(every[:count], inner, outer, act),
        "plain NumPy": plain,
        "ours, as a module": lambda count: module_tangent_kernel(model, every[:count]),
    }


def multilayer(outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.Linear(DIMENSION, 256),
        nn.ReLU(),
        nn.Linear(256, 256),
        nn.ReLU(),
        nn.Linear(256, outputs),
    )


def convolutional(outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 7 * 7, outputs),
    )


def lenet(outputs: int) -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.Tanh(),
        nn.Linear(120, 84),
        nn.Tanh(),
        nn.Linear(84, outputs),
    )


def modules(
    make: Callable[[int], nn.Module], outputs: int, shape: tuple[int, ...]
) -> dict[str, Callable[[int], object]]:
    torch.manual_seed(0)
    model = make(outputs).double()
    every = torch.randn(POINTS, *shape, dtype=torch.float64)
    parameters = {name: each.detach() for name, each in model.named_parameters()}

    def outputs_of(
        values: dict[str, torch.Tensor], point: torch.Tensor
    ) -> torch.Tensor:
        return functional_call(model, values, (point[None],))[0]

    def by_jacrev(count: int) -> torch.Tensor:
        parts = vmap(jacrev(outputs_of), (None, 0))(parameters, every[:count])
        total = torch.zeros(count, count, dtype=torch.float64)
        for each in parts.values():
            flat = each.flatten(1)
            total += flat @ flat.T
        return total

    def by_nngeometry(count: int) -> torch.Tensor:
        from nngeometry.gram import GramMatrix
        from nngeometry.layercollection import LayerCollection
        from torch.utils.data import DataLoader, TensorDataset

        some = TensorDataset(every[:count], torch.zeros(count))
        found = GramMatrix(
            model,
            DataLoader(some, batch_size=count),
            function=lambda *batch: model(batch[0]),
            layer_collection=LayerCollection.from_model(model),
        ).to_torch()
        return torch.einsum("kikj->ij", found.view(outputs, count, outputs, count))

    contenders: dict[str, Callable[[int], object]] = {
        "ours": lambda count: module_tangent_kernel(model, every[:count]),
        "ours, 256 MiB": lambda count: module_tangent_kernel(
            model, every[:count], memory=2**28
        ),
        "jacrev": by_jacrev,
    }
    if importlib.util.find_spec("nngeometry"):
        contenders["nngeometry"] = by_nngeometry
    return contenders


CASES: dict[str, Callable[[], dict[str, Callable[[int], object]]]] = {
    "two layers, width 4096": two_layer,
    "MLP, 1 output": lambda: modules(multilayer, 1, (DIMENSION,)),
    "MLP, 10 outputs": lambda: modules(multilayer, 10, (DIMENSION,)),
    "LeNet-5, 1 output": lambda: modules(lenet, 1, (1, 28, 28)),
    "LeNet-5, 10 outputs": lambda: modules(lenet, 10, (1, 28, 28)),
    "CNN, 1 output": lambda: modules(convolutional, 1, (1, 28, 28)),
    "CNN, 10 outputs": lambda: modules(convolutional, 10, (1, 28, 28)),
}


def difference(one: object, other: object) -> float:
    first, second = np.asarray(one), np.asarray(other)
    return float(np.abs(first - second).max() / np.abs(first).max())


def seconds(work: Callable[[int], object], clock: Callable[[], float]) -> float:
    start = clock()
    work(POINTS)
    return clock() - start


def peak(case: str, name: str) -> None:
    """Print by how many MiB the peak resident memory grew."""
    work = CASES[case]()[name]
    work(4)
    before = _most_resident()
    work(POINTS)
    print((_most_resident() - before) // 1024)


def _most_resident() -> int:
    """Return the peak in kB; getrusage would count the parent's at the fork."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", help="the rows that begin so")
    parser.add_argument(
        "--processor",
        action="store_true",
        help="processor time, for a machine that has other work",
    )
    parser.add_argument("--without", help="the contender of this name")
    parser.add_argument("--peak", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    clock = time.process_time if chosen.processor else time.perf_counter
    if chosen.peak:
        peak(*chosen.peak)
        return
    print(
        f"n = {POINTS}, float64, {torch.get_num_threads()} thread(s) of "
        f"{len(os.sched_getaffinity(0))} cores, medians of {chosen.rounds} rounds"
        + (", processor time" if chosen.processor else "")
    )
    print(f"{'':26}{'':20}{'seconds':>9}{'/ ours':>9}{'peak MiB':>10}{'differs':>10}")
    for case, make in CASES.items():
        if chosen.only and not case.startswith(chosen.only):
            continue
        contenders = make()
        contenders.pop(chosen.without, None)
        expected = contenders["ours"](POINTS)
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(chosen.rounds):
            for name, work in contenders.items():
                times[name].append(seconds(work, clock))
        for name, work in contenders.items():
            pairs = zip(times[name], times["ours"], strict=True)
            ratio = statistics.median(each / ours for each, ours in pairs)
            grown = subprocess.run(
                [sys.executable, __file__, "--peak", case, name],
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
            off = difference(expected, work(POINTS))
            print(
                f"{case if name == 'ours' else '':26}{name:20}"
                f"{statistics.median(times[name]):9.3f}{ratio:9.2f}{grown:>10}"
                f"{off:10.0e}",
                flush=True,
            )


if __name__ == "__main__":
    main()

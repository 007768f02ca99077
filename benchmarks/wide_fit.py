"""A fit of 20,000 rows by 4,096 random features, beside RBFSampler and one Ridge.

Ours finds the whole path of penalties by exact errors of rows left out, the residual of
each row among them; the peer solves at one penalty. Each runs in a process of its own,
so that the peak of its memory is its own; the features take n m 8 bytes.

    python benchmarks/wide_fit.py [--rows 20000] [--width 4096] [--columns 50]
"""

import argparse
import json
import resource
import subprocess
import sys
import time

import numpy as np


def data(rows, columns):
    random = np.random.default_rng(0)
    x = random.normal(size=(rows, columns))
    return x, np.sin(x[:, 0]) + x[:, 1] * x[:, 2] + 0.1 * random.normal(size=rows)


def peer(width):
    from sklearn.kernel_approximation import RBFSampler
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline

    sampler = RBFSampler(gamma=0.01, n_components=width, random_state=0)
    return make_pipeline(sampler, Ridge())


def ours(width):
    from widthwise.estimators import RandomFeaturesRegressor

    return RandomFeaturesRegressor(width, "relu")


def measured(name, rows, width, columns):
    x, y = data(rows, columns)
    model = {"peer": peer, "ours": ours}[name](width)
    model.fit(x[:200], y[:200])  # Modules are loaded, and what is compiled is.
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, busy = time.perf_counter(), time.process_time()
    model.fit(x, y)
    return {
        "seconds": time.perf_counter() - start,
        "processor": time.process_time() - busy,
        "mib": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=20_000)
    asked.add_argument("--width", type=int, default=4096)
    asked.add_argument("--columns", type=int, default=50)
    asked.add_argument("--only", choices=("ours", "peer"))
    given = asked.parse_args()
    sizes = (given.rows, given.width, given.columns)
    if given.only:
        print(json.dumps(measured(given.only, *sizes)))
        return
    found, names = {}, ("rows", "width", "columns")
    for name in ("peer", "ours"):
        options = [f"--{k}={v}" for k, v in zip(names, sizes, strict=True)]
        done = subprocess.run(
            [sys.executable, __file__, *options, f"--only={name}"],
            check=True,
            capture_output=True,
            text=True,
        )
        found[name] = json.loads(done.stdout.splitlines()[-1])
    features = given.rows * given.width * 8 / 2**20
    print(f"{given.rows:,} rows, {given.width:,} features ({features:,.0f} MiB)\n")
    print(f"{'':36s}{'s':>9s}{'processor s':>13s}{'peak MiB':>10s}{'of Φ':>7s}")
    for name, title in (
        ("peer", "RBFSampler + Ridge, one penalty"),
        ("ours", "RandomFeatures, path by rows left out"),
    ):
        seconds, busy, mib = found[name].values()
        print(f"{title:36s}{seconds:9.2f}{busy:13.2f}{mib:10,.0f}{mib / features:7.1f}")
    ratio = found["ours"]["seconds"] / found["peer"]["seconds"]
    print(f"\nours over the peer's: {ratio:.2f}")


if __name__ == "__main__":
    main()

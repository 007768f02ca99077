"""Attack every certificate of a width on rows that are made to break it.

Rank: rows in whole numbers, weights rounded to 2**-20, so features are whole numbers
and their rank is that of exact arithmetic (modulo a prime, which can only lower it);
for elu, Wendland's and analytic activations in float64. Each network is one endless
stream of units; its critical width is where the rank is full. For each δ the share of
networks beyond the certified width is held against δ: a failure probability of 2δ would
be seen. TRIALS networks, 100 by default, and twice as many for ranks. Eigenvalues:
networks at the certified width, ε = 1/2, then at halves of it to see how many times
what is needed it is. "over" is the share of networks that fail; "most" what chance
allows it to be (99.9 %) if they fail with probability δ.

    python benchmarks/certificate_attack.py [TRIALS]
"""

import math
import sys

import numpy as np
import torch
from attack_rows import LONGEST, drawn, unit_rows, whole_rows
from scipy.stats import binom

from widthwise import bounds, laws
from widthwise.activations import for_dimension, get, normalized
from widthwise.bounds import RankTheorem, inner_layer
from widthwise.errors import NotCoveredError
from widthwise.kernels import (
    conjugate_kernel,
    deep_kernels,
    tangent_kernel,
)
from widthwise.spectra import spectrum

DELTAS = (0.3, 0.1)
KINDS = {"step": 0, "relu": 1, "leaky_relu": 2, "abs": 3}
WIDEST = 20_000


def most(trials: int, delta: float) -> float:
    """Return the share of failures that chance allows at 99.9 %."""
    return float(binom.ppf(0.999, trials, delta)) / trials


def line(
    name: str,
    rows: str,
    act: str,
    delta: float,
    width: float,
    over: float,
    top: float,
    note: str = "",
) -> bool:
    """Print one line; return whether the certificate was broken."""
    broken = over > top
    print(
        f"{name:20} {rows:22} {act:11} {delta:5.2f} {width:9.6g} {over:7.3f} {top:6.3f}"
        f"  {note}{'  BROKEN' if broken else ''}",
        flush=True,
    )
    return broken


def ranks(trials: int) -> int:
    """Attack the certificates of rank; return how many were broken."""
    broken = 0
    for label, whole in whole_rows():
        points = whole / np.linalg.norm(whole, axis=1, keepdims=True)
        asked = {**bounds.RANK_CATALOG, "volume_rank": bounds.volume_rank}
        widths: dict[tuple[str, str], list[float]] = {}
        for act, kind in KINDS.items():
            # The theorems know of an activation the degree of its kink alone.
            like = "step" if act == "step" else "relu"
            for name, theorem in asked.items():
                slopes = name == "volume_rank"
                if (name, like) not in widths:
                    widths[name, like] = asked_of(theorem, points, like)
                try:
                    theorem.width(points, act, "gaussian", 0.5)
                except NotCoveredError:
                    continue
                if slopes and act != "relu":
                    continue
                found = drawn(whole, kind, slopes, trials)
                for delta, width in zip(DELTAS, widths[name, like], strict=True):
                    if width > LONGEST:
                        continue
                    needed = np.quantile(found, 1 - delta, method="higher")
                    over = float((found > width).mean())
                    note = f"{width / needed:.1f} times what is needed, {needed:.0f}"
                    top = most(trials, delta)
                    broken += line(name, label, act, delta, width, over, top, note)
    return broken


def asked_of(theorem: RankTheorem, points: np.ndarray, act: str) -> list[float]:
    """Return the widths at each δ; none where the theorem refuses."""
    try:
        found = [theorem.width(points, act, "gaussian", d).value for d in DELTAS]
    except NotCoveredError:
        return []
    assert theorem.width(points, act, "sphere", DELTAS[0]).value == found[0]
    return [float(each) for each in found]


def eigenvalues(trials: int) -> int:
    """Attack the certificates of λ_min, κ and (by λ_min > 0) rank."""
    broken = 0
    for label, rows in unit_rows():
        points = torch.from_numpy(rows)
        for act in ("relu", "step", "softplus"):
            for law in ("sphere", "gaussian"):
                kernel = conjugate_kernel(points, act, laws.get(law, rows.shape[1]))
                exact = torch.linalg.eigvalsh(kernel).numpy()
                for promise in ("smallest", "condition"):
                    broken += by_promise(label, rows, act, law, promise, exact, trials)
    return broken


def by_promise(
    label: str,
    rows: np.ndarray,
    act: str,
    law: str,
    promise: str,
    exact: np.ndarray,
    trials: int,
) -> int:
    """Draw networks at the widths of all theorems of one promise."""
    broken, delta = 0, 0.3
    found = bounds.best(rows, act, law, promise, failure_probability=delta)
    widths = [(found.name, found.certificate), *found.others]
    for name, width in widths:
        if width is None or not width.is_certificate or width.value > WIDEST:
            continue
        shares, units = [], int(width.value)
        while units >= 1 and (not shares or shares[-1] <= delta):
            random, fails = np.random.default_rng([11, units]), 0
            for _ in range(trials):
                low, high = extremes(rows, act, law, units, random)
                is_high = promise == "condition" and high > 1.5 * exact[-1]
                fails += low < 0.5 * exact[0] or is_high
            shares.append(fails / trials)
            units //= 2
        note = f"{law}; {2 ** (len(shares) - 2)} to {2 ** (len(shares) - 1)} times"
        top = most(trials, delta)
        broken += line(name, label, act, delta, width.value, shares[0], top, note)
    return broken


def smooth_ranks(trials: int) -> int:
    """Attack the certificates of rank of activations that are no powers."""
    broken = 0
    for label, rows in unit_rows():
        for act in ("elu", "selu", "wendland2", "tanh", "softplus"):
            chosen = for_dimension(act, rows.shape[1])
            for name, theorem in bounds.RANK_CATALOG.items():
                try:
                    widths = [
                        theorem.width(rows, chosen, "sphere", each).value
                        for each in DELTAS
                    ]
                except NotCoveredError:
                    continue
                units, found = int(max(widths)), []
                for seed in range(trials):
                    random = np.random.default_rng([17, seed])
                    weights = random.standard_normal((units, rows.shape[1]))
                    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
                    features = chosen(torch.from_numpy(rows @ weights.T)).numpy()
                    ranks = [
                        np.linalg.matrix_rank(features[:, : m + 1], tol=1e-9)
                        for m in range(units)
                    ]
                    found.append(1 + int(np.searchsorted(ranks, len(rows))))
                for delta, width in zip(DELTAS, widths, strict=True):
                    over = float((np.array(found) > width).mean())
                    top = most(trials, delta)
                    broken += line(name, label, act, delta, width, over, top)
    return broken


def extremes(
    rows: np.ndarray, act: str, law: str, units: int, random: np.random.Generator
) -> tuple[float, float]:
    """Return the extreme eigenvalues of one network's Gram matrix."""
    weights = random.standard_normal((units, rows.shape[1]))
    if law == "sphere":
        weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    features = get(act)(torch.from_numpy(weights @ rows.T)).numpy()
    values = np.linalg.eigvalsh(features.T @ features / units)
    return float(values[0]), float(values[-1])


def descents(trials: int) -> int:
    """Attack the width of `inner_layer`: σ_min(J)² >= 16 L ‖r₀‖ at random starts."""
    broken, act = 0, get("softplus")
    for label, rows in unit_rows():
        points = torch.from_numpy(rows)
        kernel = tangent_kernel(points, act, laws.Gaussian(), trained="inner")
        width = inner_layer.width(spectrum(kernel), 0.3, points=points)
        if not width.is_certificate or width.value > 2_000_000:
            continue
        units, fails, count = int(width.value), 0, max(20, trials // 10)
        labels = np.ones(len(rows))
        outer = np.linalg.norm(labels) / math.sqrt(units * len(rows))
        size = np.linalg.norm(rows, 2)
        for seed in range(count):
            random = np.random.default_rng([13, seed])
            z = random.standard_normal((units, rows.shape[1])) @ rows.T
            signs = np.where(np.arange(units) % 2, -outer, outer)
            slopes = 1 / (1 + np.exp(-z))
            least = np.linalg.eigvalsh(
                (slopes.T @ slopes) * outer**2 * (rows @ rows.T)
            )[0]
            misfit = np.linalg.norm(np.logaddexp(0, z).T @ signs - labels)
            fails += least < 16 * 0.25 * outer * size * misfit
        broken += line(
            "inner_layer",
            label,
            "softplus",
            0.3,
            units,
            fails / count,
            most(count, 0.3),
        )
    return broken


def sides(sets: int) -> int:
    """Attack the bounds of λ_min at infinite width, and the depth, on random sets."""
    random, broken, tightest = np.random.default_rng(3), 0, {"lower": 0.0, "upper": 0.0}
    for _ in range(sets):
        n, d = int(random.integers(1, 9)), int(random.integers(2, 7))
        rows = random.standard_normal((n, d)) * np.where(
            random.random(d) < 0.3, 0.05, 1
        )
        if random.random() < 0.3:
            rows[: n // 2] = rows[n - n // 2 :] + 0.2 * random.standard_normal(
                (n // 2, d)
            )
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        points = torch.from_numpy(rows)
        act = str(
            random.choice(["relu", "abs", "tanh", "elu", "softplus", "gelu", "erf"])
        )
        kernel = str(random.choice(["conjugate", "tangent_inner"]))
        matrix = (
            conjugate_kernel(points, act, laws.Gaussian())
            if kernel == "conjugate"
            else tangent_kernel(points, act, laws.Gaussian(), trained="inner")
        )
        true = float(torch.linalg.eigvalsh(matrix)[0])
        try:
            low = bounds.smallest_eigenvalue_lower(rows, act, kernel=kernel).value
            deep = bounds.sufficient_depth(rows, act)
        except NotCoveredError:
            continue
        high = bounds.smallest_eigenvalue_upper(rows, act, kernel=kernel).value
        broken += (low > true + 1e-13) + (true > high + 1e-13)
        tightest["lower"] = max(tightest["lower"], low / max(true, 1e-12))
        tightest["upper"] = max(tightest["upper"], true / high)
        if deep.depth < 60:
            scaled = points * math.sqrt(d)
            found, _ = deep_kernels(
                scaled, normalized(get(act)), depth=max(deep.depth, 1)
            )
            broken += float(torch.linalg.eigvalsh(found)[0]) < 0.5 - 1e-9
    near = ", ".join(f"{side} {share:.3f}" for side, share in tightest.items())
    print(
        f"{sets} random sets: bounds of λ_min and depths, {broken} broken; best: {near}"
    )
    return broken


def main() -> None:
    """Attack, and say how many certificates broke."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    print(
        f"{'certificate':20} {'rows':22} {'activation':11} {'delta':>5} {'width':>9} "
        f"{'over':>7} {'most':>6}"
    )
    broken = ranks(2 * trials) + smooth_ranks(trials // 2) + eigenvalues(trials)
    broken += descents(trials) + sides(trials)
    print(f"{broken} broken")


if __name__ == "__main__":
    main()

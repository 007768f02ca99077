"""A two-layer module's features, tangent kernel and training, with NumPy alone."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from made_evidence import prose

_EPS = 2.0**-52
TOLERANCES = (0.01, 1e-6)


@dataclass(frozen=True)
class Net:
    """f(x) = a·tanh(W x + b)/√m + c with its weights in one place."""

    inner: np.ndarray  # (m, d)
    bias: np.ndarray  # (m,)
    outer: np.ndarray  # (m,)
    shift: float

    @classmethod
    def drawn(cls, dimension: int, width: int, seed: int = 5) -> "Net":
        generator = np.random.default_rng(seed)
        return cls(
            generator.standard_normal((width, dimension)),
            0.3 * generator.standard_normal(width),
            generator.standard_normal(width),
            0.0,
        )

    def features(self, points: np.ndarray) -> np.ndarray:
        tanh = np.tanh(points @ self.inner.T + self.bias)
        return tanh / math.sqrt(len(self.outer))

    def outputs(self, points: np.ndarray) -> np.ndarray:
        return self.features(points) @ self.outer + self.shift

    def blocks(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the Jacobian of the first layer and of the last, rows by point."""
        features = self.features(points)
        width = len(self.outer)
        slopes = (1.0 - width * features**2) * self.outer / math.sqrt(width)
        weights = slopes[:, :, None] * points[:, None, :]
        first = np.concatenate([weights.reshape(len(points), -1), slopes], axis=1)
        return first, np.concatenate([features, np.ones((len(points), 1))], axis=1)

    def moved(self, points: np.ndarray, errors: np.ndarray, step: float) -> "Net":
        """Return the net after one step of gradient descent on ½‖f − y‖²."""
        first, last = (block.T @ errors for block in self.blocks(points))
        split = self.inner.size
        return Net(
            self.inner - step * first[:split].reshape(self.inner.shape),
            self.bias - step * first[split:],
            self.outer - step * last[:-1],
            self.shift - step * float(last[-1]),
        )


def part(
    key: str, jacobian: np.ndarray, error: np.ndarray | None
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return what a record says of training the weights that `jacobian` belongs to."""
    size = len(jacobian)
    left, s, _ = np.linalg.svd(jacobian, full_matrices=False)
    cut = 4 * _EPS * max(jacobian.shape) * s[0]
    rank = int(np.count_nonzero(s > cut))
    projections, floor = _projections(left, rank, error)
    values = np.zeros(size)
    values[: s.size] = s**2
    values[rank:] = 0.0
    bounds = np.full(size, 4 * _EPS * size * values[0])
    is_singular = rank < size
    step = 2.0 / float(s[0] ** 2 + s[rank - 1] ** 2)
    live = s[:rank]
    content = {
        "key": key,
        "name": {"last_layer": "last layer only", "tangent": "all layers"}[key],
        "words": {"last_layer": "its last layer alone", "tangent": "all its layers"}[
            key
        ],
        "spectrum": {
            "size": size,
            "largest": float(values[0]),
            "smallest": float(values[-1]),
            "smallest_interval": [0.0, float(values[-1] + bounds[-1])],
            "mean": float(values.mean()),
            "condition_number": math.inf
            if is_singular
            else float(values[0] / values[-1]),
            "condition_interval": [1.0, math.inf],
            "condition_text": prose("numerically singular" if is_singular else "given"),
            "error_bound": float(bounds[0]),
            "rank": rank,
            "is_singular": is_singular,
            "method": "svd",
        },
        "training": {
            "step": step,
            "largest_stable_step": 2.0 / float(s[0] ** 2),
            "steps": {
                f"{each:g}": _steps_to(each, live, projections[:rank], floor, step)
                for each in TOLERANCES
            },
            "floor": floor,
            "worst_case": error is None,
            "condition_number": float((s[0] / s[rank - 1]) ** 2),
            "rank": rank,
            "plateaus": [],
        },
    }
    arrays = {
        f"{key}/eigenvalues": values,
        f"{key}/eigenvalue_bounds": bounds,
        f"{key}/singular_values": s,
        f"{key}/projections": projections,
    }
    return content, arrays


def real_run(
    net: Net, points: np.ndarray, labels: np.ndarray, step: float, epochs: int
) -> dict[str, np.ndarray]:
    """Train by an explicit loop, and predict by the kernel at the start."""
    jacobian = np.concatenate(net.blocks(points), axis=1)
    kernel = jacobian @ jacobian.T
    start = labels - net.outputs(points)
    size = float(np.linalg.norm(start))
    linear, real, predicted, errors = start.copy(), [1.0], [1.0], -start
    for _ in range(epochs):
        net = net.moved(points, errors, step)
        errors = net.outputs(points) - labels
        linear = linear - step * (kernel @ linear)
        real.append(float(np.linalg.norm(errors)) / size)
        predicted.append(float(np.linalg.norm(linear)) / size)
        if not real[-1] < 1e6:
            break
    return {
        "curve/steps": np.arange(len(real)),
        "curve/real": np.array(real),
        "curve/predicted": np.array(predicted),
    }


def _projections(
    left: np.ndarray, rank: int, error: np.ndarray | None
) -> tuple[np.ndarray, float]:
    if error is None:
        projections = np.zeros(left.shape[1])
        if rank == len(left):
            projections[rank - 1] = 1.0
            return projections, 0.0
        return projections, 1.0
    unit = error / np.linalg.norm(error)
    projections = np.abs(left.T @ unit)
    projections[rank:] = 0.0
    lost = unit - left[:, :rank] @ (left[:, :rank].T @ unit)
    floor = float(np.linalg.norm(lost))
    return projections, floor if floor > 1e-9 else 0.0


def _steps_to(
    tolerance: float,
    values: np.ndarray,
    projections: np.ndarray,
    floor: float,
    step: float,
) -> float:
    """Return the least k with a residual of at most `tolerance`, by bisection."""

    def residual(k: float) -> float:
        left = projections * np.abs(1.0 - step * values**2) ** k
        return math.hypot(float(np.linalg.norm(left)), floor)

    if floor > tolerance:
        return math.inf
    low, high = 0.0, 1.0
    while residual(high) > tolerance and high < 1e15:
        low, high = high, 2 * high
    while high - low > max(1.0, 1e-12 * high):
        middle = (low + high) / 2
        low, high = (low, middle) if residual(middle) <= tolerance else (middle, high)
    return float(math.ceil(high))

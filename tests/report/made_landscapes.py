"""Small ReLU layers, their patterns and Jacobians, computed with NumPy alone."""

from typing import Any

import numpy as np


def lifted(points: np.ndarray) -> np.ndarray:
    """Return the points with a constant 1 appended, for the biases."""
    return np.hstack([points, np.ones((len(points), 1))])


def jacobian(points: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return d f / d (W, b) for outer weights of one, shape (n, m (d + 1))."""
    data = lifted(points)
    active = data @ weights.T >= 0
    return (active[:, :, None] * data[:, None, :]).reshape(len(data), -1)


def rank(matrix: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0


def drawn(seed: int, width: int, dimension: int) -> np.ndarray:
    """Return weights and biases of a layer, standard normal."""
    generator = np.random.default_rng([seed, width, dimension])
    return generator.standard_normal((width, dimension + 1))


def full_counts(points: np.ndarray, widths: list[int], trials: int) -> list[int]:
    """Count the random networks with a Jacobian of full rank at each width."""
    return [
        sum(
            rank(jacobian(points, drawn(seed, width, points.shape[1]))) == len(points)
            for seed in range(trials)
        )
        for width in widths
    ]


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return Wilson's 95 % limits."""
    z, p = 1.96, successes / trials
    middle = (p + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z * np.sqrt(p * (1 - p) / trials + z * z / (4 * trials**2))
    half /= 1 + z * z / trials
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def blamed(points: np.ndarray, width: int, trials: int) -> list[dict[str, Any]]:
    """Return how often each row can be left out of a deficient Jacobian for free."""
    counts, deficient = np.zeros(len(points)), 0
    for seed in range(trials):
        whole = jacobian(points, drawn(seed, width, points.shape[1]))
        total = rank(whole)
        if total == len(points):
            continue
        deficient += 1
        counts += [
            rank(np.delete(whole, row, axis=0)) == total for row in range(len(points))
        ]
    order = np.argsort(-counts, kind="stable")
    found = [(int(row), float(counts[row] / max(deficient, 1))) for row in order]
    return [{"row": row, "share": share} for row, share in found if share][:20]


def line_arrays(
    points: np.ndarray, labels: np.ndarray | None, width: int
) -> dict[str, np.ndarray]:
    """Return one drawn network of a single column."""
    weights = drawn(0, width, 1)
    outer = np.where(np.arange(width) % 2, 1.0, -1.0)
    breakpoints = np.sort(-weights[:, 1] / weights[:, 0])
    x = points[:, 0]
    low, high = x.min() - 0.3, x.max() + 0.3
    inside = breakpoints[(breakpoints > low) & (breakpoints < high)]
    edges = np.concatenate([[low], inside, [high]])
    middles = lifted(((edges[1:] + edges[:-1]) / 2)[:, None])
    grid = np.linspace(low, high, 301)
    outputs = np.maximum(lifted(grid[:, None]) @ weights.T, 0.0) @ outer
    found = {
        "line/x": x,
        "line/breakpoints": breakpoints,
        "line/grid": grid,
        "line/outputs": outputs,
        "line/region_edges": edges,
        "line/active_units": (middles @ weights.T >= 0).sum(axis=1),
    }
    return found if labels is None else found | {"line/y": labels}


def plane_arrays(
    points: np.ndarray, width: int, size: int = 61
) -> dict[str, np.ndarray]:
    """Return the regions of the plane for one drawn network of two columns."""
    weights = drawn(0, width, 2)
    low, high = points.min(axis=0) - 0.3, points.max(axis=0) + 0.3
    x, y = (np.linspace(low[axis], high[axis], size) for axis in (0, 1))
    cells = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    patterns = lifted(cells) @ weights.T >= 0
    kinds, labels = np.unique(patterns, axis=0, return_inverse=True)
    ranks = np.array(
        [rank(jacobian(points, weights[kind])) if kind.any() else 0 for kind in kinds]
    )
    shape = (size, size)
    return {
        "plane/x": points,
        "plane/lines": weights,
        "plane/grid_x": x,
        "plane/grid_y": y,
        "plane/region": labels.reshape(shape),
        "plane/active_units": patterns.sum(axis=1).reshape(shape),
        "plane/rank": ranks[labels.reshape(-1)].reshape(shape),
    }


def slice_arrays(
    points: np.ndarray, labels: np.ndarray, width: int
) -> dict[str, np.ndarray]:
    """Return the loss from drawn weights towards the minimiser of their parabola."""
    start = drawn(0, width, points.shape[1])
    data = lifted(points)
    flat = np.linalg.pinv(jacobian(points, start)) @ labels
    end = flat.reshape(start.shape)
    before, after = data @ start.T, data @ end.T
    with np.errstate(divide="ignore", invalid="ignore"):
        crossings = (before / (before - after)).ravel()
    edges = np.unique(crossings[(crossings > -0.25) & (crossings < 1.25)])
    ends = np.concatenate([[-0.25], edges, [1.25]])
    ranks = [
        rank(jacobian(points, start + t * (end - start)))
        for t in (ends[1:] + ends[:-1]) / 2
    ]

    def loss(t: np.ndarray) -> np.ndarray:
        outputs = np.maximum(before + t[:, None, None] * (after - before), 0.0).sum(
            axis=2
        )
        return 0.5 * np.sum((outputs - labels) ** 2, axis=1)

    t = np.unique(np.concatenate([np.linspace(-0.25, 1.25, 1201), edges]))
    values = loss(t)
    lower = (values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])
    return {
        "slice/t": t,
        "slice/loss": values,
        "slice/edges": edges,
        "slice/rank": np.array(ranks),
        "slice/minima": t[1:-1][lower],
    }


def heat_arrays(
    points: np.ndarray, widths: list[int], trials: int
) -> dict[str, np.ndarray]:
    """Return P(full rank) for the first rows, by their number and the width."""
    counts = sorted({max(1, len(points) * part // 4) for part in (1, 2, 3, 4)})
    chance = [
        [each / trials for each in full_counts(points[:count], widths, trials)]
        for count in counts
    ]
    return {
        "heat/probability": np.array(chance),
        "heat/points_counts": np.array(counts),
        "heat/widths": np.array(widths),
    }

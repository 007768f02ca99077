"""What is measured along a training run."""

from collections.abc import Mapping

import torch

from widthwise.arrays import Array
from widthwise.dynamics.tracking._kernel import last_features, matrices, outputs_now
from widthwise.dynamics.tracking._matrices import Matrices, Wanted, share_changed
from widthwise.dynamics.tracking._sharpness import sharpness
from widthwise.dynamics.tracking._spectrum import extremes, features_condition_number
from widthwise.dynamics.tracking._trained import Trainee
from widthwise.dynamics.tracking._two_layer import Units

__all__ = [
    "FURTHER_QUANTITIES",
    "OF_TEST_POINTS",
    "OF_THE_KERNEL",
    "PREDICTED",
    "QUANTITIES",
    "Tracker",
]

QUANTITIES: Mapping[str, str] = {
    "loss": "½‖f − y‖² over all points",
    "residual": "‖f − y‖ / ‖y‖",
    "outputs": "f at every point",
    "condition_number": "κ(ΦΦᵀ), Φ the last hidden layer's features",
    "tangent_smallest": "smallest eigenvalue of the tangent kernel Θ",
    "tangent_largest": "largest eigenvalue of Θ",
    "sharpness": "largest eigenvalue of the loss's Hessian, steps' factors in it",
    "kernel_drift": "‖Θ_t − Θ_0‖_F / ‖Θ_0‖_F",
    "alignment": "yᵀΘy / (‖Θ‖_F ‖y‖²)",
    "residual_alignment": "rᵀΘr / (‖Θ‖_F ‖r‖²), r = f − y",
    "distance": "‖θ_t − θ_0‖, over all trained parameters",
    "distance_relative": "‖θ_t − θ_0‖ / ‖θ_0‖",
    "pattern_changes": "share of (unit, point) pairs whose sign is not the first one",
}
"""What `train` can track of any run, and what each name means."""

FURTHER_QUANTITIES: Mapping[str, str] = {
    "test_loss": "½‖f − y‖² over the test points",
    "test_residual": "‖f − y‖ / ‖y‖ over the test points",
    "test_outputs": "f at every test point",
    "predicted_loss": "the loss of the network linearized at initialization",
    "predicted_test_loss": "its loss over the test points",
}
"""What needs test points, or a run that has a closed form."""

OF_THE_KERNEL = {
    "tangent_smallest",
    "tangent_largest",
    "kernel_drift",
    "alignment",
    "residual_alignment",
}
"""Those that need the tangent kernel."""

PREDICTED = ("predicted_loss", "predicted_test_loss")
"""Those that need the closed form of training by the tangent kernel at the start."""

OF_TEST_POINTS = ("test_loss", "test_residual", "test_outputs", "predicted_test_loss")
"""Those that need test points."""


class Tracker:
    """Measures the asked quantities of one trainee, from its state at the start.

    `test` is the same model with points that are not trained on.
    """

    def __init__(
        self,
        trained: Trainee,
        names: tuple[str, ...],
        kernel_at_start: Array | None = None,
        test: Trainee | None = None,
    ) -> None:
        self._trained, self._test = trained, test
        self._names = names
        asked = set(names)
        self._wanted = Wanted(
            gram="condition_number" in asked,
            kernel=bool(asked & OF_THE_KERNEL),
            signs="pattern_changes" in asked,
        )
        self._first_kernel: Array | None = None
        self._norm_of_kernel = 0.0
        has_drift = "kernel_drift" in asked
        at_start = Wanted(
            kernel=has_drift and kernel_at_start is None, signs=self._wanted.signs
        )
        found = Matrices(None, None, [])
        if at_start.kernel or at_start.signs:
            found = matrices(trained, at_start)
        self._signs = found.signs
        if has_drift:
            first = found.kernel if kernel_at_start is None else kernel_at_start
            assert first is not None  # it was wanted
            self._first_kernel, self._norm_of_kernel = first, _norm(first)
        self._start: list[Array] = []
        if asked & {"distance", "distance_relative"}:
            self._start = [each.detach().clone() for each in self._parameters()]

    @torch.no_grad()
    def measure(self, outputs: Array, units: Units | None = None) -> dict[str, Array]:
        """Return the tracked quantities of the present state, by name."""
        flat = outputs.detach().to(torch.float64).reshape(-1)
        targets = self._trained.targets.to(torch.float64).reshape(-1)
        residual = flat - targets
        found: dict[str, Array] = {}
        asked = set(self._names)
        if "outputs" in asked:
            found["outputs"] = outputs.detach().to(torch.float64).cpu().clone()
        scalars = {
            "loss": float(residual.dot(residual)) / 2,
            "residual": _ratio(_norm(residual), _norm(targets)),
        }
        if self._wanted != Wanted():
            scalars |= self._of_matrices(residual, targets, units)
        if "sharpness" in asked:
            scalars["sharpness"] = sharpness(self._trained)
        if self._start:
            scalars |= self._distances()
        if asked.intersection(OF_TEST_POINTS).difference(PREDICTED):
            found |= self._of_test_points(scalars)
        for name in asked & scalars.keys():
            found[name] = torch.tensor(scalars[name], dtype=torch.float64)
        return found

    def _of_matrices(
        self, residual: Array, targets: Array, units: Units | None
    ) -> dict[str, float]:
        trained = self._trained
        scalars: dict[str, float] = {}
        found = matrices(trained, self._wanted, units)
        if found.gram is not None:
            scalars["condition_number"] = features_condition_number(
                found.gram, lambda: last_features(trained)
            )
        if self._wanted.signs:
            scalars["pattern_changes"] = share_changed(found.signs, self._signs)
        if found.kernel is not None:
            scalars |= self._of_the_kernel(found.kernel, residual, targets)
        return scalars

    def _of_test_points(self, scalars: dict[str, float]) -> dict[str, Array]:
        """Add the test points' scalars, and return their outputs if asked for."""
        assert self._test is not None  # settings see to it
        outputs = outputs_now(self._test).to(torch.float64)
        targets = self._test.targets.to(torch.float64)
        gap = _norm(outputs - targets)
        scalars["test_loss"] = gap**2 / 2
        scalars["test_residual"] = _ratio(gap, _norm(targets))
        is_asked = "test_outputs" in self._names
        return {"test_outputs": outputs.cpu().clone()} if is_asked else {}

    def _of_the_kernel(
        self, kernel: Array, residual: Array, targets: Array
    ) -> dict[str, float]:
        found: dict[str, float] = {}
        asked = set(self._names)
        if asked & {"tangent_smallest", "tangent_largest"}:
            smallest, largest = extremes(kernel)
            found |= {"tangent_smallest": smallest, "tangent_largest": largest}
        if self._first_kernel is not None:
            moved = _norm(kernel - self._first_kernel)
            found["kernel_drift"] = _ratio(moved, self._norm_of_kernel)
        if asked & {"alignment", "residual_alignment"}:
            norm = _norm(kernel)
            found["alignment"] = _alignment(kernel, norm, targets)
            found["residual_alignment"] = _alignment(kernel, norm, residual)
        return found

    def _distances(self) -> dict[str, float]:
        squares = [
            (float((now.detach() - start).square().sum()), float(start.square().sum()))
            for now, start in zip(self._parameters(), self._start, strict=True)
        ]
        moved, whole = (sum(column) ** 0.5 for column in zip(*squares, strict=True))
        return {"distance": moved, "distance_relative": _ratio(moved, whole)}

    def _parameters(self) -> list[torch.nn.Parameter]:
        return list(self._trained.parameters.values())


def _alignment(kernel: Array, norm: float, direction: Array) -> float:
    """Return vᵀΘv / (‖Θ‖_F ‖v‖²), 0 for a zero vector or kernel."""
    length = _norm(direction)
    if length == 0.0 or norm == 0.0:
        return 0.0
    unit = direction / length
    return float(unit @ (kernel @ unit)) / norm


def _norm(values: Array) -> float:
    return float(torch.linalg.vector_norm(values))


def _ratio(part: float, whole: float) -> float:
    """Return part / whole, 0 for 0 / 0 and inf for a part of nothing."""
    if part == 0.0:
        return 0.0
    return part / whole if whole > 0.0 else float("inf")

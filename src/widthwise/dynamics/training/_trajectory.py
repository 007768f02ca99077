"""A finished training run: what was tracked, and the trained network."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars
import torch

from widthwise.arrays import Array, Float, Int
from widthwise.cards import Curve, card, chart
from widthwise.dynamics.tracking import FURTHER_QUANTITIES, QUANTITIES
from widthwise.errors import InvalidArgumentError
from widthwise.records import Record

__all__ = ["Trajectory"]

_DRAWN = {
    "loss": (0, False),
    "predicted_loss": (0, True),
    "test_loss": (1, False),
    "predicted_test_loss": (1, True),
}
"""What the card draws: in which colour, and whether dashed."""


@dataclass(frozen=True, eq=False)
class Trajectory:
    r"""What `train` measured; entry j of each quantity belongs to `epochs[j]`.

    Only what was named in `track` is there; asking for another raises, with the name
    to put in.

    Attributes
    ----------
    network
        The trained module: a copy of the given one, unless `in_place` was asked.
    step
        $\eta$, the resolved step of the first epoch.
    epochs
        Shape (k,). The epochs after which was measured; 0 is the initialization.
    measured
        The tracked quantities by name.
    stopped
        Why the run ended before its last epoch, or None.
    diverged
        Whether it ended because the loss grew without bound.
    record
        Settings, environment and quantities, as `records.Record`.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> X = torch.tensor([[1.0], [2.0]], dtype=torch.float64)
    >>> line = torch.nn.Linear(1, 1, bias=False, dtype=torch.float64)
    >>> _ = torch.nn.init.zeros_(line.weight)
    >>> run = ww.dynamics.train(line, X, X[:, 0], step=0.1, epochs=2)
    >>> run.epochs.tolist(), run.loss.tolist(), run.diverged
    ([0, 1, 2], [2.5, 0.625, 0.15625], False)
    """

    network: torch.nn.Module = field(repr=False)
    step: float
    epochs: Int[Array, " k"]
    measured: Mapping[str, Array] = field(repr=False)
    stopped: str | None
    diverged: bool
    record: Record = field(repr=False)

    def _repr_html_(self) -> str:
        last = [
            (f"last {name.replace('_', ' ')}", float(values[-1]))
            for name, values in self.measured.items()
            if values.ndim == 1 and len(values)
        ]
        rows = [("epochs", int(self.epochs[-1])), ("step", self.step), *last]
        return card("Trajectory", rows, self.stopped or "", self._chart())

    def _chart(self) -> str:
        """Return the losses that were tracked as a drawing, predictions dashed."""
        epochs = self.epochs.tolist()
        curves = [
            Curve(name.replace("_", " "), epochs, self.measured[name].tolist(), *looks)
            for name, looks in _DRAWN.items()
            if name in self.measured
        ]
        return chart(curves, "epoch") if len(epochs) > 1 else ""

    @property
    def loss(self) -> Float[Array, " k"]:
        r"""$\tfrac12 \|f - y\|^2$ over all points."""
        return self._tracked("loss")

    @property
    def residual(self) -> Float[Array, " k"]:
        r"""$\|f - y\| / \|y\|$."""
        return self._tracked("residual")

    @property
    def outputs(self) -> Float[Array, "k ..."]:
        """F at every point, shape (k, n), or (k, n, c) for c outputs."""
        return self._tracked("outputs")

    @property
    def condition_number(self) -> Float[Array, " k"]:
        r"""$\kappa(G_t)$, $G_t = \Phi_t \Phi_t^\top$ of the last hidden layer."""
        return self._tracked("condition_number")

    @property
    def tangent_smallest(self) -> Float[Array, " k"]:
        r"""The smallest eigenvalue of the tangent kernel $\Theta_t$."""
        return self._tracked("tangent_smallest")

    @property
    def tangent_largest(self) -> Float[Array, " k"]:
        r"""The largest eigenvalue of the tangent kernel $\Theta_t$."""
        return self._tracked("tangent_largest")

    @property
    def sharpness(self) -> Float[Array, " k"]:
        r"""The largest eigenvalue of the loss's Hessian; stable below $2/\eta$."""
        return self._tracked("sharpness")

    @property
    def kernel_drift(self) -> Float[Array, " k"]:
        r"""$\|\Theta_t - \Theta_0\|_F / \|\Theta_0\|_F$."""
        return self._tracked("kernel_drift")

    @property
    def alignment(self) -> Float[Array, " k"]:
        r"""$y^\top \Theta_t y / (\|\Theta_t\|_F \|y\|^2)$, from 0 to 1."""
        return self._tracked("alignment")

    @property
    def residual_alignment(self) -> Float[Array, " k"]:
        r"""$r^\top \Theta_t r / (\|\Theta_t\|_F \|r\|^2)$ for $r = f - y$."""
        return self._tracked("residual_alignment")

    @property
    def distance(self) -> Float[Array, " k"]:
        r"""$\|\theta_t - \theta_0\|$ over all trained parameters as stored."""
        return self._tracked("distance")

    @property
    def distance_relative(self) -> Float[Array, " k"]:
        r"""$\|\theta_t - \theta_0\| / \|\theta_0\|$; inf where $\theta_0 = 0$."""
        return self._tracked("distance_relative")

    @property
    def pattern_changes(self) -> Float[Array, " k"]:
        """The share of (unit, point) pairs whose sign is not the initial one."""
        return self._tracked("pattern_changes")

    @property
    def test_loss(self) -> Float[Array, " k"]:
        r"""$\tfrac12 \|f - y\|^2$ over the test points."""
        return self._tracked("test_loss")

    @property
    def test_residual(self) -> Float[Array, " k"]:
        r"""$\|f - y\| / \|y\|$ over the test points."""
        return self._tracked("test_residual")

    @property
    def test_outputs(self) -> Float[Array, "k ..."]:
        """F at every test point, shape (k, t), or (k, t, c) for c outputs."""
        return self._tracked("test_outputs")

    @property
    def predicted_loss(self) -> Float[Array, " k"]:
        """The loss of the network linearized at initialization, in closed form."""
        return self._tracked("predicted_loss")

    @property
    def predicted_test_loss(self) -> Float[Array, " k"]:
        """The loss of the linearized network over the test points."""
        return self._tracked("predicted_test_loss")

    def frame(self) -> polars.DataFrame:
        """Return one row an epoch, one column a quantity; outputs are left out."""
        columns = {
            name: values.numpy()
            for name, values in self.measured.items()
            if values.ndim == 1
        }
        return polars.DataFrame({"epoch": self.epochs.numpy(), **columns})

    def _tracked(self, name: str) -> Array:
        if name not in self.measured:
            names = ", ".join(map(repr, [*self.measured, name]))
            meaning = {**QUANTITIES, **FURTHER_QUANTITIES}[name]
            raise InvalidArgumentError(
                f"{name} ({meaning}) was not tracked. Put {name!r} in "
                f"`track`: train(..., track=({names}))."
            )
        return self.measured[name]

"""A two-layer network in a chosen precision, watched while both layers train."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch

from widthwise import activations, laws
from widthwise.arrays import Array, Float
from widthwise.datasets import Dataset
from widthwise.dynamics import train
from widthwise.errors import InvalidArgumentError
from widthwise.networks import TwoLayer
from widthwise.numerics.linear_algebra import singular_values

__all__ = ["Joint", "JointRun", "joint_run"]


@dataclass(frozen=True)
class Joint:
    """What is trained, and how."""

    activation: str
    width: int
    law: str
    precision: str
    optimizer: str
    step: float
    batch_size: int
    momentum: float
    weight_decay: float
    decay: float
    epochs: int
    track_every: int


@dataclass(frozen=True)
class JointRun:
    """κ(G), the relative residual and the distance of W, after each watched epoch."""

    epochs: tuple[int, ...]
    condition_number: tuple[float, ...]
    residual: tuple[float, ...]
    distance: tuple[float, ...]
    stopped: str | None


class _Network(torch.nn.Module):
    r"""$m^{-1/2} \sum_r v_r\, \sigma(w_r \cdot x)$ with weights of one precision."""

    def __init__(self, start: TwoLayer, dtype: torch.dtype) -> None:
        super().__init__()
        self.act = start.act
        self.root = math.sqrt(start.width)
        self.inner = torch.nn.Parameter(start.inner.weight.detach().to(dtype))
        self.outer = torch.nn.Parameter(start.outer.weight.detach().to(dtype))

    def forward(self, points: Float[Array, "n d"]) -> Float[Array, " n"]:
        outputs: Array = self.act(points @ self.inner.T) @ self.outer / self.root
        return outputs


class _Watch:
    """Measures in float64, so that float32 limits the training and not κ(G)."""

    def __init__(self, network: _Network, data: Dataset, targets: Array) -> None:
        self._network, self._points, self._targets = network, data.points, targets
        self._first = network.inner.detach().to(torch.float64).clone()
        self.rows: list[tuple[int, float, float, float]] = []

    def measure(self, epoch: int) -> None:
        inner = self._network.inner.detach().to(torch.float64)
        outer = self._network.outer.detach().to(torch.float64)
        features = self._network.act(self._points @ inner.T) / self._network.root
        values = singular_values(features.contiguous())
        misfit = torch.linalg.vector_norm(features @ outer - self._targets)
        moved = torch.linalg.vector_norm(inner - self._first)
        smallest = float(values[-1])
        self.rows.append(
            (
                epoch,
                (float(values[0]) / smallest) ** 2 if smallest > 0 else math.inf,
                float(misfit / torch.linalg.vector_norm(self._targets)),
                float(moved / torch.linalg.vector_norm(self._first)),
            )
        )


def joint_run(
    joint: Joint,
    data: Dataset,
    seed: int,
    progress: Callable[[float], None] = lambda _done: None,
) -> JointRun:
    """Train both layers on a data set with targets, from weights of the law.

    Raises
    ------
    InvalidArgumentError
        If the activation is not defined for all arguments: training moves the weights
        off the sphere.

    Cost: 6 n m d operations an epoch, and n² m where κ(G) is measured.
    """
    dimension = data.points.shape[1]
    act = activations.for_dimension(joint.activation, dimension)
    if math.isfinite(act.domain[1]):
        raise InvalidArgumentError(
            f"The activation {joint.activation} is defined on "
            f"[{act.domain[0]:g}, {act.domain[1]:g}], which the arguments leave when "
            "the inner weights are trained. Use another one."
        )
    if data.targets is None:
        raise InvalidArgumentError("The data set has no targets to train on.")
    start = TwoLayer(
        dimension,
        joint.width,
        act,
        law=laws.get(joint.law, dimension),
        seed=seed,
        parametrization="ntk",
    )
    dtype = torch.float32 if joint.precision == "float32" else torch.float64
    network = _Network(start, dtype)
    watch = _Watch(network, data, data.targets)
    watch.measure(0)
    finished = 0

    def after_an_epoch(_fraction: float, _text: str) -> None:
        nonlocal finished
        finished += 1
        if finished % joint.track_every == 0 or finished == joint.epochs:
            watch.measure(finished)
        progress(finished / joint.epochs)

    found = train(
        network,
        data.points,
        data.targets,
        optimizer=joint.optimizer,
        step=joint.step,
        epochs=joint.epochs,
        batch_size=joint.batch_size,
        momentum=None if joint.optimizer == "adam" else joint.momentum,
        weight_decay=joint.weight_decay,
        decay=joint.decay,
        track=("loss",),
        track_every=joint.epochs,
        seed=seed,
        progress=after_an_epoch,
        in_place=True,
    )
    epochs, numbers, residuals, distances = zip(*watch.rows, strict=True)
    return JointRun(epochs, numbers, residuals, distances, found.stopped)

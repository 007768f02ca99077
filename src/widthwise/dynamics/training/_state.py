"""The state of a run at the start of an epoch: parameters and optimizer's memory."""

import torch

from widthwise.arrays import Array
from widthwise.dynamics.tracking import Trainee
from widthwise.dynamics.training._optimizer import optimizer_tensors

__all__ = ["TrainState"]


class TrainState:
    """Keeps the last good state, so that an interrupt or an overflow loses nothing.

    `capture` writes into spare memory and then changes one reference: an interrupt in
    the middle of it leaves the former state whole.
    """

    def __init__(self, trained: Trainee, optimizer: torch.optim.Optimizer) -> None:
        self._trained = trained
        self._optimizer = optimizer
        self._spare: tuple[int, dict[str, Array]] = (0, {})
        self._kept: tuple[int, dict[str, Array]] = (0, {})
        self.capture(0)

    @property
    def epoch(self) -> int:
        """The number of whole epochs that lead to the kept state."""
        return self._kept[0]

    @property
    def tensors(self) -> dict[str, Array]:
        """The kept tensors: "parameters/..." and "optimizer/..."."""
        return self._kept[1]

    def capture(self, epoch: int) -> None:
        """Keep the present state as that after `epoch` epochs."""
        present = self._present()
        spare = self._spare[1] if self._spare[1].keys() == present.keys() else {}
        with torch.no_grad():
            for name, values in present.items():
                if name in spare:
                    spare[name].copy_(values)
                else:
                    spare[name] = values.detach().clone()
        self._spare, self._kept = self._kept, (epoch, spare)

    def restore(self) -> None:
        """Put the kept state back into the model and the optimizer."""
        self._put(self._kept[1])

    def step_back(self) -> None:
        """Put the state before the kept one back, and keep that."""
        if self._spare[1]:
            self._spare, self._kept = self._kept, self._spare
        self.restore()

    def load(self, epoch: int, tensors: dict[str, Array]) -> None:
        """Put a state into the model and the optimizer, and keep it."""
        self._put(tensors)
        self.capture(epoch)

    def _put(self, tensors: dict[str, Array]) -> None:
        with torch.no_grad():
            for name, parameter in self._trained.parameters.items():
                parameter.copy_(tensors[f"parameters/{name}"])
                memory = {
                    key.removeprefix(f"optimizer/{name}/"): values.clone()
                    for key, values in tensors.items()
                    if key.startswith(f"optimizer/{name}/")
                }
                if memory:
                    self._optimizer.state[parameter] = memory
                else:
                    self._optimizer.state.pop(parameter, None)

    def _present(self) -> dict[str, Array]:
        found: dict[str, Array] = {
            f"parameters/{name}": each
            for name, each in self._trained.parameters.items()
        }
        for name, values in optimizer_tensors(self._optimizer, self._trained).items():
            found[f"optimizer/{name}"] = values
        return found

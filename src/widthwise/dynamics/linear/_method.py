"""The contract of a training method: what it leaves of each mode after k steps."""

from abc import ABC, abstractmethod
from typing import Any

from widthwise.arrays import Array, Float
from widthwise.dynamics.linear._step_counts import StepCounts

__all__ = ["Method", "Modes"]


class Modes(ABC):
    r"""What k steps of a method leave of each mode of the residual, $p_k(s_i^2)$.

    Every result has shape (c, r): counts by modes; or (c, r, t) where a method treats
    the t columns of the targets differently.
    """

    @property
    @abstractmethod
    def decays(self) -> Float[Array, " r"]:
        """The rates of the modes: each ends as e to the minus rate times steps."""

    @abstractmethod
    def remaining(self, counts: StepCounts) -> Float[Array, "c r ..."]:
        """Return p_k, at most 1 in size once k is large, with its sign."""

    @abstractmethod
    def filters(self, counts: StepCounts) -> Float[Array, "c r ..."]:
        """Return 1 - p_k, also accurate where it is tiny."""

    @abstractmethod
    def bounds(self, counts: StepCounts) -> Float[Array, "c r ..."]:
        """Return what |p_j| does not exceed for any j >= k; non-increasing in k."""


class Method(ABC):
    """A training method with its numbers: step, momentum and so on.

    Examples
    --------
    >>> import torch, widthwise as ww
    >>> phi = torch.tensor([[2.0, 0.0], [0.0, 1.0]])
    >>> model = ww.dynamics.linear_model(phi, [1.0, 1.0])
    >>> isinstance(ww.dynamics.nesterov(model).method, ww.dynamics.Method)
    True
    """

    @abstractmethod
    def modes(self, singular_values: Float[Array, " r"]) -> Modes:
        """Return what the method does with modes of these singular values."""

    @abstractmethod
    def counts(self, given: Any) -> StepCounts:
        """Read numbers of steps, or times where the method is continuous."""
